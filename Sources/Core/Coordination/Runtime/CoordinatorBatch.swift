import Primitives
import Wire

/// The contents of one batch of a coordinator's log: records, or the end of a transaction.
struct CoordinatorBatch {
  var records: [CoordinatorRecord] = []
  /// The producer of the transaction that the records belong to, or that ended; -1 if there is none.
  var producerID: Int64 = -1
  /// Whether the transaction was committed; nil if the batch does not end one.
  var endsTransaction: Bool?

  /// - Parameter producerID: The producer of the transaction that they belong to, -1 for none.
  init(_ records: [CoordinatorRecord], from producerID: Int64 = -1) {
    self.records = records
    self.producerID = producerID
  }

  init(_ marker: TransactionMarker) {
    producerID = marker.producerID
    endsTransaction = marker.isCommit
  }

  /// - Parameter offset: Earlier records are left out.
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
  /// Replays a batch. Records that cannot be decoded are skipped, and `leftOut` gets the reason.
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
