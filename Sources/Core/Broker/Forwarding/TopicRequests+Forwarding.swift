import Primitives
import Wire

extension CreateTopicsRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> CreateTopicsResponse {
    var response = CreateTopicsResponse()
    response.topics = topics.map { topic in
      var result = CreateTopicsResponse.CreatableTopicResult()
      result.name = topic.name
      result.errorCode = error
      result.errorMessage = message
      return result
    }
    return response
  }

  static func leadingError(of response: CreateTopicsResponse) -> ErrorCode { response.topics.first?.errorCode ?? .none }
}

extension DeleteTopicsRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> DeleteTopicsResponse {
    var response = DeleteTopicsResponse()
    response.responses = topics.map { Self.result($0.name, $0.topicId, error, message) }
    response.responses += topicNames.map { Self.result($0, .zero, error, message) }
    return response
  }

  private static func result(
    _ name: String?, _ id: Uuid, _ error: ErrorCode, _ message: String?
  ) -> DeleteTopicsResponse.DeletableTopicResult {
    var result = DeleteTopicsResponse.DeletableTopicResult()
    result.name = name
    result.topicId = id
    result.errorCode = error
    result.errorMessage = message
    return result
  }

  static func leadingError(of response: DeleteTopicsResponse) -> ErrorCode { response.responses.first?.errorCode ?? .none }
}

extension CreatePartitionsRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> CreatePartitionsResponse {
    var response = CreatePartitionsResponse()
    response.results = topics.map { topic in
      var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
      result.name = topic.name
      result.errorCode = error
      result.errorMessage = message
      return result
    }
    return response
  }

  static func leadingError(of response: CreatePartitionsResponse) -> ErrorCode { response.results.first?.errorCode ?? .none }
}
