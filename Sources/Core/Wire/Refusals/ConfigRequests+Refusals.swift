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

extension DescribeConfigsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> DescribeConfigsResponse {
    var response = DescribeConfigsResponse()
    response.results = resources.map { resource in
      var result = DescribeConfigsResponse.DescribeConfigsResult()
      (result.resourceType, result.resourceName, result.errorCode, result.errorMessage) = (resource.resourceType, resource.resourceName, error, message)
      return result
    }
    return response
  }

  public static func refusal(in response: DescribeConfigsResponse) -> ErrorCode { response.results.first?.errorCode ?? .none }
}

extension ListConfigResourcesRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ListConfigResourcesResponse {
    var response = ListConfigResourcesResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: ListConfigResourcesResponse) -> ErrorCode { response.errorCode }
}
