import Primitives
import Testing

@testable import Workloads

/// What compaction may take, and what it must leave: literal histories of a compacted topic.
@Suite struct CompactionCheckerTests {
  /// The audit is the last process that polls, and polls once.
  private struct Script {
    var history = History()
    let partition: PartitionNumber
    private var time: Int64 = 0
    private static let auditor: ProcessNumber = 9

    init() { partition = history.number(of: TopicPartition("t", 0)) }

    private mutating func tick() -> Instant {
      time += 1
      return Instant.zero + .seconds(time)
    }

    mutating func send(
      _ value: RecordValue, key: KeyNumber, _ outcome: History.Operation.Kind = .ok, at offset: Offset = .unknown, isTombstone: Bool = false, in transaction: TransactionNumber = .none
    ) {
      if isTombstone { history.addTombstone(value) }
      history.append(.invoke, .send, by: 0, at: tick(), History.Entry(.unknown, value, key: key, in: transaction))
      history.append(outcome, .send, by: 0, at: tick(), History.Entry(partition, value, at: offset))
    }

    mutating func end(_ transaction: TransactionNumber, _ function: History.Operation.Function, _ kinds: History.Operation.Kind...) {
      for kind in kinds { history.append(kind, function, by: 0, at: tick(), History.Entry(.unknown, .none, in: transaction)) }
    }

    mutating func poll(_ values: [(RecordValue, Offset)], by process: ProcessNumber = 3) {
      history.append(.ok, .poll, by: process, at: tick(), values.map { History.Entry(partition, $0, at: $1) })
    }

    mutating func audit(_ values: [(RecordValue, Offset)]) { poll(values, by: Self.auditor) }

    func verdict(_ guarantee: Guarantee, lag: Duration = .zero, retention: Duration = .zero, excused: Set<RecordValue> = []) -> Verdict {
      let analysis = Analysis(of: history)
      if guarantee != .compactionKeepsLatest { return Checkers.verdicts(on: analysis, isReadToTheEnd: true).first { $0.guarantee == guarantee }! }
      var present: Set<RecordValue> = []
      for operation in history.operations where operation.process == Self.auditor { history.forEachEntry(of: operation) { present.insert($0.value) } }
      return Checkers.compactionVerdict(
        on: analysis,
        CompactionFindings(
          isPresent: { present.contains($0) }, isExcused: { excused.contains($0) }, lag: { _ in lag }, tombstoneRetention: { _ in retention }))
    }
  }

  /// Keys 1 and 2, the first one written twice.
  private func script() -> Script {
    var script = Script()
    script.send(0, key: 1, at: 0)
    script.send(1, key: 2, at: 1)
    script.send(2, key: 1, at: 2)
    return script
  }

  @Test func `A value that is followed by another one of its key is not missing`() {
    var script = script()
    script.audit([(1, 1), (2, 2)])
    for guarantee in [Guarantee.lostWrite, .unseen, .compactionKeepsLatest] {
      #expect(script.verdict(guarantee).conclusion == .holds, "\(script.verdict(guarantee))")
    }
    #expect(script.verdict(.compactionKeepsLatest).examined == 2)
  }

  @Test func `The last value of a key is missing, even if it was read before`() {
    var script = script()
    script.poll([(0, 0), (1, 1), (2, 2)])
    script.audit([(2, 2)])
    #expect(script.verdict(.unseen).conclusion == .holds)
    let verdict = script.verdict(.compactionKeepsLatest)
    #expect(verdict.conclusion == .violated && verdict.caseCount == 1 && verdict.cases[0].contains("value 1"))
  }

  @Test func `An earlier value of the key does not replace the last one, and a later one of unknown outcome does`() {
    var former = script()
    former.audit([(0, 0), (1, 1)])
    #expect(former.verdict(.compactionKeepsLatest).conclusion == .violated)
    var later = script()
    later.send(3, key: 1, .info)
    later.audit([(1, 1), (3, 3)])
    #expect(later.verdict(.compactionKeepsLatest).conclusion == .holds)
  }

  @Test func `A later send with an unknown outcome excuses earlier values, and nothing else`() {
    var script = script()
    script.send(3, key: 1, .info)
    script.send(4, key: 2, at: 4)
    script.audit([])
    let verdict = script.verdict(.compactionKeepsLatest)
    #expect(verdict.caseCount == 1 && verdict.cases[0].contains("value 4"))
  }

  @Test func `Another key excuses nothing, and neither does the same one in another partition`() {
    var script = Script()
    let other = script.history.number(of: TopicPartition("t", 1))
    script.send(0, key: 1, at: 0)
    script.history.append(.invoke, .send, by: 0, at: Instant.zero + .seconds(50), History.Entry(.unknown, 1, key: 1))
    script.history.append(.ok, .send, by: 0, at: Instant.zero + .seconds(51), History.Entry(other, 1, at: 7))
    script.history.append(.ok, .poll, by: 9, at: Instant.zero + .seconds(52), [History.Entry(other, 1, at: 7)])
    #expect(script.verdict(.compactionKeepsLatest).caseCount == 1)
    #expect(script.verdict(.unseen).conclusion == .violated)
  }

