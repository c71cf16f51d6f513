import Results
import Scenarios
import Testing

@testable import Trials

/// What a story says of groups and transactions to somebody who has never seen the scenario.
@Suite struct CoordinationStoryTests {
  private static func result(_ name: String, variant: String? = nil, _ options: (inout Trial.Options) -> Void = { _ in }) throws -> RunResult {
    var trialOptions = Trial.Options(seed: 1)
    trialOptions.tellsDetails = false
    options(&trialOptions)
    return Trial(try ScenarioLibrary.scenario(at: "scenarios/\(name).yaml", variant: variant), options: trialOptions).run()
  }

  private static func lines(_ result: RunResult) -> [String] { result.story.map { "\($0.who): \($0.what)" } }

  private func expect(_ lines: [String], in story: [String]) {
    var rest = story[...]
    for line in lines {
      guard let place = rest.firstIndex(where: { $0.contains(line) }) else {
        Issue.record("\(line) is not told, or too early: \(story)")
        return
      }
      rest = rest[(place + 1)...]
    }
  }

  @Test func `Of a zombie it says what it owned and had open, who took over, what it did, and what it was told`() throws {
    let result = try Self.result("hazards/transaction-zombie-offsets")
    expect(
      [
        "app-2: is assigned in-0 of group g", "app-2: is paused with transactional id x-2, Ongoing since 6.937 s with out-0; in-0 of group g",
        "from group g: no heartbeat for a whole session; it had in-0; transactional id x-2, Ongoing since 6.937 s with out-0", "app-1: is assigned in-0 of group g",
        "took the committed offset of group g, in-0 back from 400 to 291", "it is no member of group g any more, since 12.317 s: UNKNOWN_MEMBER_ID",
        "app-2: loses in-0 of group g, in which its membership is over",
      ], in: Self.lines(result))
    #expect(Self.lines(result).contains { $0.contains("removed app-2 (member app-") })
    // One record of each kind is followed, not three that went the same way.
    #expect(result.story.count { $0.what.hasPrefix("the way of") } == 3)
    let ledger = try #require(result.groups?.groups.first?.ledger)
    #expect(ledger.records == 400 && ledger.double == 126 && ledger.faulty.map(\.records) == [16, 1, 109])
    #expect(ledger.faulty[0].attempts.map(\.client) == ["app-2", "app-1"] && ledger.faulty[0].attempts.map(\.committedOffset) == [291, 400])
    #expect(result.groups?.groups.first?.owners?.generations?.map(\.number) == [1, 2, 3])
    let timeline = try #require(result.coordinatedTransactions?.timeline)
    #expect(timeline.ids.map(\.id) == ["x-1", "x-2"] && timeline.ids[1].transactions.first?.end == .commit && timeline.hanging.isEmpty)
  }

  @Test func `In the repaired scenario the zombie is refused and the ledger is sound`() throws {
    let result = try Self.result("hazards/transaction-zombie-offsets", variant: "fixed")
    #expect(!Self.lines(result).contains { $0.contains("took the committed offset") })
    let ledger = try #require(result.groups?.groups.first?.ledger)
    #expect(ledger.faultyRecords == 0 && ledger.faulty.isEmpty && ledger.records > 0)
  }

  @Test func `A transaction that hangs is told of, with the partition, the offset and since when`() throws {
    let result = try Self.result("hazards/transaction-hanging")
    expect(["trial: t-0 has a transaction open from offset 1 on since 3.203 s that no coordinator knows (producer 0, epoch 0): it hangs"], in: Self.lines(result))
    #expect(result.coordinatedTransactions?.timeline?.hanging.map(\.offset) == [1])
    #expect(try Self.result("hazards/transaction-hanging", variant: "fixed").coordinatedTransactions?.timeline?.hanging == [])
  }

  @Test func `A fenced producer is told of with the epoch that is current and why, and a coordinator that fails with what it had open`() throws {
    let result = try Self.result("verify/exactly-once-crashes")
    expect(
      [
        "refused producer 1, epoch 0, of transactional id app-2: epoch 5 is current since 4.377 s, when its transaction was committed",
        "aborts the transaction of transactional id app-1 after transaction.timeout.ms: producer 2000, epoch 27, open since 5.542 s with out-0 and out-1",
        "epoch 28 is current since 8.701 s, when its transaction was aborted after transaction.timeout.ms",
        "broker-3: loses power as coordinator of group app, Stable in generation 9; transactional id app-3, Ongoing since 16.844 s with out-3, out-4 and out-5",
        "broker-1: coordinates __consumer_offsets-0 in place of broker-3: group app, Stable in generation 9",
      ], in: Self.lines(result))
    // Faults that chance drew are shown as themselves: a kill until the start.
    let drawn = result.bands.filter { $0.fault == "instances" }
    #expect(drawn.count > 3 && drawn.contains { $0.fromSeconds == 5.158937 || ($0.toSeconds ?? 0) - $0.fromSeconds > 5 })
    #expect(drawn.allSatisfy { ($0.toSeconds ?? 0) >= $0.fromSeconds && ($0.toSeconds ?? 99) <= 30 })
  }

  @Test func `Of a group that rebalances again and again the first changes of owners are told, and the others as details`() throws {
    let result = try Self.result("hazards/group-rebalance-storm") { $0.until = .seconds(90) }
    let changes = result.story.filter { $0.what.contains("is assigned") || $0.what.contains("loses t-") }
    #expect(changes.count > 80 && changes.count { $0.weight == .event } == 60 && changes[59].what.hasSuffix("(later changes of owners are details)"))
  }

  @Test func `How far a trial is is told while it runs, and without pictures the rest of its result is the same`() throws {
    var told: [TrialProgress] = []
    let quick = try Self.result("hazards/transaction-zombie-offsets") {
      $0.keepsPictures = false
      $0.onProgress = { told.append($0) }
    }
    #expect(told.count > 100 && told.allSatisfy { $0.end == .seconds(35) } && told.map(\.time) == told.map(\.time).sorted() && told.last!.time > .seconds(35))
    var whole = try Self.result("hazards/transaction-zombie-offsets")
    #expect(quick.groups?.groups.first?.ledger == nil && quick.coordinatedTransactions?.timeline == nil)
    whole.coordinatedTransactions?.timeline = nil
    for place in whole.groups!.groups.indices { whole.groups!.groups[place].ledger = nil }
    #expect(quick == whole)
  }
}
