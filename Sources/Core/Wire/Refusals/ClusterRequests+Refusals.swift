extension ApiVersionsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ApiVersionsResponse {
    var response = ApiVersionsResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: ApiVersionsResponse) -> ErrorCode { response.errorCode }
}

extension UpdateFeaturesRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> UpdateFeaturesResponse {
    var response = UpdateFeaturesResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  public static func refusal(in response: UpdateFeaturesResponse) -> ErrorCode { response.errorCode }
}

extension DescribeQuorumRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> DescribeQuorumResponse {
    var response = DescribeQuorumResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  public static func refusal(in response: DescribeQuorumResponse) -> ErrorCode { response.errorCode }

  /// The replica of the metadata log answers, so a controller that is not active says what any replica says that does not lead.
  public static func isFromInactiveController(_ response: DescribeQuorumResponse) -> Bool {
    response.errorCode == .notController || response.topics.contains { $0.partitions.contains { $0.errorCode == .notLeaderOrFollower } }
  }
}

extension MetadataRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> MetadataResponse {
    var response = MetadataResponse()
    response.errorCode = error
    response.topics = (topics ?? []).map { topic in
      var entry = MetadataResponse.MetadataResponseTopic()
      // Before version 12 the name is mandatory.
      (entry.name, entry.topicId, entry.errorCode) = (topic.name ?? "", topic.topicId, error)
      return entry
    }
    return response
  }

  /// Before version 13 there is no error for the whole response.
  public static func refusal(in response: MetadataResponse) -> ErrorCode {
    response.errorCode == .none ? response.topics.first?.errorCode ?? .none : response.errorCode
  }
}

extension DescribeTopicPartitionsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> DescribeTopicPartitionsResponse {
    var response = DescribeTopicPartitionsResponse()
    response.topics = topics.map { topic in
      var entry = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic()
      (entry.name, entry.errorCode) = (topic.name, error)
      return entry
    }
    return response
  }

  public static func refusal(in response: DescribeTopicPartitionsResponse) -> ErrorCode { response.topics.first?.errorCode ?? .none }
}
