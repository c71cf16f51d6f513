import Host
import Log
import Primitives
import Wire

extension Partition {
  /// Takes over what a leader sent: records, high watermark, log start offset.
  ///
  /// - Parameter epoch: the leader epoch in which it was asked for.
  func append(asFollower data: FetchResponse.PartitionData, inEpoch epoch: LeaderEpoch) throws(AppendError) {
    guard let log else { return }
    if let records = data.records, !records.isEmpty {
      // KAFKA-18723: the leader may have changed its log while it read; what is of a newer epoch belongs to another history.
      let newest = switches.rejectBatchesOfNewerEpoch ? epoch : LeaderEpoch(.max)
      try append(records, upTo: newest, to: log)
    }
    let leaderHighWatermark = Offset(data.highWatermark), leaderStart = Offset(data.logStartOffset)
    // The start first: a follower that comes back may hold records between the old start and the new one that were never committed. The leader has
    // deleted what stood there, and so nobody compared them; the high watermark shall not be seen to pass over them.
    if leaderStart > log.logStartOffset, leaderStart <= bounded(leaderHighWatermark, in: log) {
      do {
        try log.advanceLogStartOffset(to: leaderStart)
      } catch {
        throw .log(error)
      }
    }
    followHighWatermark(leaderHighWatermark)
  }

  private func append(_ records: Bytes, upTo epoch: LeaderEpoch, to log: PartitionLog) throws(AppendError) {
    do {
      _ = try log.append(asFollower: records, leaderEpoch: epoch)
    } catch .unexpectedOffset(let first, let last, let end) where log.logStartOffset == end && first < end && last >= end {
      // The leader's log starts in the midst of a batch, which comes whole: this empty log has to begin where the batch does.
      do {
        try truncateFully(startingAt: first)
      } catch {
        throw .log(error)
      }
      _ = try log.append(asFollower: records, leaderEpoch: epoch)
    }
  }

  /// Cuts the log's tail. What was above the new end was never committed, unless a switch of the past says so.
  func truncate(to offset: Offset, _ reason: Occurrence.TruncationReason) throws(LogError) {
    guard let log else { return }
    try log.truncate(to: offset, reason: reason, highWatermark: highWatermark)
    if highWatermark > log.logEndOffset { moveHighWatermark(to: log.logEndOffset) }
  }

  /// Drops all records; the log goes on at an offset.
  func truncateFully(startingAt offset: Offset) throws(LogError) {
    guard let log else { return }
    try log.truncateFully(startingAt: offset, highWatermark: highWatermark)
    moveHighWatermark(to: offset)
  }

  /// How far to truncate when the leader says that an epoch, the largest that both may share, ends at an offset of its log (KIP-279).
  ///
  /// `isFinal` is false where this log does not know that epoch: then the leader is to be asked again about the one before.
  func truncationPoint(for epoch: LeaderEpoch, endingAt leaderEnd: Offset) -> (offset: Offset, isFinal: Bool) {
    guard epoch != .unknown, let own = log?.endOffset(of: epoch) else { return (min(leaderEnd, logEndOffset), true) }
    guard own.epoch == epoch else { return (min(own.endOffset, logEndOffset), false) }
    return (min(own.endOffset, leaderEnd, logEndOffset), true)
  }
}
