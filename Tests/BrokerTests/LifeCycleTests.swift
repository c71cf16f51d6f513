import Broker
import Host
import Primitives
import Replication
import Sim
import Testing
import Wire

@Suite struct LifeCycleTests {
  @Test func `A controlled shutdown moves leaderships first and counts as clean`() throws {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    let id = try cluster.topicID("t")
    _ = try cluster.ask(cluster.node(1), produce("t", id, batch(["a"])))
    cluster.world.shutdown(cluster.node(1))
    let hasEnded = cluster.world.runUntil(cluster.world.now + .seconds(30)) { !cluster.world.isRunning(cluster.node(1)) }
    #expect(hasEnded, "\(cluster.notes)")
    let leader = try #require(cluster.waitForLeader(of: TopicPartition("t", 0), otherThan: 1))
    #expect(try cluster.ask(cluster.node(leader.value), produce("t", id, batch(["b"]))).only.errorCode == .none)

    cluster.world.start(cluster.node(1))
    let isBack = cluster.world.runUntil(cluster.world.now + .seconds(30)) { cluster.broker(cluster.node(1))?.state == .running }
    #expect(isBack, "\(cluster.notes)")
    #expect(cluster.registrations(of: 1) == [true, true])
    cluster.world.run(for: .seconds(5))
    #expect(cluster.replica(1, "t")?.logEndOffset == 2)
    // Nothing had to be recovered.
    #expect(!cluster.occurrences.contains { if case .logRecovered(TopicPartition("t", 0), _, _) = $0.occurrence { true } else { false } })
  }

  @Test func `A killed broker registers as unclean and recovers its logs`() throws {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    _ = try cluster.ask(cluster.node(1), produce("t", try cluster.topicID("t"), batch(["a"])))
    cluster.world.restart(cluster.node(2))
    let isBack = cluster.world.runUntil(cluster.world.now + .seconds(30)) {
      cluster.broker(cluster.node(2))?.state == .running && cluster.replica(2, "t")?.logEndOffset == 1
    }
    #expect(isBack, "\(cluster.notes)")
    #expect(cluster.registrations(of: 2) == [true, false])
    #expect(cluster.occurrences.contains { if case .logRecovered(TopicPartition("t", 0), _, _) = $0.occurrence { true } else { false } })
  }

  @Test func `A broker that the controller does not hear from is fenced and comes back with the same epoch`() throws {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    let epoch = cluster.broker(cluster.node(3))?.brokerEpoch
    cluster.world.apply(.isolate([cluster.node(3)]), name: "isolation")
    cluster.world.run(for: .seconds(12))
    #expect(cluster.broker(cluster.node(1))?.metadataImage?.broker(3)?.isFenced == true)
    #expect(cluster.replica(1, "t")?.isr == [1, 2])
    cluster.world.healNetwork()
    let isBack = cluster.world.runUntil(cluster.world.now + .seconds(60)) {
      cluster.broker(cluster.node(1))?.metadataImage?.broker(3)?.isFenced == false && cluster.replica(1, "t")?.isr.count == 3
    }
    #expect(isBack, "\(cluster.notes)")
    #expect(cluster.broker(cluster.node(3))?.brokerEpoch == epoch)
  }

  @Test func `A broker that finds no controller ends after a while`() throws {
    let cluster = try TestCluster(brokers: 1)
    cluster.world.start(cluster.node(1))
    cluster.world.run(for: .seconds(50))
    #expect(cluster.broker(cluster.node(1))?.state == .starting)
    cluster.world.run(for: .seconds(15))
    #expect(!cluster.world.isRunning(cluster.node(1)))
  }

  @Test func `Brokers keep working while the controller is away`() throws {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    let id = try cluster.topicID("t")
    cluster.world.kill(cluster.controller)
    cluster.world.run(for: .seconds(20))
    #expect(try cluster.ask(cluster.node(1), produce("t", id, batch(["a"]))).only.errorCode == .none)
    cluster.world.start(cluster.controller)
    cluster.world.run(for: .seconds(10))
    try cluster.createTopic("later", [[2]])
    #expect(cluster.brokers.allSatisfy { cluster.broker($0)?.state == .running })
  }

  @Test func `A disk of another cluster is refused`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    cluster.world.shutdown(cluster.node(1))
    cluster.world.run(for: .seconds(20))
    cluster.clusterIDOfNextLives = "AAAAAAAAAAAAAAAAAAAAAA"
    cluster.world.start(cluster.node(1))
    cluster.world.run(for: .seconds(1))
    #expect(!cluster.world.isRunning(cluster.node(1)))
    #expect(cluster.notes.contains { $0.contains("meta.properties") })
  }

  @Test func `A topic that is deleted while a broker is away leaves no replica behind`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    try cluster.createTopic("t", [[1, 2]])
    let former = try cluster.topicID("t")
    _ = try cluster.ask(cluster.node(1), produce("t", former, batch(["old"])))
    cluster.world.shutdown(cluster.node(2))
    cluster.world.run(for: .seconds(20))
    try cluster.deleteTopic("t")
    try cluster.createTopic("t", [[1]])
    cluster.world.start(cluster.node(2))
    cluster.world.run(for: .seconds(20))
    #expect(cluster.broker(cluster.node(2))?.state == .running)
    #expect(cluster.replica(2, "t") == nil)
    #expect(cluster.replica(1, "t")?.logEndOffset == 0 && cluster.replica(1, "t")?.id.topic != former)
    #expect(try cluster.ask(cluster.node(1), produce("t", former, batch(["late"]))).only.errorCode == .unknownTopicId)
  }
}

extension TestCluster {
  /// Whether each registration of a broker followed a clean shutdown, or was its first.
  func registrations(of id: NodeID) -> [Bool] {
    occurrences.compactMap { _, occurrence in
      guard case .brokerRegistered(id, _, let isClean) = occurrence else { return nil }
      return isClean
    }
  }

  func replica(_ broker: Int32, _ topic: String, _ partition: Int32 = 0) -> Partition? {
    self.broker(node(broker))?.replicaManager?.partition(named: TopicPartition(topic, partition))
  }

  func deleteTopic(_ name: String) throws {
    var topic = DeleteTopicsRequest.DeleteTopicState()
    topic.name = name
    var request = DeleteTopicsRequest()
    request.topics = [topic]
    let response = try ask(brokers[0], request)
    let errors = response.responses.map(\.errorCode)
    try #require(errors == [.none])
    world.run(for: .milliseconds(500))
  }
}
