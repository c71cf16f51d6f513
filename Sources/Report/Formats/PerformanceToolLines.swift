import Measurement
import Primitives
import Workloads

/// The output lines of Kafka's own tools, for scripts that parse them.
public enum PerformanceToolLines {
  private static let producerWindow = Duration.seconds(5)
  /// The unit that these tools call MB.
  private static let megabyte = 1_048_576.0

  /// The output of kafka-producer-perf-test: one line every five seconds of the measured window, and the summary.
  ///
  /// The tool counts latency from the call of `send`. A division by zero is `NaN`, as Java prints it.
  public static func producer(_ input: MeasurementInput) -> String {
    let index = LoadIndex(input.log, groups: input.groups)
    let windows = SeriesWindows(origin: input.window.lowerBound, end: input.window.upperBound, length: producerWindow)
    var series = LatencySeries(count: windows.count), total = LatencyHistogram()
    var counts = Array(repeating: RecordCount(), count: windows.count), all = RecordCount()
    for number in index.batchOrder {
      let batch = index.log.batches[Int(number)]
      guard batch.outcome == .acknowledged, let window = windows.index(of: batch.finished) else { continue }
      for number in index.records(of: Int(number)) {
        let record = index.log.records[Int(number)]
        counts[window].add(record.bytes)
        series.record(batch.finished - record.sent, in: window)
        total.record(batch.finished - record.sent)
      }
    }
    series.finish()
    for count in counts { all.add(count) }
    var lines: [String] = []
    for window in 0..<windows.count where windows.count > 1 {
      let summary = series.summaries[window]
      lines.append(
        speed(counts[window], windows.seconds(of: window))
          + ", \(figure(summary.mean, places: 1)) ms avg latency, \(figure(summary.max, places: 1)) ms max latency.")
    }
    let summary = total.summary(ticksPerHalfDistance: nil)
    func whole(_ milliseconds: Double?) -> String { milliseconds.map { String(Int64(rounding: $0.rounded(.down))) } ?? notMeasured }
    lines.append(
      speed(all, (input.window.upperBound - input.window.lowerBound).seconds)
        + ", \(figure(summary.mean, places: 2)) ms avg latency, \(figure(summary.max, places: 2)) ms max latency, \(whole(summary.p50)) ms 50th, "
        + "\(whole(summary.p95)) ms 95th, \(whole(summary.p99)) ms 99th, \(whole(summary.p999)) ms 99.9th.")
    return lines.joined(separator: "\n") + "\n"
  }

  private static let notMeasured = "NaN"

  private static func figure(_ value: Double?, places: Int) -> String { value.map { fixed($0, places: places) } ?? notMeasured }

  private static func speed(_ count: RecordCount, _ seconds: Double) -> String {
    let rate = count.rate(over: seconds)
    return "\(count.records) records sent, \(fixed(rate.recordsPerSecond, places: 1)) records/sec (\(fixed(rate.bytesPerSecond / megabyte, places: 2)) MB/sec)"
  }

  /// The output of kafka-consumer-perf-test: a header, and a line for the measured window. Times are those of the scenario's clock, starting at
  /// midnight of 1 January 1970; the time that groups took to rebalance is unknown, so all of it counts as fetching.
  public static func consumer(_ input: MeasurementInput) -> String {
    let window = input.window, seconds = (window.upperBound - window.lowerBound).seconds
    var count = RecordCount()
    for slice in input.log.deliveries where window.contains(slice.at) {
      for position in slice.values {
        let record = Int(input.log.deliveredValues[position].number)
        if record < input.log.records.count { count.add(input.log.records[record].bytes) }
      }
    }
    let megabytes = Double(count.bytes) / megabyte, rate = count.rate(over: seconds)
    let speed = "\(fixed(rate.bytesPerSecond / megabyte, places: 4)), "
    let columns = [
      timeOfDay(window.lowerBound - input.origin), timeOfDay(window.upperBound - input.origin), fixed(megabytes, places: 4),
      speed + "\(count.records)", fixed(rate.recordsPerSecond, places: 4), "0", "\((window.upperBound - window.lowerBound).milliseconds)",
      speed + fixed(rate.recordsPerSecond, places: 4),
    ]
    return """
      start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec
      \(columns.joined(separator: ", "))

      """
  }

  /// `1970-01-01 00:00:02:500`, the tool's format.
  private static func timeOfDay(_ time: Duration) -> String {
    func padded(_ number: Int64, _ digits: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
    let milliseconds = time.milliseconds, seconds = milliseconds / 1_000
    return "1970-01-\(padded(1 + seconds / 86_400, 2)) \(padded(seconds / 3_600 % 24, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
      + ":\(padded(milliseconds % 1_000, 3))"
  }
}
