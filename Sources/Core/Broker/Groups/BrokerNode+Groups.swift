import Groups
import Primitives

extension BrokerNode {
  /// What is committed of a group that this broker coordinates: of one whose last records are not committed yet, and of one that it does not coordinate, nil.
  public func groupSnapshot(of group: String) -> GroupSnapshot? {
    guard let groups = broker?.groups else { return nil }
    return groups.runtime.settledShard(of: groups.partition(of: group))?.snapshot(of: group)
  }

  /// The producers whose transactions commit offsets of groups of a partition of `__consumer_offsets` and have not ended there, ascending; nil if this broker does not coordinate the groups,
  /// and while their last records are not committed yet.
  public func producersOfPendingOffsets(ofPartition partition: Int32) -> [Int64]? { broker?.groups.runtime.settledShard(of: partition)?.producersOfPendingOffsets }

  /// What is committed of the groups of a partition of `__consumer_offsets`, in lines and in a fixed order, and up to which offset: equal at two brokers that
  /// coordinated up to the same offset. nil if this broker does not coordinate them.
  public func committedGroups(ofPartition partition: Int32) -> (upTo: Offset, lines: [String])? { broker?.groups.runtime.committedState(of: partition) }
}
