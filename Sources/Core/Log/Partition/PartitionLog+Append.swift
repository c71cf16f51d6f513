import Primitives
import Wire

extension PartitionLog {
  /// Appends records as a leader: checks them as `origin` requires, and assigns them offsets from `logEndOffset` on and the leader's epoch.
  ///
  /// A batch that an idempotent producer resends is answered with its original offsets. The bytes are copied once, for the stamp.
  ///
  /// - Parameters:
  ///   - verification: What a batch that starts a transaction has to present.
  ///   - transactionVersion: The version whose rules apply to a marker.
  public func append(
    asLeader records: Bytes, epoch: LeaderEpoch, origin: AppendOrigin = .client, verification: TransactionVerification = .notRequired,
    transactionVersion: Int16 = 0
  ) throws(AppendError) -> AppendResult {
    try online()
    let validation = LeaderValidation(configuration: configuration, origin: origin, now: reactor.wallClock, reactor: reactor)
    var given: [RecordBatch] = [], batches: [RecordBatch] = []
    swap(&given, &roomForGiven)
    swap(&batches, &roomForWritten)
    defer {
      given.empty()
      swap(&given, &roomForGiven)
      batches.empty()
      swap(&batches, &roomForWritten)
    }
    try validation.split(records, into: &given)
    let start = logEndOffset
    guard start < .lastEnd else { throw .invalidRecord(reason: "the log has no offsets left behind \(start)", records: []) }
    var next = start
    for batch in given {
      let prepared = try validation.prepare(batch, baseOffset: next, leaderEpoch: epoch, in: &arena)
      guard prepared.sizeInBytes <= Int(configuration.maxMessageBytes) else {
        throw .batchTooLarge(size: prepared.sizeInBytes, limit: Int(configuration.maxMessageBytes))
      }
      batches.append(prepared)
      next = prepared.nextOffset
    }
    let bytes = batches.count == 1 ? batches[0].bytes : Bytes(joining: batches.map(\.bytes))
    guard bytes.count <= Int(configuration.segmentBytes) else {
      throw .largerThanSegment(size: bytes.count, limit: Int(configuration.segmentBytes))
    }
    // Comes last, as in Kafka: an invalid batch is refused as invalid, whoever sent it (`UnifiedLog.append`).
    for batch in given where batch.hasProducerID {
      let circumstances = ProducerStates.Circumstances(
        origin: origin, verification: verification, transactionVersion: transactionVersion, verifying: verifications[batch.producerID],
        logStartOffset: logStartOffset, switches: switches)
      if case .duplicate(let first) = try judge(batch, circumstances) {
        mark(.duplicateBatchRecognised)
        return duplicateResult(first)
      }
    }
    try write(bytes, batches)
    if origin == .coordinator { tellMarkers(in: batches) }
    let isStamped = configuration.messageTimestampType == .logAppendTime
    return AppendResult(
      baseOffset: start, lastOffset: next - 1, logAppendTime: isStamped ? validation.now : .none, logStartOffset: logStartOffset,
      sizeInBytes: bytes.count)
  }

  /// Appends what a follower fetched, unchanged: offsets and epochs are the leader's. An incomplete batch at the end is left out, and so is
  /// everything from the first batch on whose epoch is newer than `leaderEpoch`, the epoch of the fetch (KAFKA-18723).
  public func append(asFollower records: Bytes, leaderEpoch: LeaderEpoch) throws(AppendError) -> AppendResult {
    try online()
    var batches: [RecordBatch] = []
    swap(&batches, &roomForWritten)
    defer {
      batches.empty()
      swap(&batches, &roomForWritten)
    }
    try takeFollowerBatches(of: records, leaderEpoch, into: &batches)
    guard let first = batches.first, let last = batches.last else {
      return AppendResult(baseOffset: logEndOffset, lastOffset: logEndOffset - 1, logStartOffset: logStartOffset, sizeInBytes: 0)
    }
    reactor.spend(.batches(batches.count))
    guard first.baseOffset >= logEndOffset else {
      throw .unexpectedOffset(first: first.baseOffset, last: last.lastOffset, logEndOffset: logEndOffset)
    }
    mustHold(
      last.partitionLeaderEpoch <= leaderEpoch, "\(directory): it takes a batch of epoch \(last.partitionLeaderEpoch) at \(last.baseOffset), and asked in epoch \(leaderEpoch)")
    let size = batches.count == 1 ? first.sizeInBytes : batches.reduce(0) { $0 + $1.sizeInBytes }
    try write(batches.count == 1 ? first.bytes : records[0..<size], batches)
    return AppendResult(baseOffset: first.baseOffset, lastOffset: last.lastOffset, logStartOffset: logStartOffset, sizeInBytes: size)
  }

