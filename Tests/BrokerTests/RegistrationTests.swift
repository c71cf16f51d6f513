import Broker
import Controller
import Host
import Primitives
import Raft
import Sim
import Testing
import Wire

/// A broker that the controller does not register says why, and ends where no waiting helps.
@Suite struct RegistrationTests {
  @Test func `Finalized features that a broker does not know end it, with their names`() throws {
    let cluster = try TestCluster(brokers: 1) {
      $0.bootstrapFeatures = FeatureLevels([
        FeatureName.metadataVersion: 30, FeatureName.shareVersion: 1, FeatureName.streamsVersion: 1,
      ])
    }
    for node in cluster.world.nodes { cluster.world.start(node) }
    cluster.world.run(for: .seconds(2))
    #expect(!cluster.world.isRunning(cluster.node(1)))
    let notes = cluster.notes.filter { $0.contains("ends") }
    #expect(notes.count == 1)
    #expect(notes.first?.contains("share.version is finalized at level 1, and this broker does not know it") == true)
    #expect(notes.first?.contains("streams.version is finalized at level 1") == true)
    #expect(notes.first?.contains("metadata.version") == false)
  }

  @Test func `An unsupported feature level is reported with the supported ones`() throws {
    let cluster = try TestCluster(brokers: 1) {
      $0.bootstrapFeatures = FeatureLevels([FeatureName.metadataVersion: 30, FeatureName.transactionVersion: 9])
    }
    for node in cluster.world.nodes { cluster.world.start(node) }
    cluster.world.run(for: .seconds(2))
    #expect(!cluster.world.isRunning(cluster.node(1)))
    #expect(cluster.notes.contains { $0.contains("transaction.version is finalized at level 9, and this broker supports 0 to 2") })
  }

  @Test func `A controller of another cluster ends a broker immediately`() throws {
    let cluster = try TestCluster(brokers: 1)
    cluster.clusterIDOfNextLives = "AAAAAAAAAAAAAAAAAAAAAA"
    for node in cluster.world.nodes { cluster.world.start(node) }
    cluster.world.run(for: .seconds(2))
    #expect(!cluster.world.isRunning(cluster.node(1)))
    #expect(cluster.notes.filter { $0.contains("another cluster") }.count == 1)
  }

  @Test func `A broker waits for the session of its earlier life to expire, and reports that at the start`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    cluster.world.run(for: .seconds(5))
    cluster.world.restart(cluster.node(1))
    cluster.world.run(for: .seconds(1))
    #expect(cluster.warnings.filter { $0.contains("waits for the session of its former life to end: at most 9") }.count == 1)
    #expect(cluster.broker(cluster.node(1))?.state == .starting)
    cluster.world.run(for: .seconds(20))
    #expect(cluster.broker(cluster.node(1))?.state == .running)
    #expect(cluster.warnings.count == 1)
  }

  @Test func `A broker whose number is taken ends if it is not registered in time, and says why`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    let configuration = try BrokerConfiguration([
      ("node.id", "1"), ("listeners", "PLAINTEXT://twin:9092"), ("controller.quorum.voters", "100@controller-100:9093"),
    ])
    let twin = cluster.world.addNode(name: "twin", id: 1) { BrokerNode(host: $0, configuration: configuration, clusterID: TestCluster.clusterID) }
    cluster.world.start(twin)
    cluster.world.run(for: .seconds(59))
    #expect(cluster.world.isRunning(twin))
    #expect(cluster.warnings.count == 1)
    cluster.world.run(for: .seconds(3))
    #expect(!cluster.world.isRunning(twin))
    #expect(cluster.broker(cluster.node(1))?.state == .running)
    #expect(cluster.notes.contains { $0.contains("another process is registered under this number") })
  }

  @Test func `Refused heartbeats are reported once`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    var request = UnregisterBrokerRequest()
    request.brokerId = 2
    _ = try cluster.ask(cluster.node(1), request)
    cluster.world.run(for: .seconds(30))
    #expect(cluster.warnings.filter { $0.contains("broker 2 has its heartbeats refused by the controller (BROKER_ID_NOT_REGISTERED)") }.count == 1)
  }

  @Test func `A controlled shutdown ends even without a controller`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    cluster.world.kill(cluster.controller)
    cluster.world.run(for: .seconds(1))
    cluster.world.shutdown(cluster.node(1))
    let hasEnded = cluster.world.runUntil(cluster.world.now + .seconds(10)) { !cluster.world.isRunning(cluster.node(1)) }
    #expect(hasEnded)
    #expect(cluster.warnings.contains { $0.contains("without having moved its leaderships") })
  }

  @Test func `A controlled shutdown waits for a controller that comes back in time`() throws {
    let cluster = try TestCluster(brokers: 2)
    try cluster.start()
    try cluster.createTopic("t", [[1, 2]])
    cluster.world.kill(cluster.controller)
    cluster.world.shutdown(cluster.node(1))
    cluster.world.run(for: .seconds(3))
    cluster.world.start(cluster.controller)
    let hasEnded = cluster.world.runUntil(cluster.world.now + .seconds(20)) { !cluster.world.isRunning(cluster.node(1)) }
    #expect(hasEnded)
    #expect(cluster.leader(of: TopicPartition("t", 0)) == 2)
    #expect(!cluster.warnings.contains { $0.contains("without having moved its leaderships") })
  }
}
