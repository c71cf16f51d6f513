import Host
import Log
import Primitives
import Wire

extension FetcherPartition {
  /// Starts in a new leader epoch, in which the point where this log diverges from the leader's must be found first.
  func begin() {
    fetchOffset = partition.logEndOffset
    namesLastEpoch = false
    switch partition.switches.truncation {
    case .fetchDivergence:
      // KIP-595: each fetch contains the last fetched epoch, and the leader reports where the log diverges from its own.
      phase = .fetching
      namesLastEpoch = true
    case .leaderEpoch where partition.log?.latestEpoch != nil:
      // KIP-101: ask the leader where the last epoch of this log ends.
      phase = .truncating
    case .leaderEpoch, .highWatermark:
      // Before KIP-101 (0.11), or without any epoch: the leader may not have the records above the high watermark. They may also be known and
      // acknowledged, in which case their last copy is lost here.
      phase = .fetching
      truncate(to: partition.highWatermark, .highWatermark)
    }
  }

  /// What a fetch brought for this partition.
  func received(_ data: borrowing FetchResponse.PartitionData) {
    guard isActive, phase == .fetching, delayedUntil == nil || !isDelayed(at: now) else { return }
    guard sent.fetchOffset == fetchOffset else {
      mark(.fetchAnswerForOtherOffset)
      return
    }
    // KAFKA-18991: a response to a request from an earlier epoch may fit the offset by chance, and truncate what was fetched since.
    if partition.switches.matchEpochOfRequest, sent.leaderEpoch != leaderEpoch {
      mark(.fetchAnswerOfFormerEpoch)
      return
    }
    switch data.errorCode {
    case .none:
      if data.divergingEpoch.endOffset >= 0 { diverged(data) } else { append(data) }
    case .offsetOutOfRange:
      mark(.followerOutOfRange)
      phase = .seekingEnd
    case .fencedLeaderEpoch:
      fenced(in: sent.leaderEpoch)
    default:
      mark(.followerFetchRefused)
      delay(until: fetcher.backoffEnd)
    }
  }

  /// Handles a leader with a newer epoch than the request. If the metadata has brought that epoch in the meantime, fetching continues; otherwise it
  /// waits for that.
  func fenced(in requestEpoch: LeaderEpoch) {
    mark(.followerFenced)
    if requestEpoch == leaderEpoch { phase = .failed } else { delay(until: fetcher.backoffEnd) }
  }

  /// Checks that an answer is about this log as it is, in the epoch in which it follows.
  private func requireOwnAnswer() {
    mustHold(
      sent.fetchOffset == partition.logEndOffset && sent.leaderEpoch == leaderEpoch,
      "\(partition.topicPartition): broker \(fetcher.manager.localID) takes the answer to a fetch from \(sent.fetchOffset) in epoch \(sent.leaderEpoch), and its log ends at "
        + "\(partition.logEndOffset) in epoch \(leaderEpoch)")
  }

  private func append(_ data: borrowing FetchResponse.PartitionData) {
    requireOwnAnswer()
    do {
      try partition.append(asFollower: data, inEpoch: sent.leaderEpoch)
      fetchOffset = partition.logEndOffset
    } catch {
      switch error {
      case .log(.disk), .log(.offline), .log(.damaged), .log(.conflict), .unexpectedOffset, .offsetsOutOfOrder:
        // Nothing helps before the next leader epoch (`markPartitionFailed` of Kafka's replica fetcher).
        phase = .failed
      default:
        // A batch that was damaged in transit, or while the leader changed its log, may arrive intact the next time.
        mark(.fetchedRecordsRefused)
        delay(until: fetcher.backoffEnd)
      }
    }
  }

