import Primitives
import Testing

@testable import Workloads

/// Literal histories of a few operations: `send` and `poll` complete at once unless told otherwise.
struct HistoryScript {
  var history = History()
  let partition: PartitionNumber
  private var time: Int64 = 0

  init() { partition = history.number(of: TopicPartition("t", 0)) }

  mutating func send(_ value: RecordValue, by process: ProcessNumber = 0, _ outcome: Operation.Kind = .ok, at offset: Offset = .unknown) {
    history.append(.invoke, .send, by: process, at: tick(), Entry(.unknown, value))
    history.append(outcome, .send, by: process, at: tick(), Entry(partition, value, at: offset))
  }

  mutating func poll(_ values: [(RecordValue, Offset)], by process: ProcessNumber = 9, _ outcome: Operation.Kind = .ok) {
    history.append(outcome, .poll, by: process, at: tick(), values.map { Entry(partition, $0, at: $1) })
  }

  mutating func assign(_ process: ProcessNumber = 9) { history.append(.ok, .assign, by: process, at: tick()) }

  private mutating func tick() -> Instant {
    time += 1
    return Instant(nanoseconds: time)
  }

  func verdict(_ guarantee: Guarantee, isReadToTheEnd: Bool = true) -> Verdict {
    Checkers.verdicts(on: history, isReadToTheEnd: isReadToTheEnd).first { $0.guarantee == guarantee }!
  }

  func conclusion(_ guarantee: Guarantee) -> Conclusion { verdict(guarantee).conclusion }
}

@Suite struct CheckerTests {
  @Test func aCleanHistoryHoldsEverywhereAndTellsHowMuchWasExamined() {
    var script = HistoryScript()
    for value in 0..<5 { script.send(RecordValue(UInt32(value)), at: Offset(Int64(value))) }
    script.poll([(0, 0), (1, 1)])
    script.poll([(2, 2), (3, 3), (4, 4)])
    for verdict in Checkers.verdicts(on: script.history, isReadToTheEnd: true) {
      #expect(verdict.conclusion == .holds, "\(verdict)")
    }
    #expect(script.verdict(.lostWrite).examined == 5)
  }

  @Test func anEmptyHistoryConcludesNothing() {
    for verdict in Checkers.verdicts(on: History(), isReadToTheEnd: true) { #expect(verdict.conclusion == .unknown) }
  }

  @Test func anAcknowledgedValueThatALaterReadPassesOverIsLost() {
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

  @Test func anAcknowledgedValueBeyondEverythingReadIsUnseenButNotLost() {
    var script = HistoryScript()
    script.send(0, at: 0)
    script.send(1, at: 1)
    script.poll([(0, 0)])
    #expect(script.conclusion(.lostWrite) == .holds)
    #expect(script.conclusion(.unseen) == .violated)
    #expect(script.verdict(.unseen, isReadToTheEnd: false).conclusion == .unknown)
  }

  @Test func aValueOfUnknownOutcomeMayBeMissing() {
    var script = HistoryScript()
    script.send(0, .info)
    script.send(1, at: 1)
    script.poll([(1, 1)])
    #expect(script.conclusion(.lostWrite) == .holds)
    #expect(script.conclusion(.unseen) == .holds)
  }

  @Test func aValueReplacedAtItsOffsetIsLostAndTheOffsetInconsistent() {
    var script = HistoryScript()
    script.send(0, at: 0)
    script.send(1, by: 1, at: 0)
    script.poll([(1, 0)])
    #expect(script.conclusion(.lostWrite) == .violated)
    #expect(script.verdict(.inconsistentOffsets).cases == ["t-0: offset 0 held values 0, 1"])
  }

  @Test func aRetriedValueThatStandsTwiceIsADuplicate() {
    var script = HistoryScript()
    script.send(0, at: 1)
    script.poll([(0, 0), (0, 1)])
    #expect(script.verdict(.duplicate).cases == ["t-0: value 0 stands at offsets 0, 1"])
    #expect(script.conclusion(.nonmonotonicWithinPoll) == .holds)
  }

  @Test func anEarlierValueBehindALaterOneIsAReorder() {
    var script = HistoryScript()
    script.send(0, at: 1)
    script.send(1, at: 0)
    script.poll([(1, 0), (0, 1)])
    #expect(script.conclusion(.reorder) == .violated)
    #expect(script.conclusion(.nonmonotonicSend) == .violated)
  }

  @Test func aValueOfUnknownOutcomeMayTakeEffectLate() {
    var script = HistoryScript()
    script.send(0, .info)
    script.send(1, at: 0)
    script.send(2, at: 1)
    script.poll([(1, 0), (2, 1), (0, 2)])
    #expect(script.conclusion(.reorder) == .holds)
  }

  @Test func valuesOfTwoProducersMayStandInAnyOrder() {
    var script = HistoryScript()
    script.send(0, by: 0, at: 1)
    script.send(1, by: 1, at: 0)
    script.poll([(1, 0), (0, 1)])
    #expect(script.conclusion(.reorder) == .unknown)
  }

  @Test func aValueReadAfterItsSendFailedForCertainIsAFailedRead() {
    var script = HistoryScript()
    script.send(0, .fail)
    script.poll([(0, 0)])
    #expect(script.conclusion(.failedRead) == .violated)
  }

  @Test func emptyOffsetsAreNoSkip() {
    var script = HistoryScript()
    script.send(0, at: 0)
    script.send(1, at: 5)
    script.poll([(0, 0), (1, 5)])
    #expect(script.conclusion(.skipWithinPoll) == .holds)
  }

  @Test func goingBackInsideAPollIsNonmonotonic() {
    var script = HistoryScript()
    script.send(0, at: 0)
    script.send(1, at: 1)
    script.poll([(1, 1), (0, 0)])
    #expect(script.conclusion(.nonmonotonicWithinPoll) == .violated)
  }

  @Test func theNextPollMustGoOnWhereTheLastGoodOneEnded() {
    var script = HistoryScript()
    for value in 0..<4 { script.send(RecordValue(UInt32(value)), at: Offset(Int64(value))) }
    script.poll([(0, 0)])
    script.poll([(2, 2)])
    #expect(script.conclusion(.skipBetweenPolls) == .violated)
    script.poll([(1, 1)])
    #expect(script.conclusion(.nonmonotonicBetweenPolls) == .violated)
  }

  @Test func aFailedPollDoesNotAdvanceAndAnAssignmentForgets() {
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
}
