import Broker
import Host
import Log
import Primitives
import Replication

/// What must hold of the replicas of each partition when everything is over, which no single broker can check: a member of the ISR has everything below the leader's high
/// watermark and nothing that the leader has not, counts as committed what the leader does, and has deleted what the leader has.
///
/// Looked at once, at the end of a trial.
struct ReplicasAtRest {
  /// A follower hears of a log start offset with its next fetch, which the leader answers within `replica.fetch.wait.max.ms`.
  private static let timeToFollow = Duration.seconds(5)

  private let cluster: TrialCluster

  init(_ cluster: TrialCluster) { self.cluster = cluster }

  /// Adds what does not hold to the world's findings.
  func check() {
    for topic in cluster.scenario.topics.map(\.name) + [TopicName.consumerOffsets, TopicName.transactionState] {
      for name in cluster.observer.view.cluster.partitions(of: topic) {
        guard let leader = cluster.leader(of: name), leader.isLeader else { continue }
        for member in leader.isr where member != leader.leaderID {
          guard let node = cluster.nodes.broker(member), let replica = cluster.partition(name, at: member), replica.id == leader.id,
            replica.leaderEpoch == leader.leaderEpoch, let log = replica.log, log.failure == nil
          else { continue }
          var check = InvariantCheck()
          let fetchWait = cluster.world.broker(at: node)?.configuration.replication.replicaFetchWaitMax ?? .zero
          compare(replica, log, with: leader, named: name, at: member, fetchWait, &check)
          cluster.world.addFindings(of: check, at: node)
        }
      }
    }
  }

  private func compare(
    _ replica: Partition, _ log: PartitionLog, with leader: Partition, named name: TopicPartition, at member: NodeID, _ fetchWait: Duration, _ check: inout InvariantCheck
  ) {
    let words = "\(name) at rest: broker \(member) is in the ISR of broker \(leader.leaderID)"
    check.require(
      log.logEndOffset >= leader.highWatermark, "\(words), and its log ends at \(log.logEndOffset), below the leader's high watermark \(leader.highWatermark)")
    check.require(
      replica.highWatermark <= log.logEndOffset, "\(words), and its high watermark \(replica.highWatermark) is behind the end of its log, \(log.logEndOffset)")
    check.require(
      log.logEndOffset <= leader.logEndOffset || leader.highWatermark < leader.logEndOffset,
      "\(words), and its log ends at \(log.logEndOffset), behind the end of the leader's, \(leader.logEndOffset), all of which is committed")
    // The fetch that was under way, the next one, and room for both on the way.
    let timeToHear = fetchWait * 2 + .seconds(1)
    if leader.highWatermark == leader.logEndOffset, cluster.observer.cluster?.hasMoved(name, since: cluster.world.now - timeToHear) == false {
      check.require(
        replica.highWatermark == leader.highWatermark,
        "\(words), whose high watermark has been \(leader.highWatermark) for more than \(timeToHear), and its own is \(replica.highWatermark)")
    }
    guard !cluster.observer.hasChangedStart(of: name, since: cluster.world.now - Self.timeToFollow) else { return }
    check.require(
      log.logStartOffset >= leader.logStartOffset,
      "\(words), and its log starts at \(log.logStartOffset), before the leader's log start offset \(leader.logStartOffset)")
  }
}
