import Primitives

extension RecordBatch {
  /// A control batch of KRaft: the first batch of a leader's epoch, or a snapshot's header or footer. Takes one offset per record.
  public static func controlBatch(
    _ records: [ControlRecord], timestamp: Timestamp, baseOffset: Offset = 0, leaderEpoch: LeaderEpoch = .unknown
  ) -> RecordBatch {
    var builder = RecordBatchBuilder(baseOffset: baseOffset, leaderEpoch: leaderEpoch, isControl: true, capacity: 256)
    for record in records { builder.append(timestamp: timestamp, key: record.key, value: record.value) }
    return RecordBatch(unchecked: builder.build())
  }

  /// The batch that ends a producer's transaction on a partition. It has no sequence (KIP-98).
  public static func endTransaction(
    _ marker: EndTransactionMarker, producerID: Int64, producerEpoch: Int16, timestamp: Timestamp,
    baseOffset: Offset = 0, leaderEpoch: LeaderEpoch = .unknown
  ) -> RecordBatch {
    var builder = RecordBatchBuilder(
      baseOffset: baseOffset, leaderEpoch: leaderEpoch, producerID: producerID, producerEpoch: producerEpoch,
      isTransactional: true, isControl: true, capacity: 128)
    builder.append(timestamp: timestamp, key: marker.record.key, value: marker.record.value)
    return RecordBatch(unchecked: builder.build())
  }

  /// The control records of this batch; none if it is not a control batch.
  public func controlRecords() throws(WireError) -> [ControlRecord] {
    guard isControl else { return [] }
    var cursor = try RecordCursor(self)
    var records: [ControlRecord] = []
    while try cursor.next() { records.append(try ControlRecord(cursor.current)) }
    return records
  }
}
