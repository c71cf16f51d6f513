import Host
import Log
import Primitives

extension Partition {
  /// Raises a leader's high watermark to what every replica holds that may be in the ISR, or is about to join it.
  func advanceHighWatermark(at now: Instant) {
    guard role == .leader, let log else { return }
    // KAFKA-15583: with too few in-sync replicas what is appended now may be lost with one of them, so nobody shall see it yet.
    if switches.highWatermarkNeedsMinimumISR, isUnderMinimumISR { return }
    let end = log.logEndOffset
    var candidate = min(end, log.durableEndOffset)
    for index in followers.indices where followers[index].logEndOffset < candidate {
      if followers[index].isCounted || isAboutToJoin(followers[index], logEndOffset: end, at: now) { candidate = followers[index].logEndOffset }
    }
    if candidate > highWatermark { moveHighWatermark(to: candidate) }
  }

  /// Whether a replica outside of the ISR is so near that passing it by would keep it out for ever.
  private func isAboutToJoin(_ follower: FollowerReplica, logEndOffset: Offset, at now: Instant) -> Bool {
    guard follower.isCaughtUp(to: logEndOffset, at: now, maximumLag: manager.configuration.replicaLagTimeMax) else { return false }
    // KAFKA-15021: one that may not join would hold the high watermark back until its lag time is over.
    return !switches.highWatermarkIgnoresIneligible || mayJoinISR(follower)
  }

  /// Takes over a follower's view of the leader's high watermark. It may go back: a new leader may know of less than the former one.
  func followHighWatermark(_ leaderHighWatermark: Offset) {
    guard let log else { return }
    let offset = bounded(leaderHighWatermark, in: log)
    if offset != highWatermark { moveHighWatermark(to: offset) }
  }

  /// A leader's high watermark as far as this log reaches.
  func bounded(_ leaderHighWatermark: Offset, in log: PartitionLog) -> Offset {
    max(log.logStartOffset, min(leaderHighWatermark, log.logEndOffset))
  }

  func moveHighWatermark(to offset: Offset) {
    let former = highWatermark
    highWatermark = offset
    note(.highWatermark)
    if switches.answerFollowerBehindHighWatermark { fetching?.stir() }
    report(.highWatermarkMoved(topicPartition, from: former, to: offset))
    listener?.highWatermarkMoved(of: self, from: former, to: offset)
  }

  /// The smallest log start offset among the replicas on brokers that live: records below it are gone everywhere.
  var lowWatermark: Offset {
    var lowest = logStartOffset
    for follower in followers where follower.logStartOffset < lowest {
      if let broker = manager.replicas.brokers[follower.id], !broker.isFenced { lowest = follower.logStartOffset }
    }
    return lowest
  }
}
