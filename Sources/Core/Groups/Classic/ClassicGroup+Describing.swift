import Wire

extension ClassicGroup {
  var listed: ListGroupsResponse.ListedGroup {
    var entry = ListGroupsResponse.ListedGroup()
    entry.groupId = id
    entry.protocolType = protocolType ?? ""
    entry.groupState = state.rawValue
    entry.groupType = "classic"
    return entry
  }

  /// Only a stable group's subscriptions and assignments are described: otherwise they are about to change (`GroupMetadataManager.describeGroups`).
  var described: DescribeGroupsResponse.DescribedGroup {
    var entry = DescribeGroupsResponse.DescribedGroup()
    entry.groupId = id
    entry.groupState = state.rawValue
    entry.protocolType = protocolType ?? ""
    let isStable = state == .stable
    if isStable { entry.protocolData = protocolName ?? "" }
    entry.members = members.values.map { member in
      var result = DescribeGroupsResponse.DescribedGroupMember()
      result.memberId = member.id
      result.groupInstanceId = member.instanceID
      result.clientId = member.clientID
      result.clientHost = member.clientHost
      guard isStable else { return result }
      result.memberMetadata = member.metadata(of: protocolName)
      result.memberAssignment = member.assignment
      return result
    }
    return entry
  }
}
