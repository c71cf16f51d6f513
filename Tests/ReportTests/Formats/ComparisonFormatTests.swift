import Compare
import Foundation
import Measurement
import ResultSamples
import Results
import Testing

@testable import Report

#if canImport(FoundationXML)
  import FoundationXML
#endif


@Suite struct ComparisonFormatTests {
  typealias Fixture = CompareFixture

  /// One row that broke a gate, and one that did not.
  private func comparison() throws -> Comparison { try Fixture.compare(Fixture.slower, "publish.p99 <= +2%", "lost == 0") }

  private func file(_ format: ComparisonFormat, _ comparison: Comparison, _ index: Int = 0) -> String { format.files(of: comparison)[index].text }

  /// The first part of a text, as many lines as the expected one has.
  private func beginning(_ text: String, like expected: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).prefix(expected.split(separator: "\n", omittingEmptySubsequences: false).count).joined(separator: "\n")
  }

  @Test func `The terminal shows what moved, which gate broke, and why`() throws {
    let expected = """
      FAIL  acks=all: publish.p99 10.00 -> 10.80 ms (+8.0 %), not at most 10.20 ms
            gate publish.p99 <= +2%
            replication +0.72, request queue +0.08

      2 rows, 4 checks: 1 broken in 1 row; 0 figures better, 1 worse
      """
    #expect(try comparison().text(isStrict: false) == expected)
  }

  @Test func `Markdown has a table of what moved, the reasons, and a count for each gate`() throws {
    let expected = """
      ### trial compare: 1 broken

      2 rows, 4 checks: 1 broken in 1 row; 0 figures better, 1 worse.

      | | row | figure | baseline | candidate | change | gate |
      |---|---|---|--:|--:|--:|---|
      | **broken** | acks=all | publish.p99 | 10.00 | 10.80 ms | +8.0 % | `publish.p99 <= +2%` |

      **Why**

      - acks=all: publish.p99 10.00 -> 10.80 ms (+8.0 %): replication +0.72, request queue +0.08

      <details><summary>Gates</summary>

      | gate | held | broken | not measured |
      |---|--:|--:|--:|
      | `publish.p99 <= +2%` | 1 | 1 | 0 |
      | `lost == 0` | 2 | 0 | 0 |

      </details>

      """
    #expect(file(.markdown, try comparison()) == expected)
  }

  @Test func `JUnit has a test case for each gate and row, and the figures in the failure`() throws {
    let expected = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="trial compare" tests="4" failures="1" errors="0" skipped="0" time="0">
        <testsuite name="sample" tests="4" failures="1" errors="0" skipped="0" time="0">
          <testcase classname="sample.acks=1" name="publish.p99 &lt;= +2%" time="0"/>
          <testcase classname="sample.acks=1" name="lost == 0" time="0"/>
          <testcase classname="sample.acks=all" name="publish.p99 &lt;= +2%" time="0">
            <failure type="gate" message="publish.p99 10.00 -&gt; 10.80 ms (+8.0 %), not at most 10.20 ms">publish.p99 10.00 -&gt; 10.80 ms (+8.0 %), not at most 10.20 ms: replication +0.72, request queue +0.08
      again: trial bench sample.yaml --set acks=all</failure>
          </testcase>
          <testcase classname="sample.acks=all" name="lost == 0" time="0"/>
        </testsuite>
      </testsuites>

      """
    #expect(file(.junit, try comparison()) == expected)
  }

  @Test func `Annotations are commands of GitHub's runner, with what it would misread escaped`() throws {
    let expected = """
      ::error title=sample acks=all::publish.p99 <= +2%25: 10.00 -> 10.80 ms (+8.0 %25), not at most 10.20 ms: replication +0.72, request queue +0.08
      ::notice title=trial compare::2 rows, 4 checks: 1 broken in 1 row; 0 figures better, 1 worse

      """
    #expect(file(.github, try comparison()) == expected)
  }

  @Test func `Github-action-benchmark gets an array for each direction, of the candidate's figures`() throws {
    let expected = """
      [
        {
          "name": "sample acks=1: throughput",
          "unit": "records/s",
          "value": 200000,
          "extra": "trial bench sample.yaml --set acks=1"
        },
        {
          "name": "sample acks=1: throughput.consume",
          "unit": "records/s",
          "value": 200000,
          "extra": "trial bench sample.yaml --set acks=1"
        },
      """
    #expect(beginning(file(.githubActionBenchmark, try comparison()), like: expected) == expected)
  }

  @Test func `Bencher gets a benchmark for each row, with measures named as slugs`() throws {
    let expected = """
      {
        "sample acks=1": {
          "throughput": {
            "value": 200000
          },
          "throughput-consume": {
            "value": 200000
          },
          "compressionratio": {
            "value": 2
          },
          "publish-mean": {
            "value": 2
          },
          "publish-p50": {
            "value": 2
          },
          "publish-p99": {
            "value": 5
          },
          "publish-p99-9": {
            "value": 8
      """
    #expect(beginning(file(.bencher, try comparison()), like: expected) == expected)
  }

  @Test func `JMH has a throughput and the latencies of each row, and the settings as params`() throws {
    let expected = """
      [
        {
          "benchmark": "trial.sample.throughput",
          "mode": "thrpt",
          "threads": 1,
          "forks": 1,
          "warmupIterations": 1,
          "warmupTime": "2 s",
          "warmupBatchSize": 1,
          "measurementIterations": 1,
          "measurementTime": "8 s",
          "measurementBatchSize": 1,
          "params": {
            "acks": "1"
          },
          "primaryMetric": {
            "score": 200000,
            "scoreError": 0,
            "scoreConfidence": [
              200000,
              200000
            ],
            "scorePercentiles": {
              "0.0": 200000,
              "50.0": 200000,
              "90.0": 200000,
              "95.0": 200000,
              "99.0": 200000,
              "99.9": 200000,
              "99.99": 200000,
              "99.999": 200000,
              "100.0": 200000
            },
            "scoreUnit": "ops/s",
            "rawData": [
              [
                200000
              ]
            ]
          },
          "secondaryMetrics": {
      """
    #expect(beginning(file(.jmh, try comparison()), like: expected) == expected)
  }

  @Test func `JSON begins with the outcome`() throws {
    let expected = """
      {
        "outcome": "gate broken",
        "exitCode": 2,
        "rows": 2,
        "held": 3,
        "broken": 1,
        "better": 0,
        "worse": 1,
        "unmeasured": [],
        "gates": [
          "publish.p99 <= +2%",
          "lost == 0"
        ],
        "idleGates": [],
        "files": [
          {
            "file": "bench.json",
            "scenario": "sample",
            "rows": [
              {
                "row": "acks=1",
                "settings": {
                  "acks": "1"
                },
                "identical": false,
                "checks": [
      """
    #expect(beginning(try comparison().json(isStrict: false).text, like: expected) == expected)
  }

  @Test func `A figure that is better when smaller is in the other array, and none is in both`() throws {
    func names(_ index: Int) throws -> [String] {
      let list = try JSONSerialization.jsonObject(with: Data(file(.githubActionBenchmark, try comparison(), index).utf8)) as? [[String: Any]]
      return (list ?? []).compactMap { $0["name"] as? String }
    }
    let bigger = try names(0), smaller = try names(1)
    #expect(bigger.count == 6)
    #expect(smaller.contains("sample acks=all: publish.p99"))
    #expect(smaller.contains("sample acks=1: lost"))
    #expect(Set(bigger).isDisjoint(with: smaller))
  }

  @Test func `JSON has the terms that moved, and null for what never happened`() throws {
    let text = try comparison().json(isStrict: false).text
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let files = object["files"] as? [[String: Any]], rows = files?.first?["rows"] as? [[String: Any]]
    let changes = rows?[1]["changes"] as? [[String: Any]], terms = changes?.first?["terms"] as? [[String: Any]]
    #expect(terms?.map { $0["term"] as? String } == ["replication", "request queue"])
    #expect(terms?.first?["difference"] as? Double == 0.72)
    #expect("\(MetricValue?.some(.number(.infinity)).json)" == "\(JSON.null)")
  }

  @Test func `A gate that matched nothing fails in every format`() throws {
    let idle = try Fixture.compare(Fixture.baseline, "lost == 0 where acks=2")
    #expect(idle.text(isStrict: false).contains("lost == 0 where acks=2: nothing to hold it against. No row has acks=2."))
    #expect(file(.junit, idle).contains(#"tests="1" failures="1""#))
    #expect(file(.github, idle).hasPrefix("::error title=lost == 0 where acks=2::nothing to hold it against"))
    #expect(file(.markdown, idle).contains("| `lost == 0 where acks=2` | 0 | 1 | 0 |"))
  }

  @Test func `A gate on a figure that a row did not measure fails in JUnit`() throws {
    var unmeasured = Fixture.baseline
    unmeasured.rows[0].metrics = nil
    let comparison = try Comparison(baseline: [unmeasured], candidate: [unmeasured], gates: [Gate(parsing: "publish.p99 <= +2%")])
    #expect(file(.junit, comparison).contains(#"<failure type="gate" message="publish.p99 was not measured">"#))
    #expect(file(.junit, comparison).contains(#"tests="2" failures="1" errors="0" skipped="0""#))
  }

  @Test func `Names cannot break out of XML, Markdown or annotations`() throws {
    var old = Fixture.baseline, new = Fixture.slower
    for index in 0..<2 {
      old.rows[index].settings = [ChosenSetting(key: "k", value: "<a|b>&\"\n,:\u{1}\(index)")]
      new.rows[index].settings = old.rows[index].settings
    }
    let comparison = try Comparison(baseline: [old], candidate: [new], gates: [Gate(parsing: "publish.p99 <= +2%")])
    #expect(XMLParser(data: Data(file(.junit, comparison).utf8)).parse())
    #expect(file(.markdown, comparison).contains("<a\\|b>&\" ,:"))
    #expect(file(.github, comparison).hasPrefix("::error title=sample k=<a|b>&\"%0A%2C%3A\u{1}1::publish.p99"))
  }

  @Test func `More rows than GitHub shows are counted in the last annotation`() throws {
    func rows(_ row: ResultRow) -> StoredResult {
      let rows = (0..<15).map { number in
        var copy = row
        copy.settings = [ChosenSetting(key: "n", value: String(number))]
        return copy
      }
      return StoredResult(file: "bench.json", scenario: "sample", rows: rows)
    }
    let comparison = try Comparison(
      baseline: [rows(Fixture.baseline.rows[1])], candidate: [rows(Fixture.slower.rows[1])], gates: [Gate(parsing: "publish.p99 <= +2%")])
    let lines = file(.github, comparison).split(separator: "\n")
    #expect(lines.count == 11)
    #expect(lines[9] == "::error title=6 more::broken gates in 6 more rows")
  }

  @Test func `Benchmarks have unique names, which include the file name for folders`() throws {
    var twice = Fixture.baseline
    twice.rows[1].settings = twice.rows[0].settings
    let single = try Comparison(baseline: [twice], candidate: [twice], gates: [])
    #expect(single.benchmarks.map(\.name) == ["sample acks=1", "sample acks=1 #2"])
    var other = Fixture.baseline
    (twice.file, other.file) = ("acks/bench.json", "batching.json")
    let folder = try Comparison(baseline: [twice, other], candidate: [twice, other], gates: [])
    #expect(folder.benchmarks.map(\.name) == ["acks acks=1", "acks acks=1 #2", "batching acks=1", "batching acks=all"])
  }

  @Test func `With many rows the table shows only what gates look at, and counts the rest`() throws {
    func rows(_ change: (inout Metrics) -> Void) -> StoredResult {
      let rows = (0..<30).map { number in
        var copy = Fixture.baseline.rows[1]
        copy.settings = [ChosenSetting(key: "n", value: String(number))]
        if copy.metrics != nil { change(&copy.metrics!) }
        return copy
      }
      return StoredResult(file: "bench.json", scenario: "sample", rows: rows)
    }
    let moved = rows { metrics in
      metrics.latency.publish.p99 = 11
      metrics.latency.publish.mean = 5
    }
    let comparison = try Comparison(baseline: [rows { _ in }], candidate: [moved], gates: [Gate(parsing: "publish.p99 <= +2%")])
    #expect(comparison.text(isStrict: false).contains("30 figures without a gate moved too"))
    #expect(!comparison.text(isStrict: false).contains("publish.mean"))
  }

  @Test func `Formats for trackers of history get the mean with its ends`() throws {
    let three = Fixture.result(seeds: [1, 2, 3], p99: [10, 11, 12])
    func compared(_ result: StoredResult) throws -> Comparison { try Comparison(baseline: [result], candidate: [result], gates: []) }
    let comparison = try compared(three)
    let bencher = ComparisonFormat.bencher.files(of: comparison)[0].text
    #expect(bencher.contains("\"publish-p99\": {\n      \"value\": 11,\n      \"lower_value\": 10,\n      \"upper_value\": 12\n    }"))
    #expect(bencher.contains("\"lost\": {\n      \"value\": 0\n    }"))
    let smaller = ComparisonFormat.githubActionBenchmark.files(of: comparison)[1].text
    #expect(smaller.contains("\"value\": 11,\n    \"range\": \"10.00 ms..12.00 ms\""))
    var faster = three
    faster.rows[0].otherSeeds[0].metrics?.latency.publish.mean = 7
    let jmh = ComparisonFormat.jmh.files(of: try compared(faster))[0].text
    let entries = try #require(try JSONSerialization.jsonObject(with: Data(jmh.utf8)) as? [[String: Any]])
    let metric = try #require(entries.first { $0["benchmark"] as? String == "trial.sample.publish" }?["primaryMetric"] as? [String: Any])
    #expect(metric["score"] as? Double == 5)
    #expect(metric["rawData"] as? [[Double]] == [[4, 7, 4]])
    #expect(metric["scoreConfidence"] as? [Double] == [4, 7])
    #expect((metric["scorePercentiles"] as? [String: Double])?["99.0"] == 11)
  }

  @Test func `Two results that measured nothing do not pass in any format`() throws {
    let empty = Fixture.unmeasured
    let comparison = try Comparison(baseline: [empty], candidate: [empty], gates: [])
    #expect(comparison.markdown.hasPrefix("### trial compare: nothing was measured"))
    #expect(comparison.gitHubAnnotations.contains("::warning title=trial compare::acks=all: nothing was measured by the baseline and the candidate"))
  }
}
