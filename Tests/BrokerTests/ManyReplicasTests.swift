import Broker
import Host
import Primitives
import Sim
import Testing
import Wire

/// A change of the metadata that is about many replicas of one broker.
@Suite struct ManyReplicasTests {
  private static let many = 600

  @Test func `A broker handles other events while it creates the logs of a large topic`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    let creation = cluster.begin(cluster.node(1), Self.creation("t", partitions: Self.many))
    let isHalfway = cluster.world.runUntil(cluster.world.now + .seconds(5)) { (1..<Self.many).contains(cluster.replicaCount) }
    #expect(isHalfway)
    // All are known, and those whose turn has not come are not served yet.
    #expect(cluster.broker(cluster.node(1))?.metadataImage?.topic(named: "t")?.partitions.count == Self.many)
    #expect(cluster.replica(1, "t", 0)?.role == .leader && cluster.replica(1, "t", Int32(Self.many) - 1) == nil)
    cluster.world.run(for: .seconds(1))
    #expect(creation.result != nil)
    #expect(cluster.replicaCount == Self.many)
    let answer = try cluster.ask(cluster.node(1), produce("t", try cluster.topicID("t"), batch(["a"]), partition: Int32(Self.many) - 1))
    #expect(answer.only.errorCode == .none)
  }

  @Test func `Changes after a large change are applied after it`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    _ = cluster.begin(cluster.node(1), Self.creation("t", partitions: Self.many))
    _ = cluster.begin(cluster.node(1), Self.creation("u", partitions: 1))
    let isMade = cluster.world.runUntil(cluster.world.now + .seconds(5)) { cluster.replica(1, "u") != nil }
    #expect(isMade)
    #expect(cluster.replicaCount == Self.many + 1)
    try cluster.deleteTopic("t")
    #expect(cluster.replicaCount == 1)
  }

  @Test func `A broker with many replicas serves all of them when it reports that it runs`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    _ = try cluster.ask(cluster.node(1), Self.creation("t", partitions: Self.many))
    cluster.world.run(for: .seconds(1))
    cluster.world.restart(cluster.node(1))
    let isBack = cluster.world.runUntil(cluster.world.now + .seconds(30)) { cluster.broker(cluster.node(1))?.state == .running }
    #expect(isBack, "\(cluster.notes)")
    #expect(cluster.replicaCount == Self.many)
  }

  @Test func `A small change is applied immediately`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    _ = cluster.begin(cluster.node(1), Self.creation("t", partitions: 200))
    let isHalfway = cluster.world.runUntil(cluster.world.now + .seconds(2)) { (1..<200).contains(cluster.replicaCount) }
    #expect(!isHalfway)
    #expect(cluster.replicaCount == 200)
  }

  private static func creation(_ name: String, partitions: Int) -> CreateTopicsRequest {
    var topic = CreateTopicsRequest.CreatableTopic()
    topic.name = name
    topic.numPartitions = Int32(partitions)
    topic.replicationFactor = 1
    var request = CreateTopicsRequest()
    request.topics = [topic]
    request.timeoutMs = 10_000
    return request
  }
}

extension TestCluster {
  fileprivate var replicaCount: Int { broker(node(1))?.replicaManager?.partitions.count ?? 0 }
}
