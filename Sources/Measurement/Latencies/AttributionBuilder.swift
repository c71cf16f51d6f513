import Primitives
import Workloads

/// Collects latencies of one kind, and breaks down their mean and those around percentiles into terms.
struct AttributionBuilder {
  /// In thousandths.
  private static let percentiles: [(name: String, permille: Int)] = [("p50", 500), ("p90", 900), ("p99", 990), ("p99.9", 999)]
  /// The number of latencies that represent a percentile, but never more than a hundredth of all.
  private static let neighbourhood = 101

  private let terms: [LatencyTerm]
  /// All latencies.
  private(set) var latencies = LatencyHistogram()
  /// The sums over all latencies.
  var sums = TermSums()
  private var samples: ContiguousArray<LatencySample> = []

  init(_ terms: [LatencyTerm]) { self.terms = terms }

  mutating func reserve(_ count: Int) { samples.reserveCapacity(count) }

  /// Adds a latency; the caller adds its terms to `sums`.
  /// - Parameter position: see `LatencySample`.
  @inline(__always)
  mutating func add(_ latency: Duration, of record: Int32, at position: Int32 = -1) {
    latencies.record(latency)
    samples.append(LatencySample(latency: max(0, latency.nanoseconds), record: record, position: position))
  }

  /// The breakdown of the mean and of each percentile; empty if there are no latencies.
  /// - Parameter addTerms: adds the terms of one sample.
  func attributed(addTerms: (LatencySample, inout TermSums) -> Void) -> [AttributedLatency] {
    guard !samples.isEmpty else { return [] }
    var list = [latency("mean", samples.count, sums)]
    let count = max(1, min(Self.neighbourhood, samples.count / 100))
    for (name, permille) in Self.percentiles {
      let rank = max(0, (samples.count * permille + 999) / 1_000 - 1)
      let first = min(max(0, rank - count / 2), samples.count - count)
      // Only the few around the percentile are put in order, not all.
      let (below, interval) = latencies.surroundings(of: first..<first + count)
      var near = ContiguousArray(samples.lazy.filter { interval.contains($0.latency) })
      near.select(first - below, in: near.indices)
      near.select(first - below + count - 1, in: first - below..<near.count)
      var sums = TermSums()
      for place in first - below..<first - below + count { addTerms(near[place], &sums) }
      list.append(latency(name, count, sums))
    }
    return list
  }

  private func latency(_ name: String, _ count: Int, _ sums: TermSums) -> AttributedLatency {
    let (total, means) = sums.means(of: Int64(count))
    return AttributedLatency(
      of: name, records: count, milliseconds: Double(total) / 1e6,
      terms: terms.map { TermTime($0, milliseconds: Double(means[$0.place]) / 1e6) })
  }
}
