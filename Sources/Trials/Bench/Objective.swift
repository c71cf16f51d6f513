import Compare
import Primitives
import Results

/// What a rate must meet to count as sustained: `publish.p99 <= 20ms`, `lost == 0`, `backlog <= 1000`.
struct Objective: Sendable, Equatable {
  enum Comparison: String, CaseIterable, Sendable {
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case less = "<"
    case more = ">"

    func holds(_ left: Double, _ right: Double) -> Bool {
      switch self {
      case .atMost: left <= right
      case .atLeast: left >= right
      case .equal: left == right
      case .less: left < right
      case .more: left > right
      }
    }
  }

  let metric: ObjectiveMetric
  let comparison: Comparison
  /// Milliseconds, records a second, or a count, as the metric has it.
  let bound: Double
  /// As it was written.
  let text: String

  init(_ text: String, at place: Place) throws {
    self.text = text.trimmed
    guard let comparison = Comparison.allCases.first(where: { text.range(of: $0.rawValue) != nil }), let range = text.range(of: comparison.rawValue) else {
      throw ScenarioError(at: place, "this is not an objective", remedy: "Write publish.p99 <= 20ms, lost == 0 or backlog <= 1000.")
    }
    self.comparison = comparison
    metric = try ObjectiveMetric(String(text[..<range.lowerBound]).trimmed, at: place)
    bound = try metric.bound(String(text[range.upperBound...]).trimmed, at: place)
  }

  func isMet(by result: BenchResult) -> Bool { metric.value(of: result).map { comparison.holds($0, bound) } ?? false }
}

/// A figure of a result that an objective is about.
struct ObjectiveMetric: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case latency
    case rate
    case count
  }

  let name: String
  let kind: Kind

  private static let latencies = ["publish", "publishFromSend", "publishDelay", "endToEnd"]
  private static let points = ["mean", "min", "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "p99.999", "max"]
  private static let rates = ["throughput", "throughput.consume", "errors"]
  private static let counts = ["lost", "permittedLoss", "violations", "deleted", "failed", "unknown", "duplicated", "reordered", "backlog"]

  init(_ name: String, at place: Place) throws {
    self.name = name
    let latencies = Self.latencies.flatMap { latency in Self.points.map { "\(latency).\($0)" } }
    if latencies.contains(name) {
      kind = .latency
    } else if Self.rates.contains(name) {
      kind = .rate
    } else if Self.counts.contains(name) {
      kind = .count
    } else {
      throw ScenarioError(
        at: place, "there is no metric '\(name)'",
        remedy: suggestion(
          for: name, among: latencies + Self.rates + Self.counts,
          or: "Known: publish.p99 and others of \(Self.latencies.joined(separator: ", ")), \((Self.rates + Self.counts).joined(separator: ", "))."))
    }
  }

  func bound(_ text: String, at place: Place) throws -> Double {
    let value = Value(content: .scalar(text), place: place, path: "")
    switch kind {
    case .latency: return Double(try value.duration().nanoseconds) / 1e6
    case .rate: return text == "0" ? 0 : try value.rate().recordsPerSecond
    case .count: return Double(try value.integer())
    }
  }

  /// nil where the result has no such figure: nothing was acknowledged, or nothing consumed.
  func value(of result: BenchResult) -> Double? {
    switch kind {
    case .rate: rate(of: result)
    case .count: count(of: result)
    case .latency: latency(of: result)
    }
  }

  private func rate(of result: BenchResult) -> Double? {
    let throughput = result.metrics.throughput
    switch name {
    case "throughput": return throughput.publish?.recordsPerSecond
    case "throughput.consume": return throughput.consume?.recordsPerSecond
    default: return throughput.errors?.recordsPerSecond
    }
  }

  private func count(of result: BenchResult) -> Double? {
    let delivery = result.delivery
    switch name {
    case "lost": return Double(delivery.lost)
    case "permittedLoss": return Double(delivery.permittedLoss)
    case "violations": return Double(delivery.violations)
    case "deleted": return Double(delivery.deleted)
    case "failed": return Double(delivery.failed)
    case "unknown": return Double(delivery.unknown)
    case "duplicated": return Double(delivery.duplicated)
    case "reordered": return Double(delivery.reordered)
    default: return Double(result.metrics.throughput.backlogMaximum)
    }
  }

  private func latency(of result: BenchResult) -> Double? {
    let dot = name.firstIndex(of: ".")!
    let latencies = result.metrics.latency
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
