import Broker
import Host
import Log
import Primitives
import Replication

/// Checks that what a leader knows of its followers is true: a follower has at least what its leader counts for it, and what it has its leader has; and who is to join the ISR has what
/// was committed before the leader's epoch.
///
/// The leader took the follower's last fetch for sound, so that both logs were equal up to there, and all that the follower appends afterwards comes from this leader.
enum FollowersOfLeader {
  typealias Replica = (broker: BrokerNode, partition: Partition)

  /// - Parameter replica: that of a broker; nil where it has none.
  static func check(_ leader: Partition, _ check: inout InvariantCheck, replica: (NodeID) -> Replica?) {
    guard let leading = leader.log, leading.failure == nil else { return }
    for follower in leader.followers where follower.logEndOffset != .unknown {
      // What a broker said in an earlier life says nothing about its present log.
      guard let (broker, following) = replica(follower.id), follower.brokerEpoch == broker.brokerEpoch, following.id == leader.id, following.role == .follower,
        following.leaderEpoch == leader.leaderEpoch, let log = following.log, log.failure == nil
      else { continue }
      check.require(
        log.logEndOffset >= follower.logEndOffset,
        "\(leader.topicPartition): its leader, broker \(leader.leaderID), counts everything below \(follower.logEndOffset) for broker \(follower.id), whose log ends at \(log.logEndOffset)")
      checkPrefix(of: log, at: follower.id, leading, leader, &check)
    }
  }

  /// Checks that a follower's log is a part of its leader's, by the epoch of its last record.
  private static func checkPrefix(of log: PartitionLog, at id: NodeID, _ leading: PartitionLog, _ leader: Partition, _ check: inout InvariantCheck) {
    // Where records are compacted away their epochs may be known no more (N8).
    guard !leading.configuration.cleanupPolicy.contains(.compact), log.logEndOffset > leading.logStartOffset, let epoch = log.epoch(at: log.logEndOffset - 1) else { return }
    let known = leading.endOffset(of: epoch)
    check.require(
      known.map { $0.epoch == epoch && $0.endOffset >= log.logEndOffset } ?? false,
      "\(leader.topicPartition): broker \(id) follows broker \(leader.leaderID) in epoch \(leader.leaderEpoch) with a log that ends at \(log.logEndOffset) in epoch \(epoch), which ends "
        + "\(known.map { $0.epoch == epoch ? "at \($0.endOffset)" : "before \($0.endOffset)" } ?? "nowhere") in its leader's")
  }

  /// Checks a proposal to add to the ISR, which the leader makes now.
  static func check(newcomersOf leader: Partition, _ check: inout InvariantCheck) {
    guard let start = leader.leaderEpochStartOffset else { return }
    for id in leader.maximalISR where !leader.isr.contains(id) {
      guard let end = leader.follower(id)?.logEndOffset else { continue }
      check.require(
        end >= max(start, leader.highWatermark),
        "\(leader.topicPartition): broker \(leader.leaderID) asks for broker \(id) in the ISR, whose log ends at \(end), with the high watermark \(leader.highWatermark) and an epoch that "
          + "begins at \(start)")
    }
  }
}
