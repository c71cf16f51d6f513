import Primitives
import Testing

@testable import Workloads

/// How a group fared: literal histories.
@Suite struct GroupFactsTests {
  private var history = History()
  private let first: PartitionNumber, second: PartitionNumber
  private static let a: ProcessNumber = 0, b: ProcessNumber = 1, stranger: ProcessNumber = 2

  init() {
    first = history.number(of: TopicPartition("t", 0))
    second = history.number(of: TopicPartition("t", 1))
    history.add(History.Member(Self.a, "a", of: "g"))
    history.add(History.Member(Self.b, "b", of: "g"))
    history.add(History.Member(Self.stranger, "c", of: "h"))
  }

  private func facts(until end: Int64? = nil) -> GroupFacts {
    GroupFacts(GroupAnalysis(of: "g", in: Analysis(of: history)), until: end.map { .zero + .seconds($0) })
  }

  private mutating func change(_ function: History.Operation.Function, at seconds: Int64, by process: ProcessNumber, _ partitions: PartitionNumber...) {
    history.append(.ok, function, by: process, at: .zero + .seconds(seconds), partitions.map { History.Entry($0, .none) })
  }

  @Test mutating func `A rebalance lasts from the first partition given up to the last one received`() {
    change(.gain, at: 1, by: Self.a, first, second)
    change(.giveUp, at: 10, by: Self.a, first)
    change(.lose, at: 11, by: Self.a, second)
    change(.gain, at: 13, by: Self.a, first)
    change(.gain, at: 16, by: Self.b, second)
    // Somebody else's.
    change(.giveUp, at: 17, by: Self.stranger, first)
    // A member dies, and another one gets what it had.
    change(.end, at: 20, by: Self.b)
    change(.gain, at: 28, by: Self.a, second)
    let facts = facts()
    #expect(facts.lives == 2)
    #expect(facts.rebalances.map(\.length) == [.seconds(6), .seconds(8)])
    #expect(facts.unowned.map(\.total) == [.seconds(3), .seconds(13)])
    #expect(facts.unowned.map(\.longest) == [.seconds(3), .seconds(8)])
  }

  @Test mutating func `A handover without a gap is not a rebalance, and neither are partitions without an owner after all have left`() {
    change(.gain, at: 1, by: Self.a, first)
    change(.gain, at: 5, by: Self.b, first)
    change(.lose, at: 6, by: Self.a, first)
    change(.giveUp, at: 9, by: Self.b, first)
    #expect(facts().rebalances.isEmpty)
    #expect(facts(until: 12).rebalances.map(\.length) == [.seconds(3)])
  }

  @Test mutating func `Work is counted once for each record, with repeated and skipped records counted separately`() {
    for number in 0..<6 {
      let value = RecordValue(UInt32(number))
      history.append(.invoke, .send, by: 5, at: .zero, History.Entry(.unknown, value))
      history.append(.ok, .send, by: 5, at: .zero, History.Entry(first, value, at: Offset(Int64(number))))
    }
    func records(_ numbers: Range<Int>) -> [History.Entry] { numbers.map { History.Entry(first, RecordValue(UInt32($0)), at: Offset(Int64($0))) } }
    history.append(.ok, .poll, by: 9, at: .zero, records(0..<6))
    // It begins at 2.
    history.append(.ok, .reset, by: Self.a, at: .zero, [History.Entry(first, .none), History.Entry(first, .none, at: 2)])
    history.append(.ok, .work, by: Self.a, at: .zero, records(2..<5))
    history.append(.ok, .work, by: Self.b, at: .zero, records(4..<5))
    history.append(.ok, .work, by: Self.stranger, at: .zero, records(0..<5))
    history.append(.ok, .commit, by: Self.a, at: .zero, History.Entry(first, .none, at: 5))
    let facts = facts()
    #expect(facts.worked == 3 && facts.workedAgain == 1 && facts.passedOver == 2)
  }
}
