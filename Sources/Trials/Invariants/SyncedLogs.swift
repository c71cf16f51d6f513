import Broker
import Host
import Log
import Primitives
import Replication
import Sim

/// Checks that what a log takes for synced survives a power loss: it is on the platter, and a log that is recovered ends no earlier. Where each record has to be synced
/// (`flush.messages` is 1), that holds for everything that is committed.
struct SyncedLogs {
  /// By node and partition: up to where a log that lost its power was synced; only looked up.
  private var synced: [NodeIndex: [TopicPartition: Offset]] = [:]

  /// A broker is about to lose its power, and its logs say that they are synced up to these offsets.
  mutating func recordPowerLoss(of node: NodeIndex, _ ends: [(partition: TopicPartition, synced: Offset)]) {
    synced[node] = Dictionary(ends.map { ($0.partition, $0.synced) }) { max($0, $1) }
  }

  /// The disk of a node is another one.
  mutating func forget(_ node: NodeIndex) { synced[node] = nil }

  /// A log was recovered. Returns how much it lacks, in words.
  mutating func check(recovered partition: TopicPartition, at node: NodeIndex, logEndOffset: Offset) -> String? {
    guard let end = synced[node]?.removeValue(forKey: partition), logEndOffset < end else { return nil }
    return "\(partition): the log was synced up to offset \(end), and ends at \(logEndOffset) after a power loss"
  }

  /// Checks that what a replica takes for synced is on the platter of its node.
  static func check(syncOf replica: Partition, at node: NodeIndex, in world: World, _ check: inout InvariantCheck) {
    guard let log = replica.log else { return }
    require(log, replica, below: log.flushedOffset, "takes for synced", at: node, in: world, &check)
  }

  /// Checks that what a leader takes for committed is on the platters of the replicas that count, if each record has to be synced.
  ///
  /// - Parameter replica: that of a broker; nil where it has none.
  static func check(commitsOf leader: Partition, in world: World, _ check: inout InvariantCheck, replica: (NodeID) -> (node: NodeIndex, broker: BrokerNode, partition: Partition)?) {
    for member in leader.isr {
      guard let (node, broker, partition) = replica(member), partition.id == leader.id, partition.leaderEpoch == leader.leaderEpoch,
        member == leader.leaderID || leader.follower(member)?.brokerEpoch == broker.brokerEpoch, let log = partition.log, log.configuration.flushMessages == 1
      else { continue }
      require(log, partition, below: min(leader.highWatermark, log.logEndOffset), "has in sync with others", at: node, in: world, &check)
    }
  }

  private static func require(
    _ log: PartitionLog, _ replica: Partition, below end: Offset, _ words: String, at node: NodeIndex, in world: World, _ check: inout InvariantCheck
  ) {
    guard let (path, bytes) = log.extent(below: end) else { return }
    let found = world.bytesOnPlatter(of: path, at: node)
    check.require(
      found ?? 0 >= bytes,
      "\(replica.topicPartition): \(world.name(of: node)) \(words) everything below \(end), which needs \(bytes) bytes of \(path), and "
        + (found.map { "\($0) are on the platter" } ?? "its name is not on the platter"))
  }
}
