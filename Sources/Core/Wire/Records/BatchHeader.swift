import Primitives

/// What stands before the records of a batch, but for what follows from the bytes: length, magic and checksum.
struct BatchHeader {
  var baseOffset: Offset
  var leaderEpoch: LeaderEpoch
  var attributes: Int16
  var lastOffsetDelta: Int32
  var baseTimestamp: Timestamp
  var maxTimestamp: Timestamp
  var producerID: Int64
  var producerEpoch: Int16
  var baseSequence: Int32
  var recordCount: Int32

  /// Writes the header of the batch that fills `batch`, whose records are there already, and its checksum.
  func write(to batch: UnsafeMutableRawBufferPointer) {
    precondition(batch.count >= BatchLayout.records && batch.count <= Int(Int32.max), "a batch of \(batch.count) bytes")
    batch.store(baseOffset.value, at: BatchLayout.baseOffset)
    batch.store(Int32(batch.count - BatchLayout.lengthOverhead), at: BatchLayout.batchLength)
    batch.store(leaderEpoch.value, at: BatchLayout.partitionLeaderEpoch)
    batch.store(BatchLayout.currentMagic, at: BatchLayout.magic)
    batch.store(attributes, at: BatchLayout.attributes)
    batch.store(lastOffsetDelta, at: BatchLayout.lastOffsetDelta)
    batch.store(baseTimestamp.milliseconds, at: BatchLayout.baseTimestamp)
    batch.store(maxTimestamp.milliseconds, at: BatchLayout.maxTimestamp)
    batch.store(producerID, at: BatchLayout.producerID)
    batch.store(producerEpoch, at: BatchLayout.producerEpoch)
    batch.store(baseSequence, at: BatchLayout.baseSequence)
    batch.store(recordCount, at: BatchLayout.recordCount)
    batch.storeChecksum()
  }
}
