import Primitives
import Testing

@testable import Wire

@Suite struct BatchVectorTests {
  @Test func `There are batches of every codec and every control type`() {
    #expect(Set(BatchVector.data.compactMap(\.codec)) == Set(Compression.allCases.map(\.name)))
    #expect(BatchVector.control.compactMap(\.controlType).sorted() == [0, 1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: BatchVector.data)
  func `Batches of other implementations decode to their records`(_ vector: BatchVector) throws {
    let batch = try RecordBatch(vector.bytes)
    #expect(batch.hasValidChecksum)
    #expect(batch.sizeInBytes == vector.bytes.count)
    #expect(batch.compression.name == vector.codec)
    #expect(batch.isTransactional == vector.transactional)
    #expect(!batch.isControl)
    #expect(batch.producerID == vector.producerId)
    #expect(batch.producerEpoch == vector.producerEpoch)
    #expect(batch.baseSequence == vector.baseSequence)
    #expect(batch.timestampType.name == vector.timestampType ?? "CreateTime")
    #expect(batch.baseOffset.value == vector.baseOffset ?? 0)

    let produced = vector.producedRecords
    var expected = produced
    if batch.timestampType == .logAppendTime {
      for index in expected.indices { expected[index].timestamp = batch.maxTimestamp }
    }
    #expect(try batch.records() == expected)
    #expect(batch.recordCount == Int32(expected.count))
    #expect(batch.lastOffset == expected.last?.offset)
    #expect(batch.baseTimestamp == produced.first?.timestamp)
    #expect(batch.maxTimestamp == expected.map(\.timestamp).max())
  }

  @Test(arguments: BatchVector.data)
  func `Batches built here have the same bytes, or decompress to the same`(_ vector: BatchVector) throws {
    let original = try RecordBatch(vector.bytes)
    let rebuilt = try rebuild(original, from: vector.producedRecords)
    if original.compression == .none { #expect(rebuilt.bytes == original.bytes) }
    #expect(rebuilt.hasValidChecksum)
    #expect(rebuilt.compression == original.compression)
    #expect(try rebuilt.decompressedRecords() == original.decompressedRecords())
  }

  @Test(arguments: BatchVector.control)
  func `Kafka's control batches are understood`(_ vector: BatchVector) throws {
    let batch = try RecordBatch(vector.bytes)
    #expect(batch.hasValidChecksum && batch.isControl)
    #expect(batch.baseOffset.value == vector.baseOffset)
    #expect(batch.partitionLeaderEpoch.value == vector.partitionLeaderEpoch)
    #expect(batch.baseTimestamp.milliseconds == vector.timestamp)
    let record = try #require(try batch.controlRecords().first)
    #expect(record.type.rawValue == vector.controlType)
    #expect(try EndTransactionMarker(record)?.coordinatorEpoch == vector.coordinatorEpoch)
  }

  @Test(arguments: BatchVector.control)
  func `Control batches written here have Kafka's bytes`(_ vector: BatchVector) throws {
    let batch = try RecordBatch(vector.bytes)
    let record = try #require(try batch.controlRecords().first)
    let written =
      if let marker = try EndTransactionMarker(record) {
        RecordBatch.endTransaction(
          marker, producerID: batch.producerID, producerEpoch: batch.producerEpoch, timestamp: batch.baseTimestamp,
          baseOffset: batch.baseOffset, leaderEpoch: batch.partitionLeaderEpoch)
      } else {
        RecordBatch.controlBatch(
          [record], timestamp: batch.baseTimestamp, baseOffset: batch.baseOffset, leaderEpoch: batch.partitionLeaderEpoch)
      }
    #expect(written.bytes == batch.bytes)
  }

  private func rebuild(_ original: RecordBatch, from records: [Record]) throws -> RecordBatch {
    var builder = RecordBatchBuilder(
      compression: original.compression, baseOffset: original.baseOffset, leaderEpoch: original.partitionLeaderEpoch, producerID: original.producerID,
      producerEpoch: original.producerEpoch, baseSequence: original.baseSequence, isTransactional: original.isTransactional)
    for record in records {
      builder.append(
        offsetDelta: Int32(record.offset - original.baseOffset), timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers)
    }
    let batch = try RecordBatch(builder.build())
    guard original.timestampType == .logAppendTime else { return batch }
    return batch.stamped(baseOffset: batch.baseOffset, leaderEpoch: batch.partitionLeaderEpoch, logAppendTime: original.maxTimestamp)
  }
}
