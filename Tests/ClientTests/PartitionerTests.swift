import Primitives
import Testing
import Wire

@testable import Client

@Suite struct PartitionerTests {
  /// Results of Kafka's own classes.
  @Test(arguments: [
    ("", [1: 0, 3: 0, 12: 9, 50: 31]), ("61", [1: 0, 3: 1, 12: 4, 50: 24]), ("6162", [1: 0, 3: 2, 12: 2, 50: 34]),
    ("616263", [1: 0, 3: 0, 12: 3, 50: 7]),
    ("61626364", [1: 0, 3: 2, 12: 8, 50: 0]),
    ("6162636465", [1: 0, 3: 1, 12: 1, 50: 41]),
    ("3231", [1: 0, 3: 0, 12: 0, 50: 40]),
    ("666f6f626172", [1: 0, 3: 0, 12: 6, 50: 16]),
    ("612d6c6974746c652d6269742d6c6f6e672d737472696e67", [1: 0, 3: 2, 12: 8, 50: 12]),
    ("612d6c6974746c652d6269742d6c6f6e6765722d737472696e67", [1: 0, 3: 2, 12: 11, 50: 19]),
    ("00", [1: 0, 3: 2, 12: 8, 50: 38]),
    ("ff", [1: 0, 3: 0, 12: 3, 50: 13]),
    ("ffffffff", [1: 0, 3: 2, 12: 5, 50: 29]),
    ("d0bad0bbd18ed187", [1: 0, 3: 2, 12: 8, 50: 24]),
    ("757365722d31", [1: 0, 3: 2, 12: 8, 50: 28]),
    ("757365722d32", [1: 0, 3: 2, 12: 8, 50: 6]),
    ("757365722d3132333435", [1: 0, 3: 1, 12: 7, 50: 45]),
    ("808182", [1: 0, 3: 2, 12: 11, 50: 37]),
    ("a54dca1825", [1: 0, 3: 1, 12: 7, 50: 9]),
    ("30bb1d6d132c", [1: 0, 3: 0, 12: 3, 50: 19]),
    ("ded6237b2ed91e", [1: 0, 3: 0, 12: 9, 50: 1]),
    ("3f721fcb19711744", [1: 0, 3: 0, 12: 9, 50: 5]),
    ("94d6493c9d5c3460be", [1: 0, 3: 0, 12: 6, 50: 2]),
    ("31201e69fedaa0eee8b9997f5c7c29", [1: 0, 3: 0, 12: 0, 50: 30]),
    ("99fdafe593253cd654af4dfad71427a0", [1: 0, 3: 1, 12: 10, 50: 4]),
    ("aeb3fee9232f8af2211f9ee491c5b10bec", [1: 0, 3: 0, 12: 0, 50: 12]),
  ] as [(String, [Int: Int32])])
  func `A key goes to the partition where Kafka puts it`(key: String, partitions: [Int: Int32]) throws {
    let key = try #require(Bytes(hexadecimal: key))
    for (count, expected) in partitions.sorted(by: { $0.key < $1.key }) { #expect(Client.partition(ofKey: key, among: count) == expected) }
  }

  @Test func `The producer's keyed records go to their partition`() {
    let fixture = ProducerFixture(leaders: [1, 1, 1])
    for token in 0..<5 { fixture.producer.send(topic: "t", key: Bytes("a"), value: Bytes("v"), token: UInt64(token)) }
    fixture.producer.send(topic: "t", key: Bytes("ab"), value: Bytes("v"), token: 9)
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 6 })
    #expect(fixture.acknowledged.first { $0.tokens.contains(0) }?.partition.partition == 1)
    #expect(fixture.acknowledged.first { $0.tokens.contains(9) }?.partition.partition == 2)
  }

  @Test func `The partitioner leaves a sticky partition when a batch is full`() {
    var sticky = StickyPartitioner(batchSize: 100)
    var next: Int32 = 0
    let choose = { () -> Int32 in
      defer { next += 1 }
      return next
    }
    #expect(sticky.partition(choosing: choose) == 0)
    sticky.appended(60, to: 0, isBatchFull: false)
    #expect(sticky.partition(choosing: choose) == 0)
    // 120 bytes, but the open batch is not full: leaving now would send it half empty.
    sticky.appended(60, to: 0, isBatchFull: false)
    #expect(sticky.partition(choosing: choose) == 0)
    sticky.appended(10, to: 0, isBatchFull: true)
    #expect(sticky.partition(choosing: choose) == 1)
    // At twice the size nothing holds it.
    sticky.appended(200, to: 1, isBatchFull: false)
    #expect(sticky.partition(choosing: choose) == 2)
    // Records with keys do not count.
    sticky.appended(500, to: 0, isBatchFull: true)
    #expect(sticky.partition(choosing: choose) == 2)
  }

  @Test func `Shorter queues get more records`() {
    var random = RandomStream(seed: 1, purpose: "test")
    let loads = [PartitionLoad(partition: 0, queue: 9), PartitionLoad(partition: 1, queue: 0), PartitionLoad(partition: 2, queue: 4)]
    var counts = [0, 0, 0]
    for _ in 0..<17_000 { counts[Int(randomPartition(loads, isUniform: false, &random))] += 1 }
    // Weights 1, 10, 6.
    #expect(abs(counts[0] - 1_000) < 150)
    #expect(abs(counts[1] - 10_000) < 300)
    #expect(abs(counts[2] - 6_000) < 300)
    counts = [0, 0, 0]
    for _ in 0..<9_000 { counts[Int(randomPartition(loads, isUniform: true, &random))] += 1 }
    #expect(counts.allSatisfy { abs($0 - 3_000) < 250 })
  }

  @Test func `Records without keys are spread over all partitions`() {
    let fixture = ProducerFixture(leaders: [1, 1, 1, 1]) { $0.batchSize = 500 }
    for token in 0..<2_000 { fixture.producer.send(topic: "t", value: Bytes("some value"), token: UInt64(token)) }
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 2_000 })
    for partition in 0..<4 { #expect((250...750).contains(fixture.log[TopicPartition("t", Int32(partition))]?.count ?? 0)) }
  }

  @Test func `Round robin takes one partition after another`() {
    let fixture = ProducerFixture(leaders: [1, 1, 1]) { $0.partitioning = .roundRobin }
    for token in 0..<6 { fixture.producer.send(topic: "t", key: Bytes("same"), value: Bytes("x"), token: UInt64(token)) }
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 6 })
    let tokens = Dictionary(uniqueKeysWithValues: fixture.acknowledged.map { ($0.partition.partition, Array($0.tokens)) })
    #expect(tokens == [0: [0, 3], 1: [1, 4], 2: [2, 5]])
  }

  @Test func `A custom partitioner decides, and its choice is checked`() {
    let fixture = ProducerFixture(leaders: [1, 1, 1]) {
      $0.partitioning = .custom { input in input.key == nil ? 7 : Int32(input.partitionCount - 1) }
    }
    fixture.producer.send(topic: "t", key: Bytes("k"), value: Bytes("x"), token: 1)
    fixture.producer.send(topic: "t", value: Bytes("x"), token: 2)
    #expect(fixture.world.run { fixture.acknowledgedTokens == [1] && fixture.failedTokens == [2] })
    #expect(fixture.acknowledged[0].partition.partition == 2)
    #expect(fixture.failed[0].failure == ProduceFailure(.noSuchPartition(7, count: 3), .notWritten))
  }
}
