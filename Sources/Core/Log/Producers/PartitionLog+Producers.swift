import Host
import Primitives
import Wire

extension PartitionLog {
  /// The offset up to which a consumer at `read_committed` may read: the first offset of a transaction that is open or whose marker is not below the
  /// high watermark; otherwise the high watermark.
  public func lastStableOffset(highWatermark: Offset) -> Offset {
    guard let unstable = producers.firstUnstableOffset(highWatermark: highWatermark) else { return highWatermark }
    return min(max(unstable, logStartOffset), highWatermark)
  }

  /// The aborted transactions that a consumer needs to know when it reads these offsets, ordered by their markers.
  public func abortedTransactions(from offset: Offset, to end: Offset) -> [AbortedTransaction] {
    var found: [AbortedTransaction] = []
    for segment in segments[segmentIndex(for: offset)...] {
      if segment.transactionIndex.collect(from: offset, to: end, into: &found) { break }
    }
    return found
  }

  /// Whether a producer has a transaction open in this log.
  public func hasOngoingTransaction(producerID: Int64) -> Bool { producers[producerID]?.transactionStart != nil }

  /// The first offset of all transactions that are open according to the producers' states; nil if none is open. Checks every producer.
  public var firstOpenTransaction: Offset? { producers.producers.values.lazy.compactMap(\.transactionStart).min() }

  // MARK: Verification

  /// Starts to verify a transaction that a producer's batch would start here: the coordinator is about to be asked about it (KIP-890). Returns nil if
  /// the transaction has already started, so that no verification is necessary.
  ///
  /// - Parameters:
  ///   - sequence: The batch's sequence; -1 for records of a coordinator.
  ///   - supportsEpochBump: Whether the producer uses transaction version 2.
  /// - Throws: INVALID_PRODUCER_EPOCH for a producer of an earlier epoch.
  /// - Source: Kafka's `UnifiedLog.maybeStartTransactionVerification`.
  public func startVerification(
    of producerID: Int64, epoch: Int16, sequence: Int32, supportsEpochBump: Bool
  ) throws(AppendError) -> VerificationGuard? {
    if let state = producers[producerID] {
      guard epoch >= state.epoch else {
        mark(.verificationOfFormerEpoch)
        throw .invalidProducerEpoch(producerID: producerID, current: state.epoch, received: epoch)
      }
      if epoch == state.epoch, state.transactionStart != nil { return nil }
    }
    return verifications.begin(
      producerID, epoch: epoch, sequence: sequence, supportsEpochBump: supportsEpochBump, at: reactor.wallClock)
  }

  /// The producers that this log remembers, for DescribeProducers: in the order of their first writes.
  public var activeProducers: [ActiveProducer] {
    producers.producers.values.map {
      ActiveProducer(
        producerID: $0.producerID, epoch: $0.epoch, lastSequence: $0.lastSequence, lastTimestamp: $0.lastTimestamp,
        coordinatorEpoch: $0.coordinatorEpoch, currentTransactionStartOffset: $0.transactionStart)
    }
  }

  /// Forgets producers that wrote nothing for `producer.id.expiration.ms`.
  public func expireProducers(olderThan age: Duration) {
    producersExpiredUntil = max(producersExpiredUntil, reactor.wallClock - age)
    producers.expire(before: reactor.wallClock - age)
    verifications.expire(before: reactor.wallClock - age)
  }

  // MARK: Snapshots

  /// Writes the state of the producers at an offset. Nothing is written twice for the same offset.
  func takeProducerSnapshot(at offset: Offset) throws(DiskFailure) {
    guard snapshots.last ?? -1 < offset else { return }
    let name = LogNames.file(offset, LogNames.snapshot)
    let file = try files.write(ProducerSnapshotFile.content(of: producers), to: name)
    snapshots.append(offset)
    flushing.unsyncedFiles.append(FlushState.UnsyncedFile(id: file, path: files.path(name)))
    flushing.areNamesDirty = true
  }

  /// Removes the snapshots above an offset: they describe records that are gone.
  func removeSnapshots(above offset: Offset) throws(DiskFailure) {
    while let last = snapshots.last, last > offset {
      let name = LogNames.file(last, LogNames.snapshot)
      snapshots.removeLast()
      stopSyncing(files.path(name))
      try files.remove(name)
    }
  }

  /// Syncs everything, with a snapshot of the producers at the end of the log, so that the next opening has nothing to reread.
  func flushForCleanEnd(_ completion: @escaping (LogError?) -> Void) {
    do throws(LogError) {
      try perform { () throws(LogError) in
        try LogError.wrap { () throws(DiskFailure) in
          producers.endOffset = logEndOffset
          try takeProducerSnapshot(at: logEndOffset)
          try active.finishTimeIndex()
        }
      }
    } catch {
      return completion(error)
    }
    if !flushing.unsyncedSegments.contains(where: { $0 === active }) { flushing.unsyncedSegments.append(active) }
    flush { [self] error in
      if let error { completion(error) } else { whenEpochsAreWritten(completion) }
    }
  }

  private func stopSyncing(_ path: String) {
    for file in flushing.unsyncedFiles where file.path == path { reactor.disk.close(file.id) }
    flushing.unsyncedFiles.removeAll { $0.path == path }
  }

  /// Brings the state of the producers to the end of the log after a truncation.
  func reloadProducers() throws(LogError) {
    try LogError.wrap { () throws(DiskFailure) in try removeSnapshots(above: logEndOffset) }
    let unreplicated = producers.unreplicated
    producers = switches.reloadProducersAfterTruncation ? try producerLoader.load(&snapshots) : ProducerStates()
    if switches.keepUnreplicatedTransactions { producers.keep(unreplicated) }
  }

  /// Restores the state of the producers at the end of the log.
  var producerLoader: ProducerLoader {
    ProducerLoader(
      files: files, segments: segments, endOffset: logEndOffset,
      memory: ProducerMemory(expiration: producerIDExpiration, switches, at: reactor.wallClock))
  }
}

/// What a log knows of one producer.
public struct ActiveProducer: Hashable, Sendable {
  public var producerID: Int64
  public var epoch: Int16
  public var lastSequence: Int32
  public var lastTimestamp: Timestamp
  public var coordinatorEpoch: Int32
  public var currentTransactionStartOffset: Offset?
}
