import Host
import Primitives
import Sim

/// Checks that what a log takes for synced survives a power loss: a log that is recovered ends no earlier than what it had said to be on the platter.
struct SyncedLogs {
  /// By node and partition: up to where a log that lost its power was synced; only looked up.
  private var synced: [NodeIndex: [TopicPartition: Offset]] = [:]

  /// A broker is about to lose its power.
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
}
