import Primitives
import Testing

@testable import Workloads

@Suite struct TransactionCheckerTests {
  private typealias Script = TransactionScript
  private static let producer = Script.producer, reader = Script.reader, dirtyReader = Script.dirtyReader, a = Script.a, b = Script.b

  /// A transaction of two values in two partitions.
  private static func pair(_ script: inout Script, at offset: Offset = 0) -> (transaction: TransactionNumber, first: RecordValue, second: RecordValue) {
    let transaction = script.begin(by: producer)
    let first = script.send(to: script.output, at: offset, in: transaction), second = script.send(to: script.other, at: offset, in: transaction)
    return (transaction, first, second)
  }

  // MARK: Which verdicts there are

  @Test func `A history without transactions has its usual verdicts`() {
    var script = HistoryScript()
    script.send(0, at: 0)
    script.poll([(0, 0)])
    #expect(Checkers.verdicts(on: script.history, isReadToTheEnd: true).map(\.guarantee) == Checkers.all)
    #expect(Checkers.judge(Analysis(of: script.history), isReadToTheEnd: false).transactions == nil)
  }

  @Test func `A committed transaction that is read completely holds everywhere`() {
    var script = Script()
    let (transaction, first, second) = Self.pair(&script)
    script.commit(transaction, by: Self.producer)
    script.audit(script.output, [(first, 0)])
    script.audit(script.other, [(second, 0)])
    let analysis = Analysis(of: script.history)
    let verdicts = Checkers.verdicts(on: analysis, isReadToTheEnd: true, committed: CommittedAudit(by: Script.auditor))
    #expect(verdicts.map(\.guarantee) == Checkers.all + Checkers.ofTransactions)
    #expect(verdicts.allSatisfy { $0.conclusion != .violated }, "\(verdicts)")
    for guarantee in [Guarantee.tornTransaction, .lostTransactionalWrite, .precommittedRead, .readCycle] {
      #expect(verdicts.first { $0.guarantee == guarantee }?.conclusion == .holds)
    }
    var counts = TransactionCounts()
    counts.begun = 1
    counts.committed = 1
    #expect(Checkers.judge(analysis, isReadToTheEnd: false).transactions == counts)
  }

  @Test func `The outcomes of transactions are counted`() {
    var script = Script()
    for end in 0..<5 {
      let transaction = script.begin(by: Self.producer)
      switch end {
      case 0: script.commit(transaction, by: Self.producer)
      case 1: script.abort(transaction, by: Self.producer)
      case 2: script.end(transaction, by: Self.producer, commits: true, .invoke, .info)
      case 3: script.end(transaction, by: Self.producer, commits: true, .invoke, .fail)
      default: break
      }
    }
    let counts = Checkers.judge(Analysis(of: script.history), isReadToTheEnd: false).transactions
    #expect(counts?.begun == 5 && counts?.committed == 1 && counts?.aborted == 2 && counts?.unknown == 1 && counts?.open == 1)
  }

  // MARK: G1a

  @Test func `A value of an aborted transaction that a read_committed reader receives is an aborted read`() {
    var script = Script()
    let (transaction, first, _) = Self.pair(&script)
    script.abort(transaction, by: Self.producer)
    script.poll(script.output, [(first, 0)])
    let verdict = script.verdict(.failedRead)
    #expect(verdict.conclusion == .violated)
    #expect(verdict.cases == ["out-0: value 0 of transaction 0 of process 0 (aborted) was given to process 3, which reads committed records only, at 8.000000"], "\(verdict.cases)")
  }

  @Test(arguments: [true, false]) func `A value of a transaction that was never asked to commit is an aborted read too, and one whose commit is under way is not`(_ isAsked: Bool) {
    var script = Script()
    let (transaction, first, second) = Self.pair(&script)
    if isAsked { script.end(transaction, by: Self.producer, commits: true, .invoke) }
    script.poll(script.output, [(first, 0)])
    script.poll(script.other, [(second, 0)])
    #expect(script.conclusion(.failedRead) == (isAsked ? .holds : .violated))
  }

  @Test func `A read_uncommitted reader may receive what is aborted later`() {
    var script = Script()
    let (transaction, first, _) = Self.pair(&script)
    script.poll(script.output, [(first, 0)], by: Self.dirtyReader)
    script.abort(transaction, by: Self.producer)
    #expect(script.conclusion(.failedRead) == .holds)
  }

