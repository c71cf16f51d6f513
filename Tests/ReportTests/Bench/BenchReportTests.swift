import Measurement
import ResultSamples
import Results
import Testing
import Workloads

@testable import Report

@Suite struct BenchReportTests {
  @Test func `The front has the rows that no other row beats in everything`() {
    let rows = [
      BenchSample.row([], rate: 100, p99: 1), BenchSample.row([], rate: 200, p99: 2), BenchSample.row([], rate: 150, p99: 3),
      BenchSample.row([], rate: 150, p99: 3, lost: -1), BenchSample.row([], rate: 200, p99: 2),
      BenchSample.row([], rate: 300, p99: 0.1, permitted: 5), BenchSample.row([], rate: 0, p99: 0) { $0.metrics.latency.publish = .empty },
    ]
    // Two that are equal do not beat each other.
    #expect(BenchReport.paretoFront(of: rows) == [0, 1, 3, 4, 5])
  }

  @Test func `A stored result may name other terms for one latency than for the next`() throws {
    var metrics: Metrics?
    _ = BenchSample.row([], rate: 100, p99: 1) {
      $0.metrics.attribution.publish = [
        AttributedLatency(of: "mean", records: 1, milliseconds: 3, terms: [TermTime(.batch, milliseconds: 1), TermTime(.buffer, milliseconds: 2)]),
        AttributedLatency(of: "p99", records: 1, milliseconds: 4, terms: [TermTime(.buffer, milliseconds: 4)]),
      ]
      metrics = $0.metrics
    }
    let lines = try #require(metrics).attributionText.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("\(LatencyTerm.batch.rawValue) 1.000000 0.000000") && lines.contains("\(LatencyTerm.buffer.rawValue) 2.000000 4.000000"), "\(lines)")
  }

  @Test func `Figures that differ by less than half a percent do not decide the front`() {
    let rows = [BenchSample.row([], rate: 20_003, p99: 50.4), BenchSample.row([], rate: 20_002, p99: 1.1), BenchSample.row([], rate: 20_200, p99: 1.2)]
    #expect(BenchReport.paretoFront(of: rows) == [1, 2])
  }

