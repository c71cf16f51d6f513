import Primitives
import Wire

/// What a pass through a log has seen of the transactions in it, batch by batch: which batches were aborted, and which markers nothing needs any more
/// (`CleanedTransactionMetadata`).
struct TransactionsOfPass {
  private struct Aborted {
    let transaction: AbortedTransaction
    /// A batch of it was met, if only to be dropped.
    var hasBatch = false
  }

  /// By their first offsets. Those before `next` have begun.
  private let aborted: [AbortedTransaction]
  private var next = 0
  /// By producer, as the next. Only looked up, never walked through.
  private var ongoingAborted: [Int64: Aborted] = [:]
  private var ongoingCommitted: Set<Int64> = []

  /// - Parameter aborted: the transactions of the pass's offsets that were aborted.
  init(aborted: [AbortedTransaction]) {
    self.aborted = aborted.sorted { ($0.firstOffset, $0.lastOffset) < ($1.firstOffset, $1.lastOffset) }
  }

  private mutating func begin(upTo offset: Offset) {
    while next < aborted.count, aborted[next].firstOffset <= offset {
      ongoingAborted[aborted[next].producerID] = Aborted(transaction: aborted[next])
      next += 1
    }
  }

  /// Takes a batch of records into account. Returns whether its transaction was aborted.
  mutating func isAborted(_ batch: RecordBatch) -> Bool {
    begin(upTo: batch.lastOffset)
    guard batch.isTransactional else { return false }
    if ongoingAborted[batch.producerID] != nil {
      ongoingAborted[batch.producerID]?.hasBatch = true
      return true
    }
    ongoingCommitted.insert(batch.producerID)
    return false
  }

  /// What is to become of a control batch.
  enum Marker {
    /// Batches of its transaction were met. The transaction index has to know of an aborted one.
    case needed(AbortedTransaction?)
    /// Of its transaction nothing is left.
    case needless
  }

  mutating func take(control batch: RecordBatch) -> Marker {
    begin(upTo: batch.lastOffset)
    // Emptied before: all of its transaction was gone by then.
    guard batch.recordCount > 0 else { return .needless }
    guard let marker = EndTransactionMarker(batch) else { return .needed(nil) }
    if marker.isCommit { return ongoingCommitted.remove(batch.producerID) != nil ? .needed(nil) : .needless }
    guard let aborted = ongoingAborted.removeValue(forKey: batch.producerID), aborted.hasBatch else { return .needless }
    return .needed(aborted.transaction)
  }
}
