import ResultSamples
import Testing

@testable import Compare

@Suite struct SelfTestTests {
  @Test func `The default gates catch every regression in the sample, and nothing in an unchanged copy`() throws {
    let test = try SelfTest(CompareFixture.baseline, gates: Gate.defaults)
    #expect(test.missed == [])
    #expect(test.falseAlarms == [])
    #expect(test.outcomes.allSatisfy { $0.conclusion == .caught })
    #expect(test.outcomes.count == Regression.all.count)
    #expect(test.succeeded)
    #expect(test.exitCode == .asExpected)
  }

  @Test(arguments: Gate.defaults.map(\.text))
  func `No default gate can be removed without missing a regression`(gate: String) throws {
    let test = try SelfTest(CompareFixture.baseline, gates: Gate.defaults.filter { $0.text != gate })
    #expect(!test.missed.isEmpty)
    #expect(!test.succeeded)
    #expect(test.exitCode == .gateBroken)
  }

  @Test func `What was missed is named`() throws {
    let test = try SelfTest(CompareFixture.baseline, gates: Gate.defaults.filter { $0.path != "violations" })
    #expect(test.missed == ["one record lost"])
    #expect(test.summary.contains("missed: one record lost"))
  }

  @Test func `A loose gate misses what a tight one catches`() throws {
    func misses(_ gate: String) throws -> Bool {
      try SelfTest(CompareFixture.baseline, gates: [Gate(parsing: gate)]).missed.contains("throughput 0.3 % less")
    }
    #expect(try misses("throughput >= -1%"))
    #expect(try !misses("throughput >= -0.2%"))
  }

  @Test func `A gate that breaks on an unchanged copy is a false alarm, and catches nothing`() throws {
    let test = try SelfTest(CompareFixture.baseline, gates: Gate.defaults + [Gate(parsing: "publish.p99 <= 1ms")])
    #expect(test.falseAlarms.contains("publish.p99 <= 1ms"))
    #expect(!test.succeeded)
    #expect(test.outcomes.allSatisfy { !$0.caughtBy.contains("publish.p99 <= 1ms") })
  }

  @Test func `Without metrics, regressions that do not apply are left out, and the rest is caught`() throws {
    var result = CompareFixture.baseline
    result.rows = result.rows.map { row in
      var row = row
      row.metrics = nil
      return row
    }
    // A trial without metrics has verdicts to compare.
    #expect(result.rows.allSatisfy { row in row.verdicts.contains { $0.examined > 0 } })
    let test = try SelfTest(result, gates: Gate.defaults)
    #expect(test.succeeded)
    #expect(test.outcomes.count { $0.conclusion == .notApplicable } == 11)
  }

  @Test func `A result whose window saw no record tests nothing, and does not count as tested`() throws {
    var result = CompareFixture.baseline
    result.rows[1].metrics?.throughput.publish = nil
    result.rows[1].metrics?.throughput.consume = nil
    let test = try SelfTest(result, gates: Gate.defaults)
    #expect(!test.succeeded)
    #expect(test.exitCode == .notExercised)
    #expect(test.summary.contains("a row measured nothing"))
  }

  @Test func `A self-test that tested nothing has not succeeded`() throws {
    #expect(try !SelfTest(CompareFixture.baseline, gates: Gate.defaults, regressions: []).succeeded)
  }
}
