import Primitives

/// A condition on a rate to count as sustained: `publish.p99 <= 20ms`, `lost == 0`, `backlog <= 1000`.
package struct Objective: Sendable, Equatable {
  package enum Comparison: String, CaseIterable, Sendable {
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case less = "<"
    case more = ">"

    package func holds(_ left: Double, _ right: Double) -> Bool {
      switch self {
      case .atMost: left <= right
      case .atLeast: left >= right
      case .equal: left == right
      case .less: left < right
      case .more: left > right
      }
    }
  }

  package let metric: ObjectiveMetric
  package let comparison: Comparison
  /// In milliseconds, records a second, or a count, depending on the metric.
  package let bound: Double
  /// The text of the objective as written.
  package let text: String

  package init(_ text: String, at place: Place) throws {
    self.text = text.trimmed
    guard let comparison = Comparison.allCases.first(where: { text.range(of: $0.rawValue) != nil }), let range = text.range(of: comparison.rawValue) else {
      throw ScenarioError(at: place, "this is not an objective", remedy: "Write publish.p99 <= 20ms, lost == 0 or backlog <= 1000.")
    }
    self.comparison = comparison
    metric = try ObjectiveMetric(String(text[..<range.lowerBound]).trimmed, at: place)
    bound = try metric.bound(String(text[range.upperBound...]).trimmed, at: place)
  }
}

/// A figure of a result that objectives can name.
package struct ObjectiveMetric: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case latency
    case rate
    case count
  }

  package let name: String
  package let kind: Kind

  private static let latencies = ["publish", "publishFromSend", "publishDelay", "endToEnd"]
  private static let points = ["mean", "min", "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "p99.999", "max"]
  private static let rates = ["throughput", "throughput.consume", "errors"]
  private static let counts = ["lost", "permittedLoss", "violations", "deleted", "failed", "unknown", "duplicated", "reordered", "backlog"]

  package init(_ name: String, at place: Place) throws {
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

  package func bound(_ text: String, at place: Place) throws -> Double {
    let value = Value(content: .scalar(text), place: place, path: "")
    switch kind {
    case .latency: return Double(try value.duration().nanoseconds) / 1e6
    case .rate: return text == "0" ? 0 : try value.rate().recordsPerSecond
    case .count: return Double(try value.integer())
    }
  }
}
