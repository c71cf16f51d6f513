import Coordination
import Primitives
import Testing
import Wire

@testable import Groups

/// Records of a group as Apache Kafka 4.3.0 wrote them when a static member of librdkafka joined and left for a while.
@Suite struct ConsumerGroupRecordTests {
  private static let group = "readers-consumer"
  private static let memberId = "TT/Bn5ReTbKBWK4YvG3SSA"
  private static let plainNone = GroupTopic(name: "plain-none", id: Uuid("0eFEurtkSgG8P47aHlA-lw")!, partitionCount: 2)
  private static let plainZstd = GroupTopic(name: "plain-zstd", id: Uuid("Mf5ESBrsS-y5qr9kiJTQCQ")!, partitionCount: 1)

  private struct Topics: TopicsOfGroups {
    func topic(named name: String) -> GroupTopic? { [plainNone, plainZstd].first { $0.name == name } }
    func topic(of id: Uuid) -> GroupTopic? { [plainNone, plainZstd].first { $0.id == id } }
    var names: [String] { ["plain-none", "plain-zstd"] }
    var version: Int64 { 1 }
  }

  private func value(_ hexadecimal: String) -> Bytes { Bytes(hexadecimal: hexadecimal)! }

  private func expectSame<Key: CoordinatorRecordKey>(_ record: CoordinatorRecord, _ key: Key, _ hexadecimal: String) throws {
    #expect(record.key == (try key.encodedWithType()))
    #expect(record.value == value(hexadecimal))
  }

  @Test func `A join is written as Kafka writes it`() throws {
    var group = ConsumerGroup(id: Self.group)
    let request = ConsumerGroupHeartbeatRequest {
      $0.groupId = Self.group
      $0.memberId = Self.memberId
      $0.instanceId = "fixed-1"
      $0.rebalanceTimeoutMs = 300_000
      $0.subscribedTopicNames = ["plain-zstd", "plain-none"]
      $0.topicPartitions = []
    }
    let records = try group.heartbeat(
      request, clientId: "rdkafka", clientHost: "/127.0.0.1", topics: Topics(), settings: ConsumerGroupSettings(), at: .zero,
      wallClock: Timestamp(milliseconds: 0x1a2_2189_c296), newMemberId: { "" }
    ).records
    try #require(records.count == 5)
    try expectSame(
      records[0], ConsumerGroupMemberMetadataKey { $0.groupId = Self.group; $0.memberId = Self.memberId },
      "00000866697865642d31000872646b61666b610b2f3132372e302e302e31030b706c61696e2d6e6f6e650b706c61696e2d7a73746401000493e00001000100")
    try expectSame(records[1], ConsumerGroupMetadataKey { $0.groupId = Self.group }, "0000000000020100081a6babbbd87e2cba")
    // Kafka writes topics in the order of a hash table, here they stand in the order of their ids.
    try expectSame(
      records[2], ConsumerGroupTargetAssignmentMemberKey { $0.groupId = Self.group; $0.memberId = Self.memberId },
      "00000331fe44481aec4becb9aabf648894d009020000000000d1e144babb644a01bc3f8eda1e503e9703000000000000000100" + "00")
    try expectSame(records[3], ConsumerGroupTargetAssignmentMetadataKey { $0.groupId = Self.group }, "000000000002010008000001a22189c296")
    try expectSame(
      records[4], ConsumerGroupCurrentMemberAssignmentKey { $0.groupId = Self.group; $0.memberId = Self.memberId },
      "00000000000200000000000331fe44481aec4becb9aabf648894d00902000000000100050200000002"
        + "d1e144babb644a01bc3f8eda1e503e970300000000000000010100090300000002000000020100")
  }

  @Test func `Kafka's records are read, and do not cause a rebalance if the topics are the same`() throws {
    var group = ConsumerGroup(id: Self.group)
    func apply<Key: CoordinatorRecordKey>(_ key: Key, _ hexadecimal: String?) throws {
      group.apply(try ConsumerGroupRecord(type: Key.recordType, key: key.encodedWithType(), value: hexadecimal.map(value)))
    }
    try apply(
      ConsumerGroupMemberMetadataKey { $0.groupId = Self.group; $0.memberId = Self.memberId },
      "00000866697865642d31000872646b61666b610b2f3132372e302e302e31030b706c61696e2d6e6f6e650b706c61696e2d7a73746401000493e00001000100")
    try apply(ConsumerGroupMetadataKey { $0.groupId = Self.group }, "0000000000020100081a6babbbd87e2cba")
    try apply(
      ConsumerGroupTargetAssignmentMemberKey { $0.groupId = Self.group; $0.memberId = Self.memberId },
      "000003d1e144babb644a01bc3f8eda1e503e970300000000000000010031fe44481aec4becb9aabf648894d00902000000000000")
    try apply(ConsumerGroupTargetAssignmentMetadataKey { $0.groupId = Self.group }, "000000000002010008000001a22189c296")
    let member = ConsumerGroupCurrentMemberAssignmentKey { $0.groupId = Self.group; $0.memberId = Self.memberId }
    try apply(
      member,
      "00000000000200000000000331fe44481aec4becb9aabf648894d00902000000000100050200000002"
        + "d1e144babb644a01bc3f8eda1e503e970300000000000000010100090300000002000000020100")
    #expect(group.state == .stable)
    #expect(group.member(of: "fixed-1")?.usesClassicProtocol == false)
    #expect(group.owner(of: 1, of: Self.plainNone.id) == Self.memberId)

    group.startTimers(settings: ConsumerGroupSettings(), at: .zero)
    let beat = ConsumerGroupHeartbeatRequest {
      $0.groupId = Self.group
      $0.memberId = Self.memberId
      $0.instanceId = "fixed-1"
      $0.memberEpoch = 2
    }
    let decision = try group.heartbeat(
      beat, clientId: "rdkafka", clientHost: "/127.0.0.1", topics: Topics(), settings: ConsumerGroupSettings(), at: .zero,
      wallClock: Timestamp(milliseconds: 0x1a2_2189_c296), newMemberId: { "" })
    #expect(decision.records.isEmpty)
    #expect(decision.response.memberEpoch == 2)

    // It leaves for a while.
    try apply(
      member,
      "0000fffffffe00000000000331fe44481aec4becb9aabf648894d00902000000000100050200000000"
        + "d1e144babb644a01bc3f8eda1e503e970300000000000000010100090300000000000000000100")
    #expect(group.members[Self.memberId]?.epoch == -2)
    try apply(member, nil)
    try apply(ConsumerGroupTargetAssignmentMemberKey { $0.groupId = Self.group; $0.memberId = Self.memberId }, nil)
    try apply(ConsumerGroupMemberMetadataKey { $0.groupId = Self.group; $0.memberId = Self.memberId }, nil)
    try apply(ConsumerGroupMetadataKey { $0.groupId = Self.group }, "00000000000300")
    #expect(group.state == .empty)
    #expect(group.epoch == 3)
    #expect(group.owner(of: 1, of: Self.plainNone.id) == nil)
  }

  @Test func `Racks of a topic change its hash`() {
    var topic = Self.plainZstd
    let without = TopicsHash.hash(of: topic)
    topic.racks = [["b", "a"]]
    let with = TopicsHash.hash(of: topic)
    #expect(with != without)
    topic.racks = [["a", "b"]]
    #expect(TopicsHash.hash(of: topic) == with)
  }
}