  @Test func `A value younger than the lag must be present, whatever was written after it`() {
    var script = script()
    script.audit([(1, 1), (2, 2)])
    // Value 0 was sent six seconds before the audit.
    #expect(script.verdict(.compactionKeepsLatest, lag: .seconds(6)).conclusion == .holds)
    let verdict = script.verdict(.compactionKeepsLatest, lag: .seconds(7))
    #expect(verdict.conclusion == .violated && verdict.cases[0].contains("value 0"))
  }

  @Test func `A tombstone must be present as long as it is kept, and may then be gone with what it deleted`() {
    var script = Script()
    script.send(0, key: 1, at: 0)
    script.send(1, key: 2, at: 1)
    script.send(2, key: 1, at: 2, isTombstone: true)
    // Two seconds after the tombstone was sent.
    script.audit([(1, 1)])
    let missed = script.verdict(.compactionKeepsLatest, retention: .seconds(3))
    #expect(missed.examined == 2 && missed.caseCount == 1 && missed.cases[0].contains("value 2"), "\(missed)")
    #expect(script.verdict(.compactionKeepsLatest, retention: .seconds(2)) == Verdict(.compactionKeepsLatest, examined: 1, cases: []))
    for guarantee in [Guarantee.lostWrite, .unseen] { #expect(script.verdict(guarantee).conclusion == .holds, "\(script.verdict(guarantee))") }
    // It is younger than the lag.
    #expect(script.verdict(.compactionKeepsLatest, lag: .seconds(3)).cases.contains { $0.contains("value 2") })
  }

  @Test func `A tombstone that is present keeps nothing else, and later values must be present`() {
    var script = Script()
    script.send(0, key: 1, at: 0)
    script.send(1, key: 1, at: 1, isTombstone: true)
    var there = script
    there.audit([(1, 1)])
    #expect(there.verdict(.compactionKeepsLatest, retention: .seconds(60)).conclusion == .holds)
    script.send(2, key: 1, at: 2)
    script.audit([(1, 1)])
    let verdict = script.verdict(.compactionKeepsLatest)
    #expect(verdict.caseCount == 1 && verdict.cases[0].contains("value 2"), "\(verdict)")
  }

  @Test func `A tombstone that was read, although its outcome is unknown, deletes the last value of its key as well`() {
    var script = Script()
    script.send(0, key: 1, at: 0)
    script.send(1, key: 1, .info, isTombstone: true)
    script.poll([(0, 0), (1, 1)])
    script.audit([])
    #expect(script.verdict(.compactionKeepsLatest, retention: .seconds(60)).conclusion == .violated)
    #expect(script.verdict(.compactionKeepsLatest).conclusion == .unknown)
  }

  @Test func `A loss that is permitted anyway is not attributed to compaction`() {
    var script = script()
    script.audit([(2, 2)])
    #expect(script.verdict(.compactionKeepsLatest, excused: [1]).conclusion == .holds)
  }

  @Test func `A consumer may skip what compaction may have removed, and nothing else`() {
    var script = script()
    script.send(3, key: 2, at: 3)
    script.send(4, key: 3, at: 4)
    script.send(5, key: 1, at: 5)
    script.poll([(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)])
    script.poll([(0, 0), (3, 3), (4, 4), (5, 5)], by: 4)
    #expect(script.verdict(.skipWithinPoll).conclusion == .holds)
    script.poll([(3, 3), (5, 5)], by: 5)
    #expect(script.verdict(.skipWithinPoll).caseCount == 1)
  }

  /// Compaction takes what was aborted, and a transaction that nobody ended is aborted when its time is over.
  @Test(arguments: [.committed, .aborted, .open] as [TransactionEnd])
  func `A consumer may skip values of a transaction that is not known to be committed`(end: TransactionEnd) {
    var script = Script()
    script.send(0, key: 1, at: 0)
    script.end(0, .begin, .ok)
    script.send(1, key: 2, at: 1, in: 0)
    switch end {
    case .committed: script.end(0, .commitTransaction, .invoke, .ok)
    case .aborted: script.end(0, .abortTransaction, .invoke, .ok)
    case .open: break
    }
    script.send(2, key: 3, at: 3)
    script.poll([(0, 0), (2, 3)])
    #expect(script.verdict(.skipWithinPoll).caseCount == (end == .committed ? 1 : 0))
  }

  enum TransactionEnd { case committed, aborted, open }

  @Test func `A topic that is not compacted has no keys, and nothing to judge`() {
    var script = Script()
    script.send(0, key: .none, at: 0)
    script.send(1, key: .none, at: 1)
    script.audit([(1, 1)])
    #expect(script.verdict(.compactionKeepsLatest).conclusion == .unknown)
    #expect(script.verdict(.lostWrite).conclusion == .violated)
  }

  @Test func `A recorder stores only keys of compacted topics`() {
    let recorder = HistoryRecorder()
    recorder.compactedTopics = ["c"]
    #expect(recorder.number(of: KeyTable.key(17), in: "c") == 17)
    #expect(recorder.number(of: KeyTable.key(17), in: "d") == .none)
    #expect(recorder.number(of: nil, in: "c") == .none)
    #expect(recorder.number(of: Bytes("anything"), in: "c").number >= 0)
  }
}