  private func diverged(_ data: borrowing FetchResponse.PartitionData) {
    // KAFKA-14704: the high watermark of the same response counts for the leader's log, not for this one before it is truncated.
    if !partition.switches.truncateBeforeHighWatermarkUpdate { partition.followHighWatermark(Offset(data.highWatermark)) }
    mark(.divergenceReceived)
    requireOwnAnswer()
    let point = partition.truncationPoint(for: LeaderEpoch(data.divergingEpoch.epoch), endingAt: Offset(data.divergingEpoch.endOffset))
    truncate(to: point.offset, .divergingEpoch)
    requireCut(to: LeaderEpoch(data.divergingEpoch.epoch), endingAt: Offset(data.divergingEpoch.endOffset))
  }

  /// States that nothing is left of what parted this log from the leader's: no later epoch, and of the epoch that both may share no more than the leader has.
  func requireCut(to epoch: LeaderEpoch, endingAt leaderEnd: Offset) {
    guard phase != .failed, let log = partition.log else { return }
    let latest = log.latestEpoch ?? .unknown
    mustHold(
      latest < epoch || latest == epoch && log.logEndOffset <= leaderEnd,
      "\(partition.topicPartition): broker \(fetcher.manager.localID) heard that its leader's epoch \(epoch) ends at \(leaderEnd), and its own log ends at "
        + "\(log.logEndOffset) in epoch \(latest)")
  }

  /// Handles the leader's answer about the end of this log's last epoch, in the truncation mode that asks for it.
  func received(_ end: OffsetForLeaderEpochResponse.EpochEndOffset, askedIn epoch: LeaderEpoch) {
    guard isActive, phase == .truncating, epoch == leaderEpoch else { return }
    switch end.errorCode {
    case .none where end.endOffset < 0:
      // The leader does not know the epoch: the last resort is the high watermark.
      mark(.epochUnknownToLeader)
      phase = .fetching
      truncate(to: partition.highWatermark, .highWatermark)
    case .none:
      let point = partition.truncationPoint(for: LeaderEpoch(end.leaderEpoch), endingAt: Offset(end.endOffset))
      if point.isFinal { phase = .fetching }
      truncate(to: point.offset, .leaderEpoch)
    case .fencedLeaderEpoch:
      fenced(in: epoch)
    default:
      delay(until: fetcher.backoffEnd)
    }
  }

  /// Handles the leader's log end or start offset, after a fetch from outside its log.
  func received(_ bound: ListOffsetsResponse.ListOffsetsPartitionResponse, askedIn epoch: LeaderEpoch) {
    guard isActive, epoch == leaderEpoch else { return }
    switch bound.errorCode {
    case .none:
      if phase == .seekingEnd { foundEnd(Offset(bound.offset)) } else if phase == .seekingStart { foundStart(Offset(bound.offset)) }
    case .fencedLeaderEpoch:
      fenced(in: epoch)
    default:
      delay(until: fetcher.backoffEnd)
    }
  }

  private func foundEnd(_ leaderEnd: Offset) {
    if leaderEnd < partition.logEndOffset {
      // An unclean election made a replica with a shorter log the leader.
      mark(.leaderLogShorter)
      phase = .fetching
      truncate(to: leaderEnd, .outOfRange)
    } else {
      phase = .seekingStart
    }
  }

  private func foundStart(_ leaderStart: Offset) {
    phase = .fetching
    if leaderStart > partition.logEndOffset {
      // The leader has deleted the records that come next: nothing in this log connects to what the leader still has.
      mark(.leaderLogStartsLater)
      change { () throws(LogError) in try partition.truncateFully(startingAt: leaderStart) }
    } else {
      fetchOffset = partition.logEndOffset
    }
  }

  private func truncate(to offset: Offset, _ reason: Occurrence.TruncationReason) {
    change { () throws(LogError) in try partition.truncate(to: offset, reason) }
  }

  private func change(_ body: () throws(LogError) -> Void) {
    do { try body() } catch {
      phase = .failed
      _ = fetcher.manager.failed(with: error)
    }
    fetchOffset = partition.logEndOffset
  }
}
