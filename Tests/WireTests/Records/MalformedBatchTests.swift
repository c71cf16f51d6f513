import Primitives
import Testing

@testable import Wire

@Suite struct MalformedBatchTests {
  @Test func `A short input is not a batch`() {
    let bytes = sampleBatch().bytes
    for count in 0..<bytes.count {
      #expect(throws: WireError.self) { try RecordBatch(bytes[0..<count]) }
    }
  }

  @Test(arguments: [Int32.min, -1, 0, 48, .max])
  func `A length below the header or beyond the input is refused`(_ length: Int32) {
    expectError("batchLength") { try RecordBatch(sampleBatch().bytes.replacing(at: BatchLayout.batchLength, with: length)) }
  }

  @Test(arguments: [Int8(-1), 0, 1, 3])
  func `Only magic two is a batch`(_ magic: Int8) {
    expectError("magic") { try RecordBatch(sampleBatch().bytes.replacing(at: BatchLayout.magic, with: magic)) }
  }

  @Test(arguments: [Int16(5), 6, 7])
  func `A codec that does not exist is refused`(_ attributes: Int16) {
    expectError("attributes") { try RecordBatch(sampleBatch().bytes.replacing(at: BatchLayout.attributes, with: attributes)) }
  }

  @Test(arguments: [Int32.min, -1, 4, .max])
  func `A record count that does not match the offsets is refused`(_ count: Int32) {
    expectError("recordsCount") { try RecordBatch(sampleBatch().bytes.replacing(at: BatchLayout.recordCount, with: count)) }
  }

  @Test func `Offsets beyond the largest possible one are refused`() {
    expectError("lastOffsetDelta") { try RecordBatch(sampleBatch().bytes.replacing(at: BatchLayout.baseOffset, with: Int64.max - 2)) }
    expectError("lastOffsetDelta") { try RecordBatch(sampleBatch().bytes.replacing(at: BatchLayout.lastOffsetDelta, with: Int32(-1))) }
  }

  @Test func `A changed byte is noticed by the checksum`() throws {
    let bytes = sampleBatch().bytes
    var checked = 0
    for position in BatchLayout.checksum..<bytes.count where position != BatchLayout.attributes + 1 {
      guard let batch = try? RecordBatch(bytes.replacing(at: position, with: bytes[position] ^ 0x40)) else { continue }
      #expect(!batch.hasValidChecksum)
      #expect(throws: WireError.self) { try batch.validateChecksum() }
      checked += 1
    }
    // Almost all: the header's own checks refuse only some of its bytes.
    #expect(checked > bytes.count - BatchLayout.records)
  }

  @Test func `Fewer records than the header says end in an error`() throws {
    var builder = RecordBatchBuilder()
    builder.append(timestamp: .none, key: nil, value: nil)
    let bytes = builder.build().replacing(at: BatchLayout.lastOffsetDelta, with: Int32(1)).replacing(at: BatchLayout.recordCount, with: Int32(2))
    let batch = try RecordBatch(bytes)
    expectError("length") { try batch.records() }
  }

  @Test func `Bytes after the last record end in an error`() throws {
    let batch = try RecordBatch(sampleBatch().bytes.replacing(at: BatchLayout.recordCount, with: Int32(2)))
    expectError("records") { try batch.records() }
  }

  /// Bodies of one record (what follows its length) and the field at which each is wrong. Offset delta 0 is the only valid one.
  static let bodies: [(field: String, body: [UInt8])] = [
    ("timestampDelta", [0]),
    ("timestampDelta", [0, 0x80]),
    ("timestampDelta", [0] + [UInt8](repeating: 0x80, count: 10)),
    ("timestampDelta", [0] + [UInt8](repeating: 0xff, count: 9) + [0x02]),
    ("offsetDelta", [0, 0]),
    ("offsetDelta", [0, 0, 1, 1, 1, 0]),  // -1
    ("offsetDelta", [0, 0, 2, 1, 1, 0]),  // 1, beyond the batch
    ("keyLength", [0, 0, 0, 3, 1, 0]),  // -2
    ("keyLength", [0, 0, 0, 8, 1, 0]),  // 4 of 2
    ("keyLength", [0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1, 0]),
    ("valueLength", [0, 0, 0, 1, 3, 0]),
    ("valueLength", [0, 0, 0, 1, 4, 0]),
    ("headerCount", [0, 0, 0, 1, 1]),
    ("headerCount", [0, 0, 0, 1, 1, 1]),  // -1
    ("headerCount", [0, 0, 0, 1, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f]),
    ("headerKeyLength", [0, 0, 0, 1, 1, 2, 1, 1]),  // null
    ("headerKeyLength", [0, 0, 0, 1, 1, 2, 10, 0]),
    ("headerValueLength", [0, 0, 0, 1, 1, 2, 2, 0x61, 10]),
    ("record", [0, 0, 0, 1, 1, 0, 0]),
  ]

