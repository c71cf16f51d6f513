import Primitives
import ResultSamples
import Testing
import Workloads

@testable import Measurement

@Suite struct MeasurementTests {
  @Test func `Publish latency counts from the intended time, and the application's delay is separate`() {
    var load = MeasuredLoad()
    load.batch(intended: [1_000, 2_000], sent: [4_000, 4_000], finished: 5_000)
    let latency = Metrics(load.input()).latency
    #expect(latency.publish.count == 2)
    #expect(latency.publish.mean == 3.5)
    #expect(latency.publish.min == 3)
    #expect(latency.publish.max == 4)
    #expect(latency.publishFromSend.mean == 1)
    #expect(latency.publishDelay.max == 3)
  }

  @Test func `A record belongs to the window by its intended time, and a rate by the time of the response`() {
    var load = MeasuredLoad()
    load.batch(intended: [90_000], finished: 150_000)
    load.batch(intended: [150_000], finished: 160_000)
    load.batch(intended: [190_000], finished: 250_000)
    let metrics = Metrics(load.input(window: 100_000..<200_000))
    #expect(metrics.latency.publish.count == 2)
    #expect(metrics.latency.publish.max == 60)
    #expect(metrics.throughput.publish == RecordRate(recordsPerSecond: 20, bytesPerSecond: 2_000))
    #expect(metrics.window == MeasuredWindow(fromSeconds: 0.1, toSeconds: 0.2))
  }

  @Test func `Failures and unknown outcomes are errors, and have no latencies`() {
    var load = MeasuredLoad()
    load.batch(intended: [1_000], finished: 2_000, outcome: .failed)
    load.batch(intended: [1_000], finished: 2_000, outcome: .unknown)
    load.log.addSend(of: 2, intended: MeasuredLoad.at(1), sent: MeasuredLoad.at(1), bytes: 100)
    load.log.markRefused(2, at: MeasuredLoad.at(3_000))
    let metrics = Metrics(load.input())
    #expect(metrics.throughput.errors?.recordsPerSecond == 3)
    #expect(metrics.throughput.publish?.recordsPerSecond == 0)
    #expect(metrics.latency.publish == LatencyHistogram().summary)
    #expect(metrics.attribution.publish.isEmpty)
    #expect(metrics.series.errorRate[0] == 30)
  }

  @Test func `Percentiles have three digits`() {
    var histogram = LatencyHistogram()
    for millisecond in 1...10_000 { histogram.record(.milliseconds(Int64(millisecond))) }
    let summary = histogram.summary
    #expect(abs(summary.p50! - 5_000) <= 5)
    #expect(abs(summary.p99! - 9_900) <= 10)
    #expect(abs(summary.p999! - 9_990) <= 10)
    #expect(summary.max == 10_000)
    #expect(summary.mean == 5_000.5)
    #expect(summary.curve.last?.percentile == 100)
    #expect(summary.curve.last?.count == 10_000)
    #expect(zip(summary.curve, summary.curve.dropFirst()).allSatisfy { $0.percentile < $1.percentile && $0.milliseconds <= $1.milliseconds })
  }

  @Test func `A latency above an hour counts as an hour in percentiles, and in full in mean and maximum`() {
    var histogram = LatencyHistogram()
    histogram.record(.seconds(7_200))
    #expect(histogram.summary.max == 7_200_000)
    #expect(histogram.summary.mean == 7_200_000)
    #expect(abs(histogram.summary.p50! - 3_600_000) < 3_600)
  }

  @Test(arguments: [0..<1, 0..<101, 500..<601, 4_950..<5_051, 9_899..<10_000, 0..<10_000])
  func `The surroundings of ranks hold the latencies that have them in ascending order`(_ ranks: Range<Int>) {
    // From 0 to some seconds, some of them equal, and one that is longer than an hour.
    let latencies = (0..<10_000).map { (number: Int64) -> Int64 in
      let factor: Int64 = number * 7_919 % 9_973
      return number == 77 ? 4_000_000_000_000 : factor * (number % 13) * 40_009
    }
    var histogram = LatencyHistogram()
    for latency in latencies { histogram.record(.nanoseconds(latency)) }
    let (below, interval) = histogram.surroundings(of: ranks), sorted = latencies.sorted()
    #expect(sorted[ranks].allSatisfy(interval.contains))
    #expect(below == latencies.count { $0 < interval.lowerBound } && below <= ranks.lowerBound)
    // A bucket is a thousandth of its latencies wide.
    #expect(ranks.count > 101 || latencies.count(where: interval.contains) <= ranks.count + 1_000)
  }

  @Test func `A histogram that is emptied counts from nothing`() {
    var histogram = LatencyHistogram(), fresh = LatencyHistogram()
    histogram.record(.seconds(9))
    histogram.removeAll()
    for latency in 1...50 {
      histogram.record(.microseconds(Int64(latency)))
      fresh.record(.microseconds(Int64(latency)))
    }
    #expect(histogram.summary == fresh.summary)
  }

