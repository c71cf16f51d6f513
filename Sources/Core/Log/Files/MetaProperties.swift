import Primitives

/// `meta.properties`: which node and cluster a log directory belongs to (version 1, KIP-631 and KIP-858).
public struct MetaProperties: Hashable, Sendable {
  public var clusterID: String
  public var nodeID: NodeID
  /// Identifies the directory itself, so that a replaced disk is noticed (KIP-858).
  public var directoryID: Uuid

  public static let fileName = "meta.properties"

  public init(clusterID: String, nodeID: NodeID, directoryID: Uuid) {
    self.clusterID = clusterID
    self.nodeID = nodeID
    self.directoryID = directoryID
  }

  /// Reads Java properties; unknown keys are ignored. Returns nil if a key is missing or has an invalid value.
  public init?(decoding content: Bytes) {
    guard let text = content.text else { return nil }
    var values: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let line = String(line).trimmed
      guard !line.isEmpty, line.first != "#", line.first != "!" else { continue }
      guard let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
      values[String(line[..<separator]).trimmed] = String(line[line.index(after: separator)...]).trimmed
    }
    guard values["version"] == "1", let clusterID = values["cluster.id"], !clusterID.isEmpty,
      let nodeID = values["node.id"].flatMap({ Int32($0) }), nodeID >= 0,
      let directoryID = values["directory.id"].flatMap({ Uuid($0) })
    else { return nil }
    self.init(clusterID: clusterID, nodeID: NodeID(nodeID), directoryID: directoryID)
  }

  /// Throws if the directory belongs to another node or cluster.
  public func check(clusterID: String, nodeID: NodeID, path: String) throws(LogError) {
    guard self.clusterID != clusterID || self.nodeID != nodeID else { return }
    throw .damaged(
      path: path,
      reason: "the disk is of node \(self.nodeID) in cluster \(self.clusterID), not of node \(nodeID) in \(clusterID); put the right directory in "
        + "its place, or correct the ids if only they are wrong")
  }

  public var content: Bytes {
    Bytes("cluster.id=\(clusterID)\ndirectory.id=\(directoryID)\nnode.id=\(nodeID)\nversion=1\n")
  }
}
