import Primitives
import Wire

/// The identity of a record, for comparing replicas.
struct CommittedRecord: Equatable {
  var offset: Offset
  /// The epoch and the next three are those of the record's original batch: compaction puts records into other batches, and keeps these values.
  var epoch: LeaderEpoch
  var producerID: Int64
  var producerEpoch: Int16
  var timestamp: Timestamp
  var keyLength: Int
  var valueLength: Int
  /// The checksum of key, value and headers.
  var checksum: UInt32

  init(
    offset: Offset, epoch: LeaderEpoch, producerID: Int64 = -1, producerEpoch: Int16 = -1, timestamp: Timestamp = .none, keyLength: Int = -1, valueLength: Int = -1,
    checksum: UInt32
  ) {
    self.offset = offset
    self.epoch = epoch
    self.producerID = producerID
    self.producerEpoch = producerEpoch
    self.timestamp = timestamp
    self.keyLength = keyLength
    self.valueLength = valueLength
    self.checksum = checksum
  }

  init(_ record: RecordView, of batch: RecordBatch) throws(WireError) {
    var checksum: UInt32 = 0
    if let key = record.key { checksum = CRC32C.checksum(key, continuing: checksum) }
    if let value = record.value { checksum = CRC32C.checksum(value, continuing: checksum) }
    for header in try record.headers() {
      checksum = CRC32C.checksum(Bytes(header.key), continuing: checksum)
      if let value = header.value { checksum = CRC32C.checksum(value, continuing: checksum) }
    }
    self.init(
      offset: record.offset, epoch: batch.partitionLeaderEpoch, producerID: batch.producerID, producerEpoch: batch.producerEpoch, timestamp: record.timestamp,
      keyLength: record.keyLength, valueLength: record.valueLength, checksum: checksum)
  }
}
