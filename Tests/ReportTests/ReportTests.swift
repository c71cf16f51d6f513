import Primitives
import Testing
import Workloads

@testable import Report

@Suite struct ReportTests {
  static func result(_ verdicts: [Verdict] = [], expectations: [ExpectationResult] = [], faults: [FaultCount] = []) -> TrialResult {
    TrialResult(
      scenario: "s", variant: nil, seed: 7, build: "b", traceHash: 0xabc, events: 5, simulated: .milliseconds(1_500), verdicts: verdicts,
      delivery: Delivery(), faults: faults, sightings: [], expectations: expectations, story: [], replay: "trial replay s.yaml --seed 7")
  }

  @Test func jsonKeepsTheOrderOfKeysAndEscapesText() {
    let json = JSON.object([("b", .string("a \"quoted\"\n\u{1}")), ("a", .array([.integer(-1), .bool(true), .null])), ("c", .object([]))])
    #expect(json.text == "{\n  \"b\": \"a \\\"quoted\\\"\\n\\u0001\",\n  \"a\": [\n    -1,\n    true,\n    null\n  ],\n  \"c\": {}\n}\n")
  }

  @Test(arguments: [(1.5, 3, "1.500"), (-0.0406, 3, "-0.041"), (0, 1, "0.0"), (12_345.678, 0, "12346"), (0.999_6, 3, "1.000")])
  func decimalsHaveAFixedNumberOfPlaces(value: Double, places: Int, text: String) {
    #expect(fixed(value, places: places) == text)
  }

  @Test func largeNumbersAreGrouped() {
    #expect(grouped(1_234_567) == "1 234 567")
    #expect(grouped(-999) == "-999")
  }

  @Test func whatIsNotMetOutweighsWhatWasNotExercised() {
    let met = ExpectationResult("a", "a to hold", .met), missing = ExpectationResult("b", "b to be seen", .notExercised)
    let broken = ExpectationResult("c", "c to hold", .notMet)
    #expect(Self.result(expectations: [met]).exitCode == .asExpected)
    #expect(Self.result(expectations: [met, missing]).exitCode == .notExercised)
    #expect(Self.result(expectations: [missing, broken]).exitCode == .notAsExpected)
    #expect(Self.result(expectations: [met], faults: [FaultCount(name: "kill", planned: 1, hit: 0)]).exitCode == .notExercised)
  }

  @Test func aStoredResultHoldsNothingOfTheMachine() {
    let host = HostFacts(cpuSeconds: 1, wallSeconds: 2, events: 5, simulatedSeconds: 1.5)
    #expect(!Self.result().json.text.contains("cpuSeconds"))
    #expect(Self.result().json(host: host).text.contains("\"simulatedToCpu\": 1.5"))
    #expect(Self.result().json.text.contains("\"traceHash\": \"0000000000000abc\""))
  }

  @Test func failuresOfOneCauseCountTogether() {
    var summary = VerifySummary()
    for seed: UInt64 in 1...3 {
      var result = Self.result([Verdict(.lostWrite, examined: 4, cases: ["gone"])], expectations: [ExpectationResult("lost-write", "lost-write to hold", .notMet)])
      result.seed = seed
      summary.add(TrialDigest(result, host: HostFacts(cpuSeconds: 0.5, wallSeconds: 1, events: 5, simulatedSeconds: 1.5)))
    }
    #expect(summary.causes.count == 1)
    #expect(summary.causes[0].count == 3)
    #expect(summary.exitCode == .notAsExpected)
    #expect(summary.rows.first { $0.guarantee == .lostWrite }?.violated == 3)
  }

  @Test func aSweepWithoutATrialHasShownNothing() {
    #expect(VerifySummary().exitCode == .notExercised)
    #expect(VerifySummary().text.contains("Nothing was run"))
  }

  @Test func aSweepSumsWhatBecameOfRecords() {
    var summary = VerifySummary()
    for _ in 0..<2 {
      var result = Self.result()
      (result.delivery.lost, result.delivery.permittedLoss, result.delivery.deleted) = (5, 3, 7)
      summary.add(TrialDigest(result, host: HostFacts(cpuSeconds: 0, wallSeconds: 0, events: 0, simulatedSeconds: 0)))
    }
    #expect(summary.records.lost == 10 && summary.records.permittedLoss == 6 && summary.records.violations == 4 && summary.records.deleted == 14)
  }

  @Test func whatIsLostIncludesWhatIsPermitted() {
    var result = Self.result()
    (result.delivery.acked, result.delivery.lost, result.delivery.permittedLoss, result.delivery.deleted) = (100, 9, 6, 4)
    result.delivery.permittedBy = [PermittedLoss(reason: "acks=1", count: 6)]
    result.delivery.deletedBy = [PermittedLoss(reason: "retention", count: 4)]
    #expect(result.summaryText.contains("; 9 lost (6 permitted by acks=1; 3 violations); 4 deleted (4 by retention)"))
    let text = result.json.text
    #expect(text.hasPrefix("{\n  \"format\": \(StoredFormat.current),\n"))
    for pair in ["\"lost\": 9", "\"permittedLoss\": 6", "\"deleted\": 4"] { #expect(text.contains(pair)) }
  }

  @Test(arguments: [(1e300, "9223372036854775807"), (-1e300, "-9223372036854775808"), (Double.nan, "0"), (2.5, "3")])
  func foreignNumbersAreRoundedWithoutATrap(value: Double, text: String) {
    #expect(String(Int64(rounding: value)) == text)
    #expect(!fixed(value, places: 6).isEmpty)
  }

  @Test func aProcessThatDiedIsNeverAPass() {
    var summary = VerifySummary()
    summary.add(TrialDigest(lost: "s", variant: nil, seed: 3, replay: "trial replay s --seed 3"))
    #expect(summary.exitCode == .internalError)
    #expect(summary.text.contains("trial replay s --seed 3"))
  }
}
