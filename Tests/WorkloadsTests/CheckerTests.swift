import Primitives
import Testing

@testable import Workloads

/// Literal histories of a few operations: `send` and `poll` complete at once unless told otherwise.
struct HistoryScript {
  var history = History()
  let partition: PartitionNumber
  private var time: Int64 = 0

  /// What rules took.
  var deletions = Deletions()

  init() { partition = history.number(of: TopicPartition("t", 0)) }

  mutating func delete(below offset: Offset) { deletions.add(below: offset, of: partition, by: .log(.deleteRecords), at: tick()) }

  mutating func send(_ value: RecordValue, by process: ProcessNumber = 0, _ outcome: History.Operation.Kind = .ok, at offset: Offset = .unknown) {
    history.append(.invoke, .send, by: process, at: tick(), History.Entry(.unknown, value))
    history.append(outcome, .send, by: process, at: tick(), History.Entry(partition, value, at: offset))
  }

  mutating func poll(_ values: [(RecordValue, Offset)], by process: ProcessNumber = 9, _ outcome: History.Operation.Kind = .ok) {
    history.append(outcome, .poll, by: process, at: tick(), values.map { History.Entry(partition, $0, at: $1) })
  }

  mutating func assign(_ process: ProcessNumber = 9) { history.append(.ok, .assign, by: process, at: tick()) }

  private mutating func tick() -> Instant {
    time += 1
    return Instant(nanoseconds: time)
  }

  func verdict(_ guarantee: Guarantee, isReadToTheEnd: Bool = true) -> Verdict {
    Checkers.verdicts(on: history, deletions: deletions, isReadToTheEnd: isReadToTheEnd).first { $0.guarantee == guarantee }!
  }

  func conclusion(_ guarantee: Guarantee) -> Conclusion { verdict(guarantee).conclusion }
}

