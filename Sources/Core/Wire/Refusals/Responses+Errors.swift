// The errors in a response: one for each partition, group or transaction that failed.

extension ApiMessage {
  /// Requests contain no errors, and neither do responses whose errors are not needed.
  public func forEachError(_ body: (ErrorCode) -> Void) {}
}

extension ProduceResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    for topic in responses { for partition in topic.partitionResponses where partition.errorCode != .none { body(partition.errorCode) } }
  }
}

extension FetchResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    if errorCode != .none { body(errorCode) }
    for topic in responses { for partition in topic.partitions where partition.errorCode != .none { body(partition.errorCode) } }
  }
}

extension ListOffsetsResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    for topic in topics { for partition in topic.partitions where partition.errorCode != .none { body(partition.errorCode) } }
  }
}

extension MetadataResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    if errorCode != .none { body(errorCode) }
    for topic in topics {
      if topic.errorCode != .none { body(topic.errorCode) }
      for partition in topic.partitions where partition.errorCode != .none { body(partition.errorCode) }
    }
  }
}

extension OffsetForLeaderEpochResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    for topic in topics { for partition in topic.partitions where partition.errorCode != .none { body(partition.errorCode) } }
  }
}

extension OffsetCommitResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    for topic in topics { for partition in topic.partitions where partition.errorCode != .none { body(partition.errorCode) } }
  }
}

extension OffsetFetchResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    if errorCode != .none { body(errorCode) }
    for topic in topics { for partition in topic.partitions where partition.errorCode != .none { body(partition.errorCode) } }
    for group in groups {
      if group.errorCode != .none { body(group.errorCode) }
      for topic in group.topics { for partition in topic.partitions where partition.errorCode != .none { body(partition.errorCode) } }
    }
  }
}

extension FindCoordinatorResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    if errorCode != .none { body(errorCode) }
    for coordinator in coordinators where coordinator.errorCode != .none { body(coordinator.errorCode) }
  }
}

extension JoinGroupResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) { if errorCode != .none { body(errorCode) } }
}

extension SyncGroupResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) { if errorCode != .none { body(errorCode) } }
}

extension HeartbeatResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) { if errorCode != .none { body(errorCode) } }
}

extension LeaveGroupResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    if errorCode != .none { body(errorCode) }
    for member in members where member.errorCode != .none { body(member.errorCode) }
  }
}

extension ConsumerGroupHeartbeatResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) { if errorCode != .none { body(errorCode) } }
}

extension InitProducerIdResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) { if errorCode != .none { body(errorCode) } }
}

extension AddPartitionsToTxnResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    if errorCode != .none { body(errorCode) }
    for topic in resultsByTransaction.flatMap(\.topicResults) + resultsByTopicV3AndBelow {
      for partition in topic.resultsByPartition where partition.partitionErrorCode != .none { body(partition.partitionErrorCode) }
    }
  }
}

extension AddOffsetsToTxnResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) { if errorCode != .none { body(errorCode) } }
}

extension EndTxnResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) { if errorCode != .none { body(errorCode) } }
}

extension TxnOffsetCommitResponse {
  public func forEachError(_ body: (ErrorCode) -> Void) {
    for topic in topics { for partition in topic.partitions where partition.errorCode != .none { body(partition.errorCode) } }
  }
}
