import Broker
import Foundation
import Host
import Primitives
import Sim
import Testing
import Wire

/// The partitions of `__consumer_offsets` as Apache Kafka 4.3.0 left them, after SIGTERM and after SIGKILL: our broker shows its groups and offsets, goes on from there, and opens what it made of them.
///
/// In the fixture each line is a file; what is missing at its end up to its size are the zeros of a preallocated index.
@Suite struct KafkaGroupsTests {
  private struct File: Decodable {
    let end: String
    let partition: String
    let file: String
    let size: Int
    let bytes: String
  }

  private func files(_ end: String) throws -> [(path: String, content: [UInt8])] {
    let url = try #require(Bundle.module.url(forResource: "kafka-4.3.0-groups", withExtension: "jsonl", subdirectory: "Fixtures"))
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap { line in
      let file = try JSONDecoder().decode(File.self, from: Foundation.Data(line.utf8))
      guard file.end == end else { return nil }
      let bytes = Primitives.Bytes(hexadecimal: file.bytes)
      let content = try #require(bytes).array
      return ("kafka-logs/\(file.partition)/\(file.file)", content + [UInt8](repeating: 0, count: file.size - content.count))
    }
  }

  /// A broker with the topics that the groups read, whose own `__consumer_offsets` was replaced by Kafka's.
  private func opened(_ ending: String) throws -> TestCluster {
    let cluster = try TestCluster(
      brokers: 1,
      settings: [
        ("offsets.topic.num.partitions", "2"), ("offsets.topic.replication.factor", "1"), ("group.consumer.assignment.interval.ms", "0"),
        ("group.initial.rebalance.delay.ms", "0"),
      ])
    try cluster.start()
    for (topic, partitions) in [("plain-gzip", 1), ("plain-zstd", 1), ("copy-in", 2)] { try cluster.createTopic(topic, Array(repeating: [1], count: partitions)) }
    try untilNone(cluster) { try cluster.ask(cluster.node(1), FindCoordinatorRequest { $0.coordinatorKeys = ["g"] }).coordinators[0].errorCode }
    try untilNone(cluster) { try cluster.ask(cluster.node(1), ListGroupsRequest()).errorCode }
    try end(cluster, isKilled: ending == "dirty")
    let files = try files(ending)
    cluster.beforeNextLife(of: 1) { disk in
      for (path, content) in files { disk.rewrite(path) { $0 = content } }
    }
    try start(cluster)
    return cluster
  }

  private func end(_ cluster: TestCluster, isKilled: Bool) throws {
    if isKilled { cluster.world.kill(cluster.node(1)) } else { cluster.world.shutdown(cluster.node(1)) }
    cluster.world.run(for: .seconds(20))
    try #require(!cluster.world.isRunning(cluster.node(1)))
  }

  private func start(_ cluster: TestCluster) throws {
    cluster.world.start(cluster.node(1))
    try cluster.settle()
    try untilNone(cluster) { try cluster.ask(cluster.node(1), ListGroupsRequest()).errorCode }
  }

  /// Asks until there is no error.
  private func untilNone(_ cluster: TestCluster, _ ask: () throws -> ErrorCode) throws {
    for _ in 0..<200 {
      if try ask() == .none { return }
      cluster.world.run(for: .milliseconds(100))
    }
    Issue.record("it stays an error")
  }

  private func groups(_ cluster: TestCluster) throws -> [String] {
    try cluster.listedGroups(cluster.node(1)).sorted()
  }

  private func offsets(_ cluster: TestCluster, _ group: String) throws -> [String] {
    let request = OffsetFetchRequest {
      $0.groups = [OffsetFetchRequest.OffsetFetchRequestGroup { $0.groupId = group; $0.topics = nil; $0.memberId = nil; $0.memberEpoch = -1 }]
    }
    return try cluster.ask(cluster.node(1), request, version: 9).groups[0].topics.flatMap { topic in
      topic.partitions.map { "\(topic.name)-\($0.partitionIndex) \($0.committedOffset) \($0.metadata ?? "-") epoch \($0.committedLeaderEpoch)" }
    }.sorted()
  }

  private func commit(_ cluster: TestCluster, _ group: String, _ topic: String, _ offset: Int64, member: String = "", epoch: Int32 = -1) throws -> ErrorCode {
    let request = OffsetCommitRequest {
      $0.groupId = group
      $0.memberId = member
      $0.generationIdOrMemberEpoch = epoch
      $0.topics = [
        OffsetCommitRequest.OffsetCommitRequestTopic {
          $0.name = topic
          $0.partitions = [OffsetCommitRequest.OffsetCommitRequestPartition { $0.committedOffset = offset }]
        }
      ]
    }
    return try cluster.ask(cluster.node(1), request, version: 9).topics[0].partitions[0].errorCode
  }

  @Test(arguments: ["clean", "dirty"])
  func `Groups written by Kafka are listed, and continue`(ending: String) throws {
    let cluster = try opened(ending)
    #expect(try groups(cluster) == [
      "by-hand Empty classic", "copiers-classic Empty classic", "copiers-consumer Empty consumer", "readers-classic Empty classic",
      "readers-consumer Empty consumer",
    ])
    #expect(try offsets(cluster, "by-hand") == ["plain-gzip-0 77 a note\u{0} epoch 0"])
    // Committed in transactions.
    for group in ["copiers-classic", "copiers-consumer"] { #expect(try offsets(cluster, group) == ["copy-in-0 20  epoch 0", "copy-in-1 20  epoch 0"]) }
    for group in ["readers-classic", "readers-consumer"] { #expect(try offsets(cluster, group) == ["plain-zstd-0 120  epoch 0"]) }
    #expect(!cluster.warnings.contains { $0.contains("leaves a record") })

    #expect(try commit(cluster, "by-hand", "plain-gzip", 78) == .none)
    let joined = try cluster.ask(cluster.node(1), ConsumerGroupHeartbeatRequest {
      $0.groupId = "readers-consumer"
      $0.memberId = "m"
      $0.rebalanceTimeoutMs = 30_000
      $0.subscribedTopicNames = ["plain-zstd"]
      $0.topicPartitions = []
    })
    #expect(joined.errorCode == .none && joined.assignment?.topicPartitions.map(\.partitions) == [[0]])
    #expect(try commit(cluster, "readers-consumer", "plain-zstd", 130, member: "m", epoch: joined.memberEpoch) == .none)

    try end(cluster, isKilled: ending == "dirty")
    try start(cluster)
    #expect(try groups(cluster) == [
      "by-hand Empty classic", "copiers-classic Empty classic", "copiers-consumer Empty consumer", "readers-classic Empty classic",
      "readers-consumer Stable consumer",
    ])
    #expect(try offsets(cluster, "by-hand") == ["plain-gzip-0 78  epoch -1"])
    #expect(try offsets(cluster, "copiers-consumer") == ["copy-in-0 20  epoch 0", "copy-in-1 20  epoch 0"])
    #expect(try offsets(cluster, "readers-consumer") == ["plain-zstd-0 130  epoch -1"])
  }
}
