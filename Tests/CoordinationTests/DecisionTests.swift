import Coordination
import Testing
import Wire

/// A counter whose state is a value: the smallest of all who decide by writing records.
private struct Counter: Equatable {
  private(set) var count = 0

  struct Added: Equatable { var number: Int }

  /// Pure: it reads the state and changes nothing.
  func add(_ numbers: [Int]) throws(Refusal) -> Decision<Added, Int> {
    guard numbers.allSatisfy({ $0 > 0 }) else { throw Refusal(.invalidRequest, "a number that is not above 0") }
    return Decision(numbers.map { Added(number: $0) }, numbers.reduce(count, +))
  }

  mutating func apply(_ record: Added) { count += record.number }
}

@Suite struct DecisionTests {
  @Test func `A decision has its records in the order of the append, and the answer`() throws {
    let decision = try Counter().add([3, 1, 2])
    #expect(decision.records == [Counter.Added(number: 3), Counter.Added(number: 1), Counter.Added(number: 2)])
    #expect(decision.response == 6)
  }

  @Test func `A decision without records changes nothing, but has an answer`() {
    let decision = Decision<Counter.Added, String>([], "as it was")
    #expect(decision.records.isEmpty && decision.response == "as it was")
  }

  @Test func `Applying the records leads to the decided state`() throws {
    var decided = Counter(), committed = Counter()
    var appended: [Counter.Added] = []
    for numbers in [[1], [], [4, 5]] {
      let former = decided
      let decision = try decided.add(numbers)
      #expect(decided == former, "deciding changes nothing")
      for record in decision.records { decided.apply(record) }
      #expect(decided.count == decision.response)
      appended += decision.records
    }
    for record in appended { committed.apply(record) }
    #expect(committed == decided)
  }

  @Test func `A refusal leaves no records`() {
    #expect(throws: Refusal(.invalidRequest, "a number that is not above 0")) { try Counter().add([1, 0]) }
  }
}

@Suite struct RefusalTests {
  @Test func `Refusals are equal if their code and occurrences are equal`() {
    #expect(Refusal(.invalidConfig, "why") == Refusal(.invalidConfig, "why"))
    #expect(Refusal(.invalidConfig, "why") != Refusal(.invalidConfig, "because"))
    #expect(Refusal(.invalidConfig, "why") != Refusal(.invalidRequest, "why"))
  }

  @Test func `A refusal may have only a code`() {
    let refusal = Refusal(.notController)
    #expect(refusal.code == .notController && refusal.message == nil)
  }
}
