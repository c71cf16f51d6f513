import Host
import Log
import Primitives
import Raft
import Transport

/// The directory of a controller whose quorum is dynamic, or can become so (KIP-853): what it is formatted with, and which it is.
public enum ControllerDirectory {
  /// What `kafka-storage format` writes into the directory of a controller before its first start.
  ///
  /// - Parameter initialVoters: `--initial-controllers`, with the directories of all of them; where the node is not one of them, it is formatted with
  ///   `--no-initial-controllers` and finds the voters at the leader.
  public static func files(
    ofNode node: NodeID, clusterID: String, directoryID: Uuid, initialVoters: VoterSet, at now: Timestamp
  ) -> [(path: String, content: Bytes)] {
    let properties = MetaProperties(clusterID: clusterID, nodeID: node, directoryID: directoryID)
    let files = [(path: MetaProperties.fileName, content: properties.content)]
    guard initialVoters.contains(ReplicaKey(id: node, directory: directoryID)) else { return files }
    return files + [QuorumReplica.bootstrapSnapshot(of: initialVoters, at: now)]
  }

  /// Which directory this is. A disk that was never formatted, such as one that replaces another, gets an id of its own and no voters: whoever has lost what it
  /// knew is another replica than before.
  ///
  /// - Parameter isShared: whether a broker of the same node opens it behind this, and has to find what is written here.
  static func open(_ configuration: QuorumConfiguration, isShared: Bool = false, reactor: Reactor) throws(LogError) -> Uuid {
    let disk = reactor.disk
    let content = try LogError.wrap { () throws(DiskFailure) in
      do throws(DiskError) { return try disk.content(of: MetaProperties.fileName) } catch { throw DiskFailure(path: MetaProperties.fileName, error: error) }
    }
    guard let content else {
      let properties = MetaProperties(clusterID: configuration.clusterID, nodeID: configuration.nodeID, directoryID: .random(&reactor.host.random))
      guard !isShared else {
        try LogManager.format(root: "", properties, reactor: reactor)
        return properties.directoryID
      }
      reactor.whenDone(disk.replace(MetaProperties.fileName, with: properties.content)) { error in
        if let error { reactor.host.report(.warning("\(MetaProperties.fileName) cannot be written: \(error)")) }
      }
      return properties.directoryID
    }
    guard let properties = MetaProperties(decoding: content) else {
      throw .damaged(
        path: MetaProperties.fileName, reason: "version=1, cluster.id, node.id and directory.id are expected, and not all of them are there; put back the file that "
          + "was there, with the directory.id under which the voters know this node")
    }
    try properties.check(clusterID: configuration.clusterID, nodeID: configuration.nodeID, path: MetaProperties.fileName)
    return properties.directoryID
  }
}
