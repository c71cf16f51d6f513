import Primitives
import Testing

@testable import Workloads

@Suite struct WayTests {
  private typealias Script = TransactionScript
  private static let a = Script.a, b = Script.b

  private static func ways(_ script: Script, atMost limit: Int = 3) -> [Way] {
    Checkers.ways(on: Analysis(of: script.history), [script.end], atMost: limit, isReadToTheEnd: true, committed: CommittedAudit(by: Script.auditor))
  }

  private static func lines(_ way: Way) -> [String] { way.steps.map { "\($0.who) \($0.what)" } }

  /// A process makes a value of the record at offset 0 in a transaction, which is ended as told.
  private static func make(_ script: inout Script, _ input: RecordValue, by process: ProcessNumber, at offset: Offset, _ end: (inout Script, TransactionNumber) -> Void) -> (RecordValue, Offset) {
    script.change(.gain, by: process)
    script.poll(script.input, [(input, 0)], by: process)
    let transaction = script.begin(by: process)
    script.work([(input, 0)], in: transaction, by: process)
    let value = script.send(by: process, to: script.output, at: offset, in: transaction, from: [(script.input, 0)])
    script.commitOffset(1, in: transaction, by: process)
    end(&script, transaction)
    return (value, offset)
  }

  @Test func `The way of a record with two effects shows its readers, both transactions with their ends, and the readers of their values`() {
    var script = Script()
    let input = script.send(to: script.input, at: 0)
    let first = Self.make(&script, input, by: Self.a, at: 0) { $0.end($1, by: Self.a, commits: true, .invoke, .info) }
    script.change(.lose, by: Self.a)
    script.history.append(.ok, .end, by: Self.a, at: script.tick())
    let second = Self.make(&script, input, by: Self.b, at: 2) { $0.commit($1, by: Self.b) }
    script.audit(script.output, [first, second])
    script.poll(script.output, [first], by: Script.dirtyReader)
    script.audit(script.output, [first])
    let ways = Self.ways(script)
    #expect(ways.map(\.title) == ["group g, in-0: offset 0 (value 0) has its effect more than once: 2 values are there, and 1 were to be made"])
    #expect(
      Self.lines(ways[0]) == [
        "process 0 writes it: in-0, offset 0",
        "a gets in-0", "a is given it", "a begins transaction 0", "a works on it in transaction 0", "a writes value 1 in transaction 0: out-0, offset 0",
        "a sends offset 1 of in-0 to transaction 0", "a asks for transaction 0 to be committed", "a does not know whether transaction 0 is committed", "a loses in-0",
        "a ends without a word",
        "b gets in-0", "b is given it", "b begins transaction 1", "b works on it in transaction 1", "b writes value 2 in transaction 1: out-0, offset 2",
        "b sends offset 1 of in-0 to transaction 1", "b asks for transaction 1 to be committed", "b is told that transaction 1 is committed",
        "process 9 reads value 1 in out-0 at offset 0, as a committed one", "process 9 reads value 2 in out-0 at offset 2, as a committed one",
        "process 4 reads value 1 in out-0 at offset 0",
      ], "\(Self.lines(ways[0]))")
    #expect(ways[0].outputs == [History.Source(script.output, at: 0), History.Source(script.output, at: 2)])
    #expect(ways[0].steps.map(\.time) == ways[0].steps.map(\.time).sorted())
  }

  @Test func `The way of a record that no member processed shows which process committed an offset past it`() {
    var script = Script()
    script.history.setName(of: Script.producer, to: "source")
    let skipped = script.send(to: script.input, at: 0), next = script.send(to: script.input, at: 1)
    script.audit(script.input, [(skipped, 0), (next, 1)])
    script.poll(script.input, [(next, 1)], by: Self.a)
    let transaction = script.begin(by: Self.a)
    script.work([(next, 1)], in: transaction, by: Self.a)
    let made = script.send(by: Self.a, to: script.output, at: 0, in: transaction, from: [(script.input, 1)])
    script.commitOffset(2, in: transaction, by: Self.a)
    script.commit(transaction, by: Self.a)
    script.audit(script.output, [(made, 0)])
    let ways = Self.ways(script)
    #expect(ways.count == 1 && ways[0].outputs == [])
    #expect(
      ways.first.map(Self.lines) == [
        "source writes it: in-0, offset 0", "a begins transaction 0", "a sends offset 2 of in-0 to transaction 0", "a asks for transaction 0 to be committed",
        "a is told that transaction 0 is committed",
      ], "\(ways)")
  }

  @Test func `Outside of transactions the first committed offset past a record ends its way`() {
    var script = Script()
    script.end.guarantees = [.atMostOnce]
    let input = script.send(to: script.input, at: 0)
    for (process, offset) in [(Self.a, 0), (Self.b, 1)] as [(ProcessNumber, Offset)] {
      script.poll(script.input, [(input, 0)], by: process)
      script.send(by: process, to: script.output, at: offset, from: [(script.input, 0)])
      script.work([(input, 0)], by: process)
    }
    for offset in [1, 2] as [Offset] { script.commitOffset(offset, by: Self.b) }
    script.audit(script.output, [(1, 0), (2, 1)])
    let ways = Self.ways(script)
    #expect(ways.count == 1)
    #expect(
      ways.first.map { Array(Self.lines($0).suffix(4)) } == [
        "b asks for offset 1 of in-0 to be committed", "b is told that offset 1 of in-0 is committed", "process 9 reads value 1 in out-0 at offset 0, as a committed one",
        "process 9 reads value 2 in out-0 at offset 1, as a committed one",
      ], "\(ways)")
    // What is permitted has no way.
    script.end.guarantees = [.atLeastOnce]
    #expect(Self.ways(script) == [])
  }

  @Test func `A record as it should be has no way, and of many that are not the first ones have, of those that went the same way one`() {
    // Each round consumes both records, in one transaction or in one for each of them.
    for (rounds, limit, ways) in [([true], 3, 0), ([true, true], 3, 1), ([true, false], 3, 2), ([true, false], 1, 1)] {
      var script = Script(), made: [(RecordValue, Offset)] = [], place = Offset(0)
      let inputs = [(script.send(to: script.input, at: 0), Offset(0)), (script.send(to: script.input, at: 1), Offset(1))]
      for records in rounds.flatMap({ $0 ? [inputs] : inputs.map { [$0] } }) {
        script.poll(script.input, records, by: Self.a)
        let transaction = script.begin(by: Self.a)
        script.work(records, in: transaction, by: Self.a)
        for record in records {
          made.append((script.send(by: Self.a, to: script.output, at: place, in: transaction, from: [(script.input, record.1)]), place))
          place = place + 1
        }
        script.commitOffset(2, in: transaction, by: Self.a)
        script.commit(transaction, by: Self.a)
      }
      script.audit(script.output, made)
      #expect(Self.ways(script, atMost: limit).count == ways)
    }
  }

  // MARK: Transactions

  private static func transactionWays(_ script: Script, atMost limit: Int = 3) -> [Way] {
    Checkers.waysOfTransactions(on: Analysis(of: script.history), atMost: limit, committed: CommittedAudit(by: Script.auditor))
  }

  @Test func `The way of a partly read transaction shows its records, how it was ended, and what was read of it`() {
    var script = Script()
    let transaction = script.begin(by: Self.a)
    let read = script.send(by: Self.a, to: script.output, at: 3, in: transaction)
    let missing = script.send(by: Self.a, to: script.other, at: 0, in: transaction)
    let unknown = script.send(by: Self.a, to: script.output, .info, in: transaction)
    script.commitOffset(7, in: transaction, by: Self.a)
    script.abort(transaction, by: Self.a)
    script.audit(script.output, [(read, 3)])
    script.audit(script.output, [(read, 3)])
    let next = script.send(to: script.other, at: 2)
    script.audit(script.other, [(next, 2)])
    let ways = Self.transactionWays(script)
    #expect(ways.map(\.title) == ["transaction 0 of a (aborted): of 3 values 1 given to those who read committed records only, 1 passed over by them"], "\(ways)")
    #expect(
      ways.first.map(Self.lines) == [
        "a begins it", "a writes \(words(read)): out-0, offset 3", "a writes \(words(missing)): out-1, offset 0", "a does not know what became of \(words(unknown))",
        "a sends offsets to it: 7 of in-0", "a asks for it to be aborted", "a is told that it is aborted",
        "process 9 is given \(words(read)), in out-0 at offset 3, as committed",
      ], "\(ways)")
    #expect(ways.first?.outputs == [History.Source(script.output, at: 3), History.Source(script.other, at: 0)])
  }

  private func words(_ value: RecordValue) -> String { "value \(value.number)" }

  @Test func `Evidence names processes, and gives times on the scenario's clock`() {
    var script = Script()
    script.history.setName(of: Script.auditor, to: "audit")
    let transaction = script.begin(by: Self.a)
    let value = script.send(by: Self.a, to: script.output, at: 0, in: transaction)
    script.abort(transaction, by: Self.a)
    script.audit(script.output, [(value, 0)])
    for (origin, time) in [(0, "6.000000"), (2, "4.000000")] as [(Int64, String)] {
      let analysis = Analysis(of: script.history, origin: .zero + .seconds(origin))
      let verdict = Checkers.verdicts(on: analysis, isReadToTheEnd: true).first { $0.guarantee == .failedRead }
      #expect(
        verdict?.cases == ["out-0: value 0 of transaction 0 of a (aborted) was given to audit, which reads committed records only, at \(time)"], "\(verdict?.cases ?? [])")
    }
  }

  @Test func `A transaction that is seen as it ended has no way, and neither has one that others saw before its end`() {
    var script = Script(), made: [(RecordValue, Offset)] = []
    for commits in [true, false] {
      let transaction = script.begin(by: Self.a), place = Offset(commits ? 0 : 2)
      let value = script.send(by: Self.a, to: script.output, at: place, in: transaction)
      script.poll(script.output, [(value, place)], by: Script.dirtyReader)
      script.end(transaction, by: Self.a, commits: commits, .invoke, .ok)
      if commits { made.append((value, place)) }
    }
    script.audit(script.output, made + [(script.send(to: script.output, at: 4), 4)])
    #expect(Self.transactionWays(script) == [])
    // One that is lost.
    let lost = script.begin(by: Self.b)
    script.send(by: Self.b, to: script.output, at: 5, in: lost)
    script.commit(lost, by: Self.b)
    script.audit(script.output, [(script.send(to: script.output, at: 7), 7)])
    #expect(Self.transactionWays(script).map(\.title) == ["transaction 2 of b (committed): of 1 value 0 given to those who read committed records only, 1 passed over by them"])
    #expect(Self.transactionWays(script, atMost: 0) == [])
  }
}
