// Requests from brokers and controllers to the active controller.

extension BrokerRegistrationRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> BrokerRegistrationResponse {
    var response = BrokerRegistrationResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: BrokerRegistrationResponse) -> ErrorCode { response.errorCode }
}

extension BrokerHeartbeatRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> BrokerHeartbeatResponse {
    var response = BrokerHeartbeatResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: BrokerHeartbeatResponse) -> ErrorCode { response.errorCode }
}

extension UnregisterBrokerRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> UnregisterBrokerResponse {
    var response = UnregisterBrokerResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  public static func refusal(in response: UnregisterBrokerResponse) -> ErrorCode { response.errorCode }
}

extension ControllerRegistrationRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ControllerRegistrationResponse {
    var response = ControllerRegistrationResponse()
    response.errorCode = error
    response.errorMessage = message
    return response
  }

  public static func refusal(in response: ControllerRegistrationResponse) -> ErrorCode { response.errorCode }
}

extension AllocateProducerIdsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> AllocateProducerIdsResponse {
    var response = AllocateProducerIdsResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: AllocateProducerIdsResponse) -> ErrorCode { response.errorCode }
}

extension AlterPartitionRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> AlterPartitionResponse {
    var response = AlterPartitionResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: AlterPartitionResponse) -> ErrorCode { response.errorCode }
}

extension AssignReplicasToDirsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> AssignReplicasToDirsResponse {
    var response = AssignReplicasToDirsResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: AssignReplicasToDirsResponse) -> ErrorCode { response.errorCode }
}

extension DescribeProducersRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> DescribeProducersResponse {
    var response = DescribeProducersResponse()
    response.topics = topics.map { topic in
      var result = DescribeProducersResponse.TopicResponse()
      result.name = topic.name
      result.partitions = topic.partitionIndexes.map {
        var partition = DescribeProducersResponse.PartitionResponse()
        (partition.partitionIndex, partition.errorCode, partition.errorMessage) = ($0, error, message)
        return partition
      }
      return result
    }
    return response
  }

  public static func refusal(in response: DescribeProducersResponse) -> ErrorCode { response.topics.first?.partitions.first?.errorCode ?? .none }
}
