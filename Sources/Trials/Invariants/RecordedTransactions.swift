import Primitives
import Transactions
import Wire

/// The state of a transactional id in a committed record of its coordinator.
struct RecordedTransaction: Equatable {
  var transactionalID: String
  var producerID: Int64
  var producerEpoch: Int16
  var state: TransactionState
  /// The transaction version of the client that last wrote (KIP-890).
  var clientVersion: Int16
  /// The partitions of the transaction that is open or ending.
  var partitions: [TopicPartition]
  /// The offset of the record in its partition of `__transaction_state`.
  var offset: Offset
}

/// The states of transactional ids in the committed records of `__transaction_state`, in the order of their logs.
///
/// Reports of coordinators are not ordered: one that was deposed may learn that its last records are committed long after its successor has started. Records have an order.
/// The first replica whose high watermark passes a record reports it, which is before its coordinator acts on it.
struct RecordedTransactions {
  private struct Course {
    /// The offset after the last reported batch, and that batch's leader epoch.
    var end = Offset(0)
    var epoch = LeaderEpoch.unknown
  }

  /// By partition of `__transaction_state`; only looked up.
  private var courses: [Int32: Course] = [:]

  /// Adds a committed batch. Returns what its records say about transactional ids, in their order; empty for a batch that was reported before, or that cannot be read.
  mutating func add(_ batch: RecordBatch, in partition: Int32) -> [RecordedTransaction] {
    guard isNew(from: batch.baseOffset, to: batch.nextOffset, batch.partitionLeaderEpoch, in: partition), !batch.isControl else { return [] }
    return (try? Self.records(of: batch)) ?? []
  }

  /// Batches of a later leader that replace others count.
  private mutating func isNew(from base: Offset, to end: Offset, _ epoch: LeaderEpoch, in partition: Int32) -> Bool {
    let course = courses[partition] ?? Course()
    guard base >= course.end || epoch > course.epoch else { return false }
    courses[partition] = Course(end: end, epoch: epoch)
    return true
  }

  private static func records(of batch: RecordBatch) throws(WireError) -> [RecordedTransaction] {
    var cursor = try RecordCursor(batch)
    var records: [RecordedTransaction] = []
    while try cursor.next() {
      // A record without a value removes an id that has no transaction.
      guard let key = cursor.current.key, let value = cursor.current.value, try key.coordinatorRecordType() == TransactionLogKey.recordType else { continue }
      let wire = try TransactionLogValue(decodingWithVersion: value)
      guard let state = TransactionState(rawValue: wire.transactionStatus) else { continue }
      records.append(
        RecordedTransaction(
          transactionalID: try TransactionLogKey(decodingWithType: key).transactionalId, producerID: wire.producerId, producerEpoch: wire.producerEpoch, state: state,
          clientVersion: wire.clientTransactionVersion,
          partitions: (wire.transactionPartitions ?? []).flatMap { topic in topic.partitionIds.map { TopicPartition(topic.topic, $0) } }, offset: cursor.current.offset))
    }
    return records
  }
}
