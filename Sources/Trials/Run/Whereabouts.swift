import Primitives
import Sim
import Wire
import Workloads

/// The places of values that the audit did not receive, as far as the disks of the brokers show.
struct Whereabouts {
  private let cluster: TrialCluster
  private let audit: Audit

  init(_ cluster: TrialCluster, _ audit: Audit) {
    self.cluster = cluster
    self.audit = audit
  }

  /// Whether a value that the audit did not receive is on a disk anyway, in words.
  func words(_ number: PartitionNumber, _ offset: Offset, _ value: RecordValue) -> String {
    let history = cluster.recorder.history, name = history.partitions[Int(number.number)]
    let id = TopicIDPartition(history.topicIDs[Int(number.number)], name.partition)
    var holders: [NodeID] = [], damaged: [NodeID] = []
    for broker in cluster.nodes.brokers {
      let node = cluster.world.id(of: broker)
      guard let replica = cluster.partition(name, at: node), replica.id == id, let bytes = replica.log?.batchOnDisk(at: offset) else { continue }
      switch Self.holds(bytes, value) {
      case true?: holders.append(node)
      case false?: break
      case nil: damaged.append(node)
      }
    }
    let reason = audit.obstacles[name].map { " (\($0))" } ?? ""
    if !holders.isEmpty { return "is on the disk of \(Self.words(holders)) and not served\(reason)" }
    if !damaged.isEmpty { return "is in a batch that cannot be read on \(Self.words(damaged))\(reason)" }
    return "is gone: on no replica's disk\(reason)"
  }

  /// Whether a batch contains a value; nil if the batch cannot be read.
  private static func holds(_ bytes: Bytes, _ value: RecordValue) -> Bool? {
    do throws(WireError) {
      let batch = try RecordBatch(bytes, at: 0)
      try batch.validateChecksum()
      var cursor = try RecordCursor(batch)
      while try cursor.next() {
        if Payload.value(of: cursor.current) == value { return true }
      }
      return false
    } catch {
      return nil
    }
  }

  private static func words(_ brokers: [NodeID]) -> String {
    "\(brokers.count == 1 ? "broker" : "brokers") \(brokers.map(\.description).joined(separator: ", "))"
  }
}
