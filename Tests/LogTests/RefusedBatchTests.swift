import Primitives
import Testing
import Wire

@testable import Log

/// What a leader says of a batch whose header cannot be: a client sends again what was corrupt, and gives up on an invalid record.
@Suite struct RefusedBatchTests {
  struct Case: CustomTestStringConvertible {
    let field: String
    let change: @Sendable (inout [UInt8]) -> Void
    let isRight: @Sendable (AppendError?) -> Bool
    var sealsAgain = true

    var testDescription: String { field }
  }

  @Test(arguments: [
    Case(field: "base offset 1", change: { $0.put(Int64(1), at: 0) }, isRight: isInvalidRecord),
    Case(field: "base offset -1", change: { $0.put(Int64(-1), at: 0) }, isRight: isInvalidRecord),
    Case(field: "base offset 2^63 - 1", change: { $0.put(Int64.max, at: 0) }, isRight: isInvalidRecord),
    Case(field: "a length too small for any batch", change: { $0.put(Int32(13), at: 8) }, isRight: isCorrupt, sealsAgain: false),
    Case(field: "a negative length", change: { $0.put(Int32(-1), at: 8) }, isRight: isCorrupt, sealsAgain: false),
    Case(field: "the smallest length of all", change: { $0.put(Int32.min, at: 8) }, isRight: isCorrupt, sealsAgain: false),
    Case(field: "a length too small for a header", change: { $0.put(Int32(20), at: 8) }, isRight: isCorrupt, sealsAgain: false),
    Case(field: "a length beyond the bytes", change: { $0.put(Int32.max, at: 8) }, isRight: isInvalidRecord, sealsAgain: false),
    Case(field: "any leader epoch", change: { $0.put(Int32.max, at: 12) }, isRight: { $0 == nil }),
    Case(field: "magic 0", change: { $0[16] = 0 }, isRight: { $0 == .unsupportedFormat(magic: 0) }),
    Case(field: "magic 1", change: { $0[16] = 1 }, isRight: { $0 == .unsupportedFormat(magic: 1) }),
    Case(field: "magic 3", change: { $0[16] = 3 }, isRight: isCorrupt),
    Case(field: "magic -1", change: { $0[16] = 255 }, isRight: isCorrupt),
    Case(field: "another checksum", change: { $0[17] ^= 1 }, isRight: isCorrupt, sealsAgain: false),
    Case(field: "codec 5", change: { $0[22] = 5 }, isRight: { $0 == .unknownCodec(5) }),
    Case(field: "codec 7", change: { $0[22] = 7 }, isRight: { $0 == .unknownCodec(7) }),
    Case(field: "a codec that the records are not in", change: { $0[22] = 1 }, isRight: isInvalidRecord),
    Case(field: "control", change: { $0[22] = 0x20 }, isRight: isInvalidRecord),
    Case(field: "transactional without a producer", change: { $0[22] = 0x10 }, isRight: isInvalidRecord),
    Case(field: "last offset delta -1", change: { $0.put(Int32(-1), at: 23) }, isRight: isInvalidRecord),
    Case(field: "the smallest last offset delta", change: { $0.put(Int32.min, at: 23) }, isRight: isInvalidRecord),
    Case(field: "last offset delta 2147483646", change: { $0.put(Int32.max - 1, at: 23) }, isRight: isInvalidRecord),
    Case(field: "the largest last offset delta", change: { $0.put(Int32.max, at: 23) }, isRight: isInvalidRecord),
    Case(
      field: "the largest last offset delta and count", change: { $0.put(Int32.max, at: 23); $0.put(Int32.max, at: 57) }, isRight: isInvalidRecord),
    Case(
      field: "as many offsets as records, but not so many records", change: { $0.put(Int32.max - 1, at: 23); $0.put(Int32.max, at: 57) },
      isRight: isInvalidRecord),
    Case(field: "the largest base timestamp", change: { $0.put(Int64.max, at: 27) }, isRight: isInvalidTimestamp),
    Case(field: "any max timestamp", change: { $0.put(Int64.max, at: 35) }, isRight: { $0 == nil }),
    Case(field: "a producer without a sequence", change: { $0.put(Int64(7), at: 43) }, isRight: isInvalidRecord),
    Case(field: "count 0", change: { $0.put(Int32(0), at: 57) }, isRight: isInvalidRecord),
    Case(field: "count -1", change: { $0.put(Int32(-1), at: 57) }, isRight: isInvalidRecord),
    Case(field: "count 3 of 2", change: { $0.put(Int32(3), at: 57) }, isRight: isInvalidRecord),
    Case(field: "the largest count", change: { $0.put(Int32.max, at: 57) }, isRight: isInvalidRecord),
  ])
  func `Each invalid field of a header is refused with its own name`(_ item: Case) throws {
    let fixture = try LogFixture()
    var bytes = fixture.batch(["a", "b"], timestamp: fixture.host.wallClock.milliseconds).array
    item.change(&bytes)
    if item.sealsAgain { bytes.put(CRC32C.checksum(Bytes(bytes[21...])), at: 17) }
    var refusal: AppendError?
    do { _ = try fixture.log.append(asLeader: Bytes(bytes), epoch: 0) } catch { refusal = error }
    #expect(item.isRight(refusal), "\(String(describing: refusal))")
    #expect(fixture.log.logEndOffset == (refusal == nil ? 2 : 0))
  }

