import Measurement
import Results

/// The effects on one metric that are worth reporting.
///
/// A share of the variance ranks settings even if there is hardly any variance: 2 records/s of 10,000 can be all of it. An effect is reported if
/// it moves the metric by at least `leastMove` of its mean; for the others, one line says how small they are.
struct ToldEffects {
  /// A fraction of the metric's mean over all rows, up or down: one percent between the ends.
  static let leastMove = BenchReport.tie

  let metric: String
  let effects: [Effect]
  /// `throughput: no setting moves it by more than ± 0.09 % of its mean`; nil if there is nothing more to say.
  let rest: String?

  /// - Parameter mean: the mean of the metric over all rows.
  init(_ metric: String, _ all: [Effect], mean: Double) {
    self.metric = metric
    let moves = all.map { mean == 0 ? 0 : $0.size / mean }
    effects = zip(all, moves).filter { $1 >= Self.leastMove }.map { $0.0 }
    let largest = moves.filter { $0 < Self.leastMove }.max() ?? 0
    let others = effects.isEmpty ? "no setting" : "nothing else"
    if largest > 0 {
      rest = "\(metric): \(others) moves it by more than \u{B1} \(Self.percentAtLeast(largest)) % of its mean"
    } else {
      rest = effects.isEmpty ? "\(metric): no setting moves it" : nil
    }
  }

  /// Rounded up, so that an upper limit stays one.
  private static func percentAtLeast(_ part: Double) -> String { fixed((part * 10_000).rounded(.up) / 100, places: 2) }
}

extension BenchReport {
  /// For each metric with known effects, in their order.
  var toldEffects: [ToldEffects] {
    guard !rows.isEmpty else { return [] }
    return ChartMetric.allCases.compactMap { metric in
      let all = effects.filter { $0.metric == metric.key }
      return all.isEmpty ? nil : ToldEffects(metric.key, all, mean: rows.compactMap(metric.value).reduce(0, +) / Double(rows.count))
    }
  }
}
