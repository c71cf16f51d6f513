import Measurement
import Results

/// Reports whose figures are chosen by hand.
package enum BenchSample {
  /// - Parameter lost: with nothing that permits it, beside what is permitted.
  package static func row(
    _ settings: [(String, String)], rate: Double, p99: Double, lost: Int = 0, permitted: Int = 0, _ change: (inout MeasuredRun) -> Void = { _ in }
  ) -> BenchRow {
    var load = MeasuredLoad()
    load.batch(intended: [1_000], finished: 2_000)
    var metrics = Metrics(load.input(stations: [.halfBusy()]))
    metrics.throughput.publish = RecordRate(recordsPerSecond: rate, bytesPerSecond: rate * 1_000)
    metrics.latency.publish.p50 = p99 / 2
    metrics.latency.publish.p99 = p99
    metrics.latency.publish.p999 = p99 * 2
    var delivery = Delivery()
    (delivery.sent, delivery.acked, delivery.lost, delivery.permittedLoss) = (12_000, 11_000, lost + permitted, permitted)
    let result = RunResult(
      scenario: "sample", variant: nil, seed: 1, build: "b", machine: "nvme-10g", traceHash: 0, events: 1, simulated: .seconds(1), verdicts: [],
      delivery: delivery, faults: [], story: [], replay: "trial bench sample")
    var run = MeasuredRun(result, metrics: metrics)
    change(&run)
    return BenchRow(settings: settings.map { ChosenSetting(key: $0.0, value: $0.1) }, result: run)
  }

  package static func report(_ varied: [(String, [String])], _ rows: [BenchRow]) -> BenchReport {
    BenchReport(
      scenario: "sample", about: "", build: "b", varied: varied.map { VariedSetting(key: $0.0, values: $0.1) }, rows: rows, replay: "trial bench sample")
  }

  /// Two settings of two values: `linger.ms` moves latency alone, `acks` moves both.
  package static let report = report(
    [("linger.ms", ["0", "5"]), ("acks", ["1", "all"])],
    [
      row([("linger.ms", "0"), ("acks", "1")], rate: 200, p99: 2), row([("linger.ms", "0"), ("acks", "all")], rate: 100, p99: 4),
      row([("linger.ms", "5"), ("acks", "1")], rate: 200, p99: 7), row([("linger.ms", "5"), ("acks", "all")], rate: 100, p99: 9),
    ])
}