  @Test func `An incomplete rest is left out, and a second batch is one too many`() throws {
    let fixture = try LogFixture()
    let whole = fixture.batch(["a"], timestamp: fixture.host.wallClock.milliseconds)
    _ = try fixture.log.append(asLeader: Bytes(joining: [whole, whole[0..<40]]), epoch: 0)
    #expect(fixture.log.logEndOffset == 1)
    #expect(isInvalidRecord(refusal(fixture, Bytes(joining: [whole, whole]))))
  }

  @Test func `An invalid batch is refused as such, even if its producer is known`() throws {
    let fixture = try LogFixture()
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 9, sequence: 0), epoch: 0)
    #expect(isInvalidRecord(refusal(fixture, fixture.producerBatch(producer: 9, sequence: -1))))
    var hollow = fixture.producerBatch(producer: 9, sequence: 5).array
    hollow[61] = 0
    hollow.put(CRC32C.checksum(Bytes(hollow[21...])), at: 17)
    #expect(isInvalidRecord(refusal(fixture, Bytes(hollow))), "before its sequence is looked at")
    #expect(refusal(fixture, fixture.producerBatch(producer: 9, sequence: 5)) == .outOfOrderSequence(producerID: 9, expected: 1, received: 5))
  }

  @Test func `One timestamp among other errors decides the code`() throws {
    let fixture = try LogFixture {
      $0.cleanupPolicy = .compact
      $0.messageTimestampAfterMax = .seconds(1)
    }
    let now = fixture.host.wallClock.milliseconds
    var builder = RecordBatchBuilder(compression: .none)
    builder.append(timestamp: Timestamp(milliseconds: now), key: nil, value: Bytes("no key"))
    builder.append(timestamp: Timestamp(milliseconds: now + 5_000), key: Bytes("k"), value: Bytes("late"))
    guard case .invalidTimestamp(_, let records)? = refusal(fixture, builder.build()) else {
      Issue.record("another refusal")
      return
    }
    #expect(records.map(\.batchIndex) == [0, 1])
  }

  @Test func `A producer may not use LogAppendTime if the broker stamps`() throws {
    let fixture = try LogFixture { $0.messageTimestampType = .logAppendTime }
    var bytes = fixture.batch(["a"]).array
    bytes[22] = 0x08
    bytes.put(CRC32C.checksum(Bytes(bytes[21...])), at: 17)
    #expect(isInvalidTimestamp(refusal(fixture, Bytes(bytes))))
  }

  @Test func `Any time is valid in a topic without bounds`() throws {
    let fixture = try LogFixture {
      $0.messageTimestampBeforeMax = .forever
      $0.messageTimestampAfterMax = .forever
    }
    try fixture.append("early", timestamp: 0)
    try fixture.append("late", timestamp: 11_019_226_706_598)
    #expect(fixture.log.logEndOffset == 2)
  }

  private func refusal(_ fixture: LogFixture, _ records: Bytes) -> AppendError? {
    do {
      _ = try fixture.log.append(asLeader: records, epoch: 0)
      return nil
    } catch {
      return error
    }
  }
}

@Sendable func isInvalidRecord(_ error: AppendError?) -> Bool {
  if case .invalidRecord? = error { true } else { false }
}

@Sendable func isInvalidTimestamp(_ error: AppendError?) -> Bool {
  if case .invalidTimestamp? = error { true } else { false }
}

@Sendable func isCorrupt(_ error: AppendError?) -> Bool {
  if case .corrupt? = error { true } else { false }
}

extension [UInt8] {
  fileprivate mutating func put(_ value: some FixedWidthInteger, at position: Int) {
    Swift.withUnsafeBytes(of: value.bigEndian) { replaceSubrange(position..<position + $0.count, with: $0) }
  }
}
