import Coordination
import Primitives
import Testing
import Wire

@testable import Transactions

@Suite struct TransactionRecordTests {
  /// Of a `__transaction_state` that Apache Kafka 4.3.0 wrote at level 2, with producers of librdkafka: a transaction from its id to its end, and one that is open.
  private static let done = "0000000774782d646f6e65"
  private static let open = "0000000774782d6f70656e"
  private static let values = [
    (done, "0001000000000000000500000000ea600000000001a22189b821ffffffffffffffff0100080000000000000005"),
    (done, "0001000000000000000500000000ea6001020e7472616e73616374696f6e616c03000000000000000100000001a22189b830000001a22189b8300100080000000000000005"),
    (done, "0001000000000000000500000000ea6002020e7472616e73616374696f6e616c03000000000000000100000001a22189b856000001a22189b8300100080000000000000005"),
    (done, "0001000000000000000500000000ea600401000001a22189b85a000001a22189b8300100080000000000000005"),
    (open, "000100000000000000060000000dbba00000000001a22189b926ffffffffffffffff0100080000000000000006"),
    (open, "000100000000000000060000000dbba001020e7472616e73616374696f6e616c03000000000000000100000001a22189b92e000001a22189b92e0100080000000000000006"),
  ]

  private func record(_ key: String, _ value: String?) throws -> CoordinatorRecord {
    CoordinatorRecord(key: try #require(Bytes(hexadecimal: key)), value: try value.map { try #require(Bytes(hexadecimal: $0)) })
  }

  private func shard(_ change: (inout TransactionSettings) -> Void = { _ in }) -> TransactionShard {
    var settings = TransactionSettings()
    change(&settings)
    return TransactionShard(settings: settings, cluster: TestCluster(2))
  }

  @Test func `Kafka's records are replayed, and written again byte by byte`() throws {
    var shard = shard()
    for (key, value) in Self.values {
      let original = try record(key, value)
      try shard.replay(original, from: -1)
      let id = key == Self.done ? "tx-done" : "tx-open"
      #expect(try shard.transactions[id]?.record(of: id, keepsProducerIDs: true) == original)
    }
    #expect(shard.recordedState == [
      "transaction tx-done CompleteCommit producer 5 epoch 0 previous 5 next -1 timeout 60000 partitions [] updated 1795859003482 started 1795859003440 client 0",
      "transaction tx-open Ongoing producer 6 epoch 0 previous 6 next -1 timeout 900000 partitions [transactional-0,transactional-1] updated 1795859003694 started "
        + "1795859003694 client 0",
    ])
  }

  @Test func `Open and prepared transactions continue where Kafka stopped`() throws {
    let fixture = TransactionFixture()
    for (key, value) in Self.values.prefix(3) + Self.values.suffix(2) { try fixture.shard.replay(try record(key, value), from: -1) }
    fixture.shard.loaded(at: fixture.time)
    let decision = fixture.shard.nextTimedDecision(at: fixture.time)
    decision?.settled?(&fixture.shard, nil, fixture.time)
    let partitions = [TopicPartition("transactional", 0), TopicPartition("transactional", 1)]
    let orders = fixture.shard.takeAnswers()
    #expect(orders == [
      MarkerOrder(transactionalID: "tx-done", producerID: 5, producerEpoch: 0, isCommit: true, partitions: partitions, transactionVersion: 0)
    ])
    #expect(fixture.standing("tx-open") == "Ongoing 6:0 [transactional-0, transactional-1]")
  }

  @Test func `Version 0 has no other producer ids and no levels`() throws {
    var metadata = TransactionMetadata(producerID: 7)
    metadata.producerEpoch = 3
    metadata.previousProducerID = 6
    metadata.nextProducerID = 8
    metadata.clientVersion = 2
    var replayed: [TransactionMetadata] = []
    for version in [Int16(0), 1] {
      metadata.recordVersion = version
      var shard = shard()
      try shard.replay(try metadata.record(of: "x", keepsProducerIDs: true), from: -1)
      replayed.append(try #require(shard.transactions["x"]))
    }
    #expect(replayed.map(\.previousProducerID) == [-1, 6] && replayed.map(\.nextProducerID) == [-1, 8] && replayed.map(\.clientVersion) == [0, 2])
    #expect(replayed.map(\.producerEpoch) == [3, 3])
  }

  @Test(arguments: [(Int16(0), Int16(0)), (1, 1), (2, 1)])
  func `Records are flexible from level 1 on`(level: Int16, version: Int16) throws {
    let fixture = TransactionFixture(level: level)
    fixture.initialize()
    #expect(try #require(fixture.records.last?.value).integer(at: 0, as: Int16.self) == version)
  }

  @Test func `A forgotten id is gone, with everything about it`() throws {
    var shard = shard()
    for (key, value) in Self.values { try shard.replay(try record(key, value), from: -1) }
    try shard.replay(try record(Self.open, nil), from: -1)
    #expect(shard.transactions.keys == ["tx-done"])
    try shard.replay(try record(Self.open, nil), from: -1)
    #expect(shard.transactions.keys == ["tx-done"])
  }

  @Test func `Partitions of a foreign record may come in any order and repeatedly`() throws {
    var value = TransactionLogValue()
    value.transactionStatus = 1
    value.transactionPartitions = ["u", "t", "u"].map { name in
      var topic = TransactionLogValue.PartitionsSchema()
      topic.topic = name
      topic.partitionIds = [1, 0, 1]
      return topic
    }
    #expect(try TransactionMetadata(value, version: 1).partitions.map(\.description) == ["t-0", "t-1", "u-0", "u-1"])
  }

  @Test func `A record of another type is skipped, and a damaged one is an error that changes nothing`() throws {
    var shard = shard()
    try shard.replay(try record("00010001", "0000"), from: -1)
    #expect(throws: WireError.self) { try shard.replay(try record(Self.done, "0001"), from: -1) }
    #expect(throws: WireError.self) { try shard.replay(try record(Self.done, "00"), from: -1) }
    #expect(throws: WireError.self) { try shard.replay(try record("00", nil), from: -1) }
    // A state with the number 40, as in messages that were filled at random.
    #expect(throws: WireError.self) {
      try shard.replay(try record(Self.done, "0000174c13d01b179c4254f240ab963a28ffffffff24ed1663c606f6d44ee78db4b9273c1d"), from: -1)
    }
    #expect(shard.recordedState.isEmpty)
  }
}
