import Host
import Primitives
import Testing
import Wire

@testable import Log

/// What a pass leaves of a log.
@Suite struct CompactionTests {
  @Test func `The newest record of each key stays, and the active segment does not count`() throws {
    let fixture = try LogFixture.compacted()
    for record in ["a=1", "b=1", "a=2"] { try fixture.write(record) }
    try fixture.log.roll()
    for record in ["c=1", "b=2"] { try fixture.write(record) }
    try fixture.log.roll()
    try fixture.write("a=3")
    let compaction = fixture.compact()?.compaction
    #expect(try fixture.keyedContents() == ["2:a=2", "3:c=1", "4:b=2", "5:a=3"])
    #expect(fixture.log.segmentBaseOffsets == [0, 5])
    #expect(compaction?.from == 0 && compaction?.to == 5)
    #expect(compaction?.recordsBefore == 5 && compaction?.recordsAfter == 3)
    #expect(compaction?.segmentsBefore == 2 && compaction?.segmentsAfter == 1)
    #expect(fixture.log.logEndOffset == 6)
    // From within the gap the next record is read.
    #expect(try fixture.log.read(from: 0, upTo: 6, maxBytes: 1, minOneBatch: true).baseOffset == 2)
  }

  @Test(arguments: [Compression.none, .gzip, .lz4, .zstd, .snappy])
  func `A batch with some records left keeps its offsets`(compression: Compression) throws {
    let fixture = try LogFixture.compacted()
    try fixture.write("a=1", "b=1", "a=2", "c=1", compression: compression)
    try fixture.write("b=2", compression: compression)
    try fixture.log.roll()
    try fixture.write("d=1")
    fixture.compact()
    #expect(try fixture.batches() == ["0-3(2)", "4-4(1)", "5-5(1)"])
    #expect(try fixture.keyedContents() == ["2:a=2", "3:c=1", "4:b=2", "5:d=1"])
    #expect(try fixture.records().allSatisfy { $0.timestamp == fixture.host.wallClock })
  }

  @Test func `Records without a key are removed, and those after the high watermark stay`() throws {
    let fixture = try LogFixture.compacted { $0.cleanupPolicy = .delete }
    var builder = RecordBatchBuilder()
    builder.append(timestamp: fixture.host.wallClock, key: nil, value: Bytes("no key"))
    _ = try fixture.log.append(asLeader: builder.build(), epoch: 0)
    fixture.log.configuration.cleanupPolicy = .compact
    try fixture.write("a=1")
    try fixture.log.roll()
    try fixture.write("a=2")
    try fixture.log.roll()
    try fixture.write("b=1")
    fixture.compact(highWatermark: 2)
    #expect(try fixture.keyedContents() == ["1:a=1", "2:a=2", "3:b=1"])
    fixture.compact(highWatermark: 4)
    #expect(try fixture.keyedContents() == ["2:a=2", "3:b=1"])
  }

  @Test func `A tombstone is removed delete.retention.ms after the first pass that met it`() throws {
    let fixture = try LogFixture.compacted { $0.deleteRetention = .milliseconds(1000) }
    for record in ["a=1", "a", "b=1"] { try fixture.write(record) }
    try fixture.log.roll()
    try fixture.write("c=1")
    fixture.compact()
    #expect(try fixture.batches() == ["1-1(1)h", "2-2(1)", "3-3(1)"])
    #expect(try fixture.keyedContents() == ["1:a", "2:b=1", "3:c=1"])
    // The record's own time is as before, although the batch counts from its horizon.
    #expect(try fixture.records()[0].timestamp == Timestamp(milliseconds: 1_000_000))
    fixture.host.wallClock = Timestamp(milliseconds: 1_000_999)
    #expect(fixture.compact()?.compaction?.tombstonesRemoved == 0)
    #expect(try fixture.keyedContents() == ["1:a", "2:b=1", "3:c=1"])
    fixture.host.wallClock = Timestamp(milliseconds: 1_001_000)
    #expect(fixture.compact()?.compaction?.tombstonesRemoved == 1)
    #expect(try fixture.keyedContents() == ["2:b=1", "3:c=1"])
  }

  @Test func `A tombstone before a later record is removed immediately, and one after it stays`() throws {
    let fixture = try LogFixture.compacted()
    for record in ["a=1", "a", "a=2", "b=1", "b"] { try fixture.write(record) }
    try fixture.log.roll()
    try fixture.write("c=1")
    fixture.compact()
    #expect(try fixture.keyedContents() == ["2:a=2", "4:b", "5:c=1"])
  }

  @Test func `The last batch that was cleaned stays, if only as a header`() throws {
    let fixture = try LogFixture.compacted { $0.deleteRetention = .zero }
    for record in ["a=1", "b=1", "a", "b"] { try fixture.write(record) }
    try fixture.log.roll()
    try fixture.write("c=1")
    fixture.compact()
    fixture.compact()
    #expect(try fixture.batches() == ["3-3(0)", "4-4(1)"])
    #expect(fixture.log.segmentBaseOffsets == [0, 4])
    try fixture.reopen(recoveryPoint: 5)
    #expect(try fixture.keyedContents() == ["4:c=1"] && fixture.log.logEndOffset == 5)
    #expect(fixture.host.warnings.isEmpty)
  }

