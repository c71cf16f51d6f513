import Host
import Primitives
import Testing
import Wire

@testable import Log

/// Records of transactions and their markers.
@Suite struct TransactionCompactionTests {
  @Test func `Aborted records are removed and hide nothing, and their marker stays until they are all gone and the horizon has passed`() throws {
    let fixture = try LogFixture.compacted { $0.deleteRetention = .milliseconds(1000) }
    try fixture.write("k=1")
    try fixture.writeInTransaction(1, sequence: 0, "k=dirty")
    try fixture.end(1, isCommit: false)
    try fixture.write("m=1")
    try fixture.log.roll()
    try fixture.write("x=1")
    fixture.compact()
    // The batch of the producer's last sequence keeps its header.
    #expect(try fixture.batches() == ["0-0(1)", "1-1(0)", "2-2(1)", "3-3(1)", "4-4(1)"])
    #expect(try fixture.latest()["k"] == "1")
    #expect(fixture.log.abortedTransactions(from: 0, to: 4).map(\.firstOffset) == [1])

    fixture.log.expireProducers(olderThan: .zero)
    fixture.compact()
    #expect(try fixture.batches() == ["0-0(1)", "2-2(1)", "3-3(1)", "4-4(1)"])
    #expect(fixture.log.abortedTransactions(from: 0, to: 4).map(\.firstOffset) == [1])
    // Now nothing of it is left.
    fixture.compact()
    #expect(try fixture.batches() == ["0-0(1)", "2-2(1)h", "3-3(1)", "4-4(1)"])
    #expect(fixture.log.abortedTransactions(from: 0, to: 4).isEmpty)
    fixture.host.wallClock = Timestamp(milliseconds: 1_001_000)
    fixture.compact()
    #expect(try fixture.batches() == ["0-0(1)", "3-3(1)", "4-4(1)"])
  }

  @Test func `Committed records count, and their marker outlives them`() throws {
    let fixture = try LogFixture.compacted()
    try fixture.write("k=1")
    try fixture.writeInTransaction(1, sequence: 0, "k=2", "l=1")
    try fixture.end(1, isCommit: true)
    try fixture.write("l=2")
    try fixture.log.roll()
    try fixture.write("x=1")
    fixture.compact()
    #expect(try fixture.batches() == ["1-2(1)", "3-3(1)", "4-4(1)", "5-5(1)"])
    #expect(try fixture.latest()["k"] == "2" && fixture.latest()["l"] == "2")
  }

  @Test func `Nothing is cleaned after the start of the first open transaction`() throws {
    let fixture = try LogFixture.compacted()
    for record in ["a=1", "a=2"] { try fixture.write(record) }
    try fixture.log.roll()
    try fixture.writeInTransaction(1, sequence: 0, "a=3")
    try fixture.log.roll()
    try fixture.write("a=4")
    try fixture.log.roll()
    #expect(fixture.cleanable().firstUncleanableOffset == 2)
    fixture.compact()
    #expect(try fixture.keyedContents() == ["1:a=2", "2:a=3", "3:a=4"])
    try fixture.end(1, isCommit: true)
    // The marker lies in the active segment, below the high watermark.
    #expect(fixture.cleanable().firstUncleanableOffset == 4)
  }

  @Test func `A marker in a later segment is matched with batches in an earlier one`() throws {
    let fixture = try LogFixture.compacted { $0.segmentBytes = 150 }
    try fixture.writeInTransaction(1, sequence: 0, "k=dirty")
    try fixture.log.roll()
    try fixture.end(1, isCommit: false)
    try fixture.log.roll()
    try fixture.write("x=1")
    fixture.compact()
    #expect(try fixture.batches() == ["0-0(0)", "1-1(1)", "2-2(1)"])
    #expect(fixture.log.abortedTransactions(from: 0, to: 2).map(\.lastOffset) == [1])
    fixture.flush()
    try fixture.reopen(recoveryPoint: 3)
    #expect(fixture.log.abortedTransactions(from: 0, to: 2).map(\.lastOffset) == [1])
    #expect(!fixture.log.hasOngoingTransaction(producerID: 1))
  }

  /// A user's record with the four bytes of an abort marker for its key stands behind the marker.
  private func markerUnderAUsersKey(keepingControlBatches keeps: Bool) throws -> LogFixture {
    var switches = LogSwitches()
    switches.cleanerKeepsControlBatches = keeps
    let fixture = try LogFixture.compacted(switches: switches)
    try fixture.writeInTransaction(1, sequence: 0, "k=dirty")
    try fixture.end(1, isCommit: false)
    var builder = RecordBatchBuilder()
    builder.append(timestamp: fixture.host.wallClock, key: Bytes([0, 0, 0, 0]), value: Bytes("user's"))
    _ = try fixture.log.append(asLeader: builder.build(), epoch: 0)
    try fixture.log.roll()
    try fixture.write("x=1")
    fixture.compact()
    return fixture
  }

  @Test func `A user's key that equals a marker's does not replace it, which it formerly did`() throws {
    let kept = try markerUnderAUsersKey(keepingControlBatches: true)
    #expect(try kept.batches() == ["0-0(0)", "1-1(1)", "2-2(1)", "3-3(1)"])
    let dropped = try markerUnderAUsersKey(keepingControlBatches: false)
    #expect(try dropped.batches() == ["0-0(0)", "2-2(1)", "3-3(1)"])
  }

  @Test(arguments: [false, true]) func `The marker of removed records waits for the horizon, unless it is dropped early`(early: Bool) throws {
    var switches = LogSwitches()
    switches.cleanerDropsMarkersEarly = early
    let fixture = try LogFixture.compacted(switches: switches)
    try fixture.end(1, isCommit: false)
    try fixture.write("a=1")
    try fixture.log.roll()
    try fixture.write("b=1")
    fixture.log.expireProducers(olderThan: .zero)
    fixture.compact()
    #expect(try fixture.batches() == (early ? ["1-1(1)", "2-2(1)"] : ["0-0(1)h", "1-1(1)", "2-2(1)"]))
  }

  @Test func `A producer with only a marker left keeps its epoch`() throws {
    let fixture = try LogFixture.compacted { $0.deleteRetention = .zero }
    _ = try fixture.log.append(asLeader: fixture.marker(false, producer: 9, epoch: 5), epoch: 0, origin: .coordinator)
    try fixture.write("a=1")
    try fixture.log.roll()
    try fixture.write("b=1")
    fixture.compact()
    fixture.compact()
    #expect(try fixture.batches() == ["0-0(0)", "1-1(1)", "2-2(1)"])
  }
}
