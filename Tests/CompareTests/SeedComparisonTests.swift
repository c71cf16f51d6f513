import Foundation
import Measurement
import ResultSamples
import Results
import Testing
import Workloads

@testable import Compare

/// Results over several seeds, held against each other.
@Suite struct SeedComparisonTests {
  private func compare(_ baseline: StoredResult, _ candidate: StoredResult, _ gates: String...) throws -> Comparison {
    try Comparison(baseline: [baseline], candidate: [candidate], gates: gates.map { try Gate(parsing: $0) })
  }

  private var three: StoredResult { CompareFixture.result(seeds: [1, 2, 3], p99: [10, 11, 12]) }

  @Test func `Gates compare means with means, and changes are shown seed by seed`() throws {
    let worse = CompareFixture.result(seeds: [1, 2, 3], p99: [11, 10.5, 13])
    let comparison = try compare(three, worse, "publish.p99 <= +2%", "publish.p99 <= +6%")
    #expect(comparison.rows[0].broken.map(\.gate) == ["publish.p99 <= +2%"])
    let expected = """
            acks=all
              figures are means over seeds 1..3, compared seed by seed; counts of records and faults are sums, verdicts the worst

      FAIL  acks=all: publish.p99 11.00 -> 11.50 ms (+4.5 %), not at most 11.22 ms
            gate publish.p99 <= +2%
            higher on 2 of 3 seeds, lower on 1, by -0.50..+1.00: replication +0.50

      1 row, 2 checks: 1 broken in 1 row; 0 figures better, 1 worse
      """
    #expect(comparison.text(isStrict: false) == expected)
    #expect(comparison.json(isStrict: false).text.contains("\"higher\": 2"))
  }

  @Test func `Equal results are identical to the last event only if every seed is`() throws {
    #expect(try compare(three, three).rows[0].isIdentical)
    let other = CompareFixture.result(seeds: [1, 2, 3], p99: [10, 11, 12]) { place, row in if place == 2 { row.traceHash = 7 } }
    #expect(try !compare(three, other).rows[0].isIdentical)
  }

  @Test func `Means of the same figures in another order are equal to the last bit`() throws {
    // In binary, their sums are not.
    let figures = [0.1, 0.2, 0.3]
    #expect(figures.reduce(0, +) != figures.reversed().reduce(0, +))
    let seeds: [UInt64] = [1, 2, 3]
    let comparison = try compare(CompareFixture.result(seeds: seeds, p99: figures), CompareFixture.result(seeds: seeds, p99: figures.reversed()))
    #expect(comparison.brokenCount == 0 && comparison.improvementCount == 0 && comparison.worseCount == 0)
  }

  @Test func `One lost record, one bad verdict or one idle run of any seed breaks its gate`() throws {
    func broken(_ change: @escaping (inout RunResult) -> Void) throws -> [String] {
      try compare(three, CompareFixture.result(seeds: [1, 2, 3], p99: [10, 11, 12]) { place, row in if place == 1 { change(&row) } }).rows[0].broken.map(\.metric)
    }
    #expect(try broken { $0.delivery.lost = 1 } == ["violations"])
    #expect(try broken { $0.verdicts[0] = Verdict($0.verdicts[0].guarantee, examined: 10, cases: ["gone"]) }.count == 1)
    #expect(try broken { $0.exitCode = .notExercised } == ["exitCode"])
    #expect(try broken { $0.metrics?.latency.publish = .empty } == ["publish.p50", "publish.p99"])
  }

  @Test func `The seeds that both sides have are compared, and a note says so`() throws {
    let one = CompareFixture.result(seeds: [2], p99: [11])
    let comparison = try compare(one, three)
    #expect(comparison.brokenCount == 0)
    #expect(comparison.rows[0].isIdentical)
    #expect(comparison.rows[0].notes == ["compared on seed 2 of the candidate's 1..3"])
    // Loss on a seed that the other side did not run says nothing about the change.
    let losing = CompareFixture.result(seeds: [1, 2, 3], p99: [10, 11, 12]) { place, row in if place == 0 { row.delivery.lost = 1 } }
    #expect(try compare(one, losing).brokenCount == 0)
  }

  @Test func `Without a common seed, equally many runs are compared on both sides, and nothing is shown seed by seed`() throws {
    let others = CompareFixture.result(seeds: [4, 5], p99: [12, 13])
    let row = try compare(three, others, "publish.p99 <= +2%").rows[0]
    #expect(row.broken.map(\.reason) == ["10.50 -> 12.50 ms (+19.0 %), not at most 10.71 ms"])
    #expect(row.changes.first { $0.metric == "publish.p99" }?.seeds == nil)
    #expect(row.notes == [
      "seeds: 1..2 -> 4..5", "compared on seeds 1..2 of the baseline's 1..3",
      "figures are means over 2 seeds that are not the same; counts of records and faults are sums, verdicts the worst",
    ])
  }

  @Test func `Every known regression is caught in results over seeds`() throws {
    let test = try SelfTest(three, gates: Gate.defaults)
    #expect(test.missed == [])
    #expect(test.succeeded)
  }
}
