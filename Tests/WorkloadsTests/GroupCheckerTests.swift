import Primitives
import Testing

@testable import Workloads

/// What is said of consumer groups: literal histories of a topic with two partitions and of a group `g` with members `a` and `b`.
@Suite struct GroupCheckerTests {
  private struct Script {
    var history = History()
    var deletions = Deletions()
    let partition: PartitionNumber, other: PartitionNumber
    private var time: Int64 = 0
    static let producer: ProcessNumber = 0, a: ProcessNumber = 1, b: ProcessNumber = 2, boss: ProcessNumber = 8, auditor: ProcessNumber = 9
    var end = GroupFindings("g", on: Set(Checkers.ofGroups))

    init(mayPassOver: Bool = true) {
      partition = history.number(of: TopicPartition("t", 0))
      other = history.number(of: TopicPartition("t", 1))
      history.add(History.Member(Self.a, "a", of: "g", mayPassOver: mayPassOver))
      history.add(History.Member(Self.b, "b", of: "g", mayPassOver: mayPassOver))
      history.add(History.Member(Self.boss, "operator", of: "g", as: .operator))
      end.partitions = history.partitions
      end.running = [Self.a, Self.b]
    }

    private mutating func tick() -> Instant {
      time += 1
      return Instant.zero + .seconds(time)
    }

    /// Values 0 up to a count, each at the offset that is its number, read to the end by the auditor.
    mutating func fill(_ count: Int) {
      for number in 0..<count {
        let value = RecordValue(UInt32(number))
        history.append(.invoke, .send, by: Self.producer, at: tick(), History.Entry(.unknown, value))
        history.append(.ok, .send, by: Self.producer, at: tick(), History.Entry(partition, value, at: Offset(Int64(number))))
      }
      records(.poll, 0..<count, by: Self.auditor)
    }

    private mutating func records(_ function: History.Operation.Function, _ numbers: Range<Int>, by process: ProcessNumber) {
      history.append(.ok, function, by: process, at: tick(), numbers.map { History.Entry(partition, RecordValue(UInt32($0)), at: Offset(Int64($0))) })
    }

    mutating func poll(_ numbers: Range<Int>, by process: ProcessNumber) { records(.poll, numbers, by: process) }
    mutating func work(_ numbers: Range<Int>, by process: ProcessNumber) { records(.work, numbers, by: process) }

    mutating func change(_ function: History.Operation.Function, by process: ProcessNumber, _ partitions: PartitionNumber...) {
      history.append(.ok, function, by: process, at: tick(), partitions.map { History.Entry($0, .none) })
    }

    mutating func commit(_ offset: Offset, _ kind: History.Operation.Kind, by process: ProcessNumber) {
      history.append(kind, .commit, by: process, at: tick(), History.Entry(partition, .none, at: offset))
    }

    /// From its request to its end.
    mutating func commit(_ offset: Offset, by process: ProcessNumber) {
      commit(offset, .invoke, by: process)
      commit(offset, .ok, by: process)
    }

    mutating func reset(from former: Offset = .unknown, to position: Offset, by process: ProcessNumber) {
      history.append(.ok, .reset, by: process, at: tick(), [History.Entry(partition, .none, at: former), History.Entry(partition, .none, at: position)])
    }

    mutating func inspect(_ offset: Offset) {
      history.append(.ok, .inspect, by: Self.boss, at: tick(), History.Entry(partition, .none, at: offset))
    }

    func verdict(_ guarantee: Guarantee) -> Verdict {
      Checkers.groupVerdicts(on: Analysis(of: history, deletions: deletions), [end]).first { $0.guarantee == guarantee }!
    }

    func conclusion(_ guarantee: Guarantee) -> Conclusion { verdict(guarantee).conclusion }
  }

  private static let a = Script.a, b = Script.b

  // MARK: one-owner

  @Test func `A member that commits after another member got the partition is a second owner`() {
    var script = Script()
    script.change(.gain, by: Self.a, script.partition)
    script.commit(5, by: Self.a)
    script.change(.gain, by: Self.b, script.partition)
    script.commit(7, by: Self.a)
    let verdict = script.verdict(.oneOwner)
    #expect(verdict.conclusion == .violated && verdict.caseCount == 1)
    #expect(verdict.cases[0].contains("t-0") && verdict.cases[0].contains("a committed offset 7") && verdict.cases[0].contains("b had got"))
  }

