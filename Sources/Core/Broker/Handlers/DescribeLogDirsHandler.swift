import Primitives
import Replication
import Transport
import Wire

extension BrokerApis {
  /// DescribeLogDirs: the size of every replica in this broker's one directory, and how far it lags.
  func handleDescribeLogDirs(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DescribeLogDirsRequest.self) else { return }
    var directory = DescribeLogDirsResponse.DescribeLogDirsResult()
    directory.logDir = "/\(replicaManager.logManager.root)"
    for replica in replicaManager.partitions.sorted(by: { $0.topicPartition < $1.topicPartition }) where request.asks(for: replica.topicPartition) {
      add(replica, to: &directory)
    }
    var response = DescribeLogDirsResponse()
    response.results = [directory]
    incoming.respond(response)
  }

  private func add(_ replica: Partition, to directory: inout DescribeLogDirsResponse.DescribeLogDirsResult) {
    guard let log = replica.log else { return directory.errorCode = .kafkaStorageError }
    var entry = DescribeLogDirsResponse.DescribeLogDirsPartition()
    entry.partitionIndex = replica.id.partition
    entry.partitionSize = Int64(log.sizeInBytes)
    entry.offsetLag = max(0, replica.highWatermark - log.logEndOffset)
    if directory.topics.last?.name != replica.topicPartition.topic {
      var topic = DescribeLogDirsResponse.DescribeLogDirsTopic()
      topic.name = replica.topicPartition.topic
      directory.topics.append(topic)
    }
    directory.topics[directory.topics.count - 1].partitions.append(entry)
  }
}

extension DescribeLogDirsRequest {
  /// No list of topics asks for all of them.
  fileprivate func asks(for partition: TopicPartition) -> Bool {
    guard let topics else { return true }
    return topics.contains { $0.topic == partition.topic && $0.partitions.contains(partition.partition) }
  }
}