  @Test func `The backlog counts acknowledged records that are not delivered yet, once for each group`() {
    var load = MeasuredLoad()
    let values = load.batch(intended: [1_000, 1_000, 1_000], finished: 10_000)
    load.deliver(values, at: 120_000, group: 0)
    load.deliver(Array(values.prefix(2)), at: 250_000, group: 1)
    let metrics = Metrics(load.input(window: 50_000..<200_000, end: 400_000, groups: 2))
    #expect(metrics.series.backlog == [6, 3, 1, 1])
    #expect(metrics.throughput.backlogAtBegin == 6)
    #expect(metrics.throughput.backlogAtEnd == 3)
    #expect(metrics.throughput.backlogMaximum == 6)
    #expect(metrics.latency.endToEnd.count == 0)
    #expect(metrics.isValid)
  }

  @Test func `A record that is delivered before its acknowledgement never was in the backlog`() {
    var load = MeasuredLoad()
    let values = load.batch(intended: [1_000], finished: 10_000)
    load.deliver(values, at: 9_000)
    let metrics = Metrics(load.input())
    #expect(metrics.throughput.backlogMaximum == 0)
    #expect(metrics.latency.endToEnd.max == 8)
    #expect(metrics.isValid)
  }

  @Test func `A record that comes twice counts in the rate, but its latency is that of the first time`() {
    var load = MeasuredLoad()
    let values = load.batch(intended: [1_000], finished: 2_000)
    load.deliver(values, at: 3_000)
    load.deliver(values, at: 9_000)
    let metrics = Metrics(load.input())
    #expect(metrics.throughput.consume?.recordsPerSecond == 2)
    #expect(metrics.latency.endToEnd.count == 1)
    #expect(metrics.latency.endToEnd.max == 2)
    #expect(metrics.throughput.backlogAtEnd == 0)
    #expect(metrics.isValid)
  }

  @Test func `The last window of the series ends with the scenario`() {
    var load = MeasuredLoad()
    load.batch(intended: [1_000], finished: 110_000)
    let series = Metrics(load.input(window: 0..<125_000, end: 125_000)).series
    #expect(series.publishRate == [0, 40])
    #expect(series.publishP99[0] == nil)
    #expect(series.publishP99[1]! > 108.9 && series.publishP99[1]! <= 109)
  }

  @Test func `Logs of several processes may be a little out of order`() {
    var load = MeasuredLoad()
    let late = load.batch(intended: [1_000], finished: 150_000)
    let early = load.batch(intended: [1_000], baseOffset: 1, finished: 50_000)
    load.deliver(late, at: 350_000)
    load.deliver(early, from: 1, at: 250_000)
    let metrics = Metrics(load.input(end: 400_000))
    #expect(metrics.series.publishRate.prefix(2) == [10, 10])
    #expect(metrics.series.backlog == [1, 2, 1, 0])
    #expect(metrics.isValid)
  }

  @Test func `A window that saw no record has no rates and no latencies`() {
    var load = MeasuredLoad()
    load.batch(intended: [1_000, 2_000], finished: 3_000)
    let metrics = Metrics(load.input(window: 500_000..<1_000_000))
    #expect(metrics.throughput.publish == nil && metrics.throughput.errors == nil && metrics.throughput.consume == nil)
    #expect(metrics.latency.publish == .empty)
    #expect(metrics.volume.compressionRatio == nil && metrics.volume.recordsPerBatch == nil)
    #expect(!metrics.isMeasured)
    #expect(metrics.isValid)
  }

  @Test func `A window in which everything failed has a rate of zero, which is a measurement`() {
    var load = MeasuredLoad()
    load.batch(intended: [1_000], finished: 3_000, outcome: .failed)
    let metrics = Metrics(load.input(groups: 0))
    #expect(metrics.throughput.publish == RecordRate(recordsPerSecond: 0, bytesPerSecond: 0))
    #expect(metrics.throughput.consume == nil)
    #expect(metrics.latency.publish.p99 == nil)
    #expect(!metrics.isMeasured)
  }

  @Test func `An idle station has no mean time`() {
    var report = StationReport.halfBusy()
    report.completions = 0
    #expect(StationMetrics(report).meanMilliseconds == nil && StationMetrics(report).serviceMilliseconds == nil)
  }

  @Test func `Volume reports compression, batches and work`() {
    var load = MeasuredLoad()
    load.batch(intended: [1_000, 1_000], finished: 2_000) { $0.sentBytes = 50 }
    let volume = Metrics(load.input(stations: [.halfBusy(), .halfBusy("p", isOfClient: true), .halfBusy("broker-1", .disk)])).volume
    #expect(volume.compressionRatio == 4)
    #expect(volume.recordsPerBatch == 2)
    #expect(volume.payloadBytes == 200)
    #expect(volume.diskBytes == 50_000)
    #expect(volume.brokerCPUSeconds == 0.5)
    #expect(volume.clientCPUSeconds == 0.5)
  }
}