  @Test func `An aborted value that is sent again in another transaction is another value`() {
    var script = Script()
    let former = script.begin(by: Self.producer)
    script.send(to: script.output, at: 0, in: former)
    script.abort(former, by: Self.producer)
    let next = script.begin(by: Self.producer)
    let value = script.send(to: script.output, at: 2, in: next)
    script.commit(next, by: Self.producer)
    script.audit(script.output, [(value, 2)])
    for guarantee in [Guarantee.failedRead, .lostWrite, .unseen, .duplicate, .tornTransaction, .lostTransactionalWrite, .skipBetweenPolls] {
      #expect(script.conclusion(guarantee) != .violated, "\(script.verdict(guarantee))")
    }
  }

  // MARK: torn-transaction, lost-transactional-write

  @Test func `A transaction with one value received and another one skipped is torn, and the missing value is lost`() {
    var script = Script()
    let (transaction, first, _) = Self.pair(&script)
    script.commit(transaction, by: Self.producer)
    let later = script.send(to: script.other, at: 2)
    script.audit(script.output, [(first, 0)])
    script.audit(script.other, [(later, 2)])
    let torn = script.verdict(.tornTransaction)
    #expect(torn.caseCount == 1 && torn.examined == 1)
    #expect(
      torn.cases == [
        "transaction 0 of process 0 (committed): value 0 in out-0 at offset 0 was given to those who read committed records only, and value 1 in out-1 at offset 0 was not, "
          + "though they passed it over"
      ], "\(torn.cases)")
    #expect(script.verdict(.lostTransactionalWrite).caseCount == 1)
    #expect(script.conclusion(.lostWrite) == .violated)
  }

  @Test func `A record in the log that only read_uncommitted readers receive is lost to the others`() {
    var script = Script()
    let (transaction, first, second) = Self.pair(&script)
    script.commit(transaction, by: Self.producer)
    script.audit(script.output, [(first, 0)])
    script.audit(script.other, [])
    script.poll(script.other, [(second, 0)], by: Self.dirtyReader)
    #expect(script.conclusion(.lostWrite) == .holds)
    let lost = script.verdict(.lostTransactionalWrite)
    #expect(lost.caseCount == 1 && lost.cases[0].hasSuffix("; readers of uncommitted records receive it"), "\(lost.cases)")
  }

  @Test func `A value that no reader passed is not missing`() {
    var script = Script()
    let (transaction, first, _) = Self.pair(&script)
    script.commit(transaction, by: Self.producer)
    script.poll(script.output, [(first, 0)])
    #expect(script.conclusion(.tornTransaction, isAudited: false) == .holds)
    #expect(script.verdict(.lostTransactionalWrite, isAudited: false).examined == 1)
    // A transaction that stays open in the other partition keeps the auditor from its end.
    #expect(script.verdict(.tornTransaction, except: [script.other]).conclusion == .holds)
  }

  @Test(arguments: [true, false]) func `A reader has passed everything between two records that it received, unless its position was set in between`(_ isSet: Bool) {
    var script = Script()
    let before = script.send(to: script.other, at: 0)
    let (transaction, first, _) = Self.pair(&script, at: 1)
    script.commit(transaction, by: Self.producer)
    let after = script.send(to: script.other, at: 3)
    script.poll(script.output, [(first, 1)])
    script.poll(script.other, [(before, 0)])
    if isSet { script.assign(Self.reader) }
    script.poll(script.other, [(after, 3)])
    #expect(script.conclusion(.tornTransaction, isAudited: false) == (isSet ? .holds : .violated))
  }

  @Test func `A transaction of unknown outcome may have happened or not, but only as a whole`() {
    for seen in 0..<4 {
      var script = Script()
      let (transaction, first, second) = Self.pair(&script)
      script.end(transaction, by: Self.producer, commits: true, .invoke, .info)
      if seen & 1 > 0 { script.audit(script.output, [(first, 0)]) }
      if seen & 2 > 0 { script.audit(script.other, [(second, 0)]) }
      #expect((script.conclusion(.tornTransaction) == .violated) == (seen == 1 || seen == 2), "\(seen)")
      #expect((script.conclusion(.lostTransactionalWrite) == .violated) == (seen == 1 || seen == 2), "\(seen)")
      #expect(script.conclusion(.failedRead) != .violated)
      #expect(script.verdict(.unseen).caseCount == (seen == 1 || seen == 2 ? 1 : 0), "\(seen)")
    }
  }

  @Test func `Deleted and compacted values of a transaction do not make it torn`() {
    var script = Script()
    let (transaction, first, _) = Self.pair(&script)
    script.commit(transaction, by: Self.producer)
    script.audit(script.output, [(first, 0)])
    script.deletions.add(below: 1, of: script.other, by: .log(.deleteRecords), at: .zero)
    #expect(script.conclusion(.tornTransaction) == .holds)
    #expect(script.conclusion(.lostTransactionalWrite) == .holds)
  }

  // MARK: precommitted-read

  @Test(arguments: [true, false]) func `A value that a read_committed reader receives before the commit is requested is read too early`(_ isEarly: Bool) {
    var script = Script()
    let (transaction, first, second) = Self.pair(&script)
    if isEarly { script.poll(script.output, [(first, 0)]) }
    script.end(transaction, by: Self.producer, commits: true, .invoke)
    // The answer is still under way.
    if !isEarly { script.poll(script.output, [(first, 0)]) }
    script.end(transaction, by: Self.producer, commits: true, .ok)
    script.audit(script.other, [(second, 0)])
    #expect(script.conclusion(.precommittedRead) == (isEarly ? .violated : .holds))
    #expect(script.conclusion(.failedRead) == .holds)
  }

  @Test func `A transaction that polls its own value reads too early, whenever its commit is requested`() {
    var script = Script()
    let (transaction, first, _) = Self.pair(&script)
    script.end(transaction, by: Self.producer, commits: true, .invoke)
    script.poll(script.output, [(first, 0)], by: Self.a, in: transaction)
    script.end(transaction, by: Self.producer, commits: true, .ok)
    #expect(script.conclusion(.precommittedRead) == .violated)
  }

  // MARK: Cycles

  /// Two transactions, each of which may be given what the other one wrote.
  private static func mutual(_ isMutual: Bool) -> Script {
    var script = Script()
    let first = script.begin(by: a), second = script.begin(by: b)
    let one = script.send(by: a, to: script.output, at: 0, in: first), two = script.send(by: b, to: script.other, at: 0, in: second)
    script.end(first, by: a, commits: true, .invoke)
    script.end(second, by: b, commits: true, .invoke)
    script.poll(script.output, [(one, 0)], by: b, in: second)
    if isMutual { script.poll(script.other, [(two, 0)], by: a, in: first) }
    script.end(first, by: a, commits: true, .ok)
    script.end(second, by: b, commits: true, .ok)
    return script
  }

  @Test func `Two transactions that received each other's values are a cycle of reads`() {
    let script = Self.mutual(true), verdict = script.verdict(.readCycle)
    #expect(verdict.caseCount == 1 && verdict.examined == 2)
    #expect(
      verdict.cases == [
        "transaction 0 of a (committed) wrote value 0 to out-0, which transaction 1 of b (committed) was given; transaction 1 of b (committed) wrote value 1 to out-1, which "
          + "transaction 0 of a (committed) was given"
      ], "\(verdict.cases)")
    #expect(script.conclusion(.readCycleProcess) == .violated && script.conclusion(.readCycleRealtime) == .violated)
  }

  @Test func `A single transaction that received what another wrote is not a cycle`() {
    let script = Self.mutual(false)
    for guarantee in [Guarantee.readCycle, .readCycleProcess, .readCycleRealtime] { #expect(script.conclusion(guarantee) == .holds) }
  }

  /// Process `a` is given a value, and begins a transaction afterwards; the writer of the value was given what that transaction wrote.
  private static func timeLoop(between first: ProcessNumber, and second: ProcessNumber, isLoop: Bool) -> Script {
    var script = Script()
    let writer = script.begin(by: producer)
    let value = script.send(to: script.output, at: 0, in: writer)
    script.end(writer, by: producer, commits: true, .invoke)
    script.poll(script.output, [(value, 0)], by: first)
    let later = script.begin(by: second)
    let echo = script.send(by: second, to: script.other, at: 0, in: later)
    script.commit(later, by: second)
    if isLoop { script.history.append(.ok, .work, by: reader, at: script.tick(), History.Entry(script.other, echo, at: 0, in: writer)) }
    script.end(writer, by: producer, commits: true, .ok)
    return script
  }

  @Test func `A cycle that one process closes with its next transaction is found by the order of processes`() {
    let script = Self.timeLoop(between: Self.a, and: Self.a, isLoop: true)
    #expect(script.conclusion(.readCycle) == .holds)
    #expect(script.conclusion(.readCycleProcess) == .violated)
    #expect(script.conclusion(.readCycleRealtime) == .violated)
  }

  @Test func `A cycle that several processes close is found only by the order in time`() {
    let script = Self.timeLoop(between: Self.a, and: Self.b, isLoop: true), verdict = script.verdict(.readCycleRealtime)
    #expect(script.conclusion(.readCycle) == .holds)
    #expect(script.conclusion(.readCycleProcess) == .holds)
    #expect(verdict.caseCount == 1 && verdict.cases[0].contains("had ended before transaction 1 of b (committed) began"), "\(verdict.cases)")
  }

  @Test func `Transactions that follow in time without being read by earlier ones are not a cycle`() {
    let script = Self.timeLoop(between: Self.a, and: Self.a, isLoop: false)
    for guarantee in [Guarantee.readCycle, .readCycleProcess, .readCycleRealtime] { #expect(script.conclusion(guarantee) == .holds) }
  }

  @Test func `Transactions that overlap in time have no order`() {
    var script = Script()
    let first = script.begin(by: Self.a), second = script.begin(by: Self.b)
    let one = script.send(by: Self.a, to: script.output, at: 0, in: first)
    script.commit(first, by: Self.a)
    script.poll(script.output, [(one, 0)], by: Self.b, in: second)
    script.commit(second, by: Self.b)
    for guarantee in [Guarantee.readCycle, .readCycleProcess, .readCycleRealtime] { #expect(script.conclusion(guarantee) == .holds) }
  }

  @Test func `Cycles of writes are counted and violate nothing`() {
    var script = Script()
    let first = script.begin(by: Self.a), second = script.begin(by: Self.b)
    script.send(by: Self.a, to: script.output, at: 0, in: first)
    script.send(by: Self.b, to: script.output, at: 1, in: second)
    script.send(by: Self.b, to: script.other, at: 0, in: second)
    script.send(by: Self.a, to: script.other, at: 1, in: first)
    script.commit(first, by: Self.a)
    script.commit(second, by: Self.b)
    #expect(Checkers.judge(Analysis(of: script.history), isReadToTheEnd: false).transactions?.writeCycles == 1)
    for guarantee in Checkers.ofTransactions { #expect(script.conclusion(guarantee, isAudited: false) != .violated) }
  }

  @Test func `Components of a long chain with one way back are found without recursion`() {
    let count: Int32 = 20_000
    var edges: ContiguousArray<Digraph.Edge> = []
    for node in 0..<count - 1 { edges.append(Digraph.Edge(from: node, to: node + 1, value: 1)) }
    #expect(Digraph(nodeCount: Int(count), edges).components().isEmpty)
    edges.append(Digraph.Edge(from: count - 1, to: count - 3, value: 2))
    let graph = Digraph(nodeCount: Int(count), edges), components = graph.components()
    #expect(components == [[count - 3, count - 2, count - 1]])
    #expect(graph.cycle(in: components[0]).map(\.to) == [count - 2, count - 1, count - 3])
  }

  // MARK: balances

  private static func transfer(_ amount: Int64, _ script: inout Script, at offset: Offset) -> (transaction: TransactionNumber, first: RecordValue, second: RecordValue) {
    let pair = pair(&script, at: offset)
    script.history.add(History.Posting(pair.first, to: 1, -amount))
    script.history.add(History.Posting(pair.second, to: 2, amount))
    return pair
  }

  @Test(arguments: [true, false]) func `A transfer with only one part present changes the sum of the accounts`(_ isTorn: Bool) {
    var script = Script()
    let first = Self.transfer(10, &script, at: 0)
    script.commit(first.transaction, by: Self.producer)
    let aborted = Self.transfer(70, &script, at: 2)
    script.abort(aborted.transaction, by: Self.producer)
    let second = Self.transfer(5, &script, at: 4)
    script.commit(second.transaction, by: Self.producer)
    script.audit(script.output, [(first.first, 0), (second.first, 4)])
    script.audit(script.other, [(first.second, 0)])
    if !isTorn { script.audit(script.other, [(second.second, 4)]) }
    let verdict = script.verdict(.balances)
    #expect(verdict.conclusion == (isTorn ? .violated : .holds), "\(verdict)")
    if isTorn {
      #expect(
        verdict.cases == ["account 2: postings that can be seen add up to 10, those that were committed to 15; all accounts together to -5 and 0"], "\(verdict.cases)")
    }
    #expect(script.conclusion(.balances, isAudited: false) == (isTorn ? .unknown : .holds))
  }

  @Test func `A transfer of unknown outcome is in both accounts or in none`() {
    for seen in [0, 1, 3] {
      var script = Script()
      let transfer = Self.transfer(10, &script, at: 0)
      script.end(transfer.transaction, by: Self.producer, commits: true, .invoke, .info)
      if seen & 1 > 0 { script.audit(script.output, [(transfer.first, 0)]) }
      if seen & 2 > 0 { script.audit(script.other, [(transfer.second, 0)]) }
      #expect(script.conclusion(.balances) == (seen == 1 ? .violated : .holds), "\(seen)")
    }
  }

  // MARK: Other checkers know transactions

  @Test func `An aborted value is neither lost nor unseen nor left out by a poll of committed records`() {
    var script = Script()
    let before = script.send(to: script.output, at: 0)
    let aborted = script.begin(by: Self.producer)
    script.send(to: script.output, at: 1, in: aborted)
    script.abort(aborted, by: Self.producer)
    let after = script.send(to: script.output, at: 3)
    script.audit(script.output, [(before, 0)])
    script.audit(script.output, [(after, 3)])
    script.poll(script.output, [(before, 0), (after, 3)])
    for guarantee in [Guarantee.lostWrite, .unseen, .skipBetweenPolls, .skipWithinPoll, .reorder, .nonmonotonicSend] {
      #expect(script.conclusion(guarantee) == .holds, "\(script.verdict(guarantee))")
    }
  }

  @Test func `For a read_uncommitted reader an aborted value is like any other`() {
    var script = Script()
    let before = script.send(to: script.output, at: 0)
    let aborted = script.begin(by: Self.producer)
    script.send(to: script.output, at: 1, in: aborted)
    script.abort(aborted, by: Self.producer)
    let after = script.send(to: script.output, at: 3)
    script.poll(script.output, [(before, 0), (after, 3)], by: Self.dirtyReader)
    #expect(script.conclusion(.skipWithinPoll) == .violated)
  }

  @Test func `A committed value that a read_committed poll leaves out is a skip`() {
    var script = Script()
    let (transaction, _, _) = Self.pair(&script)
    script.commit(transaction, by: Self.producer)
    let before = script.send(to: script.other, at: 2), after = script.send(to: script.output, at: 2)
    script.poll(script.other, [(before, 2)])
    script.assign(Self.reader)
    let first = script.send(to: script.output, at: 3)
    script.poll(script.output, [(after, 2), (first, 3)])
    #expect(script.conclusion(.skipWithinPoll, isAudited: false) == .holds)
    let (next, _, _) = Self.pair(&script, at: 4)
    script.commit(next, by: Self.producer)
    let last = script.send(to: script.output, at: 6)
    script.poll(script.output, [(last, 6)])
    #expect(script.conclusion(.skipBetweenPolls, isAudited: false) == .violated)
  }

  @Test func `An aborted value does not supersede another one of its key`() {
    var script = Script()
    let old = script.history.newValue(), new = script.history.newValue()
    let transaction = script.begin(by: Self.producer)
    script.history.append(.invoke, .send, by: 0, at: script.tick(), History.Entry(.unknown, old, key: 7))
    script.history.append(.ok, .send, by: 0, at: script.tick(), History.Entry(script.output, old, at: 0))
    script.history.append(.invoke, .send, by: 0, at: script.tick(), History.Entry(.unknown, new, key: 7, in: transaction))
    script.history.append(.ok, .send, by: 0, at: script.tick(), History.Entry(script.output, new, at: 1))
    var committed = script, aborted = script, unanswered = script
    committed.commit(transaction, by: 0)
    aborted.abort(transaction, by: 0)
    unanswered.end(transaction, by: 0, commits: true, .invoke)
    #expect(Analysis(of: committed.history).isSuperseded(old) && !Analysis(of: committed.history).isSuperseded(new))
    #expect(!Analysis(of: aborted.history).isSuperseded(old))
    #expect(Analysis(of: aborted.history).isSuperseded(new))
    // It may have been committed, and it may have been aborted and compacted.
    #expect(Analysis(of: unanswered.history).isSuperseded(old) && Analysis(of: unanswered.history).isSuperseded(new))
  }
}
