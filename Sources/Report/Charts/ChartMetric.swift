import Measurement
import Results

/// A figure of a row that charts set against what was varied.
enum ChartMetric: CaseIterable {
  case throughput, publishP99

  /// As effects call it.
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

  /// nil where the row did not measure it.
  func value(of row: BenchRow) -> Double? {
    switch self {
    case .throughput: row.publishRate
    case .publishP99: row.publishP99
    }
  }

  func text(_ value: Double) -> String { isLatency ? timeText(milliseconds: value) : countText(value) }

  /// A dash where nothing was measured.
  func text(_ value: Double?) -> String { value.map { text($0) } ?? "-" }
}

extension BenchReport {
  /// The telling keys, those first that move the metric most; in the order given where the effects do not tell them apart.
  func keysByEffect(on metric: ChartMetric) -> [String] {
    let shares = tellingKeys.map { key in effects.first { $0.keys == [key] && $0.metric == metric.key }?.share ?? 0 }
    return tellingKeys.enumerated().sorted { (-shares[$0.offset], $0.offset) < (-shares[$1.offset], $1.offset) }.map(\.element)
  }

  /// The mean of the metric over the rows with all these settings that measured it; nil where there is none.
  func mean(_ metric: ChartMetric, where settings: [ChosenSetting]) -> Double? {
    let values = rows.filter { row in settings.allSatisfy { row.value(of: $0.key) == $0.value } }.compactMap(metric.value)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// Every way to choose one value for each of the keys, the last key changing fastest.
  func combinations(of keys: [String]) -> [[ChosenSetting]] {
    keys.reduce([[]]) { chosen, key in chosen.flatMap { settings in values(of: key).map { settings + [ChosenSetting(key: key, value: $0)] } } }
  }
}
