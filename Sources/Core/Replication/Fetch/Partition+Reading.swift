import Host
import Log
import Primitives
import Wire

extension Partition {
  /// Reads for a fetch, into a blank result. If it reports a follower's position, records that first, which may move the high watermark and the ISR.
  func read(
    _ target: FetchTarget, for fetch: Fetch, _ limit: ReadLimit, updatingFollower: Bool, at now: Instant, into read: inout PartitionRead
  ) throws(ErrorCode) {
    let log = try log(inEpoch: target.currentLeaderEpoch, onlyLeader: fetch.parameters.onlyLeader)
    if let replica = preferredReadReplica(for: target, fetch) {
      mark(.consumerSentToCloserReplica)
      return describe(preferring: replica, in: &read)
    }
    guard fetch.parameters.isFromFollower else { return try self.read(target, for: fetch, limit, from: log, into: &read) }

    guard let follower = follower(fetch.parameters.replicaID) else {
      // The follower may know a newer assignment than this leader; it asks again after a pause.
      mark(.fetchOfUnassignedReplica)
      throw target.currentLeaderEpoch == .unknown ? .notLeaderOrFollower : .unknownLeaderEpoch
    }
    // Appends that come after the read must not prevent a follower from counting as caught up.
    let end = log.logEndOffset
    try self.read(target, for: fetch, limit, from: log, into: &read)
    mustHold(
      target.currentLeaderEpoch == .unknown || target.currentLeaderEpoch == leaderEpoch,
      "\(topicPartition): broker \(manager.localID) serves a fetch of leader epoch \(target.currentLeaderEpoch) in epoch \(leaderEpoch)")
    mustHold(
      read.divergence != nil || target.lastFetchedEpoch == .unknown
        || log.sharesHistory(with: target.lastFetchedEpoch, endingAt: target.fetchOffset),
      "\(topicPartition): broker \(manager.localID) serves broker \(follower.id) at \(target.fetchOffset) behind epoch \(target.lastFetchedEpoch), and its log says "
        + "\(log.epochStarts), up to \(log.logEndOffset)")
    if updatingFollower, read.divergence == nil {
      try followerFetched(follower, target, fetch, leaderEndOffset: end, at: now)
      read.highWatermark = highWatermark
    }
  }

  /// The result of a quick check of a session's partition that has nothing new.
  struct IdleGlance {
    /// Whether there is no news until something moves in the partition, so that fetches can skip it.
    let mayRest: Bool
  }

  /// Non-nil if reading would find nothing new for the target's session: the target is at the end of what it may see. Records a follower's position,
  /// as reading does.
  func glance(at target: FetchTarget, for fetch: Fetch, updatingFollower: Bool, at now: Instant) -> IdleGlance? {
    guard role == .leader, target.currentLeaderEpoch == .unknown || target.currentLeaderEpoch == leaderEpoch,
      target.fetchOffset == endOffset(for: fetch.parameters.visibility), let log, target.fetchOffset >= log.logStartOffset,
      target.wasTold(highWatermark: highWatermark, logStartOffset: log.logStartOffset),
      target.lastFetchedEpoch == .unknown || target.lastFetchedEpoch == log.latestEpoch,
      fetch.parameters.isFromFollower || manager.configuration.replicaSelector != .rackAware
    else { return nil }
    guard fetch.parameters.isFromFollower else { return IdleGlance(mayRest: true) }
    // The second check of a waiting fetch says nothing about the follower, so the target cannot rest after it.
    guard updatingFollower else { return IdleGlance(mayRest: false) }
    guard let follower = follower(fetch.parameters.replicaID) else { return nil }
    do { try followerFetched(follower, target, fetch, leaderEndOffset: log.logEndOffset, at: now) } catch { return nil }
    // The fetch itself may have moved it.
    guard target.wasTold(highWatermark: highWatermark, logStartOffset: log.logStartOffset) else { return nil }
    // Each fetch of a replica outside the ISR may make it join.
    return IdleGlance(mayRest: follower.isInSync)
  }

  /// Records a follower's progress.
  private func followerFetched(
    _ follower: FollowerReplica, _ target: FetchTarget, _ fetch: Fetch, leaderEndOffset: Offset, at now: Instant
  ) throws(ErrorCode) {
    // KIP-903: a fetch from an earlier life of a broker says nothing about its current log.
    if let known = follower.brokerEpoch, fetch.parameters.replicaEpoch != .unknown, fetch.parameters.replicaEpoch < known {
      mark(.fetchOfFormerLife)
      throw .notLeaderOrFollower
    }
    if let session = follower.restsIn, session !== target.session { stirSessionTargets() }
    mustHold(
      fetch.parameters.replicaEpoch == .unknown || fetch.parameters.replicaEpoch >= follower.brokerEpoch ?? .unknown,
      "\(topicPartition): broker \(manager.localID) counts a fetch of broker \(follower.id) in broker epoch \(fetch.parameters.replicaEpoch), which has fetched in a later one")
    mustHold(
      target.fetchOffset <= leaderEndOffset,
      "\(topicPartition): broker \(manager.localID) counts \(target.fetchOffset) offsets for broker \(follower.id), and has \(leaderEndOffset) itself")
    let formerEnd = follower.logEndOffset
    let formerLowWatermark = deleteRecordsWatches.isEmpty ? .unknown : lowWatermark
    follower.fetched(
      from: target.fetchOffset, logStartOffset: target.logStartOffset, at: now, leaderEndOffset: leaderEndOffset,
      brokerEpoch: fetch.parameters.replicaEpoch)
    proposeExpansionIfNeeded(by: follower)
    if follower.logEndOffset != formerEnd { advanceHighWatermark(at: now) }
    if !deleteRecordsWatches.isEmpty, lowWatermark != formerLowWatermark { markMoved(.lowWatermark) }
  }

