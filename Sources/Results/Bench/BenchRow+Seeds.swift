import Measurement
import Primitives

/// A main figure of a row with its spread, which results store for scripts.
public struct FigureOverSeeds: Codable, Sendable, Equatable {
  /// The name that gates use: `throughput`, `publish.p99`, ...
  public var metric: String
  public var unit: String
  public var mean: Double
  public var least: Double
  public var greatest: Double
}

extension BenchRow {
  /// - Parameter runs: one for each seed, in the order of the seeds; at least one.
  public init(settings: [ChosenSetting], runs: [MeasuredRun]) {
    self.init(settings: settings, result: runs[0], otherSeeds: Array(runs.dropFirst()))
  }

  /// The runs of all seeds, in the order of the seeds.
  public var runs: [MeasuredRun] { [result] + otherSeeds }

  public var isOverSeeds: Bool { !otherSeeds.isEmpty }

  /// `1..5`
  public var seedsText: String { Results.seedsText(runs.map(\.seed)) }

  /// `acks=all, seed 2`: the settings and the seed if there are several; empty if there is one of each.
  public func name(of run: MeasuredRun) -> String {
    ((settings.isEmpty ? [] : [name]) + (isOverSeeds ? ["seed \(run.seed)"] : [])).joined(separator: ", ")
  }

  /// Whether every seed acknowledged a record that was intended for the window.
  public var isMeasured: Bool { runs.allSatisfy { $0.metrics.latency.publish.count > 0 } }

  /// The spread over the seeds that measured it; nil if none did.
  public func spread(_ rate: KeyPath<Throughput, RecordRate?>, _ figure: KeyPath<RecordRate, Double> = \.recordsPerSecond) -> SeedSpread? {
    SeedSpread(runs.compactMap { $0.metrics.throughput[keyPath: rate]?[keyPath: figure] })
  }

  /// The spread over the seeds that measured it; nil if none did. An empty distribution has no figures.
  public func spread(_ latency: KeyPath<Latencies, LatencySummary>, _ figure: KeyPath<LatencySummary, Double?>) -> SeedSpread? {
    SeedSpread(runs.compactMap { $0.metrics.latency[keyPath: latency][keyPath: figure] })
  }

  /// Records per second, on average over the seeds that measured it.
  public var publishRate: Double? { spread(\.publish)?.mean }

  /// Milliseconds, on average over the seeds that measured it.
  public var publishP99: Double? { spread(\.publish, \.p99)?.mean }

  public var isOverloaded: Bool { runs.contains(where: \.metrics.isOverloaded) }

  /// The total over all seeds; nil if no producer follows a schedule.
  public var neverSent: Int? {
    let counts = runs.compactMap(\.metrics.throughput.neverSent)
    return counts.isEmpty ? nil : counts.reduce(0) { $0.saturatingAdding($1) }
  }

  /// The delivery counts of all seeds together.
  public var delivery: Delivery { otherSeeds.reduce(result.delivery) { $0 + $1.delivery } }

  /// The main figures that every seed has.
  public var figuresOverSeeds: [FigureOverSeeds] {
    let sheet = MetricSheet(of: ResultRow(self))
    return Self.mainFigures.compactMap { path in
      guard let metric = sheet[path], let spread = metric.spread else { return nil }
      return FigureOverSeeds(metric: path, unit: metric.unit.rawValue, mean: spread.mean, least: spread.least, greatest: spread.greatest)
    }
  }

  private static let mainFigures =
    ["throughput", "throughput.bytes", "throughput.consume", "throughput.consume.bytes"]
    + ["publish", "endToEnd"].flatMap { latency in ["mean", "p50", "p99", "p99.9", "max"].map { "\(latency).\($0)" } }
}
