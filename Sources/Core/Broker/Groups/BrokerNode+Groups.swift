import Groups
import Primitives

extension BrokerNode {
  /// The committed state of a group that this broker coordinates; nil if its last records are not committed yet, or this broker does not coordinate
  /// it.
  public func groupSnapshot(of group: String) -> GroupSnapshot? {
    guard let groups = broker?.groups else { return nil }
    return groups.runtime.settledShard(of: groups.partition(of: group))?.snapshot(of: group)
  }

  /// The producers whose open transactions commit offsets of groups in a partition of `__consumer_offsets`, ascending; nil if this broker does not
  /// coordinate the groups, or while their last records are not committed yet.
  public func producersOfPendingOffsets(ofPartition partition: Int32) -> [Int64]? { broker?.groups.runtime.settledShard(of: partition)?.producersOfPendingOffsets }

  /// The committed state of the groups in a partition of `__consumer_offsets`, as lines in a fixed order, and the offset up to which it goes: equal
  /// at two brokers that coordinated up to the same offset. Nil if this broker does not coordinate them.
  public func committedGroups(ofPartition partition: Int32) -> (upTo: Offset, lines: [String])? { broker?.groups.runtime.committedState(of: partition) }
}
