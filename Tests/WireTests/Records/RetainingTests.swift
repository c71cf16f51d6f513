import Primitives
import Testing

@testable import Wire

/// Batches as compaction leaves them.
@Suite struct RetainingTests {
  static let codecs: [Compression] = [.none, .gzip, .snappy, .lz4, .zstd]

  private func batch(_ compression: Compression = .none) throws -> RecordBatch {
    var builder = RecordBatchBuilder(
      compression: compression, baseOffset: 100, leaderEpoch: 7, producerID: 9, producerEpoch: 2, baseSequence: 40, isTransactional: true)
    builder.append(timestamp: Timestamp(milliseconds: 5000), key: Bytes("a"), value: Bytes("1"))
    builder.append(timestamp: Timestamp(milliseconds: 9000), key: Bytes("b"), value: nil, headers: [RecordHeader(key: "h", value: Bytes("x"))])
    builder.append(timestamp: Timestamp(milliseconds: 7000), key: nil, value: Bytes(String(repeating: "long ", count: 100)))
    return try RecordBatch(builder.build())
  }

  private func retain(_ kept: [Bool], of batch: RecordBatch, horizon: Timestamp? = nil) throws -> RecordBatch {
    let made = try batch.retaining(kept, of: batch.decompressedRecords(), deleteHorizon: horizon, using: Compressor())
    // As a log would read it.
    return try RecordBatch(made.bytes)
  }

  private func expectSameProducer(_ left: RecordBatch, _ right: RecordBatch) throws {
    try left.validateChecksum()
    #expect(left.baseOffset == right.baseOffset && left.lastOffset == right.lastOffset && left.partitionLeaderEpoch == right.partitionLeaderEpoch)
    #expect(left.producerID == right.producerID && left.producerEpoch == right.producerEpoch && left.lastSequence == right.lastSequence)
    #expect(left.isTransactional == right.isTransactional && left.isControl == right.isControl && left.timestampType == right.timestampType)
  }

  @Test(arguments: codecs) func `Remaining records are unchanged, and so are the batch's offsets and its producer`(compression: Compression) throws {
    let whole = try batch(compression)
    for kept in [[true, false, true], [false, true, false], [false, true], [true, true, true]] {
      let left = try retain(kept, of: whole)
      try expectSameProducer(left, whole)
      let expected = try zip(whole.records(), kept).filter(\.1).map(\.0)
      #expect(try left.records() == expected)
      #expect(left.compression == compression && left.deleteHorizon == nil)
      #expect(left.maxTimestamp == expected.map(\.timestamp).max() && left.baseTimestamp == expected[0].timestamp)
    }
  }

  @Test(arguments: codecs) func `Times count from the delete horizon, and do not change`(compression: Compression) throws {
    let whole = try batch(compression)
    let horizon = Timestamp(milliseconds: 1_000_000_000_000)
    let left = try retain([false, true, true], of: whole, horizon: horizon)
    #expect(left.deleteHorizon == horizon && left.maxTimestamp == Timestamp(milliseconds: 9000))
    #expect(try left.records() == Array(whole.records().dropFirst()))
    // Once more, with the horizon that is there.
    let again = try retain([true], of: left, horizon: left.deleteHorizon)
    #expect(again.deleteHorizon == horizon)
    #expect(try again.records().map(\.timestamp) == [Timestamp(milliseconds: 9000)])
  }

  @Test func `A broker's own timestamp stays on every record`() throws {
    let whole = try batch().stamped(baseOffset: 100, leaderEpoch: 7, logAppendTime: Timestamp(milliseconds: 77_000))
    let left = try retain([true, false, true], of: whole, horizon: Timestamp(milliseconds: 99_000))
    #expect(left.timestampType == .logAppendTime && left.maxTimestamp == Timestamp(milliseconds: 77_000))
    #expect(try left.records().map(\.timestamp) == [Timestamp(milliseconds: 77_000), Timestamp(milliseconds: 77_000)])
  }

  @Test(arguments: codecs) func `An emptied batch is a header that keeps its producer`(compression: Compression) throws {
    let whole = try retain([false, true], of: batch(compression), horizon: Timestamp(milliseconds: 99_000))
    let header = try RecordBatch(whole.emptied().bytes)
    try expectSameProducer(header, whole)
    #expect(header.sizeInBytes == BatchHeader.size && header.recordCount == 0 && header.deleteHorizon == nil)
    #expect(header.maxTimestamp == whole.maxTimestamp && header.baseTimestamp == .none)
    #expect(try header.records().isEmpty)
    #expect(header.emptied() == header)
  }

  @Test func `Damaged records are an error`() throws {
    let whole = try batch()
    let content = try whole.decompressedRecords()
    #expect(throws: WireError.self) {
      try whole.retaining([true, true, true], of: content[..<(content.count - 1)], deleteHorizon: nil, using: Compressor())
    }
  }
}
