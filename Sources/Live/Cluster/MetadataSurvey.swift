import Broker
import Host
import Log
import Primitives
import Raft

/// Checks the metadata logs of a data directory before any of them is opened.
///
/// With kraft.version 0 a broker is given committed records alone. Where one has more of them than every controller has whole, the log of a controller was damaged,
/// emptied or replaced; the cluster would begin with less than it knows, and topics would be set aside that it does not know any more.
/// A snapshot that is whole counts as what it holds; one that is damaged, and holds more than what is whole, tells that something is missing.
struct MetadataSurvey {
  private struct Controller {
    let name: String
    let end: Offset
    let laterSegment: String?
    /// The newest one, whether or not it can be read.
    let snapshot: SnapshotID?
    /// Whether brokers are given what is not committed yet.
    let isDynamic: Bool
  }

  private let directory: String
  private let controllers: [Controller]
  private let brokers: [(name: String, end: Offset, hasReplicas: Bool)]

  init(_ nodes: [LiveNode], directory: String) throws {
    self.directory = directory
    controllers = try nodes.filter { $0.plan.controller != nil }.map { node in
      let host = node.host, end = try Self.end(on: host)
      return Controller(
        name: host.name, end: end, laterSegment: try host.look { (disk) throws(LogError) in try QuorumReplica.firstSegment(behind: end, onDisk: disk) },
        snapshot: try host.look { (disk) throws(LogError) in try QuorumReplica.newestSnapshot(onDisk: disk) },
        isDynamic: try host.look { (disk) throws(LogError) in try QuorumReplica.kraftVersion(onDisk: disk) == 1 })
    }
    brokers = try nodes.filter { $0.plan.broker != nil }.map { node in
      let logs = node.plan.logDirectory
      return (node.host.name, try Self.end(on: node.host), try node.host.look { (disk) throws(LogError) in try BrokerNode.hasReplicas(in: logs, onDisk: disk) })
    }
  }

  private static func end(on host: LiveHost) throws -> Offset { try host.look { (disk) throws(LogError) in try QuorumReplica.intactEnd(onDisk: disk) } }

  /// Refuses to start with less than what is known to be committed.
  func check() throws(LiveError) {
    // What is committed is in the log of a majority: the longest has all of it.
    guard let longest = controllers.max(by: { $0.end < $1.end }) else { return }
    for controller in controllers { try check(controller, against: controller.name == longest.name && !longest.isDynamic ? brokers.max { $0.end < $1.end } : nil) }
    if longest.end == 0, let owner = brokers.first(where: \.hasReplicas) {
      throw .metadataLost(
        path: log(of: longest.name),
        reason: "the metadata log is empty or lacks its beginning, and \(owner.name) holds partitions of a cluster: they would be set aside as strays. "
          + "Put back the directory \(longest.name), or begin with another --data directory")
    }
  }

  private func check(_ controller: Controller, against best: (name: String, end: Offset, hasReplicas: Bool)?) throws(LiveError) {
    if let best, best.end > controller.end {
      throw .metadataLost(
        path: log(of: controller.name),
        reason: "the metadata log is whole up to offset \(controller.end) only, and \(best.name) knows it to be committed up to \(best.end). "
          + "Nothing was changed. \(log(of: best.name)) is whole: to go on with it, put a copy of that directory in the place of this one "
          + "(mv \(log(of: controller.name)) \(log(of: controller.name)).lost; cp -r \(log(of: best.name)) \(log(of: controller.name)))")
    }
    if let snapshot = controller.snapshot, snapshot.endOffset > controller.end {
      throw .metadataLost(
        path: log(of: controller.name),
        reason: "the metadata is whole up to offset \(controller.end) only, and the snapshot \(snapshot.fileName), which is damaged, held what was committed up to "
          + "\(snapshot.endOffset). Nothing was changed: put back a directory that is whole, or move the snapshot away to go on with less")
    }
    if let laterSegment = controller.laterSegment {
      throw .metadataLost(
        path: log(of: controller.name),
        reason: "the metadata log is whole up to offset \(controller.end) only, and \(laterSegment) begins behind that: a segment between them is "
          + "damaged or missing. Nothing was changed: restore an intact log, or move the later segments away to continue with less")
    }
  }

  private func log(of node: String) -> String { "\(directory)/\(node)/\(QuorumReplica.partition)" }
}
