import Wire

extension AlterConfigsRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> AlterConfigsResponse {
    var response = AlterConfigsResponse()
    response.responses = resources.map { resource in
      var result = AlterConfigsResponse.AlterConfigsResourceResponse()
      result.resourceType = resource.resourceType
      result.resourceName = resource.resourceName
      result.errorCode = error
      result.errorMessage = message
      return result
    }
    return response
  }

  static func leadingError(of response: AlterConfigsResponse) -> ErrorCode { response.responses.first?.errorCode ?? .none }
}

extension IncrementalAlterConfigsRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> IncrementalAlterConfigsResponse {
    var response = IncrementalAlterConfigsResponse()
    response.responses = resources.map { resource in
      var result = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
      result.resourceType = resource.resourceType
      result.resourceName = resource.resourceName
      result.errorCode = error
      result.errorMessage = message
      return result
    }
    return response
  }

  static func leadingError(of response: IncrementalAlterConfigsResponse) -> ErrorCode { response.responses.first?.errorCode ?? .none }
}
