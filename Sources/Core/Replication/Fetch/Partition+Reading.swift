import Host
import Log
import Primitives
import Wire

extension Partition {
  /// Reads for a fetch. A follower's position is taken note of first when it is new, which may move the high watermark and the ISR.
  func read(
    _ target: FetchTarget, for fetch: Fetch, _ limit: ReadLimit, updatingFollower: Bool, at now: Instant
  ) throws(ErrorCode) -> PartitionRead {
    let log = try log(inEpoch: target.currentLeaderEpoch, onlyLeader: fetch.parameters.onlyLeader)
    if let replica = preferredReadReplica(for: target, fetch) { return described(preferring: replica) }
    guard fetch.parameters.isFromFollower else { return try read(target, for: fetch, limit, from: log) }

    guard let follower = follower(fetch.parameters.replicaID) else {
      // The follower may know of a newer assignment than this leader; it asks again after a pause.
      throw target.currentLeaderEpoch == .unknown ? .notLeaderOrFollower : .unknownLeaderEpoch
    }
    // Appends that come after the reading must not keep a follower from being caught up.
    let end = log.logEndOffset
    var read = try read(target, for: fetch, limit, from: log)
    if updatingFollower, read.divergence == nil {
      try followerFetched(follower, target, fetch, leaderEndOffset: end, at: now)
      read.highWatermark = highWatermark
    }
    return read
  }

  /// What a glance at a partition of a session says where nothing is new.
  struct IdleGlance {
    /// Nothing will be before the partition stirs: fetches need not even glance.
    let mayRest: Bool
  }

  /// Non-nil where reading would find nothing that the target's session was not told already: it stands at the end of all it may see. A
  /// follower's position is taken note of, as reading does.
  func glance(at target: FetchTarget, for fetch: Fetch, updatingFollower: Bool, at now: Instant) -> IdleGlance? {
    guard role == .leader, target.currentLeaderEpoch == .unknown || target.currentLeaderEpoch == leaderEpoch,
      target.fetchOffset == endOffset(for: fetch.parameters.visibility), let log, target.fetchOffset >= log.logStartOffset,
      target.wasTold(highWatermark: highWatermark, logStartOffset: log.logStartOffset),
      target.lastFetchedEpoch == .unknown || target.lastFetchedEpoch == log.latestEpoch,
      fetch.parameters.isFromFollower || manager.configuration.replicaSelector != .rackAware
    else { return nil }
    guard fetch.parameters.isFromFollower else { return IdleGlance(mayRest: true) }
    // The second look at a waiting fetch tells nothing of the follower, and cannot be the last before it rests.
    guard updatingFollower else { return IdleGlance(mayRest: false) }
    guard let follower = follower(fetch.parameters.replicaID) else { return nil }
    do { try followerFetched(follower, target, fetch, leaderEndOffset: log.logEndOffset, at: now) } catch { return nil }
    // The fetch itself may have moved it.
    guard target.wasTold(highWatermark: highWatermark, logStartOffset: log.logStartOffset) else { return nil }
    // Each fetch of a replica outside of the ISR may bring it in.
    return IdleGlance(mayRest: follower.isInSync)
  }

  /// Takes note of how far a follower is.
  private func followerFetched(
    _ follower: FollowerReplica, _ target: FetchTarget, _ fetch: Fetch, leaderEndOffset: Offset, at now: Instant
  ) throws(ErrorCode) {
    // KIP-903: what a broker said in a former life says nothing about its present log.
    if let known = follower.brokerEpoch, fetch.parameters.replicaEpoch != .unknown, fetch.parameters.replicaEpoch < known { throw .notLeaderOrFollower }
    if let session = follower.restsIn, session !== target.session { stirSessionTargets() }
    let formerEnd = follower.logEndOffset
    let formerLowWatermark = deleteRecordsWatches.isEmpty ? .unknown : lowWatermark
    follower.fetched(
      from: target.fetchOffset, logStartOffset: target.logStartOffset, at: now, leaderEndOffset: leaderEndOffset,
      brokerEpoch: fetch.parameters.replicaEpoch)
    proposeExpansionIfNeeded(by: follower)
    if follower.logEndOffset != formerEnd { advanceHighWatermark(at: now) }
    if !deleteRecordsWatches.isEmpty, lowWatermark != formerLowWatermark { note(.lowWatermark) }
  }

