// Requests to group coordinators, and the request that finds coordinators.

extension FindCoordinatorRequest: RefusableRequest {
  /// From version 4 on each key has its own result (KIP-699); before, the response itself has the only one.
  public func refused(_ error: ErrorCode, _ message: String?) -> FindCoordinatorResponse {
    var response = FindCoordinatorResponse()
    guard !coordinatorKeys.isEmpty else {
      (response.errorCode, response.errorMessage) = (error, message)
      (response.nodeId, response.port) = (-1, -1)
      return response
    }
    response.coordinators = coordinatorKeys.map { key in
      var coordinator = FindCoordinatorResponse.Coordinator()
      (coordinator.key, coordinator.nodeId, coordinator.port) = (key, -1, -1)
      (coordinator.errorCode, coordinator.errorMessage) = (error, message)
      return coordinator
    }
    return response
  }

  public static func refusal(in response: FindCoordinatorResponse) -> ErrorCode { response.coordinators.first?.errorCode ?? response.errorCode }
}

// MARK: - Members

extension JoinGroupRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> JoinGroupResponse {
    var response = JoinGroupResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: JoinGroupResponse) -> ErrorCode { response.errorCode }
}

extension SyncGroupRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> SyncGroupResponse {
    var response = SyncGroupResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: SyncGroupResponse) -> ErrorCode { response.errorCode }
}

extension HeartbeatRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> HeartbeatResponse {
    var response = HeartbeatResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: HeartbeatResponse) -> ErrorCode { response.errorCode }
}

extension LeaveGroupRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> LeaveGroupResponse {
    var response = LeaveGroupResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: LeaveGroupResponse) -> ErrorCode { response.errorCode }
}

extension ConsumerGroupHeartbeatRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ConsumerGroupHeartbeatResponse {
    var response = ConsumerGroupHeartbeatResponse()
    (response.errorCode, response.errorMessage) = (error, message)
    return response
  }

  public static func refusal(in response: ConsumerGroupHeartbeatResponse) -> ErrorCode { response.errorCode }
}

// MARK: - Offsets

extension OffsetCommitRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> OffsetCommitResponse {
    var response = OffsetCommitResponse()
    response.topics = topics.map { topic in
      var result = OffsetCommitResponse.OffsetCommitResponseTopic()
      (result.name, result.topicId) = (topic.name, topic.topicId)
      result.partitions = topic.partitions.map {
        var partition = OffsetCommitResponse.OffsetCommitResponsePartition()
        (partition.partitionIndex, partition.errorCode) = ($0.partitionIndex, error)
        return partition
      }
      return result
    }
    return response
  }

  public static func refusal(in response: OffsetCommitResponse) -> ErrorCode { response.topics.first?.partitions.first?.errorCode ?? .none }
}

extension OffsetFetchRequest: RefusableRequest {
  /// Version 1 only has errors for partitions, versions 2 to 7 have one for the whole response, and later ones have one for each group (KIP-709).
  public func refused(_ error: ErrorCode, _ message: String?) -> OffsetFetchResponse {
    var response = OffsetFetchResponse()
    response.errorCode = error
    response.topics = (topics ?? []).map { topic in
      var result = OffsetFetchResponse.OffsetFetchResponseTopic()
      result.name = topic.name
      result.partitions = topic.partitionIndexes.map {
        var partition = OffsetFetchResponse.OffsetFetchResponsePartition()
        (partition.partitionIndex, partition.committedOffset, partition.errorCode) = ($0, -1, error)
        return partition
      }
      return result
    }
    response.groups = groups.map {
      var group = OffsetFetchResponse.OffsetFetchResponseGroup()
      (group.groupId, group.errorCode) = ($0.groupId, error)
      return group
    }
    return response
  }

  public static func refusal(in response: OffsetFetchResponse) -> ErrorCode {
    if let group = response.groups.first { return group.errorCode }
    return response.errorCode == .none ? response.topics.first?.partitions.first?.errorCode ?? .none : response.errorCode
  }
}

extension OffsetDeleteRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> OffsetDeleteResponse {
    var response = OffsetDeleteResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: OffsetDeleteResponse) -> ErrorCode { response.errorCode }
}

// MARK: - Administration

extension ListGroupsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ListGroupsResponse {
    var response = ListGroupsResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: ListGroupsResponse) -> ErrorCode { response.errorCode }
}

extension DescribeGroupsRequest: RefusableRequest {
  /// Without a message: only the newest version has a field for it.
  public func refused(_ error: ErrorCode, _ message: String?) -> DescribeGroupsResponse {
    var response = DescribeGroupsResponse()
    response.groups = groups.map { id in
      var group = DescribeGroupsResponse.DescribedGroup()
      (group.groupId, group.errorCode) = (id, error)
      return group
    }
    return response
  }

  public static func refusal(in response: DescribeGroupsResponse) -> ErrorCode { response.groups.first?.errorCode ?? .none }
}

extension ConsumerGroupDescribeRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ConsumerGroupDescribeResponse {
    var response = ConsumerGroupDescribeResponse()
    response.groups = groupIds.map { id in
      var group = ConsumerGroupDescribeResponse.DescribedGroup()
      (group.groupId, group.errorCode, group.errorMessage) = (id, error, message)
      return group
    }
    return response
  }

  public static func refusal(in response: ConsumerGroupDescribeResponse) -> ErrorCode { response.groups.first?.errorCode ?? .none }
}

extension DeleteGroupsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> DeleteGroupsResponse {
    var response = DeleteGroupsResponse()
    response.results = groupsNames.map { id in
      var result = DeleteGroupsResponse.DeletableGroupResult()
      (result.groupId, result.errorCode) = (id, error)
      return result
    }
    return response
  }

  public static func refusal(in response: DeleteGroupsResponse) -> ErrorCode { response.results.first?.errorCode ?? .none }
}
