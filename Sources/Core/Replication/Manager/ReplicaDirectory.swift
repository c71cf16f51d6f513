import Primitives
import Wire

/// Where the replicas of the cluster are, as one broker knows it: those that it has itself, and what the metadata says of the others.
final class ReplicaDirectory {
  /// The replicas on this broker.
  var table = PartitionTable()
  /// The brokers of the cluster, as the metadata named them last.
  var brokers = ClusterBrokers()
  unowned let topics: any TopicDirectory

  /// - Parameter topics: what the metadata knows of partitions without a replica here; outlives this object.
  init(topics: any TopicDirectory) { self.topics = topics }

  /// The replica of a name, or the error that says why there is none here.
  func existing(_ name: TopicPartition) throws(ErrorCode) -> Partition {
    if let partition = table[name] { return partition }
    guard let id = topics.topicID(ofTopic: name.topic) else { throw .unknownTopicOrPartition }
    throw errorOfMissing(TopicIDPartition(id, name.partition))
  }

  /// Why there is no replica here of a partition: others have it, or nobody knows it.
  func errorOfMissing(_ id: TopicIDPartition) -> ErrorCode {
    topics.leader(of: id) == nil ? .unknownTopicOrPartition : .notLeaderOrFollower
  }
}
