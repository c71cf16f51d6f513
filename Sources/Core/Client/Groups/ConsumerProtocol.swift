import Primitives
import Wire

/// What members of a classic group of consumers say to each other, inside of requests that the coordinator hands on unread (`ConsumerProtocol`). Before each message
/// stands its version in two bytes; of a later version than ours what we know of it is read.
enum ConsumerProtocol {
  /// What members of such groups call their protocol in JoinGroup and SyncGroup.
  static let type = "consumer"

  static func encode(_ message: some Message) -> Bytes {
    let version = Swift.type(of: message).validVersions.upperBound
    var writer = ByteWriter()
    writer.append(version)
    // Names of topics are short, and everything else is a number.
    if let body = try? message.encoded(version: version) { writer.append(body) }
    return writer.bytes
  }

  static func decode<Content: Message>(_ type: Content.Type = Content.self, _ bytes: Bytes) throws(WireError) -> Content {
    guard bytes.count >= 2 else { throw WireError(.endOfInput(needed: 2, available: bytes.count), at: 0, field: "version", message: Content.name) }
    let version: Int16 = bytes.integer(at: 0)
    guard version >= 0 else { throw WireError(.unknownType(Int(version)), at: 0, field: "version", message: Content.name) }
    var content = Content()
    var reader = FrameReader(bytes[2...])
    defer { withExtendedLifetime(reader) {} }
    try content.read(from: &reader, version: min(version, Content.validVersions.upperBound))
    return content
  }
}

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
  /// A member as JoinGroup names it to the leader.
  init(_ member: JoinGroupResponse.JoinGroupResponseMember) throws(WireError) {
    let subscription = try ConsumerProtocol.decode(ConsumerProtocolSubscription.self, member.metadata)
    self.init(
      member.memberId, instanceID: member.groupInstanceId, topics: subscription.topics, userData: subscription.userData,
      ownedPartitions: subscription.ownedPartitions.flatMap { topic in topic.partitions.map { TopicPartition(topic.topic, $0) } },
      generation: subscription.generationId < 0 ? nil : subscription.generationId, rack: subscription.rackId)
  }
}
