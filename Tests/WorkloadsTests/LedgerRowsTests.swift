import Primitives
import Testing

@testable import Workloads

/// The ledger of a group that makes a value of each record of `in` for `out`, as rows for people.
@Suite struct LedgerRowsTests {
  private typealias Script = TransactionScript
  private static let a = Script.a, b = Script.b

  /// Records in `in` that the auditor reads, and a transaction for each slice of them, which makes a value of each record.
  private static func rows(_ count: Int, _ slices: [(records: Range<Int>, process: ProcessNumber, isShown: Bool)], committed: Offset? = nil) -> LedgerRows? {
    var script = Script(), inputs: [(RecordValue, Offset)] = [], shown: [(RecordValue, Offset)] = [], next = Offset(0)
    for offset in 0..<count { inputs.append((script.send(to: script.input, at: Offset(Int64(offset))), Offset(Int64(offset)))) }
    script.audit(script.input, inputs)
    for slice in slices {
      let consumed = Array(inputs[slice.records])
      script.poll(script.input, consumed, by: slice.process)
      let transaction = script.begin(by: slice.process)
      script.work(consumed, in: transaction, by: slice.process)
      for input in consumed {
        let value = script.send(by: slice.process, to: script.output, at: next, in: transaction, from: [(script.input, input.1)])
        if slice.isShown { shown.append((value, next)) }
        next = next + 1
      }
      script.commitOffset(consumed.last!.1 + 1, in: transaction, by: slice.process)
      script.commit(transaction, by: slice.process)
      // The marker has an offset as well.
      next = next + 1
    }
    script.audit(script.output, shown)
    script.inspect(committed ?? Offset(Int64(count)))
    let analysis = Analysis(of: script.history, deletions: script.deletions)
    return GroupJudgement(on: analysis, [script.end], isReadToTheEnd: true, committed: CommittedAudit(by: Script.auditor, except: [])).ledger(of: "g")
  }

  @Test func `Records that one transaction consumed are one row, with where their values stand and which offset was committed`() throws {
    let rows = try #require(Self.rows(5, [(0..<3, Self.a, true), (3..<5, Self.b, true)]))
    #expect(rows.records == 5 && rows.faulty.isEmpty && rows.soundCount == 2)
    let first = rows.sound[0], attempt = first.attempts[0]
    #expect(first.partition == TopicPartition("in", 0) && first.offsets == 0...2 && first.records == 3 && first.committed == 5 && first.expected == 1)
    #expect(attempt.transaction == 0 && attempt.process == "a" && attempt.fate == "committed" && attempt.offset == 3)
    #expect(attempt.outputs.map(\.partition) == [TopicPartition("out", 0)] && attempt.outputs[0].offsets == [0...2] && attempt.outputs[0].present == 3)
    #expect(rows.sound[1].offsets == 3...4 && rows.sound[1].attempts[0].outputs[0].offsets == [4...5])
  }

  @Test func `Records that two transactions consumed are double, those of which nothing is there are missing, and both come before the others`() throws {
    let rows = try #require(Self.rows(6, [(0..<4, Self.a, true), (2..<4, Self.b, true), (4..<6, Self.b, false)]))
    #expect(rows.faults.filter { $0.records > 0 }.map(\.fault) == [.missing, .double])
    #expect(rows.faulty.map(\.fault) == [.double, .missing] && rows.faulty.map(\.offsets) == [2...3, 4...5] && rows.sound.map(\.offsets) == [0...1])
    #expect(rows.faulty[0].attempts.map(\.process) == ["a", "b"])
    #expect(rows.faulty[1].attempts[0].outputs[0].absent == 2)
  }

  @Test func `A value whose offset is not committed will be made again`() throws {
    let rows = try #require(Self.rows(4, [(0..<4, Self.a, true)], committed: 2))
    #expect(rows.faulty.map(\.fault) == [.uncommitted] && rows.faulty[0].offsets == 2...3 && rows.faulty[0].committed == 2)
  }

  @Test func `Of thousands of rows the first faulty ones and a sample of the others are kept, and all are counted`() throws {
    let count = 3_000
    // Every tenth record is consumed twice.
    var slices: [(records: Range<Int>, process: ProcessNumber, isShown: Bool)] = []
    for place in 0..<count {
      slices.append((place..<(place + 1), place % 2 == 0 ? Self.a : Self.b, true))
      if place % 10 == 0 { slices.append((place..<(place + 1), Self.b, true)) }
    }
    let rows = try #require(Self.rows(count, slices))
    #expect(rows.records == count && rows.faultyCount == 300 && rows.soundCount == 2_700)
    #expect(rows.faulty.count == LedgerRows.faultyLimit && rows.faulty.prefix(3).map(\.offsets.lowerBound) == [0, 10, 20])
    #expect((LedgerRows.soundLimit...2 * LedgerRows.soundLimit).contains(rows.sound.count))
    let places = rows.sound.map(\.offsets.lowerBound)
    #expect(places == places.sorted() && places.first! < 100 && places.last! > 2_900)
  }

  @Test func `A group that makes nothing of records has no ledger`() {
    let history = History()
    #expect(GroupJudgement(on: Analysis(of: history), [GroupFindings("g", on: [])], isReadToTheEnd: true, committed: nil).ledger(of: "g") == nil)
  }
}