  @Test func `A member that was cut off may own a partition as long as its commits are refused, or were sent before`() {
    var script = Script()
    script.change(.gain, by: Self.a, script.partition)
    script.commit(5, .invoke, by: Self.a)
    script.change(.gain, by: Self.b, script.partition)
    script.commit(5, .ok, by: Self.a)
    script.commit(7, .invoke, by: Self.a)
    script.commit(7, .fail, by: Self.a)
    script.change(.lose, by: Self.a, script.partition)
    script.commit(9, by: Self.b)
    script.change(.giveUp, by: Self.b, script.partition)
    script.change(.gain, by: Self.a, script.partition)
    script.commit(11, by: Self.a)
    let verdict = script.verdict(.oneOwner)
    #expect(verdict.conclusion == .holds && verdict.examined == 3, "\(verdict)")
  }

  @Test(arguments: [History.Operation.Function.lose, .giveUp])
  func `A partition that a member got from an outdated response, and lost or gave up before it could commit, stays with its owner`(end: History.Operation.Function) {
    var script = Script()
    script.change(.gain, by: Self.a, script.partition)
    script.change(.gain, by: Self.b, script.partition)
    script.commit(5, .invoke, by: Self.b)
    script.commit(5, .fail, by: Self.b)
    script.change(end, by: Self.b, script.partition)
    script.commit(7, by: Self.a)
    #expect(script.conclusion(.oneOwner) == .holds)
  }

  // MARK: all-owned

  @Test func `A partition without an owner at the end, or with two, is reported with its owners`() {
    var script = Script()
    script.change(.gain, by: Self.a, script.partition)
    script.change(.gain, by: Self.b, script.partition)
    let verdict = script.verdict(.allOwned)
    #expect(verdict.examined == 2 && verdict.caseCount == 2)
    #expect(verdict.cases[0].contains("t-0") && verdict.cases[0].contains("a and b"))
    #expect(verdict.cases[1].contains("t-1") && verdict.cases[1].contains("nobody"))
  }

  @Test func `A member that does not run owns nothing, and without running members nothing must be owned`() {
    var script = Script()
    script.change(.gain, by: Self.a, script.partition, script.other)
    script.history.append(.ok, .end, by: Self.a, at: .zero + .seconds(50))
    script.change(.gain, by: Self.b, script.partition, script.other)
    script.end.running = [Self.b]
    #expect(script.conclusion(.allOwned) == .holds)
    script.end.running = []
    #expect(script.conclusion(.allOwned) == .unknown)
  }

  // MARK: committed-offsets

  @Test func `A member that no longer owns the partition takes the committed offset back`() {
    var script = Script()
    script.change(.gain, by: Self.a, script.partition)
    script.change(.gain, by: Self.b, script.partition)
    script.commit(200, by: Self.b)
    script.commit(100, by: Self.a)
    let verdict = script.verdict(.committedOffsets)
    #expect(verdict.caseCount == 1 && verdict.cases[0].contains("from 200 to 100"), "\(verdict)")
  }

  @Test func `The owner may go back, and a commit sent earlier may be answered later`() {
    var script = Script()
    script.change(.gain, by: Self.a, script.partition)
    script.commit(200, by: Self.a)
    script.commit(100, by: Self.a)
    script.commit(110, .invoke, by: Self.a)
    script.change(.giveUp, by: Self.a, script.partition)
    script.change(.gain, by: Self.b, script.partition)
    script.poll(120..<130, by: Self.b)
    script.commit(130, by: Self.b)
    script.commit(110, .ok, by: Self.a)
    script.inspect(130)
    let verdict = script.verdict(.committedOffsets)
    #expect(verdict.conclusion == .holds && verdict.examined > 3, "\(verdict)")
  }

  @Test func `A commit that was held back and executed after the next owner's is visible if the cluster is asked before and afterwards`() {
    var script = Script()
    script.change(.gain, by: Self.a, script.partition)
    script.commit(100, .invoke, by: Self.a)
    script.change(.gain, by: Self.b, script.partition)
    script.commit(200, by: Self.b)
    script.inspect(200)
    script.commit(100, .ok, by: Self.a)
    script.inspect(100)
    #expect(script.verdict(.committedOffsets).caseCount == 1, "\(script.verdict(.committedOffsets))")
    // The same order of answers, where it was carried out before.
    var harmless = Script()
    harmless.change(.gain, by: Self.a, harmless.partition)
    harmless.commit(100, .invoke, by: Self.a)
    harmless.change(.gain, by: Self.b, harmless.partition)
    harmless.commit(200, by: Self.b)
    harmless.commit(100, .ok, by: Self.a)
    harmless.inspect(200)
    #expect(harmless.conclusion(.committedOffsets) == .holds, "\(harmless.verdict(.committedOffsets))")
  }

