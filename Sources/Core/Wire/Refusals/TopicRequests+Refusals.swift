extension CreateTopicsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> CreateTopicsResponse {
    var response = CreateTopicsResponse()
    response.topics = topics.map { topic in
      var result = CreateTopicsResponse.CreatableTopicResult()
      (result.name, result.errorCode, result.errorMessage) = (topic.name, error, message)
      return result
    }
    return response
  }

  public static func refusal(in response: CreateTopicsResponse) -> ErrorCode { response.topics.first?.errorCode ?? .none }
}

extension DeleteTopicsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> DeleteTopicsResponse {
    var response = DeleteTopicsResponse()
    response.responses =
      topics.map { topic in
        var result = DeleteTopicsResponse.DeletableTopicResult()
        (result.name, result.topicId, result.errorCode, result.errorMessage) = (topic.name, topic.topicId, error, message)
        return result
      }
      + topicNames.map { name in
        var result = DeleteTopicsResponse.DeletableTopicResult()
        (result.name, result.errorCode, result.errorMessage) = (name, error, message)
        return result
      }
    return response
  }

  public static func refusal(in response: DeleteTopicsResponse) -> ErrorCode { response.responses.first?.errorCode ?? .none }
}

extension CreatePartitionsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> CreatePartitionsResponse {
    var response = CreatePartitionsResponse()
    response.results = topics.map { topic in
      var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
      (result.name, result.errorCode, result.errorMessage) = (topic.name, error, message)
      return result
    }
    return response
  }

  public static func refusal(in response: CreatePartitionsResponse) -> ErrorCode { response.results.first?.errorCode ?? .none }
}
