import Primitives
import Replication
import Transport
import Wire

extension BrokerApis {
  /// Handles DescribeLogDirs: the size of every replica in this broker's only directory, its lag, and the space of its device (KIP-827).
  func handleDescribeLogDirs(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DescribeLogDirsRequest.self) else { return }
    let disk = reactor.disk
    var directory = DescribeLogDirsResponse.DescribeLogDirsResult()
    let root = replicaManager.logManager.root
    directory.logDir = root.isEmpty ? disk.location ?? "/" : "\(disk.location ?? "")/\(root)"
    if let space = disk.space {
      directory.totalBytes = space.total
      directory.usableBytes = space.usable
    }
    let asked = request.partitionsByTopic
    for replica in replicaManager.partitions.sorted(by: { $0.topicPartition < $1.topicPartition }) {
      // A missing list of topics requests all of them.
      if let asked, asked[replica.topicPartition.topic]?.contains(replica.id.partition) != true { continue }
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
    let name = replica.topicPartition.topic
    let topic = directory.topics.lastGroup(where: { $0.name == name }, or: .init { $0.name = name })
    directory.topics[topic].partitions.append(entry)
  }
}

extension DescribeLogDirsRequest {
  /// Nil for all partitions. Only for lookups.
  fileprivate var partitionsByTopic: [String: Set<Int32>]? {
    topics.map { topics in
      var asked: [String: Set<Int32>] = [:]
      for topic in topics { asked[topic.topic, default: []].formUnion(topic.partitions) }
      return asked
    }
  }
}
