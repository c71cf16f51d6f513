import Primitives
import Replication
import Transport
import Wire

extension BrokerApis {
  /// Handles DescribeProducers: the producers of partitions that this broker leads, and when their open transactions started (KIP-664).
  func handleDescribeProducers(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DescribeProducersRequest.self) else { return }
    var response = DescribeProducersResponse()
    // A repeated partition is described only once: it may have many producers.
    var described: Set<TopicPartition> = []
    response.topics = request.topics.map { topic in
      var result = DescribeProducersResponse.TopicResponse()
      result.name = topic.name
      for index in topic.partitionIndexes {
        let partition = TopicPartition(topic.name, index)
        if described.insert(partition).inserted { result.partitions.append(describeProducers(of: partition)) }
      }
      return result
    }
    incoming.respond(response)
  }

  private func describeProducers(of partition: TopicPartition) -> DescribeProducersResponse.PartitionResponse {
    var result = DescribeProducersResponse.PartitionResponse()
    result.partitionIndex = partition.partition
    guard TopicName.isValid(partition.topic) else {
      result.errorCode = .invalidTopicException
      return result
    }
    guard metadata.image.partition(partition) != nil else {
      result.errorCode = .unknownTopicOrPartition
      return result
    }
    guard let replica = replicaManager.partition(named: partition), replica.isLeader, let log = replica.log else {
      result.errorCode = .notLeaderOrFollower
      return result
    }
    result.activeProducers = log.activeProducers.map { producer in
      var state = DescribeProducersResponse.ProducerState()
      state.producerId = producer.producerID
      state.producerEpoch = Int32(producer.epoch)
      state.lastSequence = producer.lastSequence
      state.lastTimestamp = producer.lastTimestamp.milliseconds
      state.coordinatorEpoch = producer.coordinatorEpoch
      state.currentTxnStartOffset = producer.currentTransactionStartOffset?.value ?? -1
      return state
    }
    return result
  }
}
