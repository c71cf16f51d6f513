extension Effect {
  /// Main effects and interactions of two settings on throughput and on the p99 of publish latency, by analysis of variance, the larger
  /// shares of each metric first. Empty unless the rows are the full product of the varied settings.
  ///
  /// A share is the effect's sum of squares divided by that of the metric over all rows. With one row for each combination, nothing is
  /// measured twice, so what main effects and these interactions leave over belongs to interactions of three or more settings. With several seeds
  /// the metric of a row is its mean. A metric that a row did not measure is left out.
  public static func all(in rows: [BenchRow], varied: [VariedSetting]) -> [Effect] {
    guard VariedSetting.combinations(of: varied) == rows.count else { return [] }
    let factors: [Factor] = varied.enumerated().compactMap { place, setting in
      guard setting.values.count > 1 else { return nil }
      let levels = rows.map { row in row.settings.indices.contains(place) ? setting.values.firstIndex(of: row.settings[place].value) : nil }
      return levels.contains(nil) ? nil : Factor(key: setting.key, count: setting.values.count, levels: levels.map { $0! })
    }
    return effects("throughput", factors, rows.map(\.publishRate)) + effects("publish.p99", factors, rows.map(\.publishP99))
  }

  private static func effects(_ metric: String, _ factors: [Factor], _ measured: [Double?]) -> [Effect] {
    let values = measured.compactMap(\.self)
    guard !values.isEmpty, values.count == measured.count else { return [] }
    let mean = values.reduce(0, +) / Double(values.count)
    let total = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    var effects: [Effect] = []
    func add(_ keys: [String], _ deviations: [Double]) {
      let squares = deviations.reduce(0) { $0 + $1 * $1 }
      let size = ((deviations.max() ?? 0) - (deviations.min() ?? 0)) / 2
      effects.append(Effect(keys: keys, metric: metric, size: size, share: total > 0 ? squares / total : 0))
    }
    let main = factors.map { $0.means(of: values).map { $0 - mean } }
    for (factor, deviations) in zip(factors, main) { add([factor.key], deviations) }
    for first in factors.indices {
      for second in factors.indices.dropFirst(first + 1) {
        let cells = factors[first].crossed(with: factors[second]).means(of: values)
        add([factors[first].key, factors[second].key], values.indices.map { cells[$0] - mean - main[first][$0] - main[second][$0] })
      }
    }
    let order = effects.indices.sorted { effects[$0].share != effects[$1].share ? effects[$0].share > effects[$1].share : $0 < $1 }
    return order.map { effects[$0] }
  }
}

/// A varied setting: which of its values each row has.
private struct Factor {
  let key: String
  let count: Int
  let levels: [Int]

  /// For each row, the mean over all rows with the same value.
  func means(of values: [Double]) -> [Double] {
    var sums = Array(repeating: 0.0, count: count), counts = Array(repeating: 0.0, count: count)
    for (level, value) in zip(levels, values) {
      sums[level] += value
      counts[level] += 1
    }
    return levels.map { sums[$0] / counts[$0] }
  }

  func crossed(with other: Factor) -> Factor {
    Factor(key: key, count: count * other.count, levels: zip(levels, other.levels).map { $0 * other.count + $1 })
  }
}
