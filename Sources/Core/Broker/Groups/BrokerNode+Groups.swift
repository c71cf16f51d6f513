import Groups

extension BrokerNode {
  /// What is committed of a group that this broker coordinates: of one whose last records are not committed yet, and of one that it does not coordinate, nil.
  public func groupSnapshot(of group: String) -> GroupSnapshot? {
    guard let groups = broker?.groups else { return nil }
    return groups.runtime.settledShard(of: groups.partition(of: group))?.snapshot(of: group)
  }
}
