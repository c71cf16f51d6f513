import Results
import Scenarios

extension Objective {
  func isMet(by run: MeasuredRun) -> Bool { metric.value(of: run).map { comparison.holds($0, bound) } ?? false }
}

extension ObjectiveMetric {
  /// nil if the result has no such figure: nothing was acknowledged, or nothing consumed.
  func value(of run: MeasuredRun) -> Double? {
    switch kind {
    case .rate: rate(of: run)
    case .count: count(of: run)
    case .latency: latency(of: run)
    }
  }

  private func rate(of run: MeasuredRun) -> Double? {
    let throughput = run.metrics.throughput
    switch name {
    case "throughput": return throughput.publish?.recordsPerSecond
    case "throughput.consume": return throughput.consume?.recordsPerSecond
    default: return throughput.errors?.recordsPerSecond
    }
  }

  private func count(of run: MeasuredRun) -> Double? {
    let delivery = run.delivery
    switch name {
    case "lost": return Double(delivery.lost)
    case "permittedLoss": return Double(delivery.permittedLoss)
    case "violations": return Double(delivery.violations)
    case "deleted": return Double(delivery.deleted)
    case "failed": return Double(delivery.failed)
    case "unknown": return Double(delivery.unknown)
    case "duplicated": return Double(delivery.duplicated)
    case "reordered": return Double(delivery.reordered)
    default: return Double(run.metrics.throughput.backlogMaximum)
    }
  }

  private func latency(of run: MeasuredRun) -> Double? {
    let dot = name.firstIndex(of: ".")!
    let latencies = run.metrics.latency
    let summary =
      switch name[..<dot] {
      case "publish": latencies.publish
      case "publishFromSend": latencies.publishFromSend
      case "publishDelay": latencies.publishDelay
      default: latencies.endToEnd
      }
    switch name[name.index(after: dot)...] {
    case "mean": return summary.mean
    case "min": return summary.min
    case "p50": return summary.p50
    case "p75": return summary.p75
    case "p90": return summary.p90
    case "p95": return summary.p95
    case "p99": return summary.p99
    case "p99.9": return summary.p999
    case "p99.99": return summary.p9999
    case "p99.999": return summary.p99999
    default: return summary.max
    }
  }
}
