import OrderedCollections
import Primitives
import Wire

/// The state of every producer of one log, and of its open transactions.
///
/// The state at an end offset is a function of the records below it: it is rebuilt from a snapshot and the batches after it.
struct ProducerStates: Equatable {
  private(set) var producers: OrderedDictionary<Int64, ProducerState> = [:]
  /// Open transactions, in the order of their first offsets.
  var ongoing: [Transaction] = []
  /// Transactions whose marker may still lie above the high watermark, in the order of their first offsets.
  var unreplicated: [Transaction] = []
  /// The end of the records that were applied.
  var endOffset = Offset(0)
  /// The number of batches remembered for each producer.
  var keptBatches = Int(LogSwitches().dedupWindow)

  struct Transaction: Equatable {
    var producerID: Int64
    var firstOffset: Offset
    /// Offset of the marker, once it is written.
    var lastOffset: Offset?
  }

  subscript(producerID: Int64) -> ProducerState? { producers[producerID] }
  var isEmpty: Bool { producers.isEmpty && unreplicated.isEmpty }

  // MARK: Applying

  /// Applies an appended batch, at the leader, at a follower and in replay alike. Returns the transaction that it aborted.
  mutating func apply(_ batch: RecordBatch) -> AbortedTransaction? {
    defer { endOffset = batch.nextOffset }
    guard batch.producerID >= 0 else { return nil }
    if batch.isControl {
      guard let marker = EndTransactionMarker(batch) else { return nil }
      return apply(marker, batch)
    }
    var transaction: Transaction?
    update(batch.producerID) { [keptBatches] state in
      state.raise(epoch: batch.producerEpoch)
      state.add(
        ProducerState.Batch(
          lastSequence: batch.lastSequence, lastOffset: batch.lastOffset, offsetDelta: batch.lastOffsetDelta, timestamp: batch.maxTimestamp),
        keeping: keptBatches)
      if batch.isTransactional, state.transactionStart == nil {
        state.transactionStart = batch.baseOffset
        transaction = Transaction(producerID: batch.producerID, firstOffset: batch.baseOffset)
      }
    }
    if let transaction { ongoing.append(transaction) }
    return nil
  }

  private mutating func apply(_ marker: EndTransactionMarker, _ batch: RecordBatch) -> AbortedTransaction? {
    let producerID = batch.producerID
    var started: Offset?
    update(producerID) { state in
      state.raise(epoch: batch.producerEpoch)
      state.coordinatorEpoch = marker.coordinatorEpoch
      state.lastTimestamp = batch.maxTimestamp
      started = state.transactionStart
      state.transactionStart = nil
    }
    // A marker without a transaction ends nothing: the coordinator may resend it, or send it to a partition that got no record.
    guard let started else { return nil }
    ongoing.removeAll { $0.producerID == producerID }
    let finished = Transaction(producerID: producerID, firstOffset: started, lastOffset: batch.lastOffset)
    unreplicated.insert(finished, at: unreplicated.partitioningIndex { $0.firstOffset > started })
    guard !marker.isCommit else { return nil }
    return AbortedTransaction(
      producerID: producerID, firstOffset: started, lastOffset: batch.lastOffset,
      lastStableOffset: ongoing.first?.firstOffset ?? batch.nextOffset)
  }

  private mutating func update(_ producerID: Int64, _ change: (inout ProducerState) -> Void) {
    change(&producers[producerID, default: ProducerState(producerID: producerID)])
  }

  // MARK: Stability

  /// The first offset of the first transaction that is open, or whose marker is not below the high watermark.
  mutating func firstUnstableOffset(highWatermark: Offset) -> Offset? {
    if !unreplicated.isEmpty { unreplicated.removeAll { $0.lastOffset.map { $0 < highWatermark } ?? true } }
    guard let open = ongoing.first?.firstOffset else { return unreplicated.first?.firstOffset }
    return unreplicated.first.map { min($0.firstOffset, open) } ?? open
  }

  /// Adds transactions whose markers lie below the end and may lie above the high watermark.
  mutating func keep(_ transactions: [Transaction]) {
    for transaction in transactions where transaction.lastOffset.map({ $0 < endOffset }) ?? false && !unreplicated.contains(transaction) {
      unreplicated.insert(transaction, at: unreplicated.partitioningIndex { $0.firstOffset > transaction.firstOffset })
    }
  }

  /// Forgets idle producers, unless they have an open transaction (`producer.id.expiration.ms`).
  mutating func expire(before deadline: Timestamp) {
    guard producers.values.contains(where: { $0.transactionStart == nil && $0.lastTimestamp <= deadline }) else { return }
    mark(.producerExpired)
    producers.removeAll { $0.value.transactionStart == nil && $0.value.lastTimestamp <= deadline }
  }

  mutating func restore(_ states: [ProducerState], endOffset: Offset) {
    let keptBatches = keptBatches
    self = ProducerStates()
    self.keptBatches = keptBatches
    self.endOffset = endOffset
    for var state in states {
      state.isRestored = true
      producers[state.producerID] = state
      if let start = state.transactionStart { ongoing.append(Transaction(producerID: state.producerID, firstOffset: start)) }
    }
    ongoing.sort { $0.firstOffset < $1.firstOffset }
  }
}

extension EndTransactionMarker {
  /// Reads the marker of a control batch. Nil if the batch is something else, or cannot be read.
  public init?(_ batch: RecordBatch) {
    guard batch.isControl, let record = try? batch.controlRecords().first, let marker = try? EndTransactionMarker(record) else { return nil }
    self = marker
  }
}
