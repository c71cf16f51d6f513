import Primitives
import Wire

extension ReplicaDirectory {
  /// The replica of a target, looked up again if it was removed in the meantime.
  func partition(of target: FetchTarget) throws(ErrorCode) -> Partition {
    if let partition = target.partition, !partition.isRemoved { return partition }
    let key = target.key
    target.attach(
      to: key.topic.isEmpty ? table[TopicIDPartition(key.topicID, key.partition)] : table[TopicPartition(key.topic, key.partition)])
    if let partition = target.partition { return partition }
    if let id = id(of: key) {
      target.topicName = topics.topicName(of: id.topic)
      throw errorOfMissing(id)
    }
    guard key.topic.isEmpty else { throw .unknownTopicOrPartition }
    throw errorOfFormerTopic(of: target)
  }

  /// The error if no topic has the target's id. A session that knew the topic's name gets the error for that name, as in Kafka, where a session
  /// resolves an id once (`CachedPartition.maybeResolveUnknownName`, `KafkaApis.handleFetchRequest`, `ReplicaManager.readFromLog`).
  private func errorOfFormerTopic(of target: FetchTarget) -> ErrorCode {
    guard let name = target.topicName else { return .unknownTopicId }
    guard let id = topics.topicID(ofTopic: name) else { return .unknownTopicOrPartition }
    let successor = TopicIDPartition(id, target.key.partition)
    return table[successor] == nil ? errorOfMissing(successor) : .inconsistentTopicId
  }

  private func id(of key: FetchTargetKey) -> TopicIDPartition? {
    guard key.topic.isEmpty else { return topics.topicID(ofTopic: key.topic).map { TopicIDPartition($0, key.partition) } }
    return topics.topicName(of: key.topicID) == nil ? nil : TopicIDPartition(key.topicID, key.partition)
  }

  /// Where the leaders listen that an answer names.
  func endpoints(of leaders: [NodeID]) -> [FetchResponse.NodeEndpoint] { leaders.compactMap { topics.endpoint(of: $0) } }

  /// Who leads, for a client that was refused because this broker does not, or not in that epoch any more.
  func leaderHint(for target: FetchTarget, after error: ErrorCode) -> (id: NodeID, epoch: LeaderEpoch)? {
    guard error == .notLeaderOrFollower || error == .fencedLeaderEpoch else { return nil }
    if let partition = target.partition, !partition.isRemoved { return (partition.leaderID, partition.leaderEpoch) }
    return id(of: target.key).flatMap { topics.leader(of: $0) }
  }
}
