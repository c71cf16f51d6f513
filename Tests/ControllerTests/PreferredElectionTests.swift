import Primitives
import Testing
import Wire

@testable import Controller

/// To whom a preferred election gives a partition.
@Suite struct PreferredElectionTests {
  @Test(arguments: [true, false]) func `A preferred replica that is in the ISR and fenced is elected only without the check`(checks: Bool) {
    var cluster = TestCluster(brokers: 1...3) {
      $0.switches.rejectFencedInISR = false
      $0.switches.checkPreferredLeaderIsActive = checks
    }
    cluster.createTopic("t", [[1, 2, 3]])
    cluster.fence(1)
    #expect(cluster.partition().leader == 2)
    _ = cluster.alterPartition(by: 2, to: [2, 3, 1])
    #expect(cluster.partition().isr == [2, 3, 1])
    #expect(cluster.elect(unclean: false) == (checks ? .preferredLeaderNotAvailable : .none))
    #expect(cluster.partition().leader == (checks ? 2 : 1))
    #expect(cluster.state.rebalanceLeaders().isEmpty)
  }

  @Test func `An eligible replica is not preferred to a leader in the ISR`() {
    var cluster = TestCluster(brokers: 1...3)
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "3")])
    cluster.fence(1)
    cluster.heartbeat(1)
    #expect(cluster.partition().isr == [2, 3])
    #expect(cluster.partition().eligibleLeaderReplicas == [1])
    // As the leader it would be the whole ISR.
    #expect(cluster.elect(unclean: false) == .preferredLeaderNotAvailable)
    #expect(cluster.state.rebalanceLeaders().isEmpty)
    #expect(cluster.partition().leader == 2)
    #expect(cluster.partition().isr == [2, 3])
  }
}
