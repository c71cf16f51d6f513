import Log
import Primitives
import Wire

extension ReplicaManager {
  /// Sizes of the logs of this broker, of all topics or of those named.
  ///
  /// - Parameter logDirectory: the name of the one directory that they stand in, as clients shall see it.
  public func describeLogDirs(_ request: DescribeLogDirsRequest, logDirectory: String) -> DescribeLogDirsResponse {
    var directory = DescribeLogDirsResponse.DescribeLogDirsResult()
    directory.logDir = logDirectory
    if isDiskFailed { directory.errorCode = .kafkaStorageError }
    for partition in described(request) {
      guard let log = partition.log, partition.role != .offline else { continue }
      if directory.topics.last?.name != partition.topicPartition.topic {
        var topic = DescribeLogDirsResponse.DescribeLogDirsTopic()
        topic.name = partition.topicPartition.topic
        directory.topics.append(topic)
      }
      var description = DescribeLogDirsResponse.DescribeLogDirsPartition()
      description.partitionIndex = partition.id.partition
      description.partitionSize = Int64(log.sizeInBytes)
      description.offsetLag = max(0, partition.highWatermark - log.logEndOffset)
      directory.topics[directory.topics.count - 1].partitions.append(description)
    }
    var response = DescribeLogDirsResponse()
    response.results = [directory]
    return response
  }

  private func described(_ request: DescribeLogDirsRequest) -> [Partition] {
    let named = request.topics.map { topics in
      topics.flatMap { topic in topic.partitions.compactMap { table[TopicPartition(topic.topic, $0)] } }
    }
    return (named ?? table.all).sorted { $0.topicPartition < $1.topicPartition }
  }

  /// The producers that leaders of this broker remember, with their open transactions (KIP-664).
  public func describeProducers(_ request: DescribeProducersRequest) -> DescribeProducersResponse {
    var response = DescribeProducersResponse()
    for topic in request.topics {
      var result = DescribeProducersResponse.TopicResponse()
      result.name = topic.name
      result.partitions = topic.partitionIndexes.map { index in
        var description = DescribeProducersResponse.PartitionResponse()
        description.partitionIndex = index
        do {
          let log = try existing(TopicPartition(topic.name, index)).log(inEpoch: .unknown, onlyLeader: true)
          description.activeProducers = log.activeProducers.map(DescribeProducersResponse.ProducerState.init)
        } catch {
          description.errorCode = error
        }
        return description
      }
      response.topics.append(result)
    }
    return response
  }
}

extension DescribeProducersResponse.ProducerState {
  fileprivate init(_ producer: ActiveProducer) {
    self.init()
    producerId = producer.producerID
    producerEpoch = Int32(producer.epoch)
    lastSequence = producer.lastSequence
    lastTimestamp = producer.lastTimestamp.milliseconds
    coordinatorEpoch = producer.coordinatorEpoch
    currentTxnStartOffset = producer.currentTransactionStartOffset?.value ?? -1
  }
}
