import Log
import Primitives
import Testing
import Wire

@Suite struct AppendTests {
  @Test func `A leader assigns offsets and stamps its epoch`() throws {
    let fixture = try LogFixture()
    #expect(try fixture.append("a", "b").lastOffset == 1)
    let result = try fixture.append("c", epoch: 4)
    #expect(result.baseOffset == 2 && result.logAppendTime == .none && !result.isDuplicate)
    let batches = try RecordBatch.splitting(fixture.log.read(from: 0, upTo: 3, maxBytes: 1 << 20, minOneBatch: true).records)
    #expect(batches.map(\.partitionLeaderEpoch) == [0, 4])
    #expect(try fixture.contents() == ["0:a", "1:b", "2:c"])
  }

  @Test func `A read of one batch shares the bytes`() throws {
    let fixture = try LogFixture()
    try fixture.append("a", "b")
    try fixture.append("c")
    let whole = try fixture.log.read(from: 1, upTo: 3, maxBytes: 1 << 20, minOneBatch: false)
    #expect(whole.baseOffset == 0 && whole.nextOffset == 3)
    #expect(try fixture.log.read(from: 1, upTo: 3, maxBytes: 10, minOneBatch: false).isEmpty)
    #expect(try fixture.log.read(from: 1, upTo: 3, maxBytes: 10, minOneBatch: true).nextOffset == 2)
    #expect(try fixture.log.read(from: 2, upTo: 2, maxBytes: 1000, minOneBatch: true).isEmpty)
    #expect(try fixture.log.read(from: 3, upTo: 3, maxBytes: 1000, minOneBatch: true).isEmpty)
    #expect(throws: LogError.offsetOutOfRange(requested: 4, logStartOffset: 0, logEndOffset: 3)) {
      try fixture.log.read(from: 4, upTo: 9, maxBytes: 1000, minOneBatch: true)
    }
  }

  @Test func `Damaged records are refused`() throws {
    let fixture = try LogFixture()
    var bytes = fixture.batch(["a"]).array
    bytes[bytes.count - 1] ^= 1
    let damaged = #expect(throws: AppendError.self) { try fixture.log.append(asLeader: Bytes(bytes), epoch: 0) }
    #expect(isCorrupt(damaged))
    bytes[16] = 1
    #expect(throws: AppendError.unsupportedFormat(magic: 1)) { try fixture.log.append(asLeader: Bytes(bytes), epoch: 0) }
    for nothing in [fixture.batch(["a"])[0..<40], Bytes.empty] {
      let error = #expect(throws: AppendError.self) { try fixture.log.append(asLeader: nothing, epoch: 0) }
      #expect(isInvalidRecord(error))
    }
    #expect(fixture.log.logEndOffset == 0)
  }

  @Test func `A batch above the limit is refused`() throws {
    let fixture = try LogFixture { $0.maxMessageBytes = 200 }
    try fixture.append("small")
    let tooLarge = #expect(throws: AppendError.self) { try fixture.append("large", size: 200) }
    guard case .batchTooLarge(_, 200)? = tooLarge else {
      Issue.record("\(String(describing: tooLarge))")
      return
    }
    fixture.log.configuration.maxMessageBytes = 10_000
    fixture.log.configuration.segmentBytes = 150
    let aboveSegment = #expect(throws: AppendError.self) { try fixture.append("large", size: 200) }
    guard case .largerThanSegment(_, 150)? = aboveSegment else {
      Issue.record("\(String(describing: aboveSegment))")
      return
    }
  }

  @Test func `Timestamps out of bounds are refused record by record`() throws {
    let fixture = try LogFixture {
      $0.messageTimestampBeforeMax = .seconds(100)
      $0.messageTimestampAfterMax = .seconds(1)
    }
    let now = fixture.host.wallClock.milliseconds
    try fixture.append("in", timestamp: now - 100_000)
    let error = #expect(throws: AppendError.self) { try fixture.append("late", "later", timestamp: now + 1001) }
    #expect(error?.rejectedRecords == [0, 1] && isInvalidTimestamp(error))
  }

  @Test func `A compacted topic requires keys`() throws {
    let fixture = try LogFixture { $0.cleanupPolicy = .compact }
    var builder = RecordBatchBuilder()
    builder.append(timestamp: fixture.host.wallClock, key: Bytes("k"), value: nil)
    builder.append(timestamp: fixture.host.wallClock, key: nil, value: Bytes("v"))
    let batch = builder.build()
    let error = #expect(throws: AppendError.self) { try fixture.log.append(asLeader: batch, epoch: 0) }
    #expect(error?.rejectedRecords == [1] && isInvalidRecord(error))
  }

  @Test func `The broker's clock replaces timestamps if the topic says so`() throws {
    let fixture = try LogFixture { $0.messageTimestampType = .logAppendTime }
    let result = try fixture.append("a", timestamp: 5)
    #expect(result.logAppendTime == fixture.host.wallClock)
    #expect(try fixture.records().map(\.timestamp) == [fixture.host.wallClock])
  }

  @Test func `A topic's codec replaces the producer's`() throws {
    let fixture = try LogFixture { $0.compressionType = .lz4 }
    let now = fixture.host.wallClock.milliseconds
    _ = try fixture.log.append(asLeader: fixture.batch(["a", "b"], timestamp: now, compression: .gzip), epoch: 2)
    let batch = try RecordBatch(fixture.log.read(from: 0, upTo: 2, maxBytes: 1000, minOneBatch: true).records)
    #expect(batch.compression == .lz4 && batch.partitionLeaderEpoch == 2)
    #expect(try fixture.contents() == ["0:a", "1:b"])
  }

  @Test func `A wrong largest timestamp in a header is corrected`() throws {
    let fixture = try LogFixture()
    let sound = try RecordBatch(fixture.batch(["a"], timestamp: fixture.host.wallClock.milliseconds))
    var bytes = sound.bytes.array
    bytes[35] = 0x11
    var writer = ByteWriter()
    writer.append(CRC32C.checksum(Bytes(bytes[21...])))
    bytes.replaceSubrange(17..<21, with: writer.bytes.array)
    _ = try fixture.log.append(asLeader: Bytes(bytes), epoch: 0)
    let stored = try RecordBatch(fixture.log.read(from: 0, upTo: 1, maxBytes: 1000, minOneBatch: true).records)
    #expect(stored.maxTimestamp == fixture.host.wallClock && stored.hasValidChecksum)
  }

  @Test func `A follower accepts only what continues its log`() throws {
    let fixture = try LogFixture()
    try fixture.append("a", "b", epoch: 1)
    #expect(throws: AppendError.unexpectedOffset(first: 1, last: 1, logEndOffset: 2)) {
      try fixture.log.append(asFollower: fixture.batch(["x"], baseOffset: 1, epoch: 1), leaderEpoch: 1)
    }
    let unordered = Bytes(joining: [fixture.batch(["c"], baseOffset: 2, epoch: 1), fixture.batch(["d"], baseOffset: 2, epoch: 1)])
    #expect(throws: AppendError.offsetsOutOfOrder(2, after: 2)) { try fixture.log.append(asFollower: unordered, leaderEpoch: 1) }
    let cutOff = Bytes(joining: [fixture.batch(["c"], baseOffset: 2, epoch: 1), fixture.batch(["d"], baseOffset: 3, epoch: 1)[0..<65]])
    #expect(try fixture.log.append(asFollower: cutOff, leaderEpoch: 1).lastOffset == 2)
  }

  @Test func `A batch with a newer epoch than the fetch is left out`() throws {
    let fixture = try LogFixture()
    let records = Bytes(joining: [fixture.batch(["a"], baseOffset: 0, epoch: 1), fixture.batch(["b"], baseOffset: 1, epoch: 2)])
    let result = try fixture.log.append(asFollower: records, leaderEpoch: 1)
    #expect(result.lastOffset == 0 && fixture.log.logEndOffset == 1 && fixture.log.latestEpoch == 1)
    #expect(try fixture.log.append(asFollower: records[result.sizeInBytes...], leaderEpoch: 2).lastOffset == 1)
  }
}

extension AppendError {
  fileprivate var rejectedRecords: [Int32] {
    switch self {
    case .invalidTimestamp(_, let records), .invalidRecord(_, let records): records.map(\.batchIndex)
    default: []
    }
  }
}