  private func read(
    _ target: FetchTarget, for fetch: Fetch, _ limit: ReadLimit, from log: PartitionLog, into read: inout PartitionRead
  ) throws(ErrorCode) {
    read.highWatermark = highWatermark
    read.lastStableOffset = log.lastStableOffset(highWatermark: highWatermark)
    read.logStartOffset = log.logStartOffset
    if target.lastFetchedEpoch != .unknown, let divergence = try divergence(of: target, from: log) {
      mark(.divergenceAnswered)
      read.divergence = divergence
      return
    }
    let offset = target.fetchOffset
    guard offset >= log.logStartOffset else {
      mark(.fetchBelowLogStart)
      throw .offsetOutOfRange
    }
    guard offset <= log.logEndOffset else {
      mark(.fetchBeyondLogEnd)
      throw beyondEndError
    }
    let end = endOffset(for: fetch.parameters.visibility)
    if offset < end, limit.maxBytes > 0 || limit.minOneBatch {
      let slice: LogSlice
      do {
        slice = try log.read(from: offset, upTo: end, maxBytes: limit.maxBytes, minOneBatch: limit.minOneBatch)
      } catch {
        mark(.readFailed)
        throw manager.failed(with: error)
      }
      mustHold(
        slice.isEmpty || slice.nextOffset <= bound(of: read, for: fetch.parameters.visibility, log),
        "\(topicPartition): broker \(manager.localID) answers a fetch from \(offset) with offsets up to \(slice.nextOffset); its log ends at \(log.logEndOffset), the high watermark is "
          + "\(read.highWatermark), the last stable offset \(read.lastStableOffset)")
      read.records = slice.records
      read.hasMore = slice.nextOffset < end
      if fetch.parameters.visibility == .committed { read.abortedTransactions = abortedTransactions(in: slice, from: offset, of: log) }
    } else if fetch.parameters.visibility == .committed {
      read.abortedTransactions = []
    }
  }

  /// What an answer may hold, by the offsets that it names.
  private func bound(of read: borrowing PartitionRead, for visibility: FetchParameters.Visibility, _ log: PartitionLog) -> Offset {
    switch visibility {
    case .logEnd: log.logEndOffset
    case .committed where switches.lastStableOffset == .exclusive: read.lastStableOffset
    case .committed, .highWatermark: read.highWatermark
    }
  }

  /// A leader that is ahead may have sent the consumer here (KIP-392).
  private var beyondEndError: ErrorCode {
    guard role == .follower, switches.followerFetchBeyondEnd == .offsetNotAvailable else { return .offsetOutOfRange }
    return .offsetNotAvailable
  }

  /// Where the fetcher's log diverges from this one, if its last epoch ends here before the requested offset (KIP-595).
  private func divergence(of target: FetchTarget, from log: PartitionLog) throws(ErrorCode) -> (epoch: LeaderEpoch, endOffset: Offset)? {
    guard let answer = log.endOffset(of: target.lastFetchedEpoch) else {
      mark(.fetchedEpochUnknown)
      throw .offsetOutOfRange
    }
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

  private func describe(preferring replica: NodeID, in read: inout PartitionRead) {
    read.highWatermark = highWatermark
    read.lastStableOffset = lastStableOffset
    read.logStartOffset = logStartOffset
    read.preferredReadReplica = replica
  }

  // MARK: Questions of waiting fetches

  func endOffset(for visibility: FetchParameters.Visibility) -> Offset {
    switch visibility {
    case .logEnd: logEndOffset
    case .highWatermark: highWatermark
    case .committed: switches.lastStableOffset == .exclusive ? lastStableOffset : min(lastStableOffset + 1, highWatermark)
    }
  }

  /// The end of what a fetch may see; nil if this replica can no longer serve it and the client has to be told.
  func endOffset(for fetch: Fetch) -> Offset? {
    guard !isRemoved, role != .offline, role == .leader || !fetch.parameters.onlyLeader else { return nil }
    return endOffset(for: fetch.parameters.visibility)
  }

  /// How many bytes a fetch could read now; nil if there are more than it may read at once.
  func readableBytes(for target: FetchTarget, upTo end: Offset) -> Int? {
    guard let log, target.fetchOffset >= log.logStartOffset else { return nil }
    let slice = try? log.read(from: target.fetchOffset, upTo: end, maxBytes: target.maxBytes, minOneBatch: false)
    return slice.flatMap { $0.nextOffset < end ? nil : $0.records.count }
  }

  /// KIP-1166: whether the high watermark has passed the one that the follower knows, so that a delayed response would keep its consumers, and the
  /// next leader, behind.
  func hasHighWatermarkNews(for target: FetchTarget) -> Bool {
    guard let known = target.knownHighWatermark else { return false }
    // A follower's high watermark cannot pass the end of its own log.
    return min(highWatermark, target.fetchOffset) > known
  }
}