  private func takeFollowerBatches(of records: Bytes, _ leaderEpoch: LeaderEpoch, into batches: inout [RecordBatch]) throws(AppendError) {
    var position = 0
    while let header = BatchHeader(logged: records, at: position), header.sizeInBytes <= records.count - position {
      guard header.leaderEpoch <= leaderEpoch else {
        mark(.batchOfNewerEpochLeftOut)
        return
      }
      let batch: RecordBatch
      do { batch = try RecordBatch(checking: header, of: records, at: position) } catch { throw corruption(error, at: position) }
      reactor.spend(.checksum(bytes: header.sizeInBytes))
      guard header.hasValidChecksum(ofBatchIn: records, at: position) else {
        mark(.fetchedBatchDamaged)
        throw .corrupt(reason: "the checksum of the batch at offset \(batch.baseOffset) does not fit its bytes")
      }
      if let last = batches.last, batch.baseOffset <= last.lastOffset { throw .offsetsOutOfOrder(batch.baseOffset, after: last.lastOffset) }
      batches.append(batch)
      position += header.sizeInBytes
    }
    guard batches.isEmpty, records.count >= BatchHeader.size else { return }
    do { _ = try RecordBatch(checking: records) } catch { throw corruption(error, at: 0) }
  }

  private func corruption(_ fault: BatchFault, at position: Int) -> AppendError {
    if case .magic(let magic) = fault { return .unsupportedFormat(magic: magic) }
    return .corrupt(reason: "\(WireError(fault, ofBatchAt: position))")
  }

  private func judge(_ batch: RecordBatch, _ circumstances: ProducerStates.Circumstances) throws(AppendError) -> ProducerStates.Verdict {
    do throws(AppendError) {
      let verdict = try producers.judge(batch, circumstances)
      if case .acceptedUnknown = verdict { reactor.report(.sequenceBegunLate(partition, producerID: batch.producerID)) }
      return verdict
    } catch {
      if case .outOfOrderSequence = error, producers[batch.producerID]?.hasForgotten(epoch: batch.producerEpoch, lastSequence: batch.lastSequence) ?? false {
        reactor.report(.duplicateForgotten(partition, producerID: batch.producerID))
      }
      throw error
    }
  }

  private func duplicateResult(_ first: ProducerState.Batch) -> AppendResult {
    let isStamped = configuration.messageTimestampType == .logAppendTime
    return AppendResult(
      baseOffset: first.firstOffset, lastOffset: first.lastOffset, logAppendTime: isStamped ? first.timestamp : .none,
      logStartOffset: logStartOffset, isDuplicate: true, sizeInBytes: 0)
  }

  private func online() throws(AppendError) {
    if let failure { throw .log(.offline(failure)) }
  }

  // MARK: Writing

  /// Writes checked batches to the active segment, in one piece, and updates everything that depends on them.
  private func write(_ bytes: Bytes, _ batches: [RecordBatch]) throws(AppendError) {
    let start = logEndOffset
    // Into the page cache.
    reactor.spend(.copy(bytes: bytes.count))
    do {
      try perform { () throws(LogError) in
        try rollIfNeeded(before: batches, size: bytes.count)
        try LogError.wrap { () throws(DiskFailure) in
          try active.append(bytes, batches, indexIntervalBytes: configuration.indexIntervalBytes)
        }
        logEndOffset = active.nextOffset
        for batch in batches { try takeIntoAccount(batch) }
      }
    } catch {
      throw .log(error)
    }
    requireWritten(batches, from: start)
    syncIfManyMessages(from: start)
  }

  /// States that everything that goes with the records has come as far as they have.
  private func requireWritten(_ batches: [RecordBatch], from start: Offset) {
    let batches = batches.span
    guard !batches.isEmpty else { return }
    let end = batches[batches.count - 1].nextOffset, epoch = batches[batches.count - 1].partitionLeaderEpoch
    mustHold(
      batches[0].baseOffset >= start && logEndOffset == end && producers.endOffset == end,
      "\(directory): offsets \(batches[0].baseOffset) to \(end) were written behind \(start); it ends at \(logEndOffset), and what is known of producers at \(producers.endOffset)")
    mustHold(
      epoch.value < 0 || epochs.latest?.epoch == epoch,
      "\(directory): a batch of epoch \(epoch) was written, and the last epoch is \(epochs.latest.map { "\($0.epoch)" } ?? "none")")
  }

  private func tellMarkers(in batches: [RecordBatch]) {
    for batch in batches {
      guard let marker = EndTransactionMarker(batch) else { continue }
      reactor.report(
        .markerWritten(
          partition, producerID: batch.producerID, producerEpoch: batch.producerEpoch, isCommit: marker.isCommit, at: batch.baseOffset))
    }
  }

  private func takeIntoAccount(_ batch: RecordBatch) throws(LogError) {
    assignEpochStart(epoch: batch.partitionLeaderEpoch, startOffset: batch.baseOffset)
    if !verifications.isEmpty { verifications.wrote(batch) }
    let isMarker = batch.isControl && batch.hasProducerID
    let opened = isMarker ? producers[batch.producerID]?.transactionStart : nil
    if let aborted = producers.apply(batch), switches.listAbortedAcrossSegments || aborted.firstOffset >= active.baseOffset {
      try LogError.wrap { () throws(DiskFailure) in try active.transactionIndex.append(aborted) }
    }
    if isMarker { requireEnded(batch, from: opened) }
  }
}
