import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Broker
@testable import Controller
@testable import Replication

/// What a broker takes part in follows from the metadata log. Each is broken on purpose by a change of the state that no call would make.
@Suite struct BrokerMetadataInvariantTests {
  private func told(at broker: Int32, after change: (RunningBroker, Partition) -> Void) throws -> [String] {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    cluster.world.run(for: .seconds(1))
    let node = try #require(cluster.broker(cluster.node(broker))), running = try #require(node.broker)
    let partition = try #require(running.replicaManager.partition(named: TopicPartition("t", 0)))
    func broken() -> [String] {
      var check = InvariantCheck()
      node.checkInvariants(&check)
      return check.broken.filter { $0.contains("metadata log") }
    }
    #expect(broken() == [])
    change(running, partition)
    return broken()
  }

  @Test func `A leader epoch and a partition epoch that the log does not have are told`() throws {
    #expect(try told(at: 2) { $1.leaderEpoch = 4 } == ["broker 2, t-0: it takes part in leader epoch 4, and the metadata log has come to 0"])
    #expect(try told(at: 2) { $1.partitionEpoch = 7 } == ["broker 2, t-0: it is in partition epoch 7, and the metadata log has come to 0"])
  }

  @Test func `A leader may be ahead of the log, as the controller answers it`() throws {
    #expect(try told(at: 1) { $1.partitionEpoch = 7 } == [])
  }

  @Test func `Another leader than that of the log is told`() throws {
    #expect(try told(at: 2) { $1.leaderID = 3 } == ["broker 2, t-0: it takes broker 3 for the leader of epoch 0, and by the metadata log that is broker 1"])
  }

  @Test func `Another ISR than that of the log is told`() throws {
    #expect(try told(at: 1) { $1.inSyncReplicas.commit([1, 2]) } == ["broker 1, t-0: its ISR is [1, 2] in partition epoch 0, and by the metadata log [1, 2, 3]"])
  }

  @Test func `Another registration than that of the log is told`() throws {
    let told = try told(at: 3) { running, _ in running.metadata.update { image in image.brokers[2].epoch = 1 } }
    #expect(told.count == 1 && told[0].contains("and by the metadata log in epoch 1"), "\(told)")
  }
}

/// What a broker says of the metadata that it has just taken up.
@Suite struct PublishedMetadataTests {
  private func withBroker(_ body: (RunningBroker, Partition, () -> [String]) throws -> Void) throws {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    cluster.world.run(for: .seconds(1))
    #expect(cluster.world.invariants.broken.map(\.words) == [])
    let running = try #require(cluster.broker(cluster.node(1))?.broker), topic = try #require(running.metadata.image.topic(named: "t"))
    let partition = try #require(running.replicaManager.partition(named: TopicPartition("t", 0)))
    var news = MetadataDelta()
    news.rememberPartition(0, of: topic, before: nil)
    func told() -> [String] {
      BrokenInvariants.forget()
      running.replicaManager.requirePublished(news, in: running.metadata, of: 1)
      return BrokenInvariants.take()
    }
    #expect(told() == [])
    try body(running, partition, told)
  }

  @Test func `A replica that does not follow what was published is told`() throws {
    try withBroker { running, partition, told in
      partition.inSyncReplicas.commit([1, 2])
      #expect(told().count == 1 && told()[0].contains("[1, 2] for the ISR"), "\(told())")
      partition.inSyncReplicas.commit([1, 2, 3])
      partition.partitionEpoch = 5
      #expect(told() == [], "a leader may be ahead")
      partition.partitionEpoch = -1
      #expect(told().count == 1 && told()[0].contains("in partition epoch -1"), "\(told())")
    }
  }

  @Test func `A replica that the metadata does not assign, and a broker that clients are not told of, are told`() throws {
    try withBroker { running, _, told in
      running.metadata.update { $0.topics.values[0].partitions[0].replicas = [2, 3] }
      #expect(told().first == "broker 1, t-0: the metadata assigns it to [2, 3], and there is a replica")
      running.metadata.update { $0.topics.values[0].partitions[0].replicas = [1, 2, 3] }
      running.metadata.update { $0.brokers[2].isFenced = true }
      #expect(told() == ["broker 1 tells clients of brokers [1, 2, 3], and by the metadata [1, 2] are there"])
      running.metadata.brokersChanged()
      #expect(told() == [])
    }
  }
}
