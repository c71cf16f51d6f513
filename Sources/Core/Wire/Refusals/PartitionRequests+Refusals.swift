extension ElectLeadersRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ElectLeadersResponse {
    var response = ElectLeadersResponse()
    response.errorCode = error
    response.replicaElectionResults = (topicPartitions ?? []).map { topic in
      var results = ElectLeadersResponse.ReplicaElectionResult()
      results.topic = topic.topic
      results.partitionResult = topic.partitions.map { partition in
        var result = ElectLeadersResponse.PartitionResult()
        (result.partitionId, result.errorCode, result.errorMessage) = (partition, error, message)
        return result
      }
      return results
    }
    return response
  }

  /// Before version 1 there is no error for the whole response.
  public static func refusal(in response: ElectLeadersResponse) -> ErrorCode {
    response.errorCode == .none ? response.replicaElectionResults.first?.partitionResult.first?.errorCode ?? .none : response.errorCode
  }
}

extension AlterPartitionReassignmentsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> AlterPartitionReassignmentsResponse {
    var response = AlterPartitionReassignmentsResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  public static func refusal(in response: AlterPartitionReassignmentsResponse) -> ErrorCode { response.errorCode }
}

extension ListPartitionReassignmentsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ListPartitionReassignmentsResponse {
    var response = ListPartitionReassignmentsResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  public static func refusal(in response: ListPartitionReassignmentsResponse) -> ErrorCode { response.errorCode }
}
