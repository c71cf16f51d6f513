import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Broker
@testable import Controller
@testable import Raft
@testable import Replication
@testable import Transport

/// A look at a broker reaches each of its parts. Each is broken on purpose by a change of the state that no call would make.
@Suite struct BrokerInvariantTests {
  private func broken(_ node: BrokerNode) -> [String] {
    var check = InvariantCheck()
    node.checkInvariants(&check)
    return check.broken
  }

  private func told(after change: (RunningBroker) throws -> Void) throws -> [String] {
    let cluster = try TestCluster()
    try cluster.start()
    try cluster.createTopic("t", [[1, 2, 3]])
    _ = try cluster.ask(cluster.node(2), ApiVersionsRequest())
    cluster.world.run(for: .seconds(1))
    let node = try #require(cluster.broker(cluster.node(2)))
    #expect(broken(node) == [])
    try change(try #require(node.broker))
    let told = broken(node)
    #expect(broken(try #require(cluster.broker(cluster.node(3)))) == [])
    return told
  }

  @Test func `A broken replica is reported`() throws {
    let told = try told { try #require($0.replicaManager.partition(named: TopicPartition("t", 0))).highWatermark = 9 }
    #expect(told == ["t-0 at broker 2: the high watermark 9 is behind the log end offset 0"])
  }

  @Test func `A broken metadata log is reported`() throws {
    let told = try told { $0.quorum.durableEndOffset = $0.quorum.logEndOffset + 5 }
    #expect(told.count == 1 && told[0].hasPrefix("metadata log at node 2: "))
  }

  @Test func `A broken connection is reported`() throws {
    var connection: ConnectionID?
    let told = try told { broker in
      let channel = try #require(broker.server?.channels.all.first)
      channel.isTaking = true
      connection = channel.connection
    }
    #expect(told == ["broker 2, \(try #require(connection)): a request is being taken, and no event is handled"])
  }

  @Test func `Broken metadata is reported`() throws {
    let told = try told { broker in broker.metadata.update { image in image.brokers[0].isFenced = true } }
    #expect(
      told == [
        "broker 2, its metadata: t-0: broker 1 is in the ISR [1, 2, 3], and is fenced", "broker 2, its metadata: t-0 is led by broker 1, which is fenced",
      ])
  }
}
