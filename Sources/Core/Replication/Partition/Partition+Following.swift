import Host
import Log
import Primitives
import Wire

extension Partition {
  /// Applies what a leader sent: records, high watermark, log start offset.
  ///
  /// - Parameter epoch: the leader epoch in which it was asked for.
  func append(asFollower data: borrowing FetchResponse.PartitionData, inEpoch epoch: LeaderEpoch) throws(AppendError) {
    guard let log else { return }
    if let records = data.records, !records.isEmpty {
      // KAFKA-18723: the leader may have changed its log while it read; records with a newer epoch belong to another history.
      let newest = switches.rejectBatchesOfNewerEpoch ? epoch : LeaderEpoch(.max)
      try append(records, upTo: newest, to: log, leaderStart: Offset(data.logStartOffset))
    }
    let leaderHighWatermark = Offset(data.highWatermark), leaderStart = Offset(data.logStartOffset)
    // The start comes first: a follower that comes back may have uncommitted records between the old and the new start. The leader has deleted what
    // was there, so they were never compared; the high watermark must not appear to pass them.
    if leaderStart > log.logStartOffset, leaderStart <= bounded(leaderHighWatermark, in: log) {
      mark(.logStartFollowed)
      do {
        try log.advanceLogStartOffset(to: leaderStart)
      } catch {
        throw .log(error)
      }
    }
    followHighWatermark(leaderHighWatermark)
    mustHold(
      highWatermark <= log.logEndOffset && (highWatermark <= leaderHighWatermark || highWatermark == log.logStartOffset)
        && (log.logStartOffset >= leaderStart || leaderStart > highWatermark),
      "\(topicPartition): broker \(manager.localID) heard of the start \(leaderStart) and the high watermark \(leaderHighWatermark); its log goes from \(log.logStartOffset) to "
        + "\(log.logEndOffset), with the high watermark \(highWatermark)")
  }

  /// Whether this follower asks its leader for nothing more in this epoch: it could not take what it was given.
  public var hasGivenUpFetching: Bool { fetching?.phase == .failed }

  private func append(_ records: Bytes, upTo epoch: LeaderEpoch, to log: PartitionLog, leaderStart: Offset) throws(AppendError) {
    do {
      _ = try log.append(asFollower: records, leaderEpoch: epoch)
    } catch .unexpectedOffset(let first, let last, let end) where first < end && last >= end && isDispensable(log, leaderStart) {
      // The leader's log starts inside a batch (DeleteRecords), which comes whole: this log has to start where the batch does.
      do {
        mark(.logStartsInsideBatch)
        try truncateFully(startingAt: first, .insideBatch)
      } catch {
        throw .log(error)
      }
      _ = try log.append(asFollower: records, leaderEpoch: epoch)
    }
  }

  /// Whether the leader has deleted all that a log holds. Kafka 4.3 asks only whether it is empty (`Partition.appendRecordsToFollowerOrFutureReplica`).
  private func isDispensable(_ log: PartitionLog, _ leaderStart: Offset) -> Bool {
    log.logStartOffset == log.logEndOffset || switches.restartsInsideBatch && leaderStart >= log.logEndOffset
  }

  /// Truncates the log. The removed records were never committed, unless a historic switch is set.
  func truncate(to offset: Offset, _ reason: Occurrence.TruncationReason) throws(LogError) {
    guard let log else { return }
    try log.truncate(to: offset, reason: reason, highWatermark: highWatermark)
    if highWatermark > log.logEndOffset {
      mark(.highWatermarkCut)
      moveHighWatermark(to: log.logEndOffset)
    }
    mustHold(
      role == .follower && highWatermark <= log.logEndOffset,
      "\(topicPartition): broker \(manager.localID) cut its log as a \(role); it ends at \(log.logEndOffset), with the high watermark \(highWatermark)")
  }

  /// Removes all records; the log continues at an offset.
  func truncateFully(startingAt offset: Offset, _ reason: Occurrence.TruncationReason = .outOfRange) throws(LogError) {
    guard let log else { return }
    try log.truncateFully(startingAt: offset, reason: reason, highWatermark: highWatermark)
    moveHighWatermark(to: offset)
  }

  /// How far to truncate if, according to the leader, an epoch, the largest that both may share, ends at an offset of its log (KIP-279).
  ///
  /// `isFinal` is false if this log does not have that epoch: the leader must then be asked again, about the epoch before. An example with two
  /// rounds:
  ///
  /// ```
  /// leader's log     epoch 1 from 0, epoch 2 from 10, epoch 4 from 20
  /// follower's log   epoch 1 from 0, epoch 3 from 14, ends at 18
  ///
  /// follower                                                leader fetches at 18, last epoch 3                        ->   has no epoch 3; the
  /// largest below is 2, which ends at 20 has no epoch 2: its epoch 1 ends at 14, truncates  <-   diverging: epoch 2, end 20 fetches at 14, last
  /// epoch 1                        ->   epoch 1 ends at 10, before 14 truncates to 10                                    <-   diverging: epoch 1,
  /// end 10 fetches at 10, last epoch 1                        ->   the logs are equal below 10 appends                                            <-
  /// records from 10 on, of epoch 2
  /// ```
  func truncationPoint(for epoch: LeaderEpoch, endingAt leaderEnd: Offset) -> (offset: Offset, isFinal: Bool) {
    guard epoch != .unknown, let own = log?.endOffset(of: epoch) else { return (min(leaderEnd, logEndOffset), true) }
    guard own.epoch == epoch else {
      mark(.divergenceInUnknownEpoch)
      return (min(own.endOffset, logEndOffset), false)
    }
    return (min(own.endOffset, leaderEnd, logEndOffset), true)
  }
}
