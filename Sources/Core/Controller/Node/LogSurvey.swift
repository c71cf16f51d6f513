import OrderedCollections
import Primitives
import Wire

/// One round of requests to the replicas of partitions for which no other rule determines a leader.
final class LogSurvey {
  let partitions: [UnrecoveredPartition]
  /// The number of brokers that have not answered.
  var pending = 0
  private var ends: OrderedDictionary<TopicPartition, [(replica: NodeID, end: ReplicaLogEnd)]> = [:]

  init(_ partitions: [UnrecoveredPartition]) { self.partitions = partitions }

  /// The brokers to ask, without repetitions.
  var brokers: [NodeID] { OrderedSet(partitions.lazy.flatMap(\.replicas)).sorted() }

  func request(to broker: NodeID) -> ListOffsetsRequest {
    var topics: OrderedDictionary<String, ListOffsetsRequest.ListOffsetsTopic> = [:]
    for partition in partitions where partition.replicas.contains(broker) {
      var asked = ListOffsetsRequest.ListOffsetsPartition()
      asked.partitionIndex = partition.name.partition
      asked.timestamp = -1
      topics[partition.name.topic, default: ListOffsetsRequest.ListOffsetsTopic()].partitions.append(asked)
    }
    var request = ListOffsetsRequest()
    // Any replica answers a debugging consumer, with the end of its own log.
    request.replicaId = -2
    request.topics = topics.map { name, topic in
      var topic = topic
      topic.name = name
      return topic
    }
    return request
  }

  func add(_ response: ListOffsetsResponse, of broker: NodeID) {
    for topic in response.topics {
      for answer in topic.partitions where answer.errorCode == .none && answer.offset >= 0 {
        let end = ReplicaLogEnd(epoch: LeaderEpoch(answer.leaderEpoch), offset: Offset(answer.offset))
        ends[TopicPartition(topic.name, answer.partitionIndex), default: []].append((broker, end))
      }
    }
  }

  /// The replica with the longest log, the most preferred if several have it; nil until all replicas have answered.
  func mostComplete(of partition: UnrecoveredPartition) -> NodeID? {
    let told = ends[partition.name] ?? []
    guard partition.replicas.allSatisfy({ replica in told.contains { $0.replica == replica } }), let longest = told.map(\.end).max() else { return nil }
    return partition.replicas.first { replica in told.contains { $0.replica == replica && $0.end == longest } }
  }
}