  @Test func `The best settings are shown with how many times better they are`() {
    let report = BenchSample.report(
      [("linger.ms", ["0", "5", "50"])],
      [("0", 20_002.0, 1.0), ("5", 20_003.0, 5.0), ("50", 30_000.0, 50.0)].map { BenchSample.row([("linger.ms", $0.0)], rate: $0.1, p99: $0.2) })
    #expect(
      report.standingsText == [
        "lowest publish p99: linger.ms=0, 1.00 ms; linger.ms=5 has 5.00 times that, linger.ms=50 has 50.0 times that",
        "most throughput: linger.ms=50, 30 000 records/s; 1.50 times that of linger.ms=5, 1.50 times that of linger.ms=0",
      ], "\(report.standingsText)")
    let equal = BenchSample.report([("linger.ms", ["0", "5"])], ["0", "5"].map { BenchSample.row([("linger.ms", $0)], rate: 20_002, p99: 1) })
    #expect(equal.standingsText == [])
  }

  @Test func `The table of a benchmark comes as CSV, with every figure that gates know`() {
    let report = BenchSample.report(
      [("compression.type", ["none", "a,\"b\""])], ["none", "a,\"b\""].map { BenchSample.row([("compression.type", $0)], rate: 100, p99: 1) })
    let lines = report.csv.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("compression.type,throughput,"), "\(lines[0])")
    #expect(lines[1].hasPrefix("none,100,"), "\(lines[1])")
    #expect(lines[2].hasPrefix("\"a,\"\"b\"\"\",100,"), "\(lines[2])")
    #expect(Set(lines.map { $0.split(separator: "\"").last.map { $0.split(separator: ",", omittingEmptySubsequences: false).count } ?? 0 }).count <= 2)
  }

  @Test func `Effects are the fractions of the variance that settings explain`() {
    let effects = BenchSample.report.effects
    #expect(effects.map(\.metric) == ["throughput", "throughput", "throughput", "publish.p99", "publish.p99", "publish.p99"])
    #expect(effects[0] == Effect(keys: ["acks"], metric: "throughput", size: 50, share: 1))
    #expect(effects[1].share == 0)
    #expect(effects[3].keys == ["linger.ms"])
    #expect(effects[3].size == 2.5)
    #expect(abs(effects[3].share - 25.0 / 29) < 1e-12)
    #expect(effects[4].keys == ["acks"])
    #expect(abs(effects[4].share - 4.0 / 29) < 1e-12)
    #expect(effects[5] == Effect(keys: ["linger.ms", "acks"], metric: "publish.p99", size: 0, share: 0))
  }

  @Test func `The joint effect of two settings is their interaction`() {
    let rows = [("0", "0", 1.0), ("0", "1", 3.0), ("1", "0", 3.0), ("1", "1", 1.0)].map { BenchSample.row([("a", $0.0), ("b", $0.1)], rate: 1, p99: $0.2) }
    let effects = BenchSample.report([("a", ["0", "1"]), ("b", ["0", "1"])], rows).effects.filter { $0.metric == "publish.p99" }
    #expect(effects[0] == Effect(keys: ["a", "b"], metric: "publish.p99", size: 1, share: 1))
  }

  @Test func `Without the full product there are no effects`() {
    let rows = Array(BenchSample.report.rows.dropLast())
    #expect(Effect.all(in: rows, varied: BenchSample.report.varied).isEmpty)
  }

  /// Two settings of two values each, with these rates.
  private func report(rates: [Double]) -> BenchReport {
    let settings = [("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")]
    let rows = zip(settings, rates).map { BenchSample.row([("a", $0.0), ("b", $0.1)], rate: $1, p99: $0.0 == "0" ? 1 : 2) }
    return BenchSample.report([("a", ["0", "1"]), ("b", ["0", "1"])], rows)
  }

  @Test func `A negligible difference is not ranked, whatever its share`() throws {
    let report = report(rates: [10_002, 10_002, 10_000, 10_000])
    #expect(report.effects[0] == Effect(keys: ["a"], metric: "throughput", size: 1, share: 1))
    let line = "throughput: no setting moves it by more than ± 0.01 % of its mean"
    let table = """
      moves       setting   share     by ±
      ----------- ------- ------- --------
      publish.p99 a       100.0 % 0.500 ms
      """
    #expect(report.text().hasSuffix("\n\n\(table)\n\n\(line)"))
    let page = try PageTests.page([report])
    for file in ["index.html", "report.md"] {
      let text = try PageTests.text(file, of: page)
      #expect(text.contains(line))
      #expect(!text.contains("Throughput depends most on"))
    }
    let markdown = try PageTests.text("report.md", of: page)
    #expect(markdown.contains("| a | publish.p99 |") && !markdown.contains("| throughput |"))
  }

  @Test func `Effects are reported from half a percent of the mean on`() {
    func told(_ rates: [Double]) -> ToldEffects { report(rates: rates).toldEffects[0] }
    #expect(told([1_005, 1_005, 995, 995]).effects.map(\.keys) == [["a"]])
    #expect(told([1_005, 1_005, 995, 995]).rest == nil)
    #expect(told([1_004.9, 1_004.9, 995.1, 995.1]).effects == [])
    #expect(told([1_004.9, 1_004.9, 995.1, 995.1]).rest == "throughput: no setting moves it by more than ± 0.49 % of its mean")
    // Next to a setting that counts, the others are bounded.
    #expect(told([1_101, 1_099, 901, 899]).effects.map(\.keys) == [["a"]])
    #expect(told([1_101, 1_099, 901, 899]).rest == "throughput: nothing else moves it by more than ± 0.10 % of its mean")
    #expect(told([1_000, 1_000, 1_000, 1_000]).rest == "throughput: no setting moves it")
  }

  @Test func `Rows are sorted as requested, and equal ones keep their order`() {
    let rows = BenchSample.report.rows
    #expect(BenchOrder.settings.indices(of: rows) == [0, 1, 2, 3])
    #expect(BenchOrder.throughput.indices(of: rows) == [0, 2, 1, 3])
    #expect(BenchOrder.p99.indices(of: rows) == [0, 1, 2, 3])
    #expect(BenchOrder(rawValue: "p99.9") == .p999)
  }

  @Test func `The table has a row for each setting, with delivery beside speed`() {
    let text = BenchSample.report.text(sortedBy: .throughput)
    #expect(text == BenchSample.expectedTable)
  }

  @Test func `A single row also shows where the time goes, and what makes it doubtful`() {
    let row = BenchSample.row([], rate: 10, p99: 1, lost: 2, permitted: 3) {
      $0.metrics.laws[0].holds = false
      $0.faults = [FaultCount(name: "kill", planned: 1, hit: 0)]
      $0.verdicts = [Verdict(.lostWrite, examined: 4, cases: ["gone"])]
    }
    let text = BenchSample.report([], [row]).text()
    let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines[0].suffix(7) == ["unknown", "lost", "permitted", "violations", "dup", "reordered", "bottleneck"])
    #expect(text.contains("    0    5         3          2   0         0 none"))
    #expect(text.contains("publish, ms"))
    #expect(text.contains("broker-1: processor"))
    #expect(text.contains("invalid, the law 'little' is broken: nearest: "))
    #expect(text.contains("not exercised: the fault 'kill' never hit"))
    #expect(text.contains("lost-write is violated"))
  }
}

