import Measurement
import Primitives

extension ResultRow {
  /// The runs of all seeds, in the order of the file; at least one.
  public var runs: [RunResult] {
    get { [first] + otherSeeds }
    set { (first, otherSeeds) = (newValue[0], Array(newValue.dropFirst())) }
  }

  public var seedsText: String { Results.seedsText(runs.map(\.seed)) }

  /// Both rows with the same number of runs: the seeds that both have or, if they share none, the runs at the same positions.
  public func paired(with other: ResultRow) -> (ResultRow, ResultRow) {
    guard !otherSeeds.isEmpty || !other.otherSeeds.isEmpty else { return (self, other) }
    var (own, others) = (self, other)
    let pairs = runs.compactMap { run in other.runs.first { $0.seed == run.seed }.map { (run, $0) } }
    if pairs.isEmpty {
      let count = min(runs.count, other.runs.count)
      (own.runs, others.runs) = (Array(runs.prefix(count)), Array(other.runs.prefix(count)))
    } else {
      (own.runs, others.runs) = (pairs.map { $0.0 }, pairs.map { $0.1 })
    }
    return (own, others)
  }

  /// The stations of the first seed, with utilisations averaged over all seeds.
  public var meanStations: [StationMetrics] {
    let others = otherSeeds.map { $0.metrics?.stations ?? [] }
    return (first.metrics?.stations ?? []).compactMap { station in
      let same = others.compactMap { $0.first { $0.node == station.node && $0.kind == station.kind } }
      guard same.count == others.count, let spread = SeedSpread([station.utilisation] + same.map(\.utilisation)) else { return nil }
      var mean = station
      mean.utilisation = spread.mean
      return mean
    }
  }

  /// Latencies term by term, averaged over the seeds: the terms add up to the mean. nil if a seed has none.
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
        TermTime(term, milliseconds: mean { $0.milliseconds(of: term) })
      }
      return AttributedLatency(of: latency.of, records: same.reduce(0) { $0.saturatingAdding($1.records) }, milliseconds: mean(\.milliseconds), terms: terms)
    }
  }
}
