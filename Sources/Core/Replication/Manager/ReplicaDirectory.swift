import Primitives
import Wire

/// Where the replicas of the cluster are, as one broker knows: its own, and what the metadata says about the others.
final class ReplicaDirectory {
  /// The replicas on this broker.
  var table = PartitionTable()
  /// The brokers in the latest metadata.
  var brokers = ClusterBrokers()
  unowned let topics: any TopicDirectory

  /// - Parameter topics: What the metadata says about partitions without a replica here; must outlive this object.
  init(topics: any TopicDirectory) { self.topics = topics }

  /// The replica with a name, or the error that says why there is none here.
  func existing(_ name: TopicPartition) throws(ErrorCode) -> Partition {
    if let partition = table[name] { return partition }
    guard let id = topics.topicID(ofTopic: name.topic) else { throw .unknownTopicOrPartition }
    throw errorOfMissing(TopicIDPartition(id, name.partition))
  }

  /// Why there is no replica of a partition here: other brokers have it, or it is unknown.
  func errorOfMissing(_ id: TopicIDPartition) -> ErrorCode {
    topics.leader(of: id) == nil ? .unknownTopicOrPartition : .notLeaderOrFollower
  }
}
