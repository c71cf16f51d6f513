import Broker
import Host
import Primitives
import Sim
import Testing
import Wire

/// What damage on a broker's disk costs its clients.
@Suite struct DamagedDirectoryTests {
  /// One broker with topics `t` and `u`, of two batches each, that has ended in good order.
  private func endedCluster() throws -> TestCluster {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    for topic in ["t", "u"] {
      try cluster.createTopic(topic, [[1]])
      let id = try cluster.topicID(topic)
      for (index, value) in ["a", "b"].enumerated() {
        _ = try cluster.ask(cluster.node(1), produce(topic, id, batch([value], timestamp: Self.time + Int64(index))))
      }
    }
    cluster.world.shutdown(cluster.node(1))
    cluster.world.run(for: .seconds(20))
    try #require(!cluster.world.isRunning(cluster.node(1)))
    return cluster
  }

  private func start(_ cluster: TestCluster) throws {
    cluster.world.start(cluster.node(1))
    cluster.world.run(for: .seconds(15))
    try #require(cluster.broker(cluster.node(1))?.state == .running, "\(cluster.notes)")
  }

  private static let time: Int64 = 1_767_225_600_000
  private static let log = "kafka-logs/t-0/00000000000000000000.log"
  private static let metadata = "kafka-logs/t-0/partition.metadata"

  @Test func `A damaged batch causes an error for its readers and does not end the broker`() throws {
    let cluster = try endedCluster()
    // The format of the second batch.
    cluster.beforeNextLife(of: 1) { $0.rewrite(Self.log) { $0[$0.count / 2 + 16] ^= 0x40 } }
    try start(cluster)
    let topic = try cluster.topicID("t")
    #expect(try cluster.ask(cluster.node(1), fetch("t", topic)).values == ["a"])
    for _ in 0..<2 { #expect(try cluster.ask(cluster.node(1), fetch("t", topic, from: 1)).only.errorCode == .corruptMessage) }
    var asked = ListOffsetsRequest.ListOffsetsPartition()
    asked.timestamp = Self.time + 1
    var named = ListOffsetsRequest.ListOffsetsTopic()
    named.name = "t"
    named.partitions = [asked]
    var request = ListOffsetsRequest()
    request.replicaId = -1
    request.topics = [named]
    #expect(try cluster.ask(cluster.node(1), request).topics[0].partitions[0].errorCode == .corruptMessage)
    #expect(try cluster.ask(cluster.node(1), produce("t", topic, batch(["c"]))).only.baseOffset == 2)
    #expect(try cluster.ask(cluster.node(1), fetch("t", topic, from: 2)).values == ["c"])
    #expect(try cluster.ask(cluster.node(1), fetch("u", cluster.topicID("u"))).values == ["a", "b"])
    #expect(cluster.warnings.filter { $0.contains("no batch can be read at byte") }.count == 1)
  }

  @Test func `A directory with the id of another topic is offline and keeps its records`() throws {
    let cluster = try endedCluster()
    var own: [UInt8] = []
    cluster.beforeNextLife(of: 1) { disk in
      guard let other = try? disk.content(of: "kafka-logs/u-0/partition.metadata")?.array else { return }
      disk.rewrite(Self.metadata) { (own, $0) = ($0, other) }
    }
    try start(cluster)
    let (t, u) = (try cluster.topicID("t"), try cluster.topicID("u"))
    #expect(try cluster.ask(cluster.node(1), produce("t", t, batch(["c"]))).only.errorCode == .kafkaStorageError)
    #expect(try cluster.ask(cluster.node(1), fetch("t", t)).only.errorCode == .kafkaStorageError)
    #expect(try cluster.ask(cluster.node(1), fetch("u", u)).values == ["a", "b"])
    #expect(cluster.warnings.contains { $0.contains("kafka-logs/t-0: it is of topic id \(u) by its partition.metadata, not of \(t)") })

    cluster.world.shutdown(cluster.node(1))
    cluster.world.run(for: .seconds(20))
    cluster.beforeNextLife(of: 1) { $0.rewrite(Self.metadata) { $0 = own } }
    try start(cluster)
    #expect(try cluster.ask(cluster.node(1), fetch("t", t)).values == ["a", "b"])
  }

  @Test func `A directory without a topic id belongs to the topic of its name`() throws {
    let cluster = try endedCluster()
    cluster.beforeNextLife(of: 1) { try? $0.remove(Self.metadata) }
    try start(cluster)
    #expect(try cluster.ask(cluster.node(1), fetch("t", cluster.topicID("t"))).values == ["a", "b"])
    #expect(cluster.warnings.contains { $0.contains("is missing or damaged; the log is taken for that of topic id") })
  }

  @Test func `A directory of a topic that no record explains is set aside`() throws {
    let cluster = try endedCluster()
    cluster.beforeNextLife(of: 1) { disk in
      disk.rewrite(Self.metadata) { $0 = Array("version: 0\ntopic_id: \(Uuid(high: 77, low: 77))".utf8) }
    }
    try start(cluster)
    #expect(try cluster.ask(cluster.node(1), fetch("t", cluster.topicID("t"))).values == [])
    #expect(cluster.warnings.contains { $0.hasPrefix("t-0 is a stray (offsets 0 to 2, ") && $0.contains("it is kept as kafka-logs/t-0.") })
  }

  /// Directories of partitions, by their names' ends.
  private func directories(of broker: Int32, in cluster: TestCluster) -> [String] {
    var names: [String] = []
    cluster.world.kill(cluster.node(broker))
    cluster.beforeNextLife(of: broker) { names = ((try? $0.list("kafka-logs")) ?? []).filter { $0.hasPrefix("t-") } }
    cluster.world.start(cluster.node(broker))
    cluster.world.run(for: .milliseconds(1))
    return names
  }

  /// Two brokers, of which the second was killed before a topic that both had was deleted.
  private func clusterThatDeletedATopic() throws -> TestCluster {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    try cluster.createTopic("t", [[1, 2]])
    _ = try cluster.ask(cluster.node(1), produce("t", cluster.topicID("t"), batch(["old"])))
    cluster.world.kill(cluster.node(2))
    try cluster.deleteTopic("t")
    return cluster
  }

  @Test func `The remains of a deleted topic are removed in the next life`() throws {
    let cluster = try clusterThatDeletedATopic()
    // A former life took it for a stray.
    cluster.beforeNextLife(of: 2) { try? $0.rename("kafka-logs/t-0", to: "kafka-logs/t-0.0123456789abcdef0123456789abcdef-stray") }
    cluster.world.start(cluster.node(2))
    cluster.world.run(for: .seconds(100))
    #expect(directories(of: 2, in: cluster) == [])
    #expect(cluster.notes.contains { $0.hasSuffix("-stray is deleted as its topic was") })
  }

  @Test func `A topic that is deleted at the moment of a kill leaves nothing behind`() throws {
    let cluster = try clusterThatDeletedATopic()
    #expect(directories(of: 2, in: cluster) == ["t-0"])
    cluster.world.run(for: .seconds(100))
    #expect(directories(of: 2, in: cluster) == [])
  }
}
