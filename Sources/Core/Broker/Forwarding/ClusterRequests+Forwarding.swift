import Wire

extension DescribeQuorumRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> DescribeQuorumResponse {
    var response = DescribeQuorumResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  static func leadingError(of response: DescribeQuorumResponse) -> ErrorCode { response.errorCode }
}

extension UpdateFeaturesRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> UpdateFeaturesResponse {
    var response = UpdateFeaturesResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  static func leadingError(of response: UpdateFeaturesResponse) -> ErrorCode { response.errorCode }
}

extension UnregisterBrokerRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> UnregisterBrokerResponse {
    var response = UnregisterBrokerResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  static func leadingError(of response: UnregisterBrokerResponse) -> ErrorCode { response.errorCode }
}
