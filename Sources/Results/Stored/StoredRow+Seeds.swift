import Measurement
import Primitives

extension StoredRow {
  /// One for each seed, in the order of the file.
  public var runs: [StoredRow] {
    var first = self
    first.otherSeeds = []
    return [first] + otherSeeds
  }

  /// - Parameter runs: of one setting, at least one.
  public init(runs: [StoredRow]) {
    self = runs[0]
    otherSeeds = Array(runs.dropFirst())
  }

  public var seedsText: String { Results.seedsText(runs.map(\.seed)) }

  /// Both rows with as many runs: those of the seeds that both have, or where there is no such seed, those at the same place.
  public func paired(with other: StoredRow) -> (StoredRow, StoredRow) {
    guard !otherSeeds.isEmpty || !other.otherSeeds.isEmpty else { return (self, other) }
    let pairs = runs.compactMap { run in other.runs.first { $0.seed == run.seed }.map { (run, $0) } }
    guard pairs.isEmpty else { return (StoredRow(runs: pairs.map { $0.0 }), StoredRow(runs: pairs.map { $0.1 })) }
    let count = min(runs.count, other.runs.count)
    return (StoredRow(runs: Array(runs.prefix(count))), StoredRow(runs: Array(other.runs.prefix(count))))
  }

  /// The stations of the first seed, with their utilisation on average over all.
  public var meanStations: [StationMetrics] {
    let others = otherSeeds.map { $0.metrics?.stations ?? [] }
    return (metrics?.stations ?? []).compactMap { station in
      let same = others.compactMap { $0.first { $0.node == station.node && $0.kind == station.kind } }
      guard same.count == others.count, let spread = SeedSpread([station.utilisation] + same.map(\.utilisation)) else { return nil }
      var mean = station
      mean.utilisation = spread.mean
      return mean
    }
  }

  /// Latencies term by term on average over the seeds: the terms add up to the mean. nil where a seed does not tell.
  public var meanAttribution: Attribution? {
    let all = runs.compactMap { $0.metrics?.attribution }
    guard all.count == runs.count else { return nil }
    return all.count == 1 ? all[0] : Attribution(publish: Self.mean(all.map(\.publish)), endToEnd: Self.mean(all.map(\.endToEnd)))
  }

  private static func mean(_ lists: [[AttributedLatency]]) -> [AttributedLatency] {
    lists[0].compactMap { latency in
      let same = lists.compactMap { $0.first { $0.of == latency.of && $0.records > 0 } }
      guard same.count == lists.count else { return nil }
      func mean(_ milliseconds: (AttributedLatency) -> Double) -> Double { SeedSpread(same.map(milliseconds))?.mean ?? 0 }
      let terms = LatencyTerm.allCases.map { term in
        TermTime(term, milliseconds: mean { $0.terms.first { $0.term == term }?.milliseconds ?? 0 })
      }
      return AttributedLatency(of: latency.of, records: same.reduce(0) { $0.saturatingAdding($1.records) }, milliseconds: mean(\.milliseconds), terms: terms)
    }
  }
}
