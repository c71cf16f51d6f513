import Primitives
import Wire

/// Tracks the transactions in a pass through a log, batch by batch: which batches were aborted, and which markers are no longer needed
/// (`CleanedTransactionMetadata`).
struct TransactionsOfPass {
  private struct Aborted {
    let transaction: AbortedTransaction
    /// Whether the pass has met a batch of the transaction, even one that it drops.
    var hasBatch = false
  }

  /// Sorted by first offset. Those before `next` have already started.
  private let aborted: [AbortedTransaction]
  private var next = 0
  /// By producer. Only for lookups, never iterated.
  private var ongoingAborted: [Int64: Aborted] = [:]
  private var ongoingCommitted: Set<Int64> = []

  /// - Parameter aborted: The aborted transactions within the pass's offsets.
  init(aborted: [AbortedTransaction]) {
    self.aborted = aborted.sorted { ($0.firstOffset, $0.lastOffset) < ($1.firstOffset, $1.lastOffset) }
  }

  private mutating func begin(upTo offset: Offset) {
    while next < aborted.count, aborted[next].firstOffset <= offset {
      ongoingAborted[aborted[next].producerID] = Aborted(transaction: aborted[next])
      next += 1
    }
  }

  /// Records a batch. Returns whether its transaction was aborted.
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

  /// What to do with a control batch.
  enum Marker {
    /// The pass met batches of its transaction. If the transaction was aborted, the transaction index needs an entry.
    case needed(AbortedTransaction?)
    /// Nothing is left of its transaction.
    case needless
  }

  mutating func take(control batch: RecordBatch) -> Marker {
    begin(upTo: batch.lastOffset)
    // Emptied by an earlier pass, when its transaction was already gone.
    guard batch.recordCount > 0 else { return .needless }
    guard let marker = EndTransactionMarker(batch) else { return .needed(nil) }
    if marker.isCommit { return ongoingCommitted.remove(batch.producerID) != nil ? .needed(nil) : .needless }
    guard let aborted = ongoingAborted.removeValue(forKey: batch.producerID), aborted.hasBatch else { return .needless }
    return .needed(aborted.transaction)
  }
}
