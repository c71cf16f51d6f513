import Primitives
import Workloads

/// Collects latencies of one kind, and breaks down their mean and those around percentiles into terms.
struct AttributionBuilder {
  /// In thousandths.
  private static let percentiles: [(name: String, permille: Int)] = [("p50", 500), ("p90", 900), ("p99", 990), ("p99.9", 999)]
  /// The number of latencies that represent a percentile, but never more than a hundredth of all.
  private static let neighbourhood = 101

  private let terms: [LatencyTerm]
  /// The sums over all latencies.
  var sums = TermSums()
  private var samples: ContiguousArray<LatencySample> = []

  init(_ terms: [LatencyTerm]) { self.terms = terms }

  mutating func reserve(_ count: Int) { samples.reserveCapacity(count) }

  /// Adds a latency; the caller adds its terms to `sums`.
  @inline(__always)
  mutating func add(_ sample: LatencySample) { samples.append(sample) }

  /// The breakdown of the mean and of each percentile; empty if there are no latencies.
  /// - Parameter addTerms: adds the terms of one sample.
  mutating func attributed(addTerms: (LatencySample, inout TermSums) -> Void) -> [AttributedLatency] {
    guard !samples.isEmpty else { return [] }
    var list = [latency("mean", samples.count, sums)]
    let count = max(1, min(Self.neighbourhood, samples.count / 100))
    // Percentiles ascend, so what one of them moved to the front is done for the next.
    var sorted = 0
    for (name, permille) in Self.percentiles {
      let rank = max(0, (samples.count * permille + 999) / 1_000 - 1)
      let first = min(max(0, rank - count / 2), samples.count - count)
      if first >= sorted { samples.select(first, in: sorted..<samples.count) } else { samples.select(first, in: 0..<samples.count) }
      samples.select(first + count - 1, in: first..<samples.count)
      sorted = first + count
      var near = TermSums()
      for place in first..<first + count { addTerms(samples[place], &near) }
      list.append(latency(name, count, near))
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
