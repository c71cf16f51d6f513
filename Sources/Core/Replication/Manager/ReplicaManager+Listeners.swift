import Primitives

extension ReplicaManager {
  /// Lets somebody know what becomes of this broker's replicas of a topic, those that are there and those that will come. Of replicas that lead
  /// already it is told at once. To be called once for a topic.
  ///
  /// - Parameter listener: outlives this object.
  public func listen(toTopic topic: String, _ listener: any PartitionListener) {
    precondition(self.listener(ofTopic: topic) == nil, "somebody listens to topic \(topic) already")
    listeners.append(TopicListener(topic: topic, listener: listener))
    for partition in partitions where partition.topicPartition.topic == topic {
      partition.listener = listener
      if partition.isLeader { listener.becameLeader(of: partition, in: partition.leaderEpoch) }
    }
  }

  /// Nil where nobody does, as for almost all topics.
  func listener(ofTopic topic: String) -> (any PartitionListener)? { listeners.first { $0.topic == topic }?.listener }
}
