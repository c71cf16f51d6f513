import Primitives
import Wire

/// Which batches of a response belong to aborted transactions (KIP-98). With read_uncommitted: none.
struct AbortedTransactions {
  /// In descending order of their first offset: the next one is last.
  private var ahead: [FetchResponse.AbortedTransaction]
  /// The producers with an aborted transaction that is open at the current batch.
  private var producers: Set<Int64> = []
  private let filtersCompressed: Bool

  static let none = AbortedTransactions([])

  /// - Parameter filtersCompressed: See `ConsumerSwitches.filterAborted`.
  init(_ transactions: [FetchResponse.AbortedTransaction], filtersCompressed: Bool = true) {
    self.filtersCompressed = filtersCompressed
    ahead = transactions.sorted { ($0.firstOffset, $0.producerId) > ($1.firstOffset, $1.producerId) }
  }

  /// Moves to the next batch in the log.
  mutating func pass(_ batch: RecordBatch) throws(WireError) {
    while let next = ahead.last, next.firstOffset <= batch.lastOffset.value {
      producers.insert(next.producerId)
      ahead.removeLast()
    }
    guard batch.isControl, producers.contains(batch.producerID) else { return }
    if try batch.controlRecords().contains(where: { $0.type == .abort }) { producers.remove(batch.producerID) }
  }

  func contains(_ batch: RecordBatch) -> Bool {
    batch.isTransactional && producers.contains(batch.producerID) && (filtersCompressed || batch.compression == .none)
  }
}
