extension AlterConfigsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> AlterConfigsResponse {
    var response = AlterConfigsResponse()
    response.responses = resources.map { resource in
      var result = AlterConfigsResponse.AlterConfigsResourceResponse()
      (result.resourceType, result.resourceName, result.errorCode, result.errorMessage) = (resource.resourceType, resource.resourceName, error, message)
      return result
    }
    return response
  }

  public static func refusal(in response: AlterConfigsResponse) -> ErrorCode { response.responses.first?.errorCode ?? .none }
}

extension IncrementalAlterConfigsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> IncrementalAlterConfigsResponse {
    var response = IncrementalAlterConfigsResponse()
    response.responses = resources.map { resource in
      var result = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
      (result.resourceType, result.resourceName, result.errorCode, result.errorMessage) = (resource.resourceType, resource.resourceName, error, message)
      return result
    }
    return response
  }

  public static func refusal(in response: IncrementalAlterConfigsResponse) -> ErrorCode { response.responses.first?.errorCode ?? .none }
}