extension BenchReportTests {
  @Test func `A missing measurement is a dash in the table and null in stored results`() {
    let row = BenchSample.row([], rate: 1, p99: 1) {
      $0.metrics.throughput.publish = nil
      $0.metrics.throughput.errors = nil
      $0.metrics.latency.publish = .empty
      $0.delivery.acked = 7
    }
    let report = BenchSample.report([], [row]), text = report.text()
    #expect(text.contains("\n        -    -      -      -        -          - "))
    #expect(text.contains("nothing was measured: no record was acknowledged or delivered in the measured window, 0 s to 1 s"))
    let stored = report.json.text
    #expect(stored.contains("\"publish\": null"))
    #expect(stored.contains("\"p99\": null"))
    #expect(!report.isMeasured)
    #expect(BenchOrder.p99.indices(of: [row, BenchSample.row([], rate: 1, p99: 9)]) == [1, 0])
  }

  @Test func `An overloaded run shows what was offered, what was never sent, and which records its latencies are about`() {
    let row = BenchSample.row([], rate: 100, p99: 1) {
      $0.metrics.throughput.offered = RecordRate(recordsPerSecond: 1_000, bytesPerSecond: 0)
      $0.metrics.throughput.neverSent = 900
    }
    let text = BenchSample.report([], [row]).text()
    #expect(text.hasPrefix("offered/s records/s"))
    #expect(text.contains("1 000       100"))
    #expect(text.contains("never sent"))
    #expect(
      text.contains("overloaded: 1 000 records/s were offered and 100 published; 900 records were due and never sent, latencies are of the records that were sent"))
    // One of a thousand that the last timer came too late for is none.
    let sound = BenchSample.row([], rate: 100, p99: 1) {
      $0.metrics.throughput.offered = RecordRate(recordsPerSecond: 1_000, bytesPerSecond: 0)
      $0.metrics.throughput.neverSent = 1
    }
    #expect(!BenchSample.report([], [sound]).text().contains("offered/s"))
  }

  @Test func `Records that a rule deleted have a separate column and are not lost`() {
    let text = BenchSample.report([], [BenchSample.row([], rate: 1, p99: 1) { $0.delivery.deleted = 42 }]).text()
    #expect(text.contains("lost deleted dup"))
    #expect(text.contains("   0      42   0"))
  }

  @Test func `The size of the product is counted without a trap`() {
    let large = VariedSetting(key: "a", values: Array(repeating: "v", count: 100_000))
    #expect(VariedSetting.combinations(of: [large, large]) == 10_000_000_000)
    #expect(VariedSetting.combinations(of: [large, large, large, large]) == nil)
    #expect(VariedSetting.combinations(of: []) == 1)
  }
}

extension BenchSample {
  static let expectedTable = """
      linger.ms acks records/s MB/s p50 ms p99 ms p99.9 ms e2e p99 ms   sent  acked failed unknown lost dup reordered bottleneck
    - --------- ---- --------- ---- ------ ------ -------- ---------- ------ ------ ------ ------- ---- --- --------- -----------------------------------------------
    * 0         1          200  0.2   1.00   2.00     4.00          - 12 000 11 000      0       0    0   0         0 none: busiest is broker-1: processor, 50 % busy
      5         1          200  0.2   3.50   7.00     14.0          - 12 000 11 000      0       0    0   0         0 none: busiest is broker-1: processor, 50 % busy
      0         all        100  0.1   2.00   4.00     8.00          - 12 000 11 000      0       0    0   0         0 none: busiest is broker-1: processor, 50 % busy
      5         all        100  0.1   4.50   9.00     18.0          - 12 000 11 000      0       0    0   0         0 none: busiest is broker-1: processor, 50 % busy

    * no other setting is better in throughput, p99 and loss together
    lowest publish p99: linger.ms=0 acks=1, 2.00 ms; linger.ms=0 acks=all has 2.00 times that, linger.ms=5 acks=1 has 3.50 times that, linger.ms=5 acks=all has 4.50 times that
    most throughput: linger.ms=0 acks=1, 200 records/s; 2.00 times that of linger.ms=0 acks=all, 2.00 times that of linger.ms=5 acks=all

    moves       setting     share         by ±
    ----------- --------- ------- ------------
    throughput  acks      100.0 % 50 records/s
    publish.p99 linger.ms  86.2 %      2.50 ms
    publish.p99 acks       13.8 %      1.00 ms
    """
}