  @Test func `A committed offset is lost if the cluster reports less, or the next owner starts below it or finds none`() {
    func script() -> Script {
      var script = Script()
      script.change(.gain, by: Self.a, script.partition)
      script.commit(10, by: Self.a)
      return script
    }
    var asked = script()
    asked.inspect(8)
    #expect(asked.conclusion(.committedOffsets) == .violated)
    var none = script()
    none.inspect(.unknown)
    #expect(none.conclusion(.committedOffsets) == .violated)

    var next = script()
    next.change(.giveUp, by: Self.a, next.partition)
    next.change(.gain, by: Self.b, next.partition)
    var nothing = next, above = next
    next.poll(8..<12, by: Self.b)
    #expect(next.verdict(.committedOffsets).cases.first?.contains("began at offset 8") == true)
    nothing.reset(to: 0, by: Self.b)
    #expect(nothing.conclusion(.committedOffsets) == .violated)
    above.poll(10..<12, by: Self.b)
    above.inspect(10)
    #expect(above.conclusion(.committedOffsets) == .holds)
  }

  @Test func `An operator may set committed offsets back, or delete them`() {
    var script = Script()
    script.change(.gain, by: Self.a, script.partition)
    script.commit(10, by: Self.a)
    script.change(.giveUp, by: Self.a, script.partition)
    script.reset(to: 4, by: Script.boss)
    script.inspect(4)
    script.change(.gain, by: Self.b, script.partition)
    script.poll(4..<6, by: Self.b)
    script.commit(6, by: Self.b)
    script.reset(to: .unknown, by: Script.boss)
    script.inspect(.unknown)
    #expect(script.conclusion(.committedOffsets) == .holds, "\(script.verdict(.committedOffsets))")
  }

  // MARK: at-least-once

  @Test func `A committed record that no member processed is missing`() {
    var script = Script()
    script.fill(10)
    script.change(.gain, by: Self.a, script.partition)
    script.reset(to: 0, by: Self.a)
    script.poll(0..<5, by: Self.a)
    script.commit(5, by: Self.a)
    script.work(0..<3, by: Self.a)
    let verdict = script.verdict(.atLeastOnce)
    #expect(verdict.examined == 5 && verdict.caseCount == 2)
    #expect(verdict.cases[0].contains("t-0") && verdict.cases[0].contains("offset 3") && verdict.cases[0].contains("a was given it"))
    script.end.working = [Self.a]
    #expect(script.conclusion(.atLeastOnce) == .unknown)
  }

  @Test func `A record that is processed later or by others is not missing, and neither is an uncommitted one`() {
    var script = Script()
    script.fill(10)
    script.reset(to: 0, by: Self.a)
    script.poll(0..<5, by: Self.a)
    script.commit(5, by: Self.a)
    script.work(0..<3, by: Self.a)
    script.poll(3..<8, by: Self.b)
    script.work(3..<6, by: Self.b)
    let verdict = script.verdict(.atLeastOnce)
    #expect(verdict.conclusion == .holds && verdict.examined == 5)
  }

  @Test func `Deleted records, and those before the group's start or a reset, are excepted`() {
    var script = Script()
    script.fill(20)
    script.reset(to: 4, by: Self.a)
    script.poll(4..<6, by: Self.a)
    script.work(4..<6, by: Self.a)
    script.commit(6, by: Self.a)
    // 6 and 7 are deleted, and a reset passes 8 and 9 over.
    script.deletions.add(below: 8, of: script.partition, by: .log(.retentionTime), at: .zero)
    script.reset(from: 6, to: 10, by: Self.a)
    script.poll(10..<12, by: Self.a)
    script.work(10..<12, by: Self.a)
    script.commit(12, by: Self.a)
    #expect(script.verdict(.atLeastOnce) == Verdict(.atLeastOnce, examined: 2, cases: []))
    // The offset that the group had is lost: nobody is sent on by the rule who had committed.
    script.reset(to: 15, by: Self.b)
    script.commit(16, by: Self.b)
    #expect(script.verdict(.atLeastOnce).caseCount == 4)
  }

  @Test(arguments: [true, false])
  func `A group skips what a partition had before it came if latest says so, but not with earliest`(isLatest: Bool) {
    var script = Script(mayPassOver: isLatest)
    // The group is older than the partition, in which there are four records by now.
    script.change(.gain, by: Self.a, script.other)
    script.fill(6)
    script.change(.gain, by: Self.a, script.partition)
    script.reset(to: 4, by: Self.a)
    script.poll(4..<6, by: Self.a)
    script.work(4..<6, by: Self.a)
    script.commit(6, by: Self.a)
    let verdict = script.verdict(.atLeastOnce)
    #expect(verdict.caseCount == (isLatest ? 0 : 4) && verdict.examined == (isLatest ? 2 : 6), "\(verdict)")
    // What a rule deleted meanwhile is missed by nobody.
    script.deletions.add(below: 4, of: script.partition, by: .log(.deleteRecords), at: .zero)
    #expect(script.conclusion(.atLeastOnce) == .holds)
  }

