import Primitives

extension ReplicaManager {
  /// Registers a listener for this broker's replicas of a topic, existing and future ones. It is told at once about replicas that already lead. Call
  /// it once for a topic.
  ///
  /// - Parameter listener: Must outlive this object.
  public func listen(toTopic topic: String, _ listener: any PartitionListener) {
    precondition(self.listener(ofTopic: topic) == nil, "topic \(topic) already has a listener")
    listeners.append(TopicListener(topic: topic, listener: listener))
    for partition in partitions where partition.topicPartition.topic == topic {
      partition.listener = listener
      if partition.isLeader { listener.becameLeader(of: partition, in: partition.leaderEpoch) }
    }
  }

  /// The listener of a topic; nil for almost all topics.
  func listener(ofTopic topic: String) -> (any PartitionListener)? { listeners.first { $0.topic == topic }?.listener }
}
