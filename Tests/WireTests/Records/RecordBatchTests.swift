import Primitives
import Testing

@testable import Wire

@Suite struct RecordBatchTests {
  @Test func `A batch shares the bytes it was made from`() throws {
    let bytes = sampleBatch().bytes
    let batch = try RecordBatch(Bytes(joining: [bytes, bytes]), at: bytes.count)
    let value = try #require(try batch.records().first?.value)
    #expect(value.sharesStorage(with: batch.bytes))
  }

  @Test func `Splitting leaves out a batch that is cut off`() throws {
    let bytes = sampleBatch().bytes
    for cut in 0..<bytes.count {
      let batches = try RecordBatch.splitting(Bytes(joining: [bytes, bytes, bytes[0..<cut]]))
      #expect(batches.map(\.bytes) == [bytes, bytes])
    }
  }

  @Test func `Splitting does not skip a malformed batch`() {
    let bytes = sampleBatch().bytes
    let malformed = bytes.replacing(at: BatchLayout.magic, with: Int8(1))
    let error = #expect(throws: WireError.self) { try RecordBatch.splitting(Bytes(joining: [bytes, malformed, bytes])) }
    #expect(error?.field == "magic")
  }

  @Test func `Stamping offset and epoch leaves the checksum alone`() throws {
    let batch = sampleBatch()
    let stamped = batch.stamped(baseOffset: 1000, leaderEpoch: 7)
    #expect(stamped.baseOffset == 1000)
    #expect(stamped.nextOffset == 1003)
    #expect(stamped.partitionLeaderEpoch == 7)
    #expect(stamped.checksum == batch.checksum)
    #expect(stamped.hasValidChecksum)
    #expect(batch.baseOffset == 0)
    #expect(try stamped.records().map(\.offset) == [1000, 1001, 1002])
    #expect(try stamped.records().map(\.timestamp) == batch.records().map(\.timestamp))
  }

  @Test func `Log append time replaces every timestamp`() throws {
    let stamped = sampleBatch().stamped(baseOffset: 0, leaderEpoch: 0, logAppendTime: Timestamp(milliseconds: 5000))
    #expect(stamped.timestampType == .logAppendTime)
    #expect(stamped.hasValidChecksum)
    #expect(stamped.maxTimestamp.milliseconds == 5000)
    #expect(try stamped.records().allSatisfy { $0.timestamp.milliseconds == 5000 })
  }

  @Test func `A higher producer epoch restarts the sequence`() throws {
    let stamped = sampleBatch().stamped(producerID: 9, producerEpoch: 4, baseSequence: 0)
    #expect(stamped.producerID == 9 && stamped.producerEpoch == 4 && stamped.lastSequence == 2)
    #expect(stamped.hasValidChecksum)
  }

  @Test func `Sequences continue at zero after the largest`() throws {
    let batch = sampleBatch().stamped(producerID: 9, producerEpoch: 4, baseSequence: .max - 1)
    #expect(batch.lastSequence == 0)
  }

  @Test func `An emptied batch keeps its header and has no records`() throws {
    var bytes = sampleBatch().bytes[0..<BatchLayout.records]
    bytes = bytes.replacing(at: BatchLayout.recordCount, with: Int32(0)).replacing(at: BatchLayout.batchLength, with: Int32(49))
    let batch = try RecordBatch(bytes)
    #expect(batch.lastOffset == 2)
    #expect(try batch.records().isEmpty)
  }

  @Test func `A cursor can be copied and continues independently`() throws {
    var first = try RecordCursor(sampleBatch())
    #expect(try first.next())
    var second = first
    #expect(try second.next() && second.next())
    #expect(first.current.offset == 0 && first.remaining == 2)
    #expect(second.current.offset == 2 && second.remaining == 0)
    #expect(try !second.next())
  }

  @Test func `Spans show the same bytes as slices`() throws {
    try sampleBatch().forEachRecord { record in
      #expect(record.keySpan?.byteCount == record.key?.count)
      let first = record.valueSpan?.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
      #expect(first == record.value?[0])
    }
  }

  @Test func `A builder reuses its buffer only if the last batch is not retained`() throws {
    var builder = RecordBatchBuilder()
    builder.append(timestamp: .none, key: nil, value: Bytes("first"))
    let first = builder.build()
    builder.reset()
    builder.append(timestamp: .none, key: nil, value: Bytes("second"))
    let second = builder.build()
    #expect(try RecordBatch(first).records().map(\.value) == [Bytes("first")])
    #expect(try RecordBatch(second).records().map(\.value) == [Bytes("second")])
  }

  @Test func `The builder knows the size of a record in advance`() {
    var builder = RecordBatchBuilder()
    for count in [0, 1, 63, 64, 8191, 8192, 20_000] {
      let value = Bytes([UInt8](repeating: 1, count: count))
      let headers = [RecordHeader(key: "größe", value: value), RecordHeader(key: "", value: nil)]
      let size = builder.sizeInBytes
      let expected = builder.sizeOfAppending(timestamp: Timestamp(milliseconds: Int64(count)), key: nil, value: value, headers: headers)
      builder.append(timestamp: Timestamp(milliseconds: Int64(count)), key: nil, value: value, headers: headers)
      #expect(builder.sizeInBytes == size + expected)
    }
  }

  @Test func `KRaft control batches may contain several records`() throws {
    let records = [ControlRecord(.snapshotHeader, value: Bytes([1, 2])), ControlRecord(.kraftVersion, value: Bytes([3]))]
    let batch = RecordBatch.controlBatch(records, timestamp: .none, baseOffset: 5, leaderEpoch: 2)
    #expect(try RecordBatch(batch.bytes).controlRecords() == records)
    #expect(batch.lastOffset == 6)
  }
}

/// Three records with keys, a null value and a timestamp that goes back.
func sampleBatch(_ compression: Compression = .none) -> RecordBatch {
  var builder = RecordBatchBuilder(compression: compression)
  builder.append(timestamp: Timestamp(milliseconds: 1000), key: Bytes("a"), value: Bytes("one"))
  builder.append(timestamp: Timestamp(milliseconds: 900), key: nil, value: Bytes("two"), headers: [RecordHeader(key: "h", value: nil)])
  builder.append(timestamp: Timestamp(milliseconds: 1100), key: Bytes("c"), value: nil)
  return RecordBatch(unchecked: builder.build())
}

extension Bytes {
  func replacing<Integer: FixedWidthInteger & BitwiseCopyable>(at position: Int, with value: Integer) -> Bytes {
    var writer = ByteWriter()
    writer.append(self)
    writer.replace(at: position, with: value)
    return writer.bytes
  }
}
