import Primitives
import Testing
import Wire

@testable import Client
@testable import Workloads

/// Batches are read once, and what was read of them is given to everybody who is given the same batch.
@Suite struct KnownBatchesTests {
  private static let partition = TopicPartition("t", 0)

  private static func batch(of values: [RecordValue], at base: Offset = 10, gap: Int32 = 0) throws -> RecordBatch {
    var builder = RecordBatchBuilder(baseOffset: base)
    for (index, value) in values.enumerated() {
      let bytes = value == .none ? Bytes("written by somebody else") : Payload.bytes(naming: value, .empty)
      builder.append(offsetDelta: Int32(index) + (index > 0 ? gap : 0), timestamp: Timestamp(milliseconds: 1), key: nil, value: bytes)
    }
    return try RecordBatch(builder.build())
  }

  private static func slice(_ batch: RecordBatch, _ offsets: Range<Offset>? = nil, isVerified: Bool = true) throws -> RecordSlice {
    let offsets = offsets ?? batch.baseOffset..<batch.nextOffset
    return RecordSlice(
      partition: partition, topicID: .zero, batch: batch, content: try batch.decompressedRecords(), offsets: offsets, count: Int(offsets.upperBound - offsets.lowerBound),
      isVerified: isVerified, exchange: nil)
  }

  /// What the batches know of a slice; nil where it has to be read.
  private func known(_ batches: KnownBatches, _ slice: RecordSlice, of partition: PartitionNumber = 0) -> [RecordValue]? {
    var entries: ContiguousArray<History.Entry> = []
    guard batches.append(slice, of: partition, to: &entries) else { return nil }
    #expect(entries.map(\.offset) == (slice.offsets.lowerBound.value..<slice.offsets.upperBound.value).map { Offset($0) })
    #expect(entries.allSatisfy { $0.partition == partition && $0.key == .none && $0.transaction == .none })
    return entries.map(\.value)
  }

  private func read(_ batches: inout KnownBatches, _ slice: RecordSlice, of partition: PartitionNumber = 0) throws -> [RecordValue] {
    var values: [RecordValue] = []
    try batches.read(slice, of: partition) { values.append($1) }
    return values
  }

  @Test func `A batch that was read in parts is known as a whole`() throws {
    var batches = KnownBatches()
    let batch = try Self.batch(of: [4, 5, 6])
    #expect(known(batches, try Self.slice(batch)) == nil)
    #expect(try read(&batches, try Self.slice(batch, 11..<12)) == [5])
    #expect(known(batches, try Self.slice(batch)) == [4, 5, 6])
    #expect(known(batches, try Self.slice(batch, 12..<13)) == [6])
  }

  @Test func `Batches of any order, and of other partitions, are told apart`() throws {
    var batches = KnownBatches()
    let later = try Self.batch(of: [7, 8], at: 20), earlier = try Self.batch(of: [1, 2, 3], at: 5), other = try Self.batch(of: [9, 10], at: 20)
    for batch in [later, earlier] { _ = try read(&batches, try Self.slice(batch)) }
    _ = try read(&batches, try Self.slice(other), of: 2)
    #expect(known(batches, try Self.slice(earlier)) == [1, 2, 3])
    #expect(known(batches, try Self.slice(later)) == [7, 8])
    #expect(known(batches, try Self.slice(other), of: 2) == [9, 10])
    #expect(known(batches, try Self.slice(other)) == nil)
    #expect(known(batches, try Self.slice(other), of: 1) == nil)
  }

  @Test func `Another batch at the same offsets is read`() throws {
    var batches = KnownBatches()
    _ = try read(&batches, try Self.slice(try Self.batch(of: [1, 2])))
    let other = try Self.slice(try Self.batch(of: [1, 3]))
    #expect(known(batches, other) == nil)
    #expect(try read(&batches, other) == [1, 3])
    #expect(known(batches, other) == nil)
    #expect(known(batches, try Self.slice(try Self.batch(of: [1, 2]))) == [1, 2])
  }

  @Test func `A batch whose checksum nobody compared is read each time`() throws {
    var batches = KnownBatches()
    let batch = try Self.batch(of: [1, 2])
    #expect(try read(&batches, try Self.slice(batch, isVerified: false)) == [1, 2])
    #expect(known(batches, try Self.slice(batch)) == nil)
    _ = try read(&batches, try Self.slice(batch))
    #expect(known(batches, try Self.slice(batch, isVerified: false)) == nil)
  }

  @Test func `Batches with gaps, and with records of others, are read each time`() throws {
    var batches = KnownBatches()
    for batch in [try Self.batch(of: [1, 2], gap: 3), try Self.batch(of: [1, .none, 2], at: 40)] {
      let slice = try Self.slice(batch), first = try read(&batches, slice)
      #expect(known(batches, slice) == nil)
      #expect(try read(&batches, slice) == first)
    }
    #expect(try read(&batches, try Self.slice(try Self.batch(of: [3], at: 60))) == [3])
    #expect(known(batches, try Self.slice(try Self.batch(of: [3], at: 60))) == [3])
  }

  @Test func `Of a batch that cannot be read nothing is kept`() throws {
    var batches = KnownBatches()
    let whole = try Self.batch(of: [1, 2])
    let slice = RecordSlice(
      partition: Self.partition, topicID: .zero, batch: whole, content: try whole.decompressedRecords()[..<30], offsets: 10..<12, count: 2, isVerified: true, exchange: nil)
    var values: [RecordValue] = []
    #expect(throws: WireError.self) { try batches.read(slice, of: 0) { values.append($1) } }
    #expect(values == [1])
    #expect(known(batches, try Self.slice(whole)) == nil)
    #expect(try read(&batches, try Self.slice(whole)) == [1, 2])
  }
}
