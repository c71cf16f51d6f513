import Primitives
import Testing
import Wire

@testable import Controller

/// A broker that comes back with another directory has nothing of what it had.
@Suite struct ReplacedDiskTests {
  private func clusterWithoutLeader() -> TestCluster {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    cluster.now = cluster.now + .milliseconds(9_000)
    cluster.apply(cluster.state.fenceAll())
    cluster.state.sessions.restart(with: cluster.state.image, at: cluster.now)
    return cluster
  }

  @Test func `If brokers are fenced together, the former leader becomes the last known leader`() {
    let cluster = clusterWithoutLeader()
    #expect(cluster.partition().isr == [])
    #expect(cluster.partition().eligibleLeaderReplicas == [1, 2, 3])
    #expect(cluster.partition().lastKnownEligibleLeaderReplicas == [1])
    #expect(cluster.partition().leader == .none)
    #expect(cluster.state.image.brokers.allSatisfy { $0.isFenced })
  }

  @Test func `The last known leader is elected when it is back on its disk`() {
    var cluster = clusterWithoutLeader()
    for broker: Int32 in [3, 2, 1] { cluster.start(broker) }
    #expect(cluster.partition().leader == 1)
    #expect(cluster.partition().leaderRecoveryState == .recovering)
    #expect(cluster.state.unrecoveredPartitions().isEmpty)
  }

  @Test func `The last known leader is not elected from a replaced disk`() {
    var cluster = clusterWithoutLeader()
    cluster.directories[1] = Uuid(high: 1, low: 2000)
    cluster.start(1)
    cluster.start(2)
    #expect(cluster.state.unrecoveredPartitions().isEmpty, "replica 3 may have the longest log")
    cluster.start(3)
    #expect(cluster.partition().leader == .none)
    let asked = cluster.state.unrecoveredPartitions()
    #expect(asked.map(\.replicas) == [[2, 3]])
    cluster.apply([cluster.state.elect(3, of: asked[0])!])
    #expect(cluster.partition().leader == 3)
    #expect(cluster.partition().isr == [3])
    #expect(cluster.partition().lastKnownEligibleLeaderReplicas == [])
    #expect(cluster.partition().leaderRecoveryState == .recovering)
    #expect(cluster.state.elect(2, of: asked[0]) == nil, "the partition has changed since")
  }

  @Test func `A replica that joins the ISR from a replaced disk is in its new directory from then on`() {
    var cluster = clusterWithoutLeader()
    cluster.directories[1] = Uuid(high: 1, low: 2000)
    for broker: Int32 in [1, 2, 3] { cluster.start(broker) }
    cluster.apply([cluster.state.elect(2, of: cluster.state.unrecoveredPartitions()[0])!])
    #expect(cluster.partition().directory(of: 1) == Uuid(high: 1, low: 1000))
    _ = cluster.alterPartition(by: 2, to: [2])
    _ = cluster.alterPartition(by: 2, to: [2, 1])
    #expect(cluster.partition().directory(of: 1) == Uuid(high: 1, low: 2000))
    #expect(cluster.partition().directory(of: 2) == Uuid(high: 2, low: 1000))
    cluster.fence(2)
    #expect(cluster.partition().leader == 1)
  }

  @Test func `A partition whose only replica lost its disk continues empty`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1]])
    cluster.fence(1)
    cluster.directories[1] = Uuid(high: 1, low: 2000)
    cluster.start(1)
    #expect(cluster.partition().leader == 1)
    #expect(cluster.partition().directory(of: 1) == Uuid(high: 1, low: 2000))
  }

  @Test func `An operator may elect from a replaced disk if no other replica is available`() {
    var cluster = clusterWithoutLeader()
    cluster.directories[1] = Uuid(high: 1, low: 2000)
    cluster.start(1)
    #expect(cluster.partition().leader == .none)
    #expect(cluster.elect(unclean: true) == .none)
    #expect(cluster.partition().leader == 1)
  }

  @Test func `If the longest log is elected, the last known leader is one of those asked`() {
    var cluster = TestCluster { $0.switches.electMostCompleteLog = true }
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    cluster.now = cluster.now + .milliseconds(9_000)
    cluster.apply(cluster.state.fenceAll())
    cluster.state.sessions.restart(with: cluster.state.image, at: cluster.now)
    for broker: Int32 in [1, 2, 3] { cluster.start(broker) }
    #expect(cluster.partition().leader == .none)
    #expect(cluster.state.unrecoveredPartitions().map(\.replicas) == [[1, 2, 3]])
  }

  @Test func `The longest log has the highest epoch, then the highest offset`() {
    #expect(ReplicaLogEnd(epoch: 2, offset: 5) > ReplicaLogEnd(epoch: 1, offset: 900))
    #expect(ReplicaLogEnd(epoch: 2, offset: 6) > ReplicaLogEnd(epoch: 2, offset: 5))
  }

  @Test func `A directory of another broker, a repeated one and an invalid one are refused`() {
    var cluster = TestCluster()
    cluster.now = cluster.now + .milliseconds(9_000)
    cluster.directories[1] = Uuid(high: 2, low: 1000)
    #expect(cluster.register(1).errorCode == .invalidRegistration)
    cluster.directories[1] = DirectoryID.lost
    #expect(cluster.register(1).errorCode == .invalidRegistration)
    cluster.directories[1] = Uuid(high: 1, low: 1000)
    #expect(cluster.register(1).errorCode == .none)
  }
}
