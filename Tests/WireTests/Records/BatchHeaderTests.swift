import Primitives
import Testing

@testable import Wire

@Suite struct BatchHeaderTests {
  @Test(arguments: BatchVector.all)
  func `The header of Kafka's batches has the values that Kafka wrote`(_ vector: BatchVector) throws {
    let header = try #require(BatchHeader(vector.bytes))
    #expect(header.sizeInBytes == vector.bytes.count && header.isReadable)
    #expect(header.baseOffset.value == vector.baseOffset ?? 0)
    if let epoch = vector.partitionLeaderEpoch { #expect(header.leaderEpoch.value == epoch) }
    if let producer = vector.producerId { #expect(header.producerID == producer) }
    if let epoch = vector.producerEpoch { #expect(header.producerEpoch == epoch) }
    if let sequence = vector.baseSequence { #expect(header.baseSequence == sequence) }
    if let transactional = vector.transactional { #expect(header.isTransactional == transactional) }
    if let records = vector.records {
      #expect(header.recordCount == Int32(records.count) && header.lastOffset == vector.producedRecords.last?.offset)
    }
    #expect(header.hasValidChecksum(ofBatchIn: vector.bytes, at: 0))
    #expect(try header == RecordBatch(vector.bytes).header)
  }

  @Test(arguments: BatchVector.all)
  func `A header that is written again has the same bytes`(_ vector: BatchVector) throws {
    var header = try #require(BatchHeader(vector.bytes))
    (header.batchLength, header.magic, header.checksum) = (-1, 9, 1)
    let written = Bytes(capacity: vector.bytes.count) { target in
      vector.bytes.withUnsafeBytes { target.copyMemory(from: $0) }
      target[..<BatchHeader.size].initializeMemory(as: UInt8.self, repeating: 0xaa)
      header.write(to: target)
      return target.count
    }
    #expect(written == vector.bytes)
  }

  @Test func `A header needs 61 bytes, wherever it is`() {
    let bytes = Bytes(joining: [Bytes([1, 2, 3]), sampleBatch().bytes])
    #expect(BatchHeader(bytes, at: 3) == sampleBatch().header)
    for count in 0..<BatchHeader.size { #expect(BatchHeader(bytes[..<(count + 3)], at: 3) == nil) }
    #expect(BatchHeader(bytes, at: -1) == nil && BatchHeader(bytes, at: bytes.count + 1) == nil)
  }

  // MARK: Damage

  struct Damage: CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout BatchHeader) -> Void
    var codec: BatchFault?
    var offsets: BatchFault?
    var recordCount: BatchFault?
    var noGaps: BatchFault?

    init(
      _ what: String, codec: BatchFault? = nil, offsets: BatchFault? = nil, recordCount: BatchFault? = nil, noGaps: BatchFault? = nil,
      _ change: @escaping @Sendable (inout BatchHeader) -> Void
    ) {
      (testDescription, self.change) = (what, change)
      (self.codec, self.offsets, self.recordCount, self.noGaps) = (codec, offsets, recordCount, noGaps)
    }
  }

  /// The batch has three records, at offsets 0 to 2.
  @Test(arguments: [
    Damage("nothing") { _ in },
    Damage("codec 4") { $0.attributes = 4 },
    Damage("codec 5", codec: .codec(5)) { $0.attributes = 5 },
    Damage("codec 7 among other attributes", codec: .codec(7)) { $0.attributes = 0x7ff7 },
    Damage("the last possible offset") { $0.baseOffset = Offset(.max - 3) },
    Damage("no offset behind the last", offsets: .offsets(base: Offset(.max - 2), lastDelta: 2)) { $0.baseOffset = Offset(.max - 2) },
    Damage("offsets beyond the largest", offsets: .offsets(base: Offset(.max), lastDelta: 2)) { $0.baseOffset = Offset(.max) },
    Damage(
      "an end before the beginning", offsets: .offsets(base: 0, lastDelta: -1), recordCount: .recordCount(3, offsets: 0),
      noGaps: .offsets(base: 0, lastDelta: -1)
    ) { $0.lastOffsetDelta = -1 },
    Damage(
      "the smallest delta", offsets: .offsets(base: 0, lastDelta: .min), recordCount: .recordCount(3, offsets: Int64(Int32.min) + 1),
      noGaps: .offsets(base: 0, lastDelta: .min)
    ) { $0.lastOffsetDelta = .min },
    Damage("gaps", noGaps: .recordCount(3, offsets: 4)) { $0.lastOffsetDelta = 3 },
    Damage("the largest delta", noGaps: .recordCount(3, offsets: 1 << 31)) { $0.lastOffsetDelta = .max },
    Damage("no records", noGaps: .recordCount(0, offsets: 3)) { $0.recordCount = 0 },
    Damage("-1 records", recordCount: .recordCount(-1, offsets: 3), noGaps: .recordCount(-1, offsets: 3)) { $0.recordCount = -1 },
    Damage("more records than offsets", recordCount: .recordCount(4, offsets: 3), noGaps: .recordCount(4, offsets: 3)) { $0.recordCount = 4 },
  ])
  func `Each check looks only at its own fields`(_ damage: Damage) {
    var header = sampleBatch().header
    damage.change(&header)
    #expect(fault(header.checkCodec) == damage.codec)
    #expect(fault(header.checkOffsets) == damage.offsets)
    #expect(fault(header.checkRecordCount) == damage.recordCount)
    #expect(fault(header.checkNoGaps) == damage.noGaps)
  }

  @Test func `The search for the next batch uses sizes and offsets alone`() {
    func isPossible(_ change: (inout BatchHeader) -> Void) -> Bool {
      var header = sampleBatch().header
      change(&header)
      return header.isPossible(below: 100)
    }
    #expect(isPossible { (header) in (header.magic, header.attributes, header.recordCount, header.checksum) = (0, 7, -1, 0) })
    #expect(isPossible { $0.baseOffset = 97 } && !isPossible { $0.baseOffset = 98 })
    #expect(!isPossible { $0.baseOffset = -1 } && !isPossible { $0.baseOffset = Offset(.max) })
    #expect(!isPossible { $0.lastOffsetDelta = -1 } && !isPossible { $0.lastOffsetDelta = .max })
    #expect(isPossible { $0.batchLength = 49 } && !isPossible { $0.batchLength = 48 } && !isPossible { $0.batchLength = .min })
  }

  @Test func `The checksum is that of everything from the attributes to the end`() throws {
    let bytes = Bytes(joining: [Bytes([7]), sampleBatch().bytes, Bytes([8])])
    let header = try #require(BatchHeader(bytes, at: 1))
    #expect(header.hasValidChecksum(ofBatchIn: bytes, at: 1))
    for position in bytes.indices {
      let damaged = bytes.replacing(at: position, with: bytes[position] ^ 0x10)
      let isCovered = (1 + BatchHeader.checksumBegin..<bytes.count - 1).contains(position)
      #expect(header.hasValidChecksum(ofBatchIn: damaged, at: 1) == !isCovered, "byte \(position)")
    }
  }

  // MARK: Where a batch ends

  @Test func `The size of a batch is in its first 17 bytes, and the batch itself need not be there`() throws {
    let bytes = sampleBatch().bytes
    #expect(try BatchHeader.sizeOfBatch(in: bytes[..<17]) == bytes.count)
    for count in 0..<17 { #expect(throws: BatchFault.cutOff(needed: 61, available: count)) { try BatchHeader.sizeOfBatch(in: bytes[..<count]) } }
    #expect(throws: BatchFault.magic(1)) { try BatchHeader.sizeOfBatch(in: bytes.replacing(at: 16, with: Int8(1))) }
    #expect(throws: BatchFault.length(48)) { try BatchHeader.sizeOfBatch(in: bytes.replacing(at: 8, with: Int32(48))) }
    #expect(throws: BatchFault.length(.min)) { try BatchHeader.sizeOfBatch(in: bytes.replacing(at: 8, with: Int32.min)) }
    #expect(try BatchHeader.sizeOfBatch(in: bytes.replacing(at: 8, with: Int32.max)) == Int(Int32.max) + 12)
    #expect(throws: BatchFault.cutOff(needed: bytes.count, available: bytes.count - 1)) { try RecordBatch(checking: bytes[..<(bytes.count - 1)]) }
  }

  @Test func `A leader leaves out an incomplete batch at the end, and distinguishes old formats from invalid ones`() throws {
    let bytes = sampleBatch().bytes
    for count in bytes.indices { #expect(try BatchHeader.sizeOfSentBatch(in: bytes[..<count], at: 0) == nil) }
    #expect(try BatchHeader.sizeOfSentBatch(in: Bytes(joining: [bytes, bytes[..<20]]), at: 0) == bytes.count)
    #expect(try BatchHeader.sizeOfSentBatch(in: Bytes(joining: [bytes, bytes[..<20]]), at: bytes.count) == nil)
    for magic in [Int8(0), 1, 3, -1] {
      #expect(throws: BatchFault.magic(magic)) { try BatchHeader.sizeOfSentBatch(in: bytes.replacing(at: 16, with: magic), at: 0) }
    }
    // Cut off and of an older format: not there. Of none: wrong all the same.
    #expect(try BatchHeader.sizeOfSentBatch(in: bytes.replacing(at: 16, with: Int8(1))[..<40], at: 0) == nil)
    #expect(throws: BatchFault.magic(3)) { try BatchHeader.sizeOfSentBatch(in: bytes.replacing(at: 16, with: Int8(3))[..<40], at: 0) }
    for length in [Int32.min, -1, 13] {
      #expect(throws: BatchFault.length(length)) { try BatchHeader.sizeOfSentBatch(in: bytes.replacing(at: 8, with: length)[..<12], at: 0) }
    }
    #expect(try BatchHeader.sizeOfSentBatch(in: bytes.replacing(at: 8, with: Int32(14)), at: 0) == 26)
    #expect(try BatchHeader.sizeOfSentBatch(in: bytes.replacing(at: 8, with: Int32.max), at: 0) == nil)
  }

  private func fault(_ check: () throws(BatchFault) -> Void) -> BatchFault? {
    do {
      try check()
      return nil
    } catch {
      return error
    }
  }
}
