import Results

extension BenchReport {
  /// At most `limit` rows, in their order: all of them if they are few enough; otherwise half from the Pareto front, and the others evenly from
  /// the fastest p99 to the slowest.
  func chosenRows(limit: Int) -> [Int] {
    guard rows.count > limit else { return Array(rows.indices) }
    let front = pareto.filter(rows.indices.contains).sorted { (rows[$0].publishRate ?? 0, $0) < (rows[$1].publishRate ?? 0, $1) }
    var chosen = Self.spread(front, count: min(front.count, (limit + 1) / 2))
    let others = rows.indices.filter { !chosen.contains($0) }.sorted { (rows[$0].publishP99 ?? .infinity, $0) < (rows[$1].publishP99 ?? .infinity, $1) }
    chosen += Self.spread(others, count: limit - chosen.count)
    return chosen.sorted()
  }

  /// Evenly from the first to the last.
  private static func spread(_ list: [Int], count: Int) -> [Int] {
    guard count > 1 else { return Array(list.prefix(count)) }
    return (0..<count).map { list[$0 * (list.count - 1) / (count - 1)] }
  }

  /// ` (8 of 36 settings: from the Pareto front and across all p99)`, or empty if all are shown.
  func choiceNote(_ chosen: [Int]) -> String {
    chosen.count == rows.count ? "" : "\(chosen.count) of \(rows.count) settings, from the Pareto front and from the fastest to the slowest p99"
  }
}
