import Measurement
import Primitives
import Results
import Workloads

/// The result file of the OpenMessaging Benchmark, for the tools that read it.
///
/// It follows that benchmark's conventions: windows of ten seconds from the end of the warm-up on, latencies of what was reported, or delivered,
/// within a window, end-to-end latency from the send on, publish delay in microseconds. A latency that a window did not measure is null, and so are
/// rates if the whole run measured nothing, or has no consumers. Everything that the benchmark does not have is under `sim`.
/// It contains no time of day.
public struct OpenMessagingResult {
  /// The load as described in the file.
  public struct Load: Sendable {
    public var workload: String
    public var driver: String
    /// The size of a value in bytes.
    public var messageSize: Int
    public var topics: Int
    /// The number of partitions of each topic.
    public var partitions: Int
    public var producersPerTopic: Int
    public var consumersPerTopic: Int

    public init(workload: String, driver: String, messageSize: Int, topics: Int, partitions: Int, producersPerTopic: Int, consumersPerTopic: Int) {
      self.workload = workload
      self.driver = driver
      self.messageSize = messageSize
      self.topics = topics
      self.partitions = partitions
      self.producersPerTopic = producersPerTopic
      self.consumersPerTopic = consumersPerTopic
    }
  }

  private static let windowLength = Duration.seconds(10)

  private let load: Load
  private let run: MeasuredRun
  private let windows: SeriesWindows
  private var acknowledged: [Int]
  private var errors: [Int]
  private var consumed: [Int]
  private let backlog: [Int]
  private var publish: WindowedLatency
  private var delay: WindowedLatency
  private var endToEnd: WindowedLatency

  public init(_ run: MeasuredRun, of load: Load, _ input: MeasurementInput) {
    self.load = load
    self.run = run
    let windows = SeriesWindows(origin: input.window.lowerBound, end: input.window.upperBound, length: Self.windowLength)
    self.windows = windows
    acknowledged = Array(repeating: 0, count: windows.count)
    errors = acknowledged
    consumed = acknowledged
    publish = WindowedLatency(count: windows.count)
    delay = publish
    endToEnd = publish
    let index = LoadIndex(input.log, groups: input.groups)
    backlog = Backlog(index, window: input.window, windows: windows).series
    addPublished(index)
    addDelivered(index)
  }

  private mutating func addPublished(_ index: LoadIndex) {
    for number in index.batchOrder {
      let batch = index.log.batches[Int(number)], records = index.records(of: Int(number))
      guard let window = windows.index(of: batch.finished) else { continue }
      guard batch.outcome == .acknowledged else {
        errors[window] += records.count
        continue
      }
      acknowledged[window] += records.count
      for number in records {
        let record = index.log.records[Int(number)]
        publish.record(batch.finished - record.intended, in: window)
        delay.record(record.sent - record.intended, in: window)
      }
    }
    for record in index.log.records where record.batch < 0 {
      if let window = windows.index(of: record.refused) { errors[window] += 1 }
    }
    publish.finish()
    delay.finish()
  }

  private mutating func addDelivered(_ index: LoadIndex) {
    var consumed = consumed, endToEnd = endToEnd
    index.forEachDelivery { number, _, record, _ in
      let slice = index.log.deliveries[number]
      guard let window = windows.index(of: slice.at) else { return }
      consumed[window] += 1
      endToEnd.record(slice.at - index.log.records[record].sent, in: window)
    }
    endToEnd.finish()
    (self.consumed, self.endToEnd) = (consumed, endToEnd)
  }

