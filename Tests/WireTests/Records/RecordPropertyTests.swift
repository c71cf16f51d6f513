import Primitives
import Testing

@testable import Wire

@Suite struct RecordPropertyTests {
  @Test(arguments: Compression.allCases)
  func `What is built is what is read`(_ compression: Compression) throws {
    var random = RandomStream(seed: 42, purpose: "record batches", Int64(compression.rawValue))
    let compressor = Compressor()
    var builder = RecordBatchBuilder(compression: compression, baseOffset: 100, capacity: 64, compressor: compressor)
    for _ in 0..<150 {
      builder.reset()
      var records: [Record] = []
      for _ in 0...random.below(20) {
        let delta = builder.lastOffsetDelta + 1 + Int32(random.below(10) == 0 ? random.below(100_000) : 0)
        let record = random.record(offset: Offset(100 + Int64(delta)))
        builder.append(offsetDelta: delta, timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers)
        records.append(record)
      }
      let batch = try RecordBatch(builder.build())
      try batch.validateChecksum()
      #expect(try batch.records(using: compressor) == records)
      #expect(batch.maxTimestamp == records.map(\.timestamp).max())
      #expect(batch.lastOffset == records.last?.offset)
    }
  }

  /// The checksum is left wrong on purpose: what follows must not lean on it.
  @Test func `Mutated batches end in records or in an error, and never trap`() throws {
    var random = RandomStream(seed: 7, purpose: "mutations")
    let compressor = Compressor()
    let originals = BatchVector.all.filter { $0.bytes.count < 500 }.map(\.bytes.array)
    var accepted = 0, refused = 0
    for _ in 0..<60_000 {
      var bytes = random.pick(originals)
      for _ in 0...random.below(4) { random.mutate(&bytes) }
      if exerciseRecordBatches(Bytes(bytes), decompressionLimit: 1 << 16, using: compressor) { accepted += 1 } else { refused += 1 }
    }
    #expect(accepted > 1000 && refused > 10_000, "\(accepted) accepted, \(refused) refused")
  }

  @Test(arguments: CompressionTests.codecs)
  func `Mutated compression ends in bytes or in an error, and never traps`(_ compression: Compression) {
    var random = RandomStream(seed: 8, purpose: "mutated compression", Int64(compression.rawValue))
    let compressor = Compressor()
    let original = compressor.compress(Bytes((0..<3000).map { UInt8($0 / 7 & 0xff) }), compression).array
    var refused = 0
    for _ in 0..<5_000 {
      var bytes = original
      for _ in 0...random.below(3) { random.mutate(&bytes) }
      do {
        #expect(try compressor.decompress(Bytes(bytes), compression, limit: 10_000).count <= 10_000)
      } catch { refused += 1 }
    }
    #expect(refused > 500)
  }
}

extension RandomStream {
  mutating func record(offset: Offset) -> Record {
    Record(
      offset: offset, timestamp: Timestamp(milliseconds: chance(1, in: 8) ? below(1 << 50) : 1_700_000_000_000 + below(2000)),
      key: chance(1, in: 4) ? nil : bytes(upTo: 20), value: chance(1, in: 5) ? nil : bytes(upTo: chance(1, in: 10) ? 9000 : 150),
      headers: (0..<(chance(2, in: 3) ? 0 : below(5))).map { _ in
        RecordHeader(key: pick(["", "trace", "größe", "k"]), value: chance(1, in: 3) ? nil : bytes(upTo: 70))
      })
  }

  mutating func bytes(upTo count: Int64) -> Bytes {
    Bytes((0..<below(count + 1)).map { _ in UInt8(truncatingIfNeeded: below(40)) })
  }

  /// One flipped bit, changed byte, removed or repeated stretch, or an extreme value; most often behind the header.
  mutating func mutate(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let start = chance(3, in: 4) && bytes.count > 62 ? 57 : 0
    let at = start + Int(below(Int64(bytes.count - start)))
    switch below(6) {
    case 0: bytes[at] ^= 1 << UInt8(below(8))
    case 1: bytes[at] = UInt8(truncatingIfNeeded: next())
    case 2: bytes[at] = pick([0, 1, 0x7f, 0x80, 0xff])
    case 3: bytes.removeSubrange(at..<min(bytes.count, at + 1 + Int(below(8))))
    case 4: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + Int(below(8)))], at: at)
    default: bytes.removeLast(Int(below(Int64(min(bytes.count, 8)))))
    }
    repairLength(&bytes)
  }

  /// Most mutations should reach the records: the length of the batch follows what was cut or inserted.
  private mutating func repairLength(_ bytes: inout [UInt8]) {
    guard bytes.count >= 61, !chance(1, in: 10) else { return }
    let length = UInt32(bytes.count - 12)
    for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)) }
  }
}
