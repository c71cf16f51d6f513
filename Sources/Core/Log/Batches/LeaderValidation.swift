import Host
import Primitives
import Wire

/// What a leader checks and changes in records before it assigns offsets to them.
///
/// A broker checks every record of a producer's batch: offsets without gaps, timestamps within the topic's limits, keys if the topic is compacted. It
/// computes the largest timestamp as well, because consumers seek by it and a client's header may be wrong.
struct LeaderValidation {
  let configuration: LogConfiguration
  let origin: AppendOrigin
  let now: Timestamp
  let reactor: Reactor

  /// Splits an append into batches. Each must be complete, with the right checksum and a valid header.
  func split(_ records: Bytes, into batches: inout [RecordBatch]) throws(AppendError) {
    var position = 0
    while let size = try sizeOfBatch(records, at: position) {
      if origin == .client, try sizeOfBatch(records, at: position + size) != nil {
        throw .invalidRecord(reason: "a producer sends exactly one batch for a partition", records: [])
      }
      reactor.spend(.batches(1))
      reactor.spend(.checksum(bytes: size))
      let batch = try checked(records, at: position, size: size)
      try checkProducer(of: batch)
      batches.append(batch)
      position += size
    }
    guard !batches.isEmpty else { throw .invalidRecord(reason: "there is no batch", records: []) }
  }

  private func sizeOfBatch(_ records: Bytes, at position: Int) throws(AppendError) -> Int? {
    do { return try BatchHeader.sizeOfSentBatch(in: records, at: position) } catch { throw AppendError(error, ofBatchAt: position) }
  }

  /// Checks one batch. The checks and their order are those of Kafka's leader, because a client acts on the code: it resends a batch after
  /// CORRUPT_MESSAGE, and gives up after INVALID_RECORD (`UnifiedLog.analyzeAndValidateRecords`, `LogValidator.validateBatch`).
  private func checked(_ records: Bytes, at position: Int, size: Int) throws(AppendError) -> RecordBatch {
    let given = BatchHeader(records, at: position)
    if origin == .client, let given, given.baseOffset != 0 {
      throw .invalidRecord(reason: "a producer's batch begins at offset 0, not \(given.baseOffset)", records: [])
    }
    let limit = Int(configuration.maxMessageBytes)
    guard size <= limit else { throw .batchTooLarge(size: size, limit: limit) }
    guard size >= BatchHeader.size, let header = given, header.hasValidChecksum(ofBatchIn: records, at: position) else {
      throw .corrupt(reason: "the checksum of the batch at byte \(position) does not fit its bytes")
    }
    do {
      try header.checkCodec()
      try header.checkNoGaps()
      return try RecordBatch(checking: records, at: position)
    } catch {
      throw AppendError(error, ofBatchAt: position)
    }
  }

  /// Returns the batch as the log stores it: checked, recompressed if the topic prescribes a codec, and stamped. Rewritten bytes go into `arena`.
  func prepare(
    _ batch: RecordBatch, baseOffset: Offset, leaderEpoch: LeaderEpoch, in arena: inout ByteArena
  ) throws(AppendError) -> RecordBatch {
    let maxTimestamp = try checkRecords(batch)
    let stored = try recompressed(batch)
    if configuration.messageTimestampType == .logAppendTime {
      reactor.spend(.copy(bytes: stored.sizeInBytes))
      reactor.spend(.checksum(bytes: stored.sizeInBytes))
      return stored.stamped(baseOffset: baseOffset, leaderEpoch: leaderEpoch, logAppendTime: now, in: &arena)
    }
    guard maxTimestamp == stored.maxTimestamp, stored.timestampType == .createTime else {
      return try rebuilt(stored, stored.compression).stamped(baseOffset: baseOffset, leaderEpoch: leaderEpoch, in: &arena)
    }
    return stamp(stored, baseOffset, leaderEpoch, in: &arena)
  }

  private func stamp(_ batch: RecordBatch, _ baseOffset: Offset, _ leaderEpoch: LeaderEpoch, in arena: inout ByteArena) -> RecordBatch {
    guard batch.baseOffset != baseOffset || batch.partitionLeaderEpoch != leaderEpoch else { return batch }
    reactor.spend(.copy(bytes: batch.sizeInBytes))
    return batch.stamped(baseOffset: baseOffset, leaderEpoch: leaderEpoch, in: &arena)
  }

  private func checkProducer(of batch: RecordBatch) throws(AppendError) {
    guard origin == .client else { return }
    guard !batch.isControl else { throw .invalidRecord(reason: "producers may not write control records", records: []) }
    guard !batch.hasProducerID || batch.baseSequence >= 0 else {
      throw .invalidRecord(reason: "a batch of producer \(batch.producerID) without a sequence", records: [])
    }
    guard !batch.isTransactional || batch.hasProducerID else {
      throw .invalidRecord(reason: "a transactional batch without a producer id", records: [])
    }
  }

