import Coordination
import Host
import Primitives
import Testing
import Wire

@testable import Groups

/// Offsets that groups commit: who may, what is written, and when they go.
@Suite struct GroupOffsetTests {
  @Test func `A client without a group commits without one, and reads its offset back`() {
    let fixture = ShardFixture()
    #expect(fixture.commitOffsets([("t", 0, 5), ("t", 1, 6), ("u", 0, 7)]) == [.none, .none, .none])
    #expect(fixture.commitOffsets([("t", 1, 9)]) == [.none])
    #expect(fixture.offsets() == ["t-0 5", "t-1 9", "u-0 7"])
    #expect(fixture.offsets("other").isEmpty)
    #expect(fixture.state == .empty && fixture.group()?.protocolType == nil)
  }

  @Test func `An offset record has the format of a 4.3 broker`() throws {
    let fixture = ShardFixture()
    _ = fixture.commitOffsets(in: "copiers-classic", [("copy-in", 1, 10)], metadata: "m")
    let record = try #require(fixture.records.first)
    #expect(record.key == Bytes([0, 1, 0, 15]).joined("copiers-classic", [0, 7], "copy-in", [0, 0, 0, 1]))
    // Version 4: offset, epoch, metadata, when it was committed, and no tagged field.
    #expect(record.value == Bytes([0, 4, 0, 0, 0, 0, 0, 0, 0, 10, 255, 255, 255, 255, 2]).joined("m", [0, 0, 0, 0, 0, 15, 66, 64, 0]))
  }

  @Test func `A commit for a member must have its generation`() {
    let fixture = ShardFixture()
    fixture.join(version: 0, newID: "a")
    fixture.run(.seconds(3))
    #expect(fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 1)]) == [.rebalanceInProgress])
    fixture.sync(as: "a", generation: 1, assigning: [("a", "A")])
    #expect(fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 1)]) == [.none])
    #expect(fixture.commitOffsets(as: "a", generation: 0, [("t", 0, 2)]) == [.illegalGeneration])
    #expect(fixture.commitOffsets(as: "b", generation: 1, [("t", 0, 2)]) == [.unknownMemberId])
    #expect(fixture.commitOffsets([("t", 0, 2)]) == [.unknownMemberId])
    #expect(fixture.commitOffsets(in: "unknown", as: "a", generation: 1, [("t", 0, 2)], version: 8) == [.illegalGeneration])
    #expect(fixture.commitOffsets(in: "unknown", as: "a", generation: 1, [("t", 0, 2)], version: 9) == [.groupIdNotFound])
    #expect(fixture.offsets() == ["t-0 1"])
  }

  @Test func `Metadata that is too long is refused individually`() {
    let fixture = ShardFixture { $0.offsetMetadataMaxSize = 3 }
    #expect(fixture.commitOffsets([("t", 0, 1)], metadata: "four") == [.offsetMetadataTooLarge])
    #expect(fixture.commitOffsets([("t", 0, 2)], metadata: "tri") == [.none])
    #expect(fixture.offsets() == ["t-0 2"])
  }

  @Test func `An offset of a topic that was recreated under its name does not count`() throws {
    let fixture = ShardFixture()
    let former = Uuid(high: 1, low: 1), present = Uuid(high: 2, low: 2)
    _ = fixture.commitOffsets([("t", 0, 5)], topicID: former)
    func offset(of id: Uuid) throws -> Int64 {
      var topic = OffsetFetchRequest.OffsetFetchRequestTopics(), group = OffsetFetchRequest.OffsetFetchRequestGroup()
      (topic.name, topic.topicId, topic.partitionIndexes) = ("t", id, [0])
      (group.groupId, group.topics) = ("g", [topic])
      return try fixture.shard.fetchOffsets(group, isStable: false).topics[0].partitions[0].committedOffset
    }
    #expect(try offset(of: former) == 5 && offset(of: .zero) == 5 && offset(of: present) == -1)
  }