  private func read(
    _ target: FetchTarget, for fetch: Fetch, _ limit: ReadLimit, from log: PartitionLog
  ) throws(ErrorCode) -> PartitionRead {
    var read = PartitionRead(
      highWatermark: highWatermark, lastStableOffset: log.lastStableOffset(highWatermark: highWatermark), logStartOffset: log.logStartOffset)
    if target.lastFetchedEpoch != .unknown, let divergence = try divergence(of: target, from: log) {
      read.divergence = divergence
      return read
    }
    let offset = target.fetchOffset
    guard offset >= log.logStartOffset else { throw .offsetOutOfRange }
    guard offset <= log.logEndOffset else { throw beyondEndError }
    let end = endOffset(for: fetch.parameters.visibility)
    if offset < end, limit.maxBytes > 0 || limit.minOneBatch {
      let slice: LogSlice
      do {
        slice = try log.read(from: offset, upTo: end, maxBytes: limit.maxBytes, minOneBatch: limit.minOneBatch)
      } catch {
        throw manager.failed(with: error)
      }
      read.records = slice.records
      read.hasMore = slice.nextOffset < end
      if fetch.parameters.visibility == .committed { read.abortedTransactions = abortedTransactions(in: slice, from: offset, of: log) }
    } else if fetch.parameters.visibility == .committed {
      read.abortedTransactions = []
    }
    return read
  }

  /// A consumer may have been sent here by a leader that is ahead (KIP-392).
  private var beyondEndError: ErrorCode {
    guard role == .follower, switches.followerFetchBeyondEnd == .offsetNotAvailable else { return .offsetOutOfRange }
    return .offsetNotAvailable
  }

  /// Where the fetcher's log leaves this one, if its last epoch ends before the offset that it asks for (KIP-595).
  private func divergence(of target: FetchTarget, from log: PartitionLog) throws(ErrorCode) -> (epoch: LeaderEpoch, endOffset: Offset)? {
    guard let answer = log.endOffset(of: target.lastFetchedEpoch) else { throw .offsetOutOfRange }
    guard target.fetchOffset >= log.logStartOffset else { throw .offsetOutOfRange }
    return answer.epoch < target.lastFetchedEpoch || answer.endOffset < target.fetchOffset ? answer : nil
  }

  private func abortedTransactions(in slice: LogSlice, from offset: Offset, of log: PartitionLog) -> [FetchResponse.AbortedTransaction] {
    log.abortedTransactions(from: offset, to: slice.nextOffset).map { aborted in
      var transaction = FetchResponse.AbortedTransaction()
      transaction.producerId = aborted.producerID
      transaction.firstOffset = aborted.firstOffset.value
      return transaction
    }
  }

  private func described(preferring replica: NodeID) -> PartitionRead {
    PartitionRead(
      highWatermark: highWatermark, lastStableOffset: lastStableOffset, logStartOffset: logStartOffset, preferredReadReplica: replica)
  }

  // MARK: What waiting fetches ask

  func endOffset(for visibility: FetchParameters.Visibility) -> Offset {
    switch visibility {
    case .logEnd: logEndOffset
    case .highWatermark: highWatermark
    case .committed: switches.lastStableOffset == .exclusive ? lastStableOffset : min(lastStableOffset + 1, highWatermark)
    }
  }

  /// The end of what a fetch may see, or nil where it must hear that this replica cannot serve it any more.
  func endOffset(for fetch: Fetch) -> Offset? {
    guard !isRemoved, role != .offline, role == .leader || !fetch.parameters.onlyLeader else { return nil }
    return endOffset(for: fetch.parameters.visibility)
  }

  /// Bytes that a fetch could read now; nil where there are more than it may read at once.
  func readableBytes(for target: FetchTarget, upTo end: Offset) -> Int? {
    guard let log, target.fetchOffset >= log.logStartOffset else { return nil }
    let slice = try? log.read(from: target.fetchOffset, upTo: end, maxBytes: target.maxBytes, minOneBatch: false)
    return slice.flatMap { $0.nextOffset < end ? nil : $0.records.count }
  }

  /// KIP-1166: whether the high watermark has moved beyond what the follower said it knows, so that waiting with an answer would
  /// keep its consumers, and the next leader, behind.
  func hasHighWatermarkNews(for target: FetchTarget) -> Bool {
    guard let known = target.knownHighWatermark else { return false }
    // A follower cannot follow beyond the end of its own log.
    return min(highWatermark, target.fetchOffset) > known
  }
}
