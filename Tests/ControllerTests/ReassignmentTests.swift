import Primitives
import Testing
import Wire

@testable import Controller

@Suite struct ReassignmentTests {
  private func cluster() -> TestCluster {
    var cluster = TestCluster(brokers: 1...4)
    cluster.createTopic("t", [[1, 2, 3]])
    return cluster
  }

  @Test func `A move keeps both assignments until the added replica is in sync`() {
    var cluster = cluster()
    #expect(cluster.reassign(to: [2, 3, 4]) == .none)
    var partition = cluster.partition()
    #expect(partition.replicas == [2, 3, 4, 1])
    #expect(partition.addingReplicas == [4])
    #expect(partition.removingReplicas == [1])
    #expect(partition.leader == 1)

    let answer = cluster.alterPartition(by: 1, to: [1, 2, 3, 4]).topics[0].partitions[0]
    #expect(answer.errorCode == .newLeaderElected)
    partition = cluster.partition()
    #expect(partition.replicas == [2, 3, 4])
    #expect(partition.isr == [2, 3, 4])
    #expect(partition.leader == 2)
    #expect(partition.leaderEpoch == 1)
    #expect(!partition.isReassigning)
  }

  @Test func `Replicas that are only removed leave immediately, with a new leader epoch`() {
    var cluster = cluster()
    #expect(cluster.reassign(to: [1, 2]) == .none)
    #expect(cluster.partition().replicas == [1, 2])
    #expect(cluster.partition().isr == [1, 2])
    #expect(cluster.partition().leader == 1)
    #expect(cluster.partition().leaderEpoch == 1)
  }

  @Test func `A move can be cancelled`() {
    var cluster = cluster()
    #expect(cluster.reassign(to: nil) == .noReassignmentInProgress)
    _ = cluster.reassign(to: [4, 2, 3])
    #expect(cluster.reassign(to: nil) == .none)
    #expect(cluster.partition().replicas == [2, 3, 1])
    #expect(cluster.partition().isr == [1, 2, 3])
    #expect(!cluster.partition().isReassigning)
  }

  @Test func `Ongoing moves are listed`() {
    var cluster = cluster()
    #expect(cluster.state.image.listPartitionReassignments(ListPartitionReassignmentsRequest()).topics.isEmpty)
    _ = cluster.reassign(to: [4, 2, 3])
    var request = ListPartitionReassignmentsRequest()
    request.topics = nil
    let move = cluster.state.image.listPartitionReassignments(request).topics[0].partitions[0]
    #expect(move.addingReplicas == [4])
    #expect(move.removingReplicas == [1])
  }

  @Test func `A move to no replica is refused`() {
    var cluster = cluster()
    #expect(cluster.reassign(to: [1, 2, 9]) == .invalidReplicaAssignment)
    #expect(cluster.reassign(to: []) == .invalidReplicaAssignment)
    #expect(cluster.reassign(to: [1, 1]) == .invalidReplicaAssignment)
  }
}
