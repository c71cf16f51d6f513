import Foundation
import ResultSamples
import Results
import Testing
import Workloads

@testable import Report

/// Rows whose figures are those of several seeds.
@Suite struct BenchSeedTests {
  /// One row, with a run for each pair of a rate and a p99; seeds are counted from 1.
  static func row(_ acks: String, _ figures: [(rate: Double, p99: Double)], _ change: (Int, inout MeasuredRun) -> Void = { _, _ in }) -> BenchRow {
    let runs = figures.enumerated().map { place, figure in
      BenchSample.row([], rate: figure.rate, p99: figure.p99) { run in
        run.seed = UInt64(place + 1)
        run.traceHash = UInt64(place)
        change(place, &run)
      }.result
    }
    return BenchRow(settings: [ChosenSetting(key: "acks", value: acks)], runs: runs)
  }

  private static let rows = [row("1", [(200, 2), (220, 4)]), row("all", [(100, 3), (90, 5)]) ]
  private static let report = BenchSample.report([("acks", ["1", "all"])], rows)

  @Test func `A row over seeds is their mean, with the least and the greatest value`() {
    #expect(Self.rows[0].publishRate == 210)
    #expect(Self.rows[0].publishP99 == 3)
    #expect(Self.rows[0].spread(\.publish, \.p999) == SeedSpread([4, 8]))
    #expect(Self.rows[0].seedsText == "1..2")
    #expect(Self.rows[0].delivery.sent == 24_000)
    #expect(seedsText([3]) == "3" && seedsText([1, 3]) == "1, 3" && seedsText([7, 8, 9]) == "7..9")
  }

  @Test func `Stored means of several runs read back equal, to the last stored decimal`() {
    #expect(SeedSpread([1.000_000_4, 1.000_000_4, 1.000_000_9]) == SeedSpread([1, 1, 1.000_001]))
  }

  @Test func `The table shows means with their spread, and says so`() {
    let expected = """
        acks      records/s           MB/s            p50 ms            p99 ms          p99.9 ms e2e p99 ms   sent  acked failed unknown lost dup reordered bottleneck
      - ---- -------------- -------------- ----------------- ----------------- ----------------- ---------- ------ ------ ------ ------- ---- --- --------- -----------------------------------------------
      * 1    210 (200..220) 0.2 (0.2..0.2) 1.50 (1.00..2.00) 3.00 (2.00..4.00) 6.00 (4.00..8.00)          - 24 000 22 000      0       0    0   0         0 none: busiest is broker-1: processor, 50 % busy
        all    95 (90..100) 0.1 (0.1..0.1) 2.00 (1.50..2.50) 4.00 (3.00..5.00) 8.00 (6.00..10.0)          - 24 000 22 000      0       0    0   0         0 none: busiest is broker-1: processor, 50 % busy

      mean over seeds 1..2, and from the least to the greatest; sent to reordered of all seeds together; bottleneck of the first seed
      """
    #expect(Self.report.text().hasPrefix(expected))
  }

  @Test func `Front and effects are those of the means`() {
    // By its first seed the second row is as fast and quicker; by the mean it is neither.
    let rows = [Self.row("1", [(100, 3), (300, 3)]), Self.row("all", [(100, 2), (100, 8)])]
    #expect(BenchReport.paretoFront(of: rows) == [0])
    #expect(BenchOrder.p99.indices(of: rows) == [0, 1])
    let effects = BenchSample.report([("acks", ["1", "all"])], rows).effects
    #expect(effects.first == Effect(keys: ["acks"], metric: "throughput", size: 50, share: 1))
  }

  @Test func `Loss and violations of any seed are reported`() {
    let row = Self.row("1", [(100, 3), (100, 3)]) { place, result in
      guard place == 1 else { return }
      result.delivery.lost = 1
      result.verdicts = [Verdict(.lostWrite, examined: 4, cases: ["gone"])]
    }
    #expect(row.delivery.lost == 1)
    #expect(BenchReport.paretoFront(of: [row, Self.row("all", [(100, 3), (100, 3)])]) == [1])
    let text = BenchSample.report([("acks", ["1"])], [row]).text()
    #expect(text.contains("acks=1, seed 2: lost-write is violated"))
    #expect(text.contains("\n\nseed 1:\n\n"))
  }

  @Test func `A seed that measured nothing is not a low latency`() {
    let row = Self.row("1", [(100, 4), (0, 0)]) { place, result in if place == 1 { result.metrics.latency.publish = .empty } }
    #expect(row.publishP99 == 4)
    #expect(BenchReport.paretoFront(of: [row]) == [])
  }

  @Test func `A result keeps every seed, and a single seed leaves no trace of others`() throws {
    let text = Self.report.json.text
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let rows = try #require(object["rows"] as? [[String: Any]])
    let p99 = try #require((rows[0]["overSeeds"] as? [[String: Any]])?.first { $0["metric"] as? String == "publish.p99" })
    #expect(p99["mean"] as? Double == 3 && p99["least"] as? Double == 2 && p99["greatest"] as? Double == 4 && p99["unit"] as? String == "ms")
    #expect((rows[0]["otherSeeds"] as? [Any])?.count == 1)
    #expect(try JSONDecoder().decode(BenchReport.self, from: Data(text.utf8)).rows.map(\.runs) == Self.report.rows.map(\.runs))
    let single = BenchSample.report.json.text
    #expect(!single.contains("overSeeds") && !single.contains("otherSeeds"))
  }

  @Test func `A page shows means, and each seed by itself`() throws {
    var report = Self.report
    report.rows[1].otherSeeds[0].verdicts = [Verdict(.lostWrite, examined: 4, cases: ["gone"])]
    let html = try PageTests.html(report)
    for fact in [
      "Every setting ran with each of the seeds 1..2.", ">210 (200..220)<", "<section id=\"seeds\"", "acks=all, seed 2", "Verdicts over all runs",
      "</strong> in acks=all, seed 2.", "lost-write violated",
    ] { #expect(html.contains(fact), "\(fact)") }
    #expect(try !PageTests.html(BenchSample.report).contains("seeds"))
  }
}
