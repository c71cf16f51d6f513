import Primitives
import Wire

extension ConsumerProtocolSubscription {
  init(topics: [String], userData: Bytes?, owned: [Primitives.TopicPartition], generation: Int32, rack: String) {
    self.init()
    self.topics = topics
    self.userData = userData
    for (topic, numbers) in owned.sorted().byTopic {
      var entry = TopicPartition()
      entry.topic = topic
      entry.partitions = numbers
      ownedPartitions.append(entry)
    }
    generationId = generation
    rackId = rack.isEmpty ? nil : rack
  }
}

extension ConsumerProtocolAssignment {
  init(_ partitions: [Primitives.TopicPartition]) {
    self.init()
    for (topic, numbers) in partitions.byTopic {
      var entry = TopicPartition()
      entry.topic = topic
      entry.partitions = numbers
      assignedPartitions.append(entry)
    }
  }

  var partitions: [Primitives.TopicPartition] {
    assignedPartitions.flatMap { topic in topic.partitions.map { Primitives.TopicPartition(topic.topic, $0) } }
  }
}

extension SubscribedMember {
  /// Makes a member from its entry in the leader's JoinGroup response.
  init(_ member: JoinGroupResponse.JoinGroupResponseMember) throws(WireError) {
    let subscription = try ConsumerProtocol.decode(ConsumerProtocolSubscription.self, member.metadata)
    self.init(
      member.memberId, instanceID: member.groupInstanceId, topics: subscription.topics, userData: subscription.userData,
      ownedPartitions: subscription.ownedPartitions.flatMap { topic in topic.partitions.map { TopicPartition(topic.topic, $0) } },
      generation: subscription.generationId < 0 ? nil : subscription.generationId, rack: subscription.rackId)
  }
}
