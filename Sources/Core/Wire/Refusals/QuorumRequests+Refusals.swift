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

extension AddRaftVoterRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> AddRaftVoterResponse {
    var response = AddRaftVoterResponse()
    (response.errorCode, response.errorMessage) = (error, message)
    return response
  }

  public static func refusal(in response: AddRaftVoterResponse) -> ErrorCode { response.errorCode }
}

extension RemoveRaftVoterRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> RemoveRaftVoterResponse {
    var response = RemoveRaftVoterResponse()
    (response.errorCode, response.errorMessage) = (error, message)
    return response
  }

  public static func refusal(in response: RemoveRaftVoterResponse) -> ErrorCode { response.errorCode }
}

extension UpdateRaftVoterRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> UpdateRaftVoterResponse {
    var response = UpdateRaftVoterResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: UpdateRaftVoterResponse) -> ErrorCode { response.errorCode }
}

extension FetchSnapshotRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> FetchSnapshotResponse {
    var response = FetchSnapshotResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: FetchSnapshotResponse) -> ErrorCode { response.errorCode }
}