  /// Checks every record. Returns the largest timestamp.
  private func checkRecords(_ batch: RecordBatch) throws(AppendError) -> Timestamp {
    reactor.spend(.records(Int(batch.recordCount)))
    let checksTimestamps = configuration.messageTimestampType == .createTime && !batch.isControl
    let needsKeys = configuration.cleanupPolicy.contains(.compact) && !batch.isControl
    let earliest = earliestTimestamp, latest = latestTimestamp
    var maxTimestamp = Timestamp.none
    var expected = batch.baseOffset
    var rejected: [RejectedRecord] = [], isAnyTimestampRejected = false
    do {
      var cursor = try RecordCursor(batch)
      chargeDecompression(of: batch, cursor)
      while try cursor.next() {
        let offset = cursor.current.offset, timestamp = cursor.current.timestamp
        guard offset == expected else {
          throw AppendError.invalidRecord(reason: "offset \(offset) within a batch where \(expected) has to follow", records: [])
        }
        expected = offset + 1
        if timestamp > maxTimestamp { maxTimestamp = timestamp }
        if needsKeys, cursor.current.keyLength < 0 {
          rejected.append(RejectedRecord(batchIndex: Int32(clamping: offset - batch.baseOffset), message: "a compacted topic needs a key"))
        } else if checksTimestamps, timestamp != .none {
          guard timestamp.milliseconds < earliest || timestamp.milliseconds > latest else { continue }
          isAnyTimestampRejected = true
          rejected.append(RejectedRecord(
            batchIndex: Int32(clamping: offset - batch.baseOffset), message: "timestamp \(timestamp.milliseconds) is outside of \(earliest) to \(latest)"))
        } else if batch.timestampType == .logAppendTime, origin == .client {
          isAnyTimestampRejected = true
          rejected.append(RejectedRecord(
            batchIndex: Int32(clamping: offset - batch.baseOffset), message: "the producer says LogAppendTime, which only a broker may"))
        }
      }
    } catch let error as AppendError {
      throw error
    } catch {
      throw .invalidRecord(reason: "\(error)", records: [])
    }
    // If any of the errors concerns a timestamp, it decides the code (`LogValidator.processRecordErrors`).
    if isAnyTimestampRejected { throw .invalidTimestamp(reason: "records with a timestamp that the topic does not take", records: rejected) }
    guard rejected.isEmpty else { throw .invalidRecord(reason: "records without a key for a compacted topic", records: rejected) }
    return maxTimestamp
  }

  private var earliestTimestamp: Int64 {
    let (earliest, overflow) = now.milliseconds.subtractingReportingOverflow(configuration.messageTimestampBeforeMax.milliseconds)
    return overflow || configuration.messageTimestampBeforeMax == .forever ? .min : earliest
  }

  private var latestTimestamp: Int64 {
    let (latest, overflow) = now.milliseconds.addingReportingOverflow(configuration.messageTimestampAfterMax.milliseconds)
    return overflow || configuration.messageTimestampAfterMax == .forever ? .max : latest
  }

  private func chargeDecompression(of batch: RecordBatch, _ cursor: borrowing RecordCursor) {
    if batch.compression != .none { reactor.spend(.decompress(codec: batch.compression.rawValue, bytes: cursor.contentSize)) }
  }

  // MARK: Rewriting

  private func recompressed(_ batch: RecordBatch) throws(AppendError) -> RecordBatch {
    guard !batch.isControl, let target = configuration.compressionType.codec, target != batch.compression else { return batch }
    return try rebuilt(batch, target)
  }

  /// The same records in a batch with another codec or with a corrected header.
  private func rebuilt(_ batch: RecordBatch, _ compression: Compression) throws(AppendError) -> RecordBatch {
    var builder = RecordBatchBuilder(
      compression: compression, level: configuration.level(of: compression), baseOffset: batch.baseOffset, leaderEpoch: batch.partitionLeaderEpoch,
      producerID: batch.producerID, producerEpoch: batch.producerEpoch, baseSequence: batch.baseSequence,
      isTransactional: batch.isTransactional, isControl: batch.isControl, capacity: batch.sizeInBytes)
    do {
      var cursor = try RecordCursor(batch)
      chargeDecompression(of: batch, cursor)
      while try cursor.next() {
        let record = cursor.current
        builder.append(timestamp: record.timestamp, key: record.key, value: record.value, headers: try record.headers())
      }
      let plainSize = builder.sizeInBytes
      let bytes = builder.build()
      reactor.spend(.batches(1))
      reactor.spend(.records(Int(batch.recordCount)))
      if compression != .none { reactor.spend(.compress(codec: compression.rawValue, bytes: plainSize)) }
      reactor.spend(.checksum(bytes: bytes.count))
      return try RecordBatch(bytes)
    } catch {
      throw .invalidRecord(reason: "\(error)", records: [])
    }
  }
}

extension AppendError {
  /// The error with which a leader answers an invalid batch.
  fileprivate init(_ fault: BatchFault, ofBatchAt position: Int) {
    self =
      switch fault {
      case .length(let length): .corrupt(reason: "a batch of \(length) bytes at byte \(position) is smaller than any can be")
      case .magic(let magic) where magic == 0 || magic == 1: .unsupportedFormat(magic: magic)
      case .magic(let magic): .corrupt(reason: "the batch at byte \(position) has magic \(magic), which is none")
      case .codec(let codec): .unknownCodec(codec)
      case .offsets(_, let lastDelta) where lastDelta < 0:
        .invalidRecord(reason: "the batch ends \(-Int64(lastDelta)) offset(s) before it begins", records: [])
      case .recordCount(let count, _) where count <= 0: .invalidRecord(reason: "the batch says that it holds \(count) records", records: [])
      case .recordCount(let count, let offsets): .invalidRecord(reason: "\(count) records stand for \(offsets) offsets", records: [])
      case .cutOff, .offsets, .checksum: .corrupt(reason: "\(WireError(fault, ofBatchAt: position))")
      }
  }
}

extension TopicCompression {
  /// The topic's codec; nil if each producer chooses.
  var codec: Compression? {
    switch self {
    case .producer: nil
    case .uncompressed: Compression.none
    case .gzip: .gzip
    case .snappy: .snappy
    case .lz4: .lz4
    case .zstd: .zstd
    }
  }
}

extension LogConfiguration {
  func level(of compression: Compression) -> Int32? {
    switch compression {
    case .gzip: gzipLevel
    case .lz4: lz4Level
    case .zstd: zstdLevel
    case .none, .snappy: nil
    }
  }
}
