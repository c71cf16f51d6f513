import Host
import Log
import Primitives

extension Partition {
  /// Raises a leader's high watermark to the offset up to which every replica that may be in the ISR, or is about to join it, has the log.
  ///
  /// A new leader may start below what was already committed, because it got the high watermark from its last fetch. For example, replicas 2 and 3
  /// are in sync, and have fetched up to 102:
  ///
  /// ```
  ///                                                log end  high watermark
  /// replica 2 as a follower in epoch 4             102      100             leader 1 knows 102, and has served 100 and 101 to consumers
  /// 1 fails; 2 leads epoch 5, which starts at 102  102      100
  /// a consumer asks for the latest offset          102      100             OFFSET_NOT_AVAILABLE, since 100 would go back (KIP-207)
  /// replica 4, not in sync, fetches at 101         102      100             above the high watermark, but below 102: must not join (KAFKA-7128)
  /// replica 3 fetches at 102                       102      102             the high watermark has reached the start of the epoch
  /// ```
  func advanceHighWatermark(at now: Instant) {
    guard role == .leader, let log else { return }
    // KAFKA-15583: with too few in-sync replicas, records appended now may be lost with one of them, so no consumer may see them yet.
    if switches.highWatermarkNeedsMinimumISR, isUnderMinimumISR {
      mark(.highWatermarkWaitsForISR)
      return
    }
    let end = log.logEndOffset
    var candidate = min(end, log.durableEndOffset)
    for index in followers.indices where followers[index].logEndOffset < candidate {
      if followers[index].isCounted || isAboutToJoin(followers[index], logEndOffset: end, at: now) { candidate = followers[index].logEndOffset }
    }
    if candidate > highWatermark { moveHighWatermark(to: candidate) }
  }

  /// Whether a replica outside the ISR is so close that leaving it behind would keep it out forever.
  private func isAboutToJoin(_ follower: FollowerReplica, logEndOffset: Offset, at now: Instant) -> Bool {
    guard follower.isCaughtUp(to: logEndOffset, at: now, maximumLag: manager.configuration.replicaLagTimeMax) else { return false }
    // KAFKA-15021: a replica that may not join would hold the high watermark back until its lag time is over.
    return !switches.highWatermarkIgnoresIneligible || mayJoinISR(follower)
  }

  /// Applies the leader's high watermark as a follower. It may go back: a new leader may know a lower one than the previous leader.
  func followHighWatermark(_ leaderHighWatermark: Offset) {
    guard let log else { return }
    let offset = bounded(leaderHighWatermark, in: log)
    if offset != highWatermark { moveHighWatermark(to: offset) }
  }

  /// A leader's high watermark, limited to the range of this log.
  func bounded(_ leaderHighWatermark: Offset, in log: PartitionLog) -> Offset {
    max(log.logStartOffset, min(leaderHighWatermark, log.logEndOffset))
  }

  func moveHighWatermark(to offset: Offset) {
    let former = highWatermark
    highWatermark = offset
    requireHighWatermark(from: former)
    markMoved(.highWatermark)
    if switches.answerFollowerBehindHighWatermark { fetching?.stir() }
    report(.highWatermarkMoved(topicPartition, from: former, to: offset))
    listener?.highWatermarkMoved(of: self, from: former, to: offset)
  }

  /// The smallest log start offset among the replicas on live brokers: records below it are deleted everywhere.
  var lowWatermark: Offset {
    var lowest = logStartOffset
    for follower in followers where follower.logStartOffset < lowest {
      if let broker = manager.replicas.brokers[follower.id], !broker.isFenced { lowest = follower.logStartOffset }
    }
    return lowest
  }
}