@Suite struct CheckerTests {
  @Test func `Assignments and commits of a group are not polls`() {
    var script = HistoryScript()
    for value in 0..<3 { script.send(RecordValue(UInt32(value)), at: Offset(Int64(value))) }
    script.poll([(0, 0)])
    for function in [History.Operation.Function.gain, .giveUp, .lose, .commit] {
      script.history.append(.ok, function, by: 9, at: Instant(nanoseconds: 100), History.Entry(script.partition, .none, at: 2))
    }
    script.poll([(1, 1), (2, 2)])
    for verdict in Checkers.verdicts(on: script.history, isReadToTheEnd: true) { #expect(verdict.conclusion == .holds, "\(verdict)") }
  }

  @Test func `A clean history passes every check and reports how much was examined`() {
    var script = HistoryScript()
    for value in 0..<5 { script.send(RecordValue(UInt32(value)), at: Offset(Int64(value))) }
    script.poll([(0, 0), (1, 1)])
    script.poll([(2, 2), (3, 3), (4, 4)])
    for verdict in Checkers.verdicts(on: script.history, isReadToTheEnd: true) {
      #expect(verdict.conclusion == .holds, "\(verdict)")
    }
    #expect(script.verdict(.lostWrite).examined == 5)
  }

  @Test func `An empty history concludes nothing`() {
    let verdicts = Checkers.verdicts(on: History(), isReadToTheEnd: true)
    #expect(!verdicts.isEmpty)
    for verdict in verdicts { #expect(verdict.conclusion == .unknown) }
  }

  @Test func `An acknowledged value that a later read skips is lost`() {
    var script = HistoryScript()
    script.send(0, at: 0)
    script.send(1, at: 1)
    script.send(2, at: 2)
    script.poll([(0, 0), (2, 2)])
    #expect(script.verdict(.lostWrite).caseCount == 1)
    #expect(script.verdict(.lostWrite).cases[0].contains("value 1"))
    #expect(script.conclusion(.unseen) == .violated)
    #expect(script.conclusion(.skipWithinPoll) == .violated)
  }

  @Test func `An acknowledged value after everything that was read is unseen, but not lost`() {
    var script = HistoryScript()
    script.send(0, at: 0)
    script.send(1, at: 1)
    script.poll([(0, 0)])
    #expect(script.conclusion(.lostWrite) == .holds)
    #expect(script.conclusion(.unseen) == .violated)
    #expect(script.verdict(.unseen, isReadToTheEnd: false).conclusion == .unknown)
  }

  @Test func `A value of unknown outcome may be missing`() {
    var script = HistoryScript()
    script.send(0, .info)
    script.send(1, at: 1)
    script.poll([(1, 1)])
    #expect(script.conclusion(.lostWrite) == .holds)
    #expect(script.conclusion(.unseen) == .holds)
  }

  @Test func `A value that is replaced at its offset is lost, and the offset is inconsistent`() {
    var script = HistoryScript()
    script.send(0, at: 0)
    script.send(1, by: 1, at: 0)
    script.poll([(1, 0)])
    #expect(script.conclusion(.lostWrite) == .violated)
    #expect(script.verdict(.inconsistentOffsets).cases == ["t-0: offset 0 held values 0, 1"])
  }

  @Test func `A retried value that appears twice is a duplicate`() {
    var script = HistoryScript()
    script.send(0, at: 1)
    script.poll([(0, 0), (0, 1)])
    #expect(script.verdict(.duplicate).cases == ["t-0: value 0 stands at offsets 0, 1"])
    #expect(script.conclusion(.nonmonotonicWithinPoll) == .holds)
  }

  @Test func `An earlier value after a later one is a reorder`() {
    var script = HistoryScript()
    script.send(0, at: 1)
    script.send(1, at: 0)
    script.poll([(1, 0), (0, 1)])
    #expect(script.conclusion(.reorder) == .violated)
    #expect(script.conclusion(.nonmonotonicSend) == .violated)
  }

  @Test func `A value of unknown outcome may take effect late`() {
    var script = HistoryScript()
    script.send(0, .info)
    script.send(1, at: 0)
    script.send(2, at: 1)
    script.poll([(1, 0), (2, 1), (0, 2)])
    #expect(script.conclusion(.reorder) == .holds)
  }

  @Test func `Values of two producers may be in any order`() {
    var script = HistoryScript()
    script.send(0, by: 0, at: 1)
    script.send(1, by: 1, at: 0)
    script.poll([(1, 0), (0, 1)])
    #expect(script.conclusion(.reorder) == .unknown)
  }

  @Test func `A value that is read after its send definitely failed is a failed read`() {
    var script = HistoryScript()
    script.send(0, .fail)
    script.poll([(0, 0)])
    #expect(script.conclusion(.failedRead) == .violated)
  }

  @Test func `Empty offsets are not a skip`() {
    var script = HistoryScript()
    script.send(0, at: 0)
    script.send(1, at: 5)
    script.poll([(0, 0), (1, 5)])
    #expect(script.conclusion(.skipWithinPoll) == .holds)
  }

  @Test func `Going back inside a poll is nonmonotonic`() {
    var script = HistoryScript()
    script.send(0, at: 0)
    script.send(1, at: 1)
    script.poll([(1, 1), (0, 0)])
    #expect(script.conclusion(.nonmonotonicWithinPoll) == .violated)
  }

  @Test func `The next poll must continue where the last successful one ended`() {
    var script = HistoryScript()
    for value in 0..<4 { script.send(RecordValue(UInt32(value)), at: Offset(Int64(value))) }
    script.poll([(0, 0)])
    script.poll([(2, 2)])
    #expect(script.conclusion(.skipBetweenPolls) == .violated)
    script.poll([(1, 1)])
    #expect(script.conclusion(.nonmonotonicBetweenPolls) == .violated)
  }

  @Test func `A failed poll does not advance, and an assignment forgets positions`() {
    var script = HistoryScript()
    for value in 0..<4 { script.send(RecordValue(UInt32(value)), at: Offset(Int64(value))) }
    script.poll([(0, 0)])
    script.poll([(1, 1)], .info)
    script.poll([(1, 1)])
    #expect(script.conclusion(.nonmonotonicBetweenPolls) == .holds)
    script.assign()
    script.poll([(0, 0), (1, 1), (2, 2), (3, 3)])
    #expect(script.conclusion(.nonmonotonicBetweenPolls) == .holds)
    #expect(script.conclusion(.skipBetweenPolls) == .holds)
  }

  // MARK: What was deleted by rule

  /// Four values, of which 0 and 1 are deleted before anybody reads.
  private func deletedBeforeRead(below offset: Offset) -> HistoryScript {
    var script = HistoryScript()
    for value in 0..<4 { script.send(RecordValue(UInt32(value)), at: Offset(Int64(value))) }
    script.delete(below: offset)
    script.poll([(2, 2), (3, 3)])
    return script
  }

  @Test func `A value that a rule deleted need not be read`() {
    let script = deletedBeforeRead(below: 2)
    #expect(script.conclusion(.lostWrite) == .holds)
    #expect(script.conclusion(.unseen) == .holds)
    #expect(script.verdict(.unseen).examined == 4)
  }

  @Test func `A value that is missing at the offset that a rule set is lost`() {
    let script = deletedBeforeRead(below: 1)
    #expect(script.verdict(.lostWrite).caseCount == 1)
    #expect(script.verdict(.unseen).caseCount == 1)
  }

  @Test func `A consumer that passes deleted values skips nothing`() {
    var script = HistoryScript()
    for value in 0..<5 { script.send(RecordValue(UInt32(value)), at: Offset(Int64(value))) }
    script.poll([(0, 0)])
    script.delete(below: 3)
    script.poll([(3, 3), (4, 4)])
    #expect(script.conclusion(.skipBetweenPolls) == .holds)
  }

  @Test func `A consumer that passes more than was deleted, or values that were deleted only later, skips`() {
    var script = HistoryScript()
    for value in 0..<5 { script.send(RecordValue(UInt32(value)), at: Offset(Int64(value))) }
    script.poll([(0, 0)])
    script.delete(below: 3)
    script.poll([(4, 4)])
    #expect(script.verdict(.skipBetweenPolls).cases == ["t-0: 1 values left out before offset 4"])
    var late = HistoryScript()
    for value in 0..<3 { late.send(RecordValue(UInt32(value)), at: Offset(Int64(value))) }
    late.poll([(0, 0)])
    late.poll([(2, 2)])
    late.delete(below: 2)
    #expect(late.conclusion(.skipBetweenPolls) == .violated)
  }

  @Test func `A value without a known offset may have been deleted, and is not examined`() {
    var script = HistoryScript()
    script.send(0)
    script.send(1)
    #expect(script.verdict(.unseen).caseCount == 2)
    script.delete(below: 1)
    #expect(script.conclusion(.unseen) == .unknown)
  }

  @Test func `A partition that no broker can serve is not examined, and the others are`() {
    var script = HistoryScript()
    script.send(0, at: 0)
    let analysis = Analysis(of: script.history)
    func unseen(_ unreadable: Set<PartitionNumber>) -> Conclusion? {
      Checkers.verdicts(on: analysis, isReadToTheEnd: true, unreadable: unreadable).first { $0.guarantee == .unseen }?.conclusion
    }
    #expect(unseen([]) == .violated)
    #expect(unseen([script.partition]) == .unknown)
  }

  // MARK: Topics of one name

  /// Value 0 at offset 0 of one topic, value 1 at offset 0 of the next one of the same name.
  private func recreated(_ first: Uuid, _ second: Uuid) -> History {
    var history = History()
    for (number, id) in [first, second].enumerated() {
      let partition = history.number(of: TopicPartition("t", 0), topicID: id)
      let value = RecordValue(UInt32(number)), time = Instant(nanoseconds: Int64(number))
      history.append(.invoke, .send, by: 0, at: time, History.Entry(.unknown, value))
      history.append(.ok, .send, by: 0, at: time, History.Entry(partition, value, at: 0))
      history.append(.ok, .poll, by: 9, at: time, History.Entry(partition, value, at: 0))
    }
    return history
  }

  @Test func `A recreated topic has its own offsets`() {
    let verdicts = Checkers.verdicts(on: recreated(Uuid(high: 1, low: 1), Uuid(high: 1, low: 2)), isReadToTheEnd: true)
    #expect(verdicts.allSatisfy { $0.conclusion != .violated }, "\(verdicts)")
  }

  @Test func `Within one topic, two values at one offset are a contradiction`() {
    let verdicts = Checkers.verdicts(on: recreated(Uuid(high: 1, low: 1), Uuid(high: 1, low: 1)), isReadToTheEnd: true)
    #expect(verdicts.first { $0.guarantee == .inconsistentOffsets }?.conclusion == .violated)
    #expect(verdicts.first { $0.guarantee == .nonmonotonicSend }?.conclusion == .violated)
  }

  @Test func `A value that is in another topic as well is a duplicate`() {
    var script = HistoryScript()
    let other = script.history.number(of: TopicPartition("u", 0))
    script.send(0, at: 3)
    script.poll([(0, 3)])
    #expect(script.conclusion(.duplicate) == .holds)
    script.history.append(.ok, .poll, by: 9, at: Instant(nanoseconds: 100), [History.Entry(other, 0, at: 7)])
    #expect(script.verdict(.duplicate).cases == ["t-0: value 0 of u-0 stands at offset 3"])
  }

  @Test func `A value whose retry went to the next topic with the same name is not a duplicate`() {
    var history = History()
    let former = history.number(of: TopicPartition("t", 0), topicID: Uuid(high: 1, low: 1)), next = history.number(of: TopicPartition("t", 0), topicID: Uuid(high: 1, low: 2))
    history.append(.invoke, .send, by: 0, at: .zero, History.Entry(.unknown, 0))
    history.append(.ok, .poll, by: 9, at: .zero, History.Entry(former, 0, at: 4))
    history.append(.ok, .send, by: 0, at: .zero, History.Entry(next, 0, at: 0))
    history.append(.ok, .poll, by: 9, at: .zero, History.Entry(next, 0, at: 0))
    #expect(Checkers.verdicts(on: history, isReadToTheEnd: true).first { $0.guarantee == .duplicate }?.conclusion == .holds)
  }
}
