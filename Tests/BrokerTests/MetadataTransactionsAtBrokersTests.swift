import Primitives
import Replication
import Sim
import Testing
import Wire

@testable import Broker
@testable import Controller

/// What brokers make of metadata transactions (KIP-868).
@Suite struct MetadataTransactionsAtBrokersTests {
  private func append(_ records: [MetadataRecord], at cluster: TestCluster) throws {
    let controller = try #require(cluster.world.object(of: cluster.controller) as? ControllerNode)
    // The controller has not decided this, and says so.
    cluster.world.hearsOfStatements = false
    controller.quorum.append(records) { _ in }
    cluster.world.run(for: .seconds(1))
  }

  @Test func `A broker acts on nothing of a transaction before its end, and stays unfenced`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    let broker = try #require(cluster.broker(cluster.node(1))), id = Uuid(high: 7, low: 7)
    let topic = TopicRecord { ($0.name, $0.topicId) = ("t", id) }
    let partition = PartitionRecord { record in
      (record.partitionId, record.topicId, record.leader, record.leaderEpoch, record.partitionEpoch) = (0, id, 1, 0, 0)
      (record.replicas, record.isr, record.directories) = ([1], [1], [DirectoryID.unassigned])
    }
    try append([.beginTransaction(BeginTransactionRecord()), .topic(topic)], at: cluster)
    try append([.partition(partition)], at: cluster)
    cluster.world.run(for: .seconds(15))
    #expect(broker.metadataImage?.topic(named: "t") == nil && broker.replicaManager?.partitions.isEmpty == true)
    #expect(!broker.isFenced)
    try append([.endTransaction(EndTransactionRecord())], at: cluster)
    #expect(broker.replicaManager?.partition(named: TopicPartition("t", 0))?.leaderID == 1)
  }

  @Test func `A broker that starts keeps the replicas of a topic whose deletion was aborted`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let id = try cluster.topicID("t"), node = cluster.node(1)
    cluster.world.shutdown(node)
    cluster.world.run(for: .seconds(5))
    try append([.beginTransaction(BeginTransactionRecord()), .removeTopic(RemoveTopicRecord { $0.topicId = id })], at: cluster)
    try append([.abortTransaction(AbortTransactionRecord())], at: cluster)
    cluster.world.start(node)
    cluster.world.run(for: .seconds(15))
    let broker = try #require(cluster.broker(node))
    #expect(broker.metadataImage?.topicID(named: "t") == id)
    #expect(broker.replicaManager?.partition(named: TopicPartition("t", 0))?.leaderID == 1)
  }
}
