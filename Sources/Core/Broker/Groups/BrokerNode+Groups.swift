import Groups
import Primitives

extension BrokerNode {
  /// The partition of `__consumer_offsets` that a group lies in, as this broker knows it; nil before it was started.
  public func groupPartition(of group: String) -> TopicPartition? {
    broker.map { TopicPartition(TopicName.consumerOffsets, $0.groups.partition(of: group)) }
  }

  /// What is committed of a group that this broker coordinates: of one whose last records are not committed yet, and of one that it does not coordinate, nil.
  public func groupSnapshot(of group: String) -> GroupSnapshot? {
    guard let groups = broker?.groups else { return nil }
    return groups.runtime.settledShard(of: groups.partition(of: group))?.snapshot(of: group)
  }
}
