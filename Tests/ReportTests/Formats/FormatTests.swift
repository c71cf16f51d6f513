import Foundation
import Measurement
import ResultSamples
import Testing
import Workloads

@testable import Report

@Suite struct FormatTests {
  /// Two windows of ten seconds: a record each second that takes 3 ms, and from the eleventh on one that takes 5 ms; a consumer has it after
  /// another 2 ms. The third is told to have failed.
  static var input: MeasurementInput {
    var load = MeasuredLoad()
    for second: Int64 in 0..<20 {
      let begin = second * 1_000_000, latency: Int64 = second < 10 ? 3_000 : 5_000
      let values = load.batch(
        intended: [begin], sent: [begin + 1_000], baseOffset: second, finished: begin + latency, outcome: second == 2 ? .failed : .acknowledged)
      if second != 2, second != 19 { load.deliver(values, from: second, at: begin + latency + 2_000) }
    }
    return load.input(window: 0..<20_000_000, end: 20_000_000, series: 1_000_000)
  }

  static let load = OpenMessagingResult.Load(
    workload: "w", driver: "d", messageSize: 100, topics: 1, partitions: 1, producersPerTopic: 1, consumersPerTopic: 1)

  @Test func `The file of the OpenMessaging Benchmark has windows of ten seconds`() throws {
    let text = OpenMessagingResult(BenchSample.report.rows[0].result, of: Self.load, Self.input).json.text
    let json = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    func doubles(_ key: String) -> [Double]? { json[key] as? [Double] }
    #expect(json["workload"] as? String == "w")
    #expect(json["messageSize"] as? Int == 100)
    #expect(doubles("publishRate") == [0.9, 1])
    #expect(doubles("publishErrorRate") == [0.1, 0])
    #expect(doubles("consumeRate") == [0.9, 0.9])
    #expect(doubles("backlog") == [0, 1])
    #expect(doubles("publishLatencyAvg") == [3, 5])
    #expect(doubles("publishLatency99pct")?.map { ($0 * 10).rounded() } == [30, 50])
    #expect(doubles("publishDelayLatencyAvg") == [1_000, 1_000])
    #expect(json["publishDelayLatency50pct"] as? [Int] == [1_000, 1_000])
    #expect(doubles("endToEndLatencyAvg") == [4, 6])
    #expect(json["aggregatedPublishLatencyMax"] as? Double == 5)
    #expect(json["aggregatedPublishDelayLatencyMax"] as? Int == 1_000)
    let quantiles = try #require(json["aggregatedEndToEndLatencyQuantiles"] as? [String: Double])
    #expect(quantiles["100.0"] == 6)
    #expect(quantiles["0.0"].map { ($0 * 10).rounded() } == 40)
    #expect((json["sim"] as? [String: Any])?["scenario"] as? String == "sample")
  }

  @Test func `The file has the keys that readers of the OpenMessaging Benchmark expect`() throws {
    let text = OpenMessagingResult(BenchSample.report.rows[0].result, of: Self.load, Self.input).json.text
    let json = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let suffixes = ["Avg", "50pct", "75pct", "95pct", "99pct", "999pct", "9999pct", "Max"]
    for name in ["publishLatency", "publishDelayLatency", "endToEndLatency"] {
      for suffix in suffixes { #expect((json[name + suffix] as? [Any])?.count == 2, "\(name)\(suffix)") }
    }
    for name in ["aggregatedPublishLatency", "aggregatedPublishDelayLatency", "aggregatedEndToEndLatency"] {
      for suffix in suffixes { #expect(json[name + suffix] is NSNumber, "\(name)\(suffix)") }
      #expect(json[name + "Quantiles"] is [String: Any], "\(name)")
    }
    for key in ["driver", "topics", "partitions", "producersPerTopic", "consumersPerTopic"] { #expect(json[key] != nil, "\(key)") }
  }

  @Test func `A producer's lines are those of kafka-producer-perf-test`() {
    #expect(
      PerformanceToolLines.producer(Self.input) == """
        4 records sent, 0.8 records/sec (0.00 MB/sec), 2.0 ms avg latency, 2.0 ms max latency.
        5 records sent, 1.0 records/sec (0.00 MB/sec), 2.0 ms avg latency, 2.0 ms max latency.
        5 records sent, 1.0 records/sec (0.00 MB/sec), 4.0 ms avg latency, 4.0 ms max latency.
        5 records sent, 1.0 records/sec (0.00 MB/sec), 4.0 ms avg latency, 4.0 ms max latency.
        19 records sent, 1.0 records/sec (0.00 MB/sec), 3.05 ms avg latency, 4.00 ms max latency, 4 ms 50th, 4 ms 95th, 4 ms 99th, 4 ms 99.9th.

        """)
  }

  @Test func `A consumer's lines are those of kafka-consumer-perf-test`() {
    #expect(
      PerformanceToolLines.consumer(Self.input) == """
        start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec
        1970-01-01 00:00:00:000, 1970-01-01 00:00:20:000, 0.0017, 0.0001, 18, 0.9000, 0, 20000, 0.0001, 0.9000

        """)
  }

  @Test func `A percentile distribution is in milliseconds`() {
    let lines = PercentileDistribution.publish(Self.input).split(separator: "\n").map(String.init)
    #expect(lines.first == "       Value     Percentile TotalCount 1/(1-Percentile)")
    #expect(lines[1] == "       3.002 0.000000000000          9           1.00")
    #expect(lines.contains { $0.hasPrefix("       5.002 1.000000000000         19") })
    #expect(lines.contains { $0.hasPrefix("#[Mean    =        4.0") })
    #expect(PercentileDistribution.endToEnd(Self.input).contains("        18\n"))
  }

  @Test func `A run that measured nothing has no rates, means and greatest values`() throws {
    let input = MeasuredLoad().input(window: 0..<20_000_000, end: 20_000_000, series: 1_000_000)
    var result = BenchSample.report.rows[0].result
    result.metrics.throughput.publish = nil
    result.metrics.throughput.errors = nil
    result.metrics.throughput.consume = nil
    let text = OpenMessagingResult(result, of: Self.load, input).json.text
    let json = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    for key in ["publishRate", "publishErrorRate", "consumeRate", "publishLatency99pct", "endToEndLatencyAvg"] {
      #expect(json[key] as? [NSNull] == [NSNull(), NSNull()], "\(key)")
    }
    for text in [PercentileDistribution.publish(input), PercentileDistribution.endToEnd(input)] {
      #expect(text.contains("#[Mean    =          NaN, StdDeviation   =          NaN]"))
      #expect(text.contains("#[Max     =          NaN, Total count    =            0]"))
    }
    #expect(PerformanceToolLines.producer(input).hasSuffix("NaN ms avg latency, NaN ms max latency, NaN ms 50th, NaN ms 95th, NaN ms 99th, NaN ms 99.9th.\n"))
  }
}