  @Test func `Offsets of a group without members expire after the retention, and the group with them`() {
    let fixture = ShardFixture {
      $0.offsetRetention = .seconds(60)
      $0.retentionCheckInterval = .seconds(10)
    }
    fixture.join(version: 0, newID: "a")
    fixture.run(.seconds(3))
    fixture.sync(as: "a", generation: 1, assigning: [("a", "A")])
    _ = fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 5)])
    for _ in 0..<20 {
      fixture.run(.seconds(5))
      #expect(fixture.heartbeat(as: "a", generation: 1) == .none)
    }
    // The offset is older than the retention, and its group lives.
    #expect(fixture.offsets() == ["t-0 5"])
    _ = fixture.leave([("a", nil)])
    fixture.run(.seconds(59))
    #expect(fixture.offsets() == ["t-0 5"])
    fixture.run(.seconds(11))
    #expect(fixture.offsets().isEmpty && fixture.group() == nil)
    #expect(fixture.replayed().recordedState.isEmpty)
  }

  @Test func `A standalone offset expires after the retention since its commit, or after its own retention`() {
    let fixture = ShardFixture {
      $0.offsetRetention = .seconds(60)
      $0.retentionCheckInterval = .seconds(10)
    }
    _ = fixture.commitOffsets([("t", 0, 5)])
    _ = fixture.commitOffsets([("t", 1, 6)], retention: 25_000, version: 4)
    fixture.run(.seconds(30))
    #expect(fixture.offsets() == ["t-0 5"])
    fixture.run(.seconds(30))
    #expect(fixture.group() == nil)
  }

  @Test func `A decided commit equals its record, even if the record's version cannot represent everything`() throws {
    let fixture = ShardFixture()
    for (partition, retention) in [(Int32(0), Int64(-1)), (1, 25_000)] {
      var entry = OffsetCommitRequest.OffsetCommitRequestPartition()
      (entry.partitionIndex, entry.committedOffset, entry.committedLeaderEpoch, entry.committedMetadata) = (partition, 5, 3, "m")
      var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
      (topic.name, topic.partitions) = ("t", [entry])
      var request = OffsetCommitRequest()
      (request.groupId, request.retentionTimeMs, request.topics) = ("g", retention, [topic])
      fixture.carryOut(try fixture.shard.commitOffsets(request, version: 4, at: fixture.time))
    }
    #expect(fixture.shard.recordedState.count == 2)
    #expect(fixture.shard.recordedState == fixture.replayed().recordedState)
  }

  @Test func `The offsets of a topic are deleted with it`() {
    let fixture = ShardFixture()
    _ = fixture.commitOffsets([("t", 0, 5), ("u", 0, 6)])
    fixture.carryOut(fixture.shard.partitionsDeleted(ofTopics: ["t"]))
    #expect(fixture.offsets() == ["u-0 6"])
  }

  @Test func `Offsets of a subscribed topic are not deleted, and others are`() throws {
    let fixture = ShardFixture()
    fixture.join(version: 0, newID: "a")
    fixture.run(.seconds(3))
    fixture.sync(as: "a", generation: 1, assigning: [("a", "A")])
    _ = fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 5), ("u", 0, 6)])
    var request = OffsetDeleteRequest()
    request.groupId = "g"
    request.topics = ["t", "u"].map { name in
      var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
      (topic.name, topic.partitions) = (name, [OffsetDeleteRequest.OffsetDeleteRequestPartition()])
      return topic
    }
    let response = fixture.carryOut(try fixture.shard.deleteOffsets(request))
    #expect(response.topics.map { $0.partitions[0].errorCode } == [.groupSubscribedToTopic, .none])
    #expect(fixture.offsets() == ["t-0 5"])
  }

  @Test func `Offsets of a transaction count when it is committed, and never when it is aborted`() throws {
    var shard = GroupShard(settings: GroupSettings())
    let fixture = ShardFixture()
    _ = fixture.commitOffsets([("t", 0, 5)])
    let record = try #require(fixture.records.first)
    try shard.replay(record, from: 7)
    #expect(shard.offsets["g", "t", 0] == nil && shard.isUnstable("g", "t", 0))
    var aborted = shard
    aborted.transactionEnded(of: 7, committed: false)
    #expect(aborted.offsets["g", "t", 0] == nil && !aborted.isUnstable("g", "t", 0))
    shard.transactionEnded(of: 7, committed: true)
    #expect(shard.offsets["g", "t", 0]?.offset == 5)
  }

  // MARK: Looking and deleting

  @Test func `Groups are listed by state and type, described, and deleted when they have no members`() {
    let fixture = ShardFixture()
    _ = fixture.commitOffsets(in: "simple", [("t", 0, 5)])
    fixture.join(version: 0, newID: "a")
    fixture.run(.seconds(3))
    fixture.sync(as: "a", generation: 1, assigning: [("a", "A")])
    let shard = fixture.shard
    #expect(shard.list(states: [], types: [], committed: shard).map { "\($0.groupId) \($0.groupState) \($0.groupType) \($0.protocolType)" } == [
      "simple Empty classic ", "g Stable classic consumer",
    ])
    #expect(shard.list(states: ["stable"], types: ["Classic"], committed: shard).map(\.groupId) == ["g"])
    #expect(shard.list(states: [], types: ["consumer"], committed: shard).isEmpty)
    let described = shard.describe("g", version: 5, committed: shard)
    #expect(described.groupState == "Stable" && described.protocolData == "range")
    #expect(described.members.map { "\($0.memberId) \($0.clientId) \($0.clientHost) \($0.memberAssignment.text ?? "")" } == ["a client /127.0.0.1 A"])
    #expect(shard.describe("unknown", version: 5, committed: shard).errorCode == .none)
    #expect(shard.describe("unknown", version: 6, committed: shard).errorCode == .groupIdNotFound)
    let results = fixture.carryOut(fixture.shard.delete(["g", "simple", "unknown"]))
    #expect(results.map(\.errorCode) == [.nonEmptyGroup, .none, .groupIdNotFound])
    #expect(fixture.group("simple") == nil && fixture.offsets("simple").isEmpty)
  }
}

extension Bytes {
  /// These bytes with others behind them, written as numbers and as texts.
  fileprivate func joined(_ first: String, _ second: [UInt8] = [], _ third: String = "", _ fourth: [UInt8] = [], _ fifth: String = "") -> Bytes {
    Bytes(joining: [self, Bytes(first), Bytes(second), Bytes(third), Bytes(fourth), Bytes(fifth)])
  }
}
