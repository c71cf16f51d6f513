import Host
import Primitives
import Replication
import Sim
import Testing
import Wire

@testable import Broker
@testable import Controller
@testable import Raft

/// What a broker makes of a whole image in the place of the records that led there (KIP-630).
@Suite struct MetadataSnapshotTests {
  private static let settings = MetadataLogConfiguration.small

  private func cluster() throws -> TestCluster {
    try TestCluster(
      configureController: {
        $0.quorum.metadataLog = Self.settings
        $0.quorum.fetchSnapshotMaxBytes = 700
      },
      configureBrokers: {
        $0.metadataLog = Self.settings
        $0.quorumFetchSnapshotMaxBytes = 700
      })
  }

  private func create(_ name: String, _ replicas: [Int32], at cluster: TestCluster) throws {
    var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
    (assignment.partitionIndex, assignment.brokerIds) = (0, replicas)
    var topic = CreateTopicsRequest.CreatableTopic()
    (topic.name, topic.numPartitions, topic.replicationFactor, topic.assignments) = (name, -1, -1, [assignment])
    var request = CreateTopicsRequest()
    request.topics = [topic]
    #expect(try cluster.ask(cluster.brokers[0], request).topics.map(\.errorCode) == [.none])
  }

  private func loads(_ cluster: TestCluster, by node: NodeIndex) -> Int {
    cluster.occurrences.count { if case .metadataSnapshotLoaded = $0.occurrence { $0.node == node } else { false } }
  }

  /// Topics that come, go and change while the third broker hears nothing, until the log begins behind what it knows.
  private func change(_ cluster: TestCluster) throws {
    try cluster.deleteTopic("gone")
    try cluster.deleteTopic("again")
    try create("again", [3, 2], at: cluster)
    try create("new", [3, 1], at: cluster)
    for number in 0..<20 { try create("filler-\(number)", [1, 2], at: cluster) }
    cluster.world.run(for: .seconds(70))
    let start = (cluster.world.object(of: cluster.controller) as? ControllerNode)?.quorum.log.logStartOffset
    #expect(try #require(start) > 0)
  }

  private func check(_ cluster: TestCluster) throws {
    let node = cluster.node(3), broker = try #require(cluster.broker(node)), image = try #require(broker.metadataImage)
    let others = try #require(cluster.broker(cluster.node(1))?.metadataImage)
    #expect(image == others)
    let manager = try #require(broker.replicaManager)
    #expect(manager.partition(named: TopicPartition("gone", 0)) == nil)
    for name in ["kept", "again", "new"] {
      let partition = try #require(manager.partition(named: TopicPartition(name, 0)), "\(name)")
      #expect(partition.id.topic == image.topicID(named: name))
    }
    // It follows and leads what the image says.
    #expect(cluster.world.runUntil(cluster.world.now + .seconds(20)) {
      image.topics.values.allSatisfy { topic in
        cluster.broker(node)?.metadataImage?.topic(topic.id)?.partitions.allSatisfy { Set($0.isr) == Set($0.replicas) } == true
      }
    })
    #expect(cluster.leader(of: TopicPartition("kept", 0)) != nil)
  }

  @Test func `A broker that runs takes a snapshot of the controller's in the place of records`() throws {
    let cluster = try cluster()
    try cluster.start()
    try cluster.createTopic("kept", [[3, 1, 2]])
    try cluster.createTopic("gone", [[3, 1]])
    try cluster.createTopic("again", [[1, 3]])
    let former = try cluster.topicID("again"), life = cluster.broker(cluster.node(3))
    let cut = cluster.world.apply(.isolate([cluster.node(3)]), name: "isolation")
    try change(cluster)
    cluster.world.lift(cut)
    cluster.world.run(for: .seconds(20))
    #expect(loads(cluster, by: cluster.node(3)) > 0 && cluster.broker(cluster.node(3)) === life)
    #expect(try cluster.topicID("again") != former)
    try check(cluster)
  }

  @Test func `A broker that starts takes one, and what was deleted meanwhile goes aside`() throws {
    let cluster = try cluster()
    try cluster.start()
    try cluster.createTopic("kept", [[3, 1, 2]])
    try cluster.createTopic("gone", [[3, 1]])
    try cluster.createTopic("again", [[1, 3]])
    cluster.world.run(for: .seconds(1))
    cluster.world.kill(cluster.node(3))
    try change(cluster)
    cluster.world.start(cluster.node(3))
    try cluster.settle()
    cluster.world.run(for: .seconds(5))
    #expect(loads(cluster, by: cluster.node(3)) > 0)
    try check(cluster)
  }

  @Test func `Brokers take the settings of the metadata log, and the others' defaults are Kafka's`() throws {
    let given = [("metadata.log.max.snapshot.interval.ms", "5000"), ("metadata.max.retention.bytes", "-1"), ("controller.quorum.fetch.snapshot.max.bytes", "100")]
    let configuration = try BrokerConfiguration(
      [("node.id", "1"), ("listeners", "PLAINTEXT://broker-1:9092"), ("controller.quorum.voters", "100@controller-100:9093")] + given)
    #expect(configuration.metadataLog.maxSnapshotInterval == .seconds(5) && configuration.metadataLog.retentionBytes == nil)
    #expect(configuration.quorumFetchSnapshotMaxBytes == 100 && configuration.metadataLog.maxBytesBetweenSnapshots == 20 << 20)
    for (name, value) in [("metadata.log.segment.bytes", "1000"), ("metadata.log.max.record.bytes.between.snapshots", "0"), ("controller.quorum.fetch.snapshot.max.bytes", "0")] {
      #expect(throws: ConfigurationError.self) { try BrokerConfiguration.table.configuration(from: [(name, value)]) }
    }
    #expect(!BrokerConfiguration.isDynamic("metadata.log.segment.bytes"))
  }
}

extension MetadataLogConfiguration {
  /// A snapshot for each few topics, and nothing of the log before it.
  fileprivate static var small: MetadataLogConfiguration {
    var configuration = MetadataLogConfiguration()
    (configuration.maxBytesBetweenSnapshots, configuration.segmentBytes, configuration.retentionBytes) = (2_000, 1_500, 1)
    return configuration
  }
}
