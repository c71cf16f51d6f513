import Primitives
import Testing
import Wire

@testable import Controller

/// Which replicas a reassignment waits for, and what it is told as when it is complete.
@Suite struct ReassignmentCompletionTests {
  /// Broker 2 is down, and out of the ISR.
  private func cluster(_ completion: ControllerSwitches.ReassignmentCompletion, sick: Int32 = 2) -> TestCluster {
    var cluster = TestCluster(brokers: 1...5) { $0.switches.reassignmentCompletion = completion }
    cluster.createTopic("t", [[1, 2, 3]], configs: [("min.insync.replicas", "2")])
    cluster.fence(sick)
    return cluster
  }

  @Test(arguments: ControllerSwitches.ReassignmentCompletion.allCases)
  func `A sick replica that stays holds up a move to as many replicas only where all must be in sync`(completion: ControllerSwitches.ReassignmentCompletion) {
    var cluster = cluster(completion)
    #expect(cluster.reassign(to: [4, 2, 5]) == .none)
    _ = cluster.alterPartition(by: 1, to: [1, 3, 4])
    #expect(cluster.partition().isReassigning)
    _ = cluster.alterPartition(by: 1, to: [1, 3, 4, 5])
    #expect(cluster.partition().isReassigning == (completion == .allReplicas))
    guard completion != .allReplicas else { return }
    #expect(cluster.partition().replicas == [4, 2, 5])
    #expect(cluster.partition().isr == [4, 5])
    #expect(cluster.partition().leader == 4)
  }

  @Test(arguments: ControllerSwitches.ReassignmentCompletion.allCases)
  func `A move to fewer replicas makes the ISR smaller than the others only where the added ones suffice`(completion: ControllerSwitches.ReassignmentCompletion) {
    var cluster = cluster(completion)
    #expect(cluster.reassign(to: [3, 2]) == .none)
    #expect(cluster.partition().isr == (completion == .addedReplicas ? [3] : [1, 3]))
    #expect(cluster.partition().isReassigning == (completion != .addedReplicas))
    guard completion != .addedReplicas else { return }
    cluster.heartbeat(2)
    _ = cluster.alterPartition(by: 1, to: [1, 3, 2])
    #expect(cluster.partition().replicas == [3, 2])
    #expect(cluster.partition().isr == [3, 2])
  }

  @Test func `A move that is asked for again is complete no earlier`() {
    var cluster = cluster(.allReplicasIfFewer, sick: 5)
    #expect(cluster.reassign(to: [3, 4, 5]) == .none)
    #expect(cluster.reassign(to: [3, 4, 5]) == .none)
    #expect(cluster.partition().isReassigning)
    #expect(cluster.partition().isr == [1, 2, 3])
  }

  @Test func `A replica that is elected as it joins the ISR was elected cleanly`() {
    var cluster = TestCluster(brokers: 1...4)
    cluster.createTopic("t", [[1, 2, 3]])
    _ = cluster.reassign(to: [4, 2, 3])
    let before = cluster.partition()
    _ = cluster.alterPartition(by: 1, to: [1, 2, 3, 4])
    #expect(cluster.partition().leader == 4)
    #expect(cluster.partition().election(after: before) == .clean)
  }
}
