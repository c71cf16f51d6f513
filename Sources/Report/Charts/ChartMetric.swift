import Measurement
import Results

/// A figure of a row that charts plot against the varied settings.
enum ChartMetric: CaseIterable {
  case throughput, publishP99

  /// The name that effects use.
  var key: String {
    switch self {
    case .throughput: "throughput"
    case .publishP99: "publish.p99"
    }
  }

  var fileName: String {
    switch self {
    case .throughput: "throughput"
    case .publishP99: "p99"
    }
  }

  var words: String {
    switch self {
    case .throughput: "Throughput, records/s"
    case .publishP99: "Publish latency, p99"
    }
  }

  var isLatency: Bool { self == .publishP99 }

  /// nil if the row did not measure it.
  func value(of row: BenchRow) -> Double? {
    switch self {
    case .throughput: row.publishRate
    case .publishP99: row.publishP99
    }
  }

  func text(_ value: Double) -> String { isLatency ? timeText(milliseconds: value) : countText(value) }

  /// A dash if nothing was measured.
  func text(_ value: Double?) -> String { value.map { text($0) } ?? "-" }
}

extension BenchReport {
  /// The keys that differ between rows, those with the largest effect on the metric first; otherwise in the order given.
  func keysByEffect(on metric: ChartMetric) -> [String] {
    let shares = tellingKeys.map { key in effects.first { $0.keys == [key] && $0.metric == metric.key }?.share ?? 0 }
    return tellingKeys.enumerated().sorted { (-shares[$0.offset], $0.offset) < (-shares[$1.offset], $1.offset) }.map(\.element)
  }

  /// The mean of the metric over the rows with all these settings that measured it; nil if there are none.
  func mean(_ metric: ChartMetric, where settings: [ChosenSetting]) -> Double? {
    let values = rows.filter { row in settings.allSatisfy { row.value(of: $0.key) == $0.value } }.compactMap(metric.value)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// All combinations of values of the keys, with the last key changing fastest.
  func combinations(of keys: [String]) -> [[ChosenSetting]] {
    keys.reduce([[]]) { chosen, key in chosen.flatMap { settings in values(of: key).map { settings + [ChosenSetting(key: key, value: $0)] } } }
  }
}
