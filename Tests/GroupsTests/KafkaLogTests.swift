import Coordination
import Primitives
import Testing
import Wire

@testable import Groups

/// A partition of `__consumer_offsets` that Apache Kafka 4.3.0 wrote: a consumer of librdkafka copied records in transactions, and left.
@Suite struct KafkaLogTests {
  private static let group = "0002000f636f70696572732d636c6173736963"
  private static let partition0 = "0001000f636f70696572732d636c61737369630007636f70792d696e00000000"
  private static let partition1 = "0001000f636f70696572732d636c61737369630007636f70792d696e00000001"
  private static let assigned =
    "00030008636f6e73756d657200000001000572616e6765002c72646b61666b612d66313361353063652d633932372d343436642d613938622d303630363936353563373930"
    + "000001a22189bd4600000001002c72646b61666b612d66313361353063652d633932372d343436642d613938622d303630363936353563373930ffff000772646b61666b61"
    + "000a2f3132372e302e302e31000493e00000afc80000001d0003000000010007636f70792d696e0000000000000000ffffffff00000000001f0000000000010007636f70792d69"
    + "6e00000002000000000000000100000000"

  private func record(_ key: String, _ value: String?) throws -> CoordinatorRecord {
    CoordinatorRecord(key: try #require(Bytes(hexadecimal: key)), value: try value.map { try #require(Bytes(hexadecimal: $0)) })
  }

  private func replay(_ records: [(String, String?)], into shard: inout GroupShard) throws {
    for (key, value) in records { try shard.replay(try record(key, value), from: -1) }
  }

  @Test func `A group with its member is replayed, and written again byte by byte`() throws {
    var shard = GroupShard(settings: GroupSettings())
    try replay([(Self.group, "0003000000000000ffffffff000001a22189bd3200000000")], into: &shard)
    #expect(shard.groups["copiers-classic"]?.classic?.state == .empty)
    try replay([(Self.group, Self.assigned)], into: &shard)
    let group = try #require(shard.groups["copiers-classic"]?.classic)
    #expect(group.state == .stable && group.generation == 1 && group.protocolName == "range")
    #expect(group.subscribes(to: "copy-in") && !group.subscribes(to: "copy-out"))
    let member = try #require(group.members.values.first)
    #expect(member.clientID == "rdkafka" && member.clientHost == "/127.0.0.1" && member.sessionTimeout == 45_000 && member.rebalanceTimeout == 300_000)
    #expect(group.leader == member.id)
    let original = try record(Self.group, Self.assigned)
    #expect(try group.record(assignments: group.assignments) == original)
  }

  @Test func `Offsets of transactions, and the group that was left, replay to the broker's final state`() throws {
    var shard = GroupShard(settings: GroupSettings())
    try replay([(Self.group, Self.assigned)], into: &shard)
    try shard.replay(try record(Self.partition1, "0004000000000000000a0000000001000001a22189bdf900"), from: 7)
    #expect(shard.isUnstable("copiers-classic", "copy-in", 1) && shard.offsets["copiers-classic", "copy-in", 1] == nil)
    shard.transactionEnded(of: 7, committed: true)
    try shard.replay(try record(Self.partition0, "000400000000000000140000000001000001a22189bf6100"), from: 7)
    try shard.replay(try record(Self.partition1, "000400000000000000140000000001000001a22189bf6100"), from: 7)
    shard.transactionEnded(of: 7, committed: true)
    try replay([(Self.group, "00030008636f6e73756d657200000002ffffffff000001a22189bf6700000000")], into: &shard)
    #expect(shard.recordedState == [
      "group copiers-classic classic generation 2 type consumer protocol - leader - since 1795859005287",
      "offset copiers-classic copy-in-0: 20 epoch 0 metadata  at 1795859005281 expires -1 topic AAAAAAAAAAAAAAAAAAAAAA",
      "offset copiers-classic copy-in-1: 20 epoch 0 metadata  at 1795859005281 expires -1 topic AAAAAAAAAAAAAAAAAAAAAA",
    ])
  }

  @Test func `Records that remove a group or an offset do so`() throws {
    var shard = GroupShard(settings: GroupSettings())
    try replay([
      (Self.group, Self.assigned), (Self.partition0, "000400000000000000140000000001000001a22189bf6100"), (Self.partition0, nil), (Self.group, nil),
    ], into: &shard)
    #expect(shard.recordedState.isEmpty)
  }

  @Test func `A record of an unknown type is skipped, and a damaged one is an error`() throws {
    var shard = GroupShard(settings: GroupSettings())
    try replay([("0063", "0000")], into: &shard)
    #expect(shard.recordedState.isEmpty)
    #expect(throws: WireError.self) { try replay([(Self.group, "000300")], into: &shard) }
    #expect(throws: WireError.self) { try replay([("00", nil)], into: &shard) }
    #expect(shard.recordedState.isEmpty)
  }
}
