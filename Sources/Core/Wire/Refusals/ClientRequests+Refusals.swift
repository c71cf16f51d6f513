// Requests from clients and brokers to brokers. Each partition and each named item gets its own error, if the response has a field for it.

extension ProduceRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ProduceResponse {
    var response = ProduceResponse()
    response.responses = topicData.map { topic in
      var result = ProduceResponse.TopicProduceResponse()
      (result.name, result.topicId) = (topic.name, topic.topicId)
      result.partitionResponses = topic.partitionData.map {
        var partition = ProduceResponse.PartitionProduceResponse()
        (partition.index, partition.errorCode, partition.errorMessage, partition.baseOffset) = ($0.index, error, message, -1)
        return partition
      }
      return result
    }
    return response
  }

  public static func refusal(in response: ProduceResponse) -> ErrorCode { response.responses.first?.partitionResponses.first?.errorCode ?? .none }
}

extension FetchRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> FetchResponse {
    var response = FetchResponse()
    response.sessionId = sessionId
    // An incremental fetch names only what has changed: the error goes to the whole response, or to each partition if the request names any.
    response.errorCode = topics.isEmpty ? error : .none
    response.responses = topics.map { topic in
      var result = FetchResponse.FetchableTopicResponse()
      (result.topic, result.topicId) = (topic.topic, topic.topicId)
      result.partitions = topic.partitions.map {
        var partition = FetchResponse.PartitionData()
        (partition.partitionIndex, partition.errorCode, partition.highWatermark) = ($0.partition, error, -1)
        return partition
      }
      return result
    }
    return response
  }

  public static func refusal(in response: FetchResponse) -> ErrorCode {
    response.errorCode == .none ? response.responses.first?.partitions.first?.errorCode ?? .none : response.errorCode
  }
}

extension ListOffsetsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ListOffsetsResponse {
    var response = ListOffsetsResponse()
    response.topics = topics.map { topic in
      var result = ListOffsetsResponse.ListOffsetsTopicResponse()
      result.name = topic.name
      result.partitions = topic.partitions.map {
        var partition = ListOffsetsResponse.ListOffsetsPartitionResponse()
        (partition.partitionIndex, partition.errorCode) = ($0.partitionIndex, error)
        return partition
      }
      return result
    }
    return response
  }

  public static func refusal(in response: ListOffsetsResponse) -> ErrorCode { response.topics.first?.partitions.first?.errorCode ?? .none }
}

extension OffsetForLeaderEpochRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> OffsetForLeaderEpochResponse {
    var response = OffsetForLeaderEpochResponse()
    response.topics = topics.map { topic in
      var result = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
      result.topic = topic.topic
      result.partitions = topic.partitions.map {
        var partition = OffsetForLeaderEpochResponse.EpochEndOffset()
        (partition.partition, partition.errorCode) = ($0.partition, error)
        return partition
      }
      return result
    }
    return response
  }

  public static func refusal(in response: OffsetForLeaderEpochResponse) -> ErrorCode { response.topics.first?.partitions.first?.errorCode ?? .none }
}

extension DeleteRecordsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> DeleteRecordsResponse {
    var response = DeleteRecordsResponse()
    response.topics = topics.map { topic in
      var result = DeleteRecordsResponse.DeleteRecordsTopicResult()
      result.name = topic.name
      result.partitions = topic.partitions.map {
        var partition = DeleteRecordsResponse.DeleteRecordsPartitionResult()
        (partition.partitionIndex, partition.lowWatermark, partition.errorCode) = ($0.partitionIndex, -1, error)
        return partition
      }
      return result
    }
    return response
  }

  public static func refusal(in response: DeleteRecordsResponse) -> ErrorCode { response.topics.first?.partitions.first?.errorCode ?? .none }
}

extension InitProducerIdRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> InitProducerIdResponse {
    var response = InitProducerIdResponse()
    (response.errorCode, response.producerId, response.producerEpoch) = (error, -1, -1)
    return response
  }

  public static func refusal(in response: InitProducerIdResponse) -> ErrorCode { response.errorCode }
}

extension DescribeClusterRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> DescribeClusterResponse {
    var response = DescribeClusterResponse()
    (response.errorCode, response.errorMessage) = (error, message)
    return response
  }

  public static func refusal(in response: DescribeClusterResponse) -> ErrorCode { response.errorCode }
}
