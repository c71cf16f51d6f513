// Requests between replicas of the metadata log.

extension VoteRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> VoteResponse {
    var response = VoteResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: VoteResponse) -> ErrorCode { response.errorCode }
}

extension BeginQuorumEpochRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> BeginQuorumEpochResponse {
    var response = BeginQuorumEpochResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: BeginQuorumEpochResponse) -> ErrorCode { response.errorCode }
}

extension EndQuorumEpochRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> EndQuorumEpochResponse {
    var response = EndQuorumEpochResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: EndQuorumEpochResponse) -> ErrorCode { response.errorCode }
}

extension FetchSnapshotRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> FetchSnapshotResponse {
    var response = FetchSnapshotResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: FetchSnapshotResponse) -> ErrorCode { response.errorCode }
}
