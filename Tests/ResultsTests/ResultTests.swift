import Foundation
import Measurement
import Primitives
import ResultSamples
import Testing
import Workloads

@testable import Results

@Suite struct ResultTests {
  @Test func `JSON keeps the order of keys and escapes text`() {
    let json = JSON.object([("b", .string("a \"quoted\"\n\u{1}")), ("a", .array([.integer(-1), .bool(true), .null])), ("c", .object([]))])
    #expect(json.text == "{\n  \"b\": \"a \\\"quoted\\\"\\n\\u0001\",\n  \"a\": [\n    -1,\n    true,\n    null\n  ],\n  \"c\": {}\n}\n")
  }

  @Test func `An unmet expectation outweighs one that was not exercised`() {
    let met = ExpectationResult("a", "a to hold", .met), missing = ExpectationResult("b", "b to be seen", .notExercised)
    let broken = ExpectationResult("c", "c to hold", .notMet)
    #expect(SampleTrial.result(expectations: [met]).exitCode == .asExpected)
    #expect(SampleTrial.result(expectations: [met, missing]).exitCode == .notExercised)
    #expect(SampleTrial.result(expectations: [missing, broken]).exitCode == .notAsExpected)
  }

  @Test func `A fault that hits nothing was not exercised, unless its scenario draws what there is to hit`() {
    let idle = FaultCount(name: "kill", planned: 1, hit: 0)
    let fixed = SampleTrial.result(faults: [idle]), drawn = SampleTrial.result(faults: [idle], choices: [DrawnChoice(path: "cluster.brokers", value: "3")])
    #expect(fixed.exitCode == .notExercised && fixed.failures.map(\.cause) == ["the fault 'kill' never hit"])
    #expect(drawn.exitCode == .asExpected && drawn.failures.isEmpty)
  }

  @Test func `A stored result contains nothing about the machine`() {
    let host = HostFacts(cpuSeconds: 1, wallSeconds: 2, events: 5, simulatedSeconds: 1.5)
    #expect(!SampleTrial.result().json.text.contains("cpuSeconds"))
    #expect(SampleTrial.result().json(host: host).text.contains("\"simulatedToCpu\": 1.5"))
    #expect(SampleTrial.result().json.text.contains("\"traceHash\": \"0000000000000abc\""))
  }

  @Test func `What was drawn is added up by value, with the trials that were not as expected, and is stored`() throws {
    func run(_ partitions: String, isMet: Bool = true) -> RunResult {
      SampleTrial.result(
        expectations: [ExpectationResult("a", "a to hold", isMet ? .met : .notMet)],
        choices: [DrawnChoice(path: "topics[0].partitions", value: partitions), DrawnChoice(path: "cluster.brokers", value: "3")])
    }
    func sum(_ path: String, _ value: String, _ trials: Int, _ notAsExpected: Int) -> DrawSum {
      DrawSum(scenario: "s", path: path, value: value, trials: trials, notAsExpected: notAsExpected)
    }
    var summary = VerifySummary(), other = VerifySummary()
    for result in [run("12"), run("1", isMet: false), run("1")] { summary.add(result, cpuSeconds: 0) }
    other.add(run("1", isMet: false), cpuSeconds: 0)
    summary.add(other)
    #expect(summary.drawn == [sum("cluster.brokers", "3", 4, 2), sum("topics[0].partitions", "1", 3, 2), sum("topics[0].partitions", "12", 1, 0)])
    // Of a scenario everything stands together, also what only later trials drew.
    var second = run("1"), third = run("1")
    second.scenario = "other"
    third.choices = [DrawnChoice(path: "topics[1]", value: "absent")]
    for result in [second, third] { summary.add(result, cpuSeconds: 0) }
    #expect(summary.drawn.map(\.scenario) == ["other", "other", "s", "s", "s", "s"])
    let stored = try JSONDecoder().decode(VerifySummary.self, from: Data(summary.json.text.utf8))
    #expect(stored.drawn == summary.drawn)
    let runs = [run("1"), run("12"), run("6"), second, third]
    func drawn(_ runs: [RunResult]) -> VerifySummary {
      var summary = VerifySummary()
      for run in runs { summary.add(run, cpuSeconds: 0) }
      return summary
    }
    var merged = drawn(Array(runs[3...]))
    merged.add(drawn(runs[..<3].reversed()))
    #expect(merged.drawn == drawn(runs).drawn, "in whatever order they come")
    var fixed = VerifySummary()
    fixed.add(SampleTrial.result(), cpuSeconds: 0)
    #expect(fixed.drawn.isEmpty && !fixed.json.text.contains("drawn"))
  }

  @Test func `Failures of one cause count together`() {
    var summary = VerifySummary()
    for seed: UInt64 in 1...3 {
      var result = SampleTrial.result([Verdict(.lostWrite, examined: 4, cases: ["gone"])], expectations: [ExpectationResult("lost-write", "lost-write to hold", .notMet)])
      result.seed = seed
      summary.add(result, cpuSeconds: 0.5)
    }
    #expect(summary.causes.count == 1)
    #expect(summary.causes[0].count == 3)
    #expect(summary.exitCode == .notAsExpected)
    #expect(summary.rows.first { $0.guarantee == .lostWrite }?.violated == 3)
  }

  @Test func `Failures of one guarantee with other evidence are another cause, and other names and numbers are not`() {
    var summary = VerifySummary()
    for (seed, evidence) in ["t-0: value 4 is on no disk", "u-2: value 17 is on no disk", "t-0: value 9 was read twice"].enumerated() {
      var result = SampleTrial.result([Verdict(.lostWrite, examined: 4, cases: [evidence])], expectations: [ExpectationResult("lost-write", "lost-write to hold", .notMet)])
      result.seed = UInt64(seed)
      summary.add(result, cpuSeconds: 0.5)
    }
    #expect(summary.causes.map(\.count) == [2, 1])
    #expect(summary.causes.map(\.failure.seed) == [0, 2])
  }

  @Test func `A sweep adds up the outcomes of records`() {
    var summary = VerifySummary()
    for _ in 0..<2 {
      var result = SampleTrial.result()
      (result.delivery.lost, result.delivery.permittedLoss, result.delivery.deleted) = (5, 3, 7)
      summary.add(result, cpuSeconds: 0)
    }
    #expect(summary.records.lost == 10 && summary.records.permittedLoss == 6 && summary.records.violations == 4 && summary.records.deleted == 14)
  }
}
