import Primitives
import Wire

/// What one batch of a coordinator's log says: records, or how a transaction ended.
struct CoordinatorBatch {
  var records: [CoordinatorRecord] = []
  /// In whose transaction the records were written, or whose it was that ended; -1 where there is none.
  var producerID: Int64 = -1
  /// Whether the transaction was committed, where the batch ends one.
  var endsTransaction: Bool?

  /// - Parameter producerID: in whose transaction they are written, -1 for none.
  init(_ records: [CoordinatorRecord], from producerID: Int64 = -1) {
    self.records = records
    self.producerID = producerID
  }

  init(_ marker: TransactionMarker) {
    producerID = marker.producerID
    endsTransaction = marker.isCommit
  }

  /// - Parameter offset: records before it are left out.
  init(_ batch: RecordBatch, from offset: Offset) throws(WireError) {
    if batch.isTransactional || batch.isControl { producerID = batch.producerID }
    guard !batch.isControl else {
      for record in try batch.controlRecords() {
        guard let marker = try EndTransactionMarker(record) else { continue }
        endsTransaction = marker.isCommit
        return
      }
      return
    }
    var cursor = try RecordCursor(batch)
    records.reserveCapacity(Int(batch.recordCount))
    while try cursor.next() {
      guard cursor.current.offset >= offset, let key = cursor.current.key else { continue }
      records.append(CoordinatorRecord(key: key, value: cursor.current.value))
    }
  }
}

extension CoordinatorShard {
  /// Replays a batch. What of it cannot be understood is left out, and `leftOut` hears why.
  mutating func replay(_ batch: CoordinatorBatch, leftOut: (WireError) -> Void) {
    for record in batch.records {
      do {
        try replay(record, from: batch.producerID)
      } catch {
        leftOut(error)
      }
    }
    if let committed = batch.endsTransaction { transactionEnded(of: batch.producerID, committed: committed) }
  }
}
