import Primitives
import Testing
import Wire

@testable import Trials

/// Replicas of a compacted topic: each takes away what it no longer needs.
@Suite struct CommittedRecordsTests {
  private func batch(_ base: Int64, _ texts: [(delta: Int32, text: String)], epoch: Int32 = 0, key: String = "k", milliseconds: Int64 = 5, headers: [RecordHeader] = []) throws -> RecordBatch {
    var builder = RecordBatchBuilder(baseOffset: Offset(base), leaderEpoch: LeaderEpoch(epoch))
    for (delta, text) in texts {
      builder.append(offsetDelta: delta, timestamp: Timestamp(milliseconds: milliseconds), key: Bytes(key), value: Bytes(text), headers: headers)
    }
    return try RecordBatch(builder.build())
  }

  /// What is committed, and what differs from it.
  private final class Ledger {
    private var committed = CommittedRecords()

    /// Adds a batch. Returns the offsets at which something else was committed before.
    func differences(_ batch: RecordBatch) throws -> [Int64] {
      var differences: [Int64] = []
      var cursor = try RecordCursor(batch)
      while try cursor.next() {
        let record = try CommittedRecord(cursor.current, of: batch)
        if committed.add(record) != nil { differences.append(record.offset.value) }
      }
      return differences
    }
  }

  @Test func `Records that were put into other batches are the same`() throws {
    let ledger = Ledger()
    #expect(try ledger.differences(batch(0, [(0, "a"), (1, "b"), (2, "c")])).isEmpty)
    #expect(try ledger.differences(batch(3, [(0, "d"), (1, "e")])).isEmpty)
    // Another replica holds what a compaction left, in one batch.
    #expect(try ledger.differences(batch(0, [(1, "b"), (4, "e")])).isEmpty)
  }

  @Test func `A record that only another replica still has is not a difference, and holds from then on`() throws {
    let ledger = Ledger()
    _ = try ledger.differences(batch(0, [(0, "a"), (4, "e")]))
    #expect(try ledger.differences(batch(2, [(0, "c")])).isEmpty)
    #expect(try ledger.differences(batch(2, [(0, "other")])) == [2])
  }

  @Test func `Another value, key, timestamp, header or epoch is a difference`() throws {
    let ledger = Ledger()
    _ = try ledger.differences(batch(0, [(0, "a"), (1, "b")]))
    #expect(try ledger.differences(batch(0, [(0, "a"), (1, "x")])) == [1])
    #expect(try ledger.differences(batch(0, [(0, "a")], key: "l")) == [0])
    #expect(try ledger.differences(batch(0, [(0, "a")], milliseconds: 6)) == [0])
    #expect(try ledger.differences(batch(0, [(0, "a")], headers: [RecordHeader(key: "h", value: nil)])) == [0])
    #expect(try ledger.differences(batch(0, [(0, "a")], epoch: 1)) == [0])
    // The end of the key is not the beginning of the value.
    #expect(try ledger.differences(batch(0, [(0, "")], key: "ka")) == [0])
    #expect(try ledger.differences(batch(0, [(0, "a"), (1, "b")])).isEmpty)
  }

  @Test func `What comes before the first record is not known`() throws {
    let ledger = Ledger()
    _ = try ledger.differences(batch(10, [(0, "a")]))
    #expect(try ledger.differences(batch(2, [(0, "b")])).isEmpty)
    #expect(try ledger.differences(batch(2, [(0, "c")])).isEmpty)
  }
}