  @Test(arguments: bodies)
  func `A malformed record is an error at its field`(_ field: String, _ body: [UInt8]) throws {
    let batch = try RecordBatch(batch(holding: [UInt8(body.count * 2)] + body))
    expectError(field) { try batch.records() }
  }

  @Test(arguments: [[], [0x80], [0], [1], [20, 0], [UInt8](repeating: 0xff, count: 12)])
  func `A record that does not fit is an error at its length`(_ records: [UInt8]) throws {
    let batch = try RecordBatch(batch(holding: records))
    expectError("length") { try batch.records() }
  }

  @Test func `A header key that is not text is an error when headers are read`() throws {
    let batch = try RecordBatch(batch(holding: [18, 0, 0, 0, 1, 1, 2, 2, 0xff, 1]))
    var cursor = try RecordCursor(batch)
    #expect(try cursor.next())
    #expect(cursor.current.headerCount == 1)
    expectError("headerKey") { try cursor.current.headers() }
  }

  @Test func `More than a million headers of one record are an error before memory is allocated for them`() throws {
    // 2,000,010 bytes: attributes, deltas, neither key nor value, the number 1,000,001, and as many headers of two bytes.
    let record: [UInt8] = [0x94, 0x92, 0xf4, 0x01, 0, 0, 0, 1, 1, 0x82, 0x89, 0x7a] + [UInt8](repeating: 0, count: 2_000_002)
    var cursor = try RecordCursor(RecordBatch(batch(holding: record)))
    #expect(try cursor.next())
    #expect(cursor.current.headerCount == 1_000_001)
    expectError("headerCount") { try cursor.current.headers() }
  }

  @Test func `Timestamps from one end of 64 bits to the other fit in one batch`() throws {
    let timestamps = [.max, .min, 0, .min, .max].map { Timestamp(milliseconds: $0) }
    var builder = RecordBatchBuilder()
    for timestamp in timestamps { builder.append(timestamp: timestamp, key: nil, value: nil) }
    #expect(try RecordBatch(builder.build()).records().map(\.timestamp) == timestamps)
  }

  @Test func `Control records need their key and value`() throws {
    let wrong: [(key: Bytes, value: Bytes?, field: String)] = [
      (Bytes([0, 0, 0]), .empty, "controlRecordKey"), (Bytes([0xff, 0xff, 0, 0]), .empty, "controlRecordKey"),
      (Bytes([0, 0, 0, 1]), nil, "controlRecordValue"),
    ]
    for (key, value, field) in wrong {
      var builder = RecordBatchBuilder(isControl: true)
      builder.append(timestamp: .none, key: key, value: value)
      let batch = try RecordBatch(builder.build())
      expectError(field) { try batch.controlRecords() }
    }
    #expect(throws: WireError.self) { try EndTransactionMarker(ControlRecord(.commit, value: Bytes([0, 0, 0]))) }
  }

  /// A batch of one record whose bytes are given.
  private func batch(holding records: [UInt8]) -> Bytes {
    var builder = RecordBatchBuilder()
    builder.append(timestamp: .none, key: nil, value: nil)
    let header = builder.build()[0..<BatchLayout.records]
    return Bytes(joining: [header.replacing(at: BatchLayout.batchLength, with: Int32(49 + records.count)), Bytes(records)])
  }

  private func expectError<Result>(_ field: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result) {
    let error = #expect(throws: WireError.self, sourceLocation: sourceLocation) { _ = try body() }
    #expect(error?.field == field, sourceLocation: sourceLocation)
  }
}
