import Wire

extension ElectLeadersRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> ElectLeadersResponse {
    var response = ElectLeadersResponse()
    response.errorCode = error
    response.replicaElectionResults = (topicPartitions ?? []).map { topic in
      var results = ElectLeadersResponse.ReplicaElectionResult()
      results.topic = topic.topic
      results.partitionResult = topic.partitions.map { partition in
        var result = ElectLeadersResponse.PartitionResult()
        result.partitionId = partition
        result.errorCode = error
        result.errorMessage = message
        return result
      }
      return results
    }
    return response
  }

  /// Before version 1 there is no error of the whole response.
  static func leadingError(of response: ElectLeadersResponse) -> ErrorCode {
    response.errorCode == .none ? response.replicaElectionResults.first?.partitionResult.first?.errorCode ?? .none : response.errorCode
  }
}

extension AlterPartitionReassignmentsRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> AlterPartitionReassignmentsResponse {
    var response = AlterPartitionReassignmentsResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  static func leadingError(of response: AlterPartitionReassignmentsResponse) -> ErrorCode { response.errorCode }
}

extension ListPartitionReassignmentsRequest: ForwardedRequest {
  func refusal(_ error: ErrorCode, _ message: String?) -> ListPartitionReassignmentsResponse {
    var response = ListPartitionReassignmentsResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  static func leadingError(of response: ListPartitionReassignmentsResponse) -> ErrorCode { response.errorCode }
}
