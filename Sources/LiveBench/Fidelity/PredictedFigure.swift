import Measurement

/// A compared figure: its place in a result, and its unit.
public enum ComparedMetric: String, CaseIterable, Sendable {
  case throughput, publishP50 = "publish.p50", publishP99 = "publish.p99", publishP999 = "publish.p999", endToEndP50 = "e2e.p50", endToEndP99 = "e2e.p99",
    endToEndP999 = "e2e.p999", cpu, consumed = "consume.throughput"

  public var unit: String {
    switch self {
    case .throughput, .consumed: "records/s"
    case .cpu: "s a million records"
    default: "ms"
    }
  }

  /// The value in the metrics of a benchmark; nil if it was not measured.
  public func value(in metrics: Metrics) -> Double? {
    let rate = metrics.throughput.publish?.recordsPerSecond, records = (rate ?? 0) * metrics.window.seconds
    func perMillion(_ seconds: Double) -> Double? { records > 0 ? seconds / records * 1e6 : nil }
    return switch self {
    case .throughput: rate
    case .consumed: metrics.throughput.consume?.recordsPerSecond
    case .publishP50: metrics.latency.publish.p50
    case .publishP99: metrics.latency.publish.p99
    case .publishP999: metrics.latency.publish.p999
    case .endToEndP50: metrics.latency.endToEnd.p50
    case .endToEndP99: metrics.latency.endToEnd.p99
    case .endToEndP999: metrics.latency.endToEnd.p999
    // If all nodes share one machine, its processor time cannot be attributed.
    case .cpu: perMillion(metrics.volume.brokerCPUSeconds + metrics.volume.clientCPUSeconds)
    }
  }
}

/// One figure, predicted by the simulation and measured somewhere.
public struct PredictedFigure: Sendable, Equatable {
  /// The settings, or the name of the case.
  public var name: String
  public var metric: ComparedMetric
  public var predicted: Double
  public var measured: Double
  /// Whether the costs of the machine were fitted to it: then it proves nothing.
  public var isFitted: Bool

  public init(_ name: String, _ metric: ComparedMetric, predicted: Double, measured: Double, isFitted: Bool = false) {
    self.name = name
    self.metric = metric
    self.predicted = predicted
    self.measured = measured
    self.isFitted = isFitted
  }
}

/// Comparisons with one source of measurements.
public struct ComparisonTable: Sendable, Equatable {
  public var title: String
  /// What was run and how, and what the figures mean.
  public var about: String
  public var rows: [PredictedFigure]

  public init(title: String, about: String, rows: [PredictedFigure]) {
    self.title = title
    self.about = about
    self.rows = rows
  }

  func pairs(_ metric: ComparedMetric, fitted: Bool? = nil) -> [(predicted: Double, measured: Double)] {
    rows.filter { $0.metric == metric && (fitted == nil || $0.isFitted == fitted) }.map { ($0.predicted, $0.measured) }
  }
}
