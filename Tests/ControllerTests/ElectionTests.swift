import MarkExpectations
import Primitives
import Testing
import Wire

@testable import Controller

@Suite struct ElectionTests {
  @Test func `Fencing the leader elects the next member of the ISR`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    cluster.fence(1)
    let partition = cluster.partition()
    #expect(partition.leader == 2)
    #expect(partition.isr == [2, 3])
    #expect(partition.leaderEpoch == 1)
    #expect(partition.partitionEpoch == 1)
  }

  @Test func `Fencing a follower shrinks the ISR and keeps the leader epoch`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    cluster.fence(2)
    let partition = cluster.partition()
    #expect(partition.leader == 1)
    #expect(partition.isr == [1, 3])
    #expect(partition.leaderEpoch == 0)
    #expect(partition.partitionEpoch == 1)
  }

  @Test func `Without ELR the last member stays in the ISR`() {
    var cluster = TestCluster(features: .withoutELR)
    cluster.createTopic("t", [[1, 2, 3]])
    for broker: Int32 in [1, 2, 3] { cluster.fence(broker) }
    #expect(cluster.partition().leader == .none)
    #expect(cluster.partition().isr == [3])
    #expect(cluster.partition().eligibleLeaderReplicas == [])
    cluster.heartbeat(1)
    #expect(cluster.partition().leader == .none)
    cluster.heartbeat(3)
    #expect(cluster.partition().leader == 3)
  }

  @Test func `A replica that leaves an ISR below the minimum stays eligible`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    cluster.fence(1)
    #expect(cluster.partition().eligibleLeaderReplicas == [])
    cluster.fence(2)
    #expect(cluster.partition().isr == [3])
    #expect(cluster.partition().eligibleLeaderReplicas == [2])
    cluster.fence(3)
    #expect(cluster.partition().isr == [])
    #expect(cluster.partition().eligibleLeaderReplicas == [2, 3])
    #expect(cluster.partition().lastKnownEligibleLeaderReplicas == [3])
    #expect(cluster.partition().leader == .none)
  }

  @Test func `An eligible replica is elected and is alone in the ISR`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    for broker: Int32 in [1, 2, 3] { cluster.fence(broker) }
    let before = cluster.partition()
    cluster.heartbeat(1)
    #expect(cluster.partition().leader == .none)
    expectMark(.eligibleLeaderElected) { cluster.heartbeat(2) }
    let partition = cluster.partition()
    #expect(partition.leader == 2)
    #expect(partition.isr == [2])
    #expect(partition.eligibleLeaderReplicas == [3])
    #expect(partition.lastKnownEligibleLeaderReplicas == [])
    #expect(partition.leaderRecoveryState == .recovered)
    #expect(partition.election(after: before) == .fromEligible)
  }

  @Test func `A full ISR empties the ELR`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    cluster.fence(1)
    cluster.fence(2)
    cluster.heartbeat(2)
    #expect(cluster.errorOfAlterPartition(by: 3, to: [3, 2]) == .none)
    #expect(cluster.partition().isr == [3, 2])
    #expect(cluster.partition().eligibleLeaderReplicas == [])
  }

  /// KIP-966: the last one in the ISR lost its unsynced records; one who left before it has them (R15).
  @Test func `An unclean shutdown of the last member elects an eligible replica`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    cluster.fence(1)
    cluster.fence(2)
    cluster.fence(3)
    cluster.start(3, previousEpoch: -1)
    #expect(cluster.partition().leader == .none)
    #expect(cluster.partition().isr == [])
    #expect(cluster.partition().eligibleLeaderReplicas == [2])
    cluster.start(2, previousEpoch: cluster.epoch(of: 2))
    #expect(cluster.partition().leader == 2)
  }

  @Test func `Without detection of unclean shutdowns, the short log is elected`() {
    var cluster = TestCluster { $0.switches.detectUncleanShutdown = false }
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    for broker: Int32 in [1, 2, 3] { cluster.fence(broker) }
    cluster.start(3, previousEpoch: -1)
    #expect(cluster.partition().leader == 3)
  }

  @Test func `A clean restart keeps a replica eligible`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    for broker: Int32 in [1, 2, 3] { cluster.fence(broker) }
    cluster.start(3, previousEpoch: cluster.epoch(of: 3))
    #expect(cluster.partition().leader == 3)
    #expect(cluster.partition().isr == [3])
  }

  @Test func `A balanced recovery elects the last known leader as a last resort`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    for broker: Int32 in [1, 2, 3] { cluster.fence(broker) }
    for broker: Int32 in [1, 2] { cluster.start(broker, previousEpoch: -1) }
    #expect(cluster.partition().eligibleLeaderReplicas == [3])
    let before = cluster.partition()
    #expect(before.lastKnownEligibleLeaderReplicas == [3])
    cluster.start(3, previousEpoch: -1)
    let partition = cluster.partition()
    #expect(partition.leader == 3)
    #expect(partition.isr == [3])
    #expect(partition.leaderRecoveryState == .recovering)
    #expect(partition.lastKnownEligibleLeaderReplicas == [])
  }

  @Test func `An unclean election elects the first live replica and starts a recovery`() {
    var cluster = TestCluster(features: .withoutELR)
    cluster.createTopic("t", [[1, 2, 3]], configs: [("unclean.leader.election.enable", "true")])
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1]) == .none)
    let before = cluster.partition()
    expectMark(.uncleanElection) { cluster.fence(1) }
    let partition = cluster.partition()
    #expect(partition.leader == 2)
    #expect(partition.isr == [2])
    #expect(partition.leaderRecoveryState == .recovering)
    #expect(partition.election(after: before) == .unclean)
  }

  @Test func `Without unclean elections, the partition is offline until an election is requested`() {
    var cluster = TestCluster(features: .withoutELR)
    cluster.createTopic("t", [[1, 2, 3]])
    #expect(cluster.errorOfAlterPartition(by: 1, to: [1]) == .none)
    cluster.fence(1)
    #expect(cluster.partition().leader == .none)
    #expect(cluster.elect(unclean: true) == .none)
    #expect(cluster.partition().leader == 2)
    #expect(cluster.elect(unclean: true) == .electionNotNeeded)
  }

  @Test func `A recovered leader may grow its ISR again`() {
    var cluster = TestCluster(features: .withoutELR)
    cluster.createTopic("t", [[1, 2, 3]], configs: [("unclean.leader.election.enable", "true")])
    _ = cluster.alterPartition(by: 1, to: [1])
    cluster.fence(1)
    let refused = cluster.alterPartition(by: 2, to: [2, 3], recovery: .recovering)
    #expect(refused.topics[0].partitions[0].errorCode == .invalidRequest)
    #expect(cluster.alterPartition(by: 2, to: [2], recovery: .recovered).topics[0].partitions[0].errorCode == .none)
    #expect(cluster.partition().leaderRecoveryState == .recovered)
    #expect(cluster.errorOfAlterPartition(by: 2, to: [2, 3]) == .none)
  }

  @Test func `A preferred election needs the preferred replica in the ISR`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    #expect(cluster.elect(unclean: false) == .electionNotNeeded)
    cluster.fence(1)
    cluster.heartbeat(1)
    #expect(cluster.elect(unclean: false) == .preferredLeaderNotAvailable)
    _ = cluster.alterPartition(by: 2, to: [1, 2, 3])
    let before = cluster.partition()
    #expect(cluster.elect(unclean: false) == .none)
    #expect(cluster.partition().leader == 1)
    #expect(cluster.partition().leaderEpoch == 2)
    #expect(cluster.partition().election(after: before) == .preferred)
  }

  @Test func `Rebalancing returns partitions to their preferred leaders`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3], [2, 3, 1]])
    cluster.fence(1)
    cluster.heartbeat(1)
    _ = cluster.alterPartition(by: 2, to: [2, 3, 1])
    #expect(cluster.state.rebalanceLeaders().count == 1)
    cluster.apply(cluster.state.rebalanceLeaders())
    #expect(cluster.partition(0).leader == 1)
    #expect(cluster.partition(1).leader == 2)
  }

  @Test func `Changing min.insync.replicas empties the ELR`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    cluster.fence(1)
    cluster.fence(2)
    #expect(cluster.partition().eligibleLeaderReplicas == [2])
    let epoch = cluster.partition().partitionEpoch
    #expect(cluster.setConfig(.topic("t"), "min.insync.replicas", "1") == .none)
    #expect(cluster.partition().eligibleLeaderReplicas == [])
    #expect(cluster.partition().partitionEpoch.value == epoch.value + 1)
  }
}