  @Test func `With earliest, a moving position skips only what is gone, and a late start has left something out`() {
    var script = Script(mayPassOver: false)
    script.fill(6)
    script.reset(to: 0, by: Self.a)
    script.poll(0..<2, by: Self.a)
    script.work(0..<2, by: Self.a)
    script.reset(from: 2, to: 4, by: Self.a)
    script.poll(4..<6, by: Self.a)
    script.work(4..<6, by: Self.a)
    script.commit(6, by: Self.a)
    #expect(script.verdict(.atLeastOnce).caseCount == 2, "\(script.verdict(.atLeastOnce))")
    script.deletions.add(below: 4, of: script.partition, by: .log(.retentionTime), at: .zero)
    #expect(script.conclusion(.atLeastOnce) == .holds)

    // Nobody knows why it begins there.
    var late = Script(mayPassOver: false)
    late.fill(6)
    late.poll(3..<6, by: Self.a)
    late.work(3..<6, by: Self.a)
    late.commit(6, by: Self.a)
    #expect(late.verdict(.atLeastOnce).caseCount == 3)
  }

  @Test func `The end of the log at which latest starts is the one at that moment`() {
    var script = Script()
    script.reset(to: 4, by: Self.a)
    // The log was empty.
    script.fill(6)
    script.poll(4..<6, by: Self.a)
    script.work(4..<6, by: Self.a)
    script.commit(6, by: Self.a)
    #expect(script.verdict(.atLeastOnce).caseCount == 4, "\(script.verdict(.atLeastOnce))")
  }

  // MARK: at-most-once

  @Test func `A record that two members processed is reported with both of them`() {
    var script = Script()
    script.fill(3)
    script.work(0..<2, by: Self.a)
    script.work(1..<3, by: Self.b)
    let verdict = script.verdict(.atMostOnce)
    #expect(verdict.examined == 3 && verdict.caseCount == 1)
    #expect(verdict.cases[0].contains("offset 1") && verdict.cases[0].contains("by a") && verdict.cases[0].contains("by b"))
  }

  @Test func `A record that was read twice, or that an operator sent the group back to, is not processed twice`() {
    var script = Script()
    script.fill(4)
    script.poll(0..<4, by: Self.a)
    script.work(0..<2, by: Self.a)
    script.poll(0..<4, by: Self.b)
    script.work(2..<4, by: Self.b)
    script.reset(to: 2, by: Script.boss)
    script.work(2..<4, by: Self.a)
    #expect(script.conclusion(.atMostOnce) == .holds)
    script.work(1..<2, by: Self.a)
    #expect(script.verdict(.atMostOnce).caseCount == 1)
  }

  // MARK: group-settles

  @Test func `A group that takes longer than its bound, or never settles, is reported`() {
    var script = Script()
    #expect(script.conclusion(.groupSettles) == .unknown)
    script.end.settling = GroupFindings.Settling(taken: .seconds(20), bound: .seconds(30))
    #expect(script.conclusion(.groupSettles) == .holds)
    script.end.settling?.taken = .seconds(31)
    #expect(script.conclusion(.groupSettles) == .violated)
    script.end.settling?.taken = nil
    #expect(script.conclusion(.groupSettles) == .violated)
    script.end.wait = "its coordinator waits for two to join"
    #expect(script.verdict(.groupSettles).cases.first?.hasSuffix("; the bound is \(Duration.seconds(30)): its coordinator waits for two to join") == true)
  }

  // MARK: Polls across rebalances

  @Test func `A member that gets a partition starts again there, and continues in those that it keeps`() {
    func script(keeps: Bool) -> Script {
      var script = Script()
      script.fill(10)
      script.poll(0..<2, by: Self.a)
      script.change(.gain, by: Self.a, keeps ? script.other : script.partition)
      script.poll(5..<6, by: Self.a)
      return script
    }
    func skips(_ script: Script) -> Int {
      Checkers.verdicts(on: script.history, isReadToTheEnd: true).first { $0.guarantee == .skipBetweenPolls }!.caseCount
    }
    #expect(skips(script(keeps: false)) == 0)
    #expect(skips(script(keeps: true)) == 1)
  }

  // MARK: Choice

  @Test func `Groups are judged on what they promise, and two groups are kept apart`() {
    var script = Script()
    script.history.add(History.Member(3, "c", of: "h"))
    script.fill(2)
    script.work(0..<2, by: Self.a)
    script.work(0..<2, by: 3)
    script.end.guarantees = [.atMostOnce]
    let verdicts = Checkers.groupVerdicts(on: Analysis(of: script.history), [script.end, GroupFindings("h", on: [.atLeastOnce])])
    #expect(verdicts.map(\.guarantee) == [.atLeastOnce, .atMostOnce])
    #expect(verdicts[1] == Verdict(.atMostOnce, examined: 2, cases: []))
  }
}