  @Test func `A segment with no records left keeps the header of its last batch until it is joined with another`() throws {
    let fixture = try LogFixture.compacted { $0.segmentBytes = 100 }
    for record in ["a=1", "a=2", "a=3"] {
      try fixture.write(record)
      try fixture.log.roll()
    }
    #expect(fixture.log.segmentBaseOffsets == [0, 1, 2, 3])
    fixture.compact()
    #expect(try fixture.batches() == ["0-0(0)", "1-1(0)", "2-2(1)"])
    fixture.log.configuration.segmentBytes = 1000
    fixture.compact()
    #expect(try fixture.batches() == ["2-2(1)"] && fixture.log.segmentBaseOffsets == [0, 3])
  }

  @Test func `A producer's last sequence outlives its records`() throws {
    let fixture = try LogFixture.compacted()
    _ = try fixture.log.append(asLeader: fixture.keyed(["a=1"], producer: 7, sequence: 0), epoch: 0)
    _ = try fixture.log.append(asLeader: fixture.keyed(["a=2"], producer: 7, sequence: 1), epoch: 0)
    try fixture.write("a=3")
    try fixture.log.roll()
    try fixture.write("b=1")
    fixture.compact()
    #expect(try fixture.batches() == ["1-1(0)", "2-2(1)", "3-3(1)"])
    fixture.flush()
    for name in fixture.files where name.hasSuffix(".snapshot") { try fixture.disk.remove(fixture.path(name)) }
    try fixture.reopen()
    #expect(fixture.log.activeProducers.map(\.lastSequence) == [1])
    fixture.log.expireProducers(olderThan: .zero)
    fixture.compact()
    #expect(try fixture.batches() == ["2-2(1)", "3-3(1)"])
  }

  @Test func `Offsets that do not fit one index stay in two segments`() throws {
    let fixture = try LogFixture.compacted()
    try fixture.write("a=1")
    let far = try RecordBatch(fixture.keyed(["b=1"])).stamped(baseOffset: 3_000_000_000, leaderEpoch: 0).bytes
    _ = try fixture.log.append(asFollower: far, leaderEpoch: 0)
    try fixture.log.roll()
    try fixture.write("c=1")
    #expect(fixture.log.segmentBaseOffsets == [0, 3_000_000_000, 3_000_000_001])
    #expect(fixture.compact()?.compaction != nil)
    #expect(fixture.log.segmentBaseOffsets == [0, 3_000_000_000, 3_000_000_001])
    #expect(try fixture.keyedContents() == ["0:a=1", "3000000000:b=1", "3000000001:c=1"])
  }

  @Test func `A batch too far from the segment's first offset is refused`() throws {
    let fixture = try LogFixture.compacted()
    let segment = try CleanedSegment(at: 0, in: fixture.log.files, now: fixture.host.wallClock, indexIntervalBytes: 4096)
    let far = try RecordBatch(fixture.keyed(["b=1"])).stamped(baseOffset: 2_147_483_648, leaderEpoch: 0)
    #expect(throws: LogError.self) { try segment.append([far]) }
    try segment.append([try RecordBatch(fixture.keyed(["b=1"])).stamped(baseOffset: 2_147_483_647, leaderEpoch: 0)])
  }

  // MARK: The offset map

  @Test func `A full map ends the pass early, and the next one continues there`() throws {
    let fixture = try LogFixture.compacted()
    for record in ["a=1", "b=1", "c=1", "a=2", "d=1", "b=2"] { try fixture.write(record) }
    try fixture.log.roll()
    try fixture.write("e=1")
    let map = OffsetMap(memory: 72, loadFactor: 1)
    #expect(map.capacity == 3)
    // Kafka takes a full map for the end, even where the next key is in it.
    #expect(fixture.compact(map: map)?.compaction?.to == 3)
    #expect(try fixture.keyedContents().count == 7)
    #expect(fixture.compact(from: 3, map: map)?.compaction?.to == 6)
    #expect(try fixture.keyedContents() == ["2:c=1", "3:a=2", "4:d=1", "5:b=2", "6:e=1"])
  }

  @Test func `A map that is too small for one batch ends the pass`() throws {
    let fixture = try LogFixture.compacted()
    try fixture.write("a=1", "b=1", "c=1")
    try fixture.log.roll()
    try fixture.write("e=1")
    guard case .mapIsTooSmall = fixture.compact(map: OffsetMap(memory: 48, loadFactor: 1)) else {
      Issue.record("the map was large enough")
      return
    }
    #expect(try fixture.keyedContents() == ["0:a=1", "1:b=1", "2:c=1", "3:e=1"])
  }

  /// RFC 1321, A.5.
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
    ("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a"),
  ])
  func `Keys are identified by their MD5`(key: String, digest: String) {
    var writer = ByteWriter(capacity: 16)
    let found = KeyDigest(Bytes(key))
    writer.append(found.low.byteSwapped)
    writer.append(found.high.byteSwapped)
    #expect(writer.bytes.hexadecimal == digest)
  }
}
