import Primitives
import Wire

/// Decides what a pass keeps of each batch, by the rules of Kafka's cleaner (`Cleaner.cleanInto`, `MemoryRecords.filterTo`).
///
/// - It keeps the newest record of each key, and everything after the last offset in the offset map.
/// - It keeps a tombstone until the delete horizon of its batch, which the first pass that meets the batch sets: `delete.retention.ms` after that
///   pass (KIP-534). The same goes for the marker of a transaction that has no records left.
/// - It drops aborted records.
/// - It drops a batch without records, unless the batch holds the last sequence or the last epoch of a producer that the log knows, or the last
///   offset of the cleaned range: then it keeps the header.
struct BatchFilter {
  /// The last that the log knows of a producer.
  struct LastOfProducer {
    /// The last offset of its last batch of records; nil if only a marker is known.
    var lastOffset: Offset?
    var epoch: Int16
  }

  struct Result {
    /// The batch to keep; nil if it is dropped.
    var batch: RecordBatch?
    /// The entry for the transaction index of the segment that the marker goes to.
    var abortedTransaction: AbortedTransaction?
    var recordsKept = 0
    var tombstonesRemoved = 0
    /// The batch was rewritten.
    var isRewritten = false
  }

  let map: OffsetMap
  /// When the pass started.
  let now: Timestamp
  let deleteRetention: Duration
  /// Where the pass ends.
  let end: Offset
  /// Only for lookups, never iterated.
  let producers: [Int64: LastOfProducer]
  let compressor: Compressor
  let switches: LogSwitches
  private var transactions: TransactionsOfPass

  init(
    map: OffsetMap, now: Timestamp, deleteRetention: Duration, end: Offset, producers: [Int64: LastOfProducer], aborted: [AbortedTransaction],
    compressor: Compressor, switches: LogSwitches = LogSwitches()
  ) {
    self.map = map
    self.now = now
    self.deleteRetention = deleteRetention
    self.end = end
    self.producers = producers
    self.compressor = compressor
    self.switches = switches
    transactions = TransactionsOfPass(aborted: aborted)
  }

  mutating func filter(_ batch: RecordBatch) throws(WireError) -> Result {
    batch.isControl ? try filter(control: batch) : try filter(data: batch)
  }

  private mutating func filter(control batch: RecordBatch) throws(WireError) -> Result {
    var result = Result()
    let fate = transactions.take(control: batch)
    if !switches.cleanerKeepsControlBatches, try isSuperseded(marker: batch) {
      result.batch = emptied(batch)
      return result
    }
    switch fate {
    case .needed(let aborted):
      result.abortedTransaction = aborted
      keepWhole(batch, &result)
    case .needless where switches.cleanerDropsMarkersEarly || isBehindHorizon(batch) || batch.recordCount == 0:
      result.batch = emptied(batch)
    case .needless where batch.deleteHorizon != nil:
      keepWhole(batch, &result)
    case .needless:
      try rewrite(batch, content: batch.decompressedRecords(using: compressor), [true], horizon: newHorizon, &result)
    }
    return result
  }

  /// KAFKA-14055: whether a later user record has the same key as a marker, which made the marker an older value of that key.
  private func isSuperseded(marker batch: RecordBatch) throws(WireError) -> Bool {
    var cursor = try RecordCursor(batch)
    guard try cursor.next(), let key = cursor.current.key, let newest = map.offset(of: key) else { return false }
    return cursor.current.offset < newest
  }

  private mutating func filter(data batch: RecordBatch) throws(WireError) -> Result {
    var result = Result()
    guard !transactions.isAborted(batch) else {
      result.batch = emptied(batch)
      return result
    }
    let content = try batch.decompressedRecords(using: compressor)
    var cursor = RecordCursor(batch, content: content)
    var isKept: [Bool] = []
    isKept.reserveCapacity(Int(batch.recordCount))
    var hasTombstone = false
    while try cursor.next() {
      let record = cursor.current
      let fate = fate(of: record, in: batch)
      isKept.append(fate == .kept)
      if fate == .kept {
        result.recordsKept += 1
        if record.valueLength < 0 { hasTombstone = true }
      } else if fate == .expired {
        result.tombstonesRemoved += 1
      }
    }
    let horizon = batch.deleteHorizon
    if result.recordsKept == 0 {
      result.batch = emptied(batch)
    } else if result.recordsKept == isKept.count, !hasTombstone || horizon != nil {
      result.batch = batch
    } else {
      try rewrite(batch, content: content, isKept, horizon: horizon ?? (hasTombstone ? newHorizon : nil), &result)
    }
    return result
  }

  private enum Fate { case kept, superseded, expired }

  private func fate(of record: RecordView, in batch: RecordBatch) -> Fate {
    guard record.offset <= map.latestOffset else { return .kept }
    // Records without a key were written before the topic was compacted.
    guard let key = record.key else { return .superseded }
    if let newest = map.offset(of: key), record.offset < newest { return .superseded }
    return record.valueLength < 0 && isBehindHorizon(batch) ? .expired : .kept
  }

  private func isBehindHorizon(_ batch: RecordBatch) -> Bool { batch.deleteHorizon.map { $0 <= now } ?? false }

  private var newHorizon: Timestamp? {
    let horizon = now + deleteRetention
    return horizon.milliseconds >= 0 ? horizon : nil
  }

  private func keepWhole(_ batch: RecordBatch, _ result: inout Result) {
    result.batch = batch
    result.recordsKept = Int(batch.recordCount)
  }

  private func rewrite(
    _ batch: RecordBatch, content: Bytes, _ isKept: [Bool], horizon: Timestamp?, _ result: inout Result
  ) throws(WireError) {
    result.batch = try batch.retaining(isKept, of: content, deleteHorizon: horizon, using: compressor)
    result.recordsKept = isKept.count(where: { $0 })
    result.isRewritten = true
  }

  /// The header of a batch without records, if anything needs it.
  private func emptied(_ batch: RecordBatch) -> RecordBatch? {
    guard isLastOfProducer(batch) || batch.nextOffset == end else { return nil }
    return batch.emptied()
  }

  /// Whether only this batch holds the producer's last sequence, or the epoch that fences its earlier ones (KAFKA-5490, KAFKA-8335).
  private func isLastOfProducer(_ batch: RecordBatch) -> Bool {
    guard batch.hasProducerID, let last = producers[batch.producerID] else { return false }
    if let lastOffset = last.lastOffset { return batch.lastOffset == lastOffset }
    return batch.isControl && batch.producerEpoch == last.epoch
  }
}