  public var json: JSON {
    .object(
      [
        ("workload", .string(load.workload)), ("driver", .string(load.driver)), ("messageSize", .integer(Int64(load.messageSize))),
        ("topics", .integer(Int64(load.topics))), ("partitions", .integer(Int64(load.partitions))),
        ("producersPerTopic", .integer(Int64(load.producersPerTopic))), ("consumersPerTopic", .integer(Int64(load.consumersPerTopic))),
        ("publishRate", rates(acknowledged, if: metrics.isMeasured)), ("publishErrorRate", rates(errors, if: metrics.throughput.errors != nil)),
        ("consumeRate", rates(consumed, if: metrics.isMeasured && metrics.throughput.consume != nil)),
        ("backlog", .array(backlog.map { .integer(Int64($0)) })),
      ] + series("publishLatency", publish, .milliseconds) + series("publishDelayLatency", delay, .microseconds)
        + aggregate("aggregatedPublishLatency", publish, .milliseconds) + aggregate("aggregatedPublishDelayLatency", delay, .microseconds)
        + [
          ("aggregatedPublishLatencyQuantiles", quantiles(publish, .milliseconds)),
          ("aggregatedPublishDelayLatencyQuantiles", quantiles(delay, .microseconds)),
        ] + series("endToEndLatency", endToEnd, .milliseconds)
        + [("aggregatedEndToEndLatencyQuantiles", quantiles(endToEnd, .milliseconds))]
        + aggregate("aggregatedEndToEndLatency", endToEnd, .milliseconds) + [("sim", JSON(encoding: run.result))])
  }

  private var metrics: Metrics { run.metrics }

  private func rates(_ counts: [Int], if isMeasured: Bool) -> JSON {
    .array(counts.indices.map { window in
      guard isMeasured else { return .null }
      let seconds = windows.seconds(of: window)
      return .number(seconds > 0 ? Double(counts[window]) / seconds : 0)
    })
  }

  private enum Unit {
    case milliseconds
    /// Whole numbers, except for means.
    case microseconds

    func value(_ milliseconds: Double?) -> JSON {
      guard let milliseconds else { return .null }
      switch self {
      case .milliseconds: return .number(milliseconds)
      case .microseconds: return .integer(Int64(rounding: milliseconds * 1e3))
      }
    }

    func mean(_ milliseconds: Double?) -> JSON { milliseconds.map { .number(self == .milliseconds ? $0 : $0 * 1e3) } ?? .null }
  }

  private static let percentiles: [(String, KeyPath<LatencySummary, Double?> & Sendable)] = [
    ("50pct", \.p50), ("75pct", \.p75), ("95pct", \.p95), ("99pct", \.p99), ("999pct", \.p999), ("9999pct", \.p9999), ("99999pct", \.p99999),
    ("Max", \.max),
  ]

  private func series(_ name: String, _ latency: WindowedLatency, _ unit: Unit) -> [(String, JSON)] {
    let summaries = latency.windows.summaries
    return [(name + "Avg", .array(summaries.map { unit.mean($0.mean) }))]
      + Self.percentiles.map { suffix, path in (name + suffix, .array(summaries.map { unit.value($0[keyPath: path]) })) }
  }

  private func aggregate(_ name: String, _ latency: WindowedLatency, _ unit: Unit) -> [(String, JSON)] {
    let summary = latency.total.summary(ticksPerHalfDistance: nil)
    return [(name + "Avg", unit.mean(summary.mean))] + Self.percentiles.map { suffix, path in (name + suffix, unit.value(summary[keyPath: path])) }
  }

  /// By percentile, from 0 to 100.
  private func quantiles(_ latency: WindowedLatency, _ unit: Unit) -> JSON {
    .object(latency.total.curve(ticksPerHalfDistance: 100).map { ("\($0.percentile)", unit.value($0.milliseconds)) })
  }
}

/// One kind of latency by window, and all windows together.
private struct WindowedLatency {
  private(set) var windows: LatencySeries
  private(set) var total = LatencyHistogram()

  init(count: Int) { windows = LatencySeries(count: count) }

  mutating func record(_ latency: Duration, in window: Int) {
    windows.record(latency, in: window)
    total.record(latency)
  }

  mutating func finish() { windows.finish() }
}
