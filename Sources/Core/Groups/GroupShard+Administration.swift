import Coordination
import Primitives
import Wire

extension GroupShard {
  /// Handles ListGroups: the committed groups in their current states. Empty filters match everything; filters for states and types ignore case
  /// (KIP-518, KIP-1099).
  public func list(states: [String], types: [String], committed: GroupShard) -> [ListGroupsResponse.ListedGroup] {
    let states = states.map { $0.lowercased() }, types = types.map { $0.lowercased() }
    return groups.compactMap { id, group -> ListGroupsResponse.ListedGroup? in
      guard committed.groups[id] != nil else { return nil }
      let entry =
        switch group {
        case .classic(let classic): classic.listed
        case .consumer(let consumer): consumer.listed
        }
      guard states.isEmpty || states.contains(entry.groupState.lowercased()) else { return nil }
      return types.isEmpty || types.contains(entry.groupType.lowercased()) ? entry : nil
    }
  }

  /// Handles DescribeGroups. A group that does not exist is dead; from version 6 on that is an error (KIP-1043).
  public func describe(_ id: String, version: Int16, committed: GroupShard) -> DescribeGroupsResponse.DescribedGroup {
    if case .classic(let classic)? = groups[id], committed.groups[id] != nil { return classic.described }
    var entry = DescribeGroupsResponse.DescribedGroup()
    entry.groupId = id
    entry.groupState = ClassicGroup.State.dead.rawValue
    guard version >= 6 else { return entry }
    entry.errorCode = .groupIdNotFound
    entry.errorMessage = "Group \(id) not found."
    return entry
  }

  /// Handles DeleteGroups: deletes groups that have no members, with their offsets.
  public func delete(_ ids: [String]) -> CoordinatorDecision<GroupShard, [DeleteGroupsResponse.DeletableGroupResult]> {
    var records: [CoordinatorRecord] = []
    let results = ids.withoutRepetitions.map { id in
      var result = DeleteGroupsResponse.DeletableGroupResult()
      result.groupId = id
      do throws(Refusal) {
        guard let group = groups[id] else { throw Refusal(.groupIdNotFound) }
        try group.checkDeletion()
        records += removal(ofGroup: id)
      } catch {
        result.errorCode = error.code
      }
      return result
    }
    return CoordinatorDecision(records, results)
  }
}
