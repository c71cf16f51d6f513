import Primitives
import Testing
import Wire

@testable import Controller

/// Whatever happens to brokers and partitions, in any order, leaves every partition in a legal state.
@Suite struct RandomHistoryTests {
  @Test(arguments: 1...30) func `Every history keeps every partition legal`(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "controller history")
    var cluster = TestCluster(brokers: 1...4, features: seed.isMultiple(of: 3) ? .withoutELR : .bootstrap)
    cluster.createTopic("t", [[1, 2, 3], [2, 3, 4], [4, 1, 2]], configs: [("min.insync.replicas", "2")])
    for step in 0..<200 {
      let before = cluster.state.image.topic(named: "t")!.partitions
      let action = RandomHistory.change(&cluster, &random)
      for (number, partition) in cluster.state.image.topic(named: "t")!.partitions.enumerated() {
        check(partition, before[number], cluster, "seed \(seed), step \(step), \(action), partition \(number)")
      }
    }
  }

  private func check(_ partition: PartitionRegistration, _ before: PartitionRegistration, _ cluster: TestCluster, _ place: String) {
    let comment = Comment(rawValue: "\(place): \(before) -> \(partition)")
    let image = cluster.state.image
    #expect(partition.isr.allSatisfy(partition.replicas.contains), comment)
    #expect(partition.eligibleLeaderReplicas.allSatisfy { partition.replicas.contains($0) && !partition.isr.contains($0) }, comment)
    #expect(!partition.replicas.hasRepeatedElements && !partition.isr.hasRepeatedElements, comment)
    #expect(partition.directories.count == partition.replicas.count, comment)
    #expect(!partition.hasLeader || partition.isr.contains(partition.leader), comment)
    #expect(!partition.hasLeader || image.broker(partition.leader)?.isFenced == false, comment)
    #expect(image.features.hasEligibleLeaderReplicas || !partition.isr.isEmpty && partition.eligibleLeaderReplicas.isEmpty, comment)
    #expect(partition.isr.count < min(2, partition.replicas.count) || partition.eligibleLeaderReplicas.isEmpty, comment)
    #expect(partition == before || partition.partitionEpoch > before.partitionEpoch, comment)
    #expect(partition.leaderEpoch >= before.leaderEpoch, comment)
    #expect(partition.leader == before.leader || partition.leaderEpoch > before.leaderEpoch, comment)
    // Nobody leads who was neither in sync nor eligible, unless that is told as a recovery, or the leader's new ISR ends a move.
    let endsMove = before.isReassigning && !partition.isReassigning && partition.isr.contains(partition.leader)
    let isClean = partition.leader == before.leader || !partition.hasLeader || before.isr.contains(partition.leader)
      || before.eligibleLeaderReplicas.contains(partition.leader) || partition.leaderRecoveryState == .recovering || endsMove
    #expect(isClean, comment)
  }
}
