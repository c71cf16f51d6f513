import Primitives
import Transactions
import Wire

/// Where a transactional id stands by a record of its coordinator that is committed.
struct RecordedTransaction: Equatable {
  var transactionalID: String
  var producerID: Int64
  var producerEpoch: Int16
  var state: TransactionState
  /// Those that the transaction is about which is open or ends.
  var partitions: [TopicPartition]
  /// Where the record stands in its partition of `__transaction_state`.
  var offset: Offset
}

/// Transactional ids as the committed records of `__transaction_state` tell of them, in the order of their logs.
///
/// What coordinators report has no order among them: one that was deposed may learn that its last records are committed when its successor has long gone on. A record has its place. The first
/// replica whose high watermark passes it tells of it, which is before its coordinator acts on it.
struct RecordedTransactions {
  private struct Course {
    /// The offset behind what was told last, and its leader epoch.
    var end = Offset(0)
    var epoch = LeaderEpoch.unknown
  }

  /// By partition of `__transaction_state`; only looked up.
  private var courses: [Int32: Course] = [:]

  /// Notes a committed batch. Returns what its records say of transactional ids, in their order; nothing of a batch that was told of before, or that cannot be read.
  mutating func note(_ batch: RecordBatch, in partition: Int32) -> [RecordedTransaction] {
    guard isNew(from: batch.baseOffset, to: batch.nextOffset, batch.partitionLeaderEpoch, in: partition), !batch.isControl else { return [] }
    return (try? Self.records(of: batch)) ?? []
  }

  /// Where batches of a later leader stand in the place of others, these count.
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
      // A record without a value forgets an id that has no transaction.
      guard let key = cursor.current.key, let value = cursor.current.value, try key.coordinatorRecordType() == TransactionLogKey.recordType else { continue }
      let wire = try TransactionLogValue(decodingWithVersion: value)
      guard let state = TransactionState(rawValue: wire.transactionStatus) else { continue }
      records.append(
        RecordedTransaction(
          transactionalID: try TransactionLogKey(decodingWithType: key).transactionalId, producerID: wire.producerId, producerEpoch: wire.producerEpoch, state: state,
          partitions: (wire.transactionPartitions ?? []).flatMap { topic in topic.partitionIds.map { TopicPartition(topic.topic, $0) } }, offset: cursor.current.offset))
    }
    return records
  }
}
