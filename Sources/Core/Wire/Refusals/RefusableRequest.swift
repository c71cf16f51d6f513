/// A request that can be refused as a whole: by a controller that is not active, for a failure that nobody could foresee, or by a fault.
public protocol RefusableRequest: ApiRequest {
  func refused(_ code: ErrorCode, _ message: String?) -> Response
}

extension BrokerRegistrationRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> BrokerRegistrationResponse {
    var response = BrokerRegistrationResponse()
    response.errorCode = code
    return response
  }
}

extension BrokerHeartbeatRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> BrokerHeartbeatResponse {
    var response = BrokerHeartbeatResponse()
    response.errorCode = code
    return response
  }
}

extension UnregisterBrokerRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> UnregisterBrokerResponse {
    var response = UnregisterBrokerResponse()
    response.errorCode = code
    response.errorMessage = message
    return response
  }
}

extension ControllerRegistrationRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> ControllerRegistrationResponse {
    var response = ControllerRegistrationResponse()
    response.errorCode = code
    response.errorMessage = message
    return response
  }
}

extension AlterPartitionRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> AlterPartitionResponse {
    var response = AlterPartitionResponse()
    response.errorCode = code
    return response
  }
}

extension AllocateProducerIdsRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> AllocateProducerIdsResponse {
    var response = AllocateProducerIdsResponse()
    response.errorCode = code
    return response
  }
}

extension AssignReplicasToDirsRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> AssignReplicasToDirsResponse {
    var response = AssignReplicasToDirsResponse()
    response.errorCode = code
    return response
  }
}

extension UpdateFeaturesRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> UpdateFeaturesResponse {
    var response = UpdateFeaturesResponse()
    response.errorCode = code
    response.errorMessage = message
    return response
  }
}

extension ElectLeadersRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> ElectLeadersResponse {
    var response = ElectLeadersResponse()
    response.errorCode = code
    return response
  }
}

extension AlterPartitionReassignmentsRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> AlterPartitionReassignmentsResponse {
    var response = AlterPartitionReassignmentsResponse()
    response.errorCode = code
    response.errorMessage = message
    return response
  }
}

extension ListPartitionReassignmentsRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> ListPartitionReassignmentsResponse {
    var response = ListPartitionReassignmentsResponse()
    response.errorCode = code
    response.errorMessage = message
    return response
  }
}

extension DescribeQuorumRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> DescribeQuorumResponse {
    var response = DescribeQuorumResponse()
    response.errorCode = code
    response.errorMessage = message
    return response
  }
}

// These answer each thing they name on its own.

extension CreateTopicsRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> CreateTopicsResponse {
    var response = CreateTopicsResponse()
    response.topics = topics.map {
      var result = CreateTopicsResponse.CreatableTopicResult()
      (result.name, result.errorCode, result.errorMessage) = ($0.name, code, message)
      return result
    }
    return response
  }
}

extension DeleteTopicsRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> DeleteTopicsResponse {
    var response = DeleteTopicsResponse()
    response.responses =
      topics.map {
        var result = DeleteTopicsResponse.DeletableTopicResult()
        (result.name, result.topicId, result.errorCode, result.errorMessage) = ($0.name, $0.topicId, code, message)
        return result
      }
      + topicNames.map {
        var result = DeleteTopicsResponse.DeletableTopicResult()
        (result.name, result.errorCode, result.errorMessage) = ($0, code, message)
        return result
      }
    return response
  }
}

extension CreatePartitionsRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> CreatePartitionsResponse {
    var response = CreatePartitionsResponse()
    response.results = topics.map {
      var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
      (result.name, result.errorCode, result.errorMessage) = ($0.name, code, message)
      return result
    }
    return response
  }
}

extension IncrementalAlterConfigsRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> IncrementalAlterConfigsResponse {
    var response = IncrementalAlterConfigsResponse()
    response.responses = resources.map {
      var result = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
      (result.resourceType, result.resourceName, result.errorCode, result.errorMessage) = ($0.resourceType, $0.resourceName, code, message)
      return result
    }
    return response
  }
}

extension AlterConfigsRequest: RefusableRequest {
  public func refused(_ code: ErrorCode, _ message: String?) -> AlterConfigsResponse {
    var response = AlterConfigsResponse()
    response.responses = resources.map {
      var result = AlterConfigsResponse.AlterConfigsResourceResponse()
      (result.resourceType, result.resourceName, result.errorCode, result.errorMessage) = ($0.resourceType, $0.resourceName, code, message)
      return result
    }
    return response
  }
}
