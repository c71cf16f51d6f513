import Histogram
import Primitives

/// Latencies counted in buckets of three significant digits, from 100 ns to an hour; longer ones count as an hour in the
/// percentiles. Count, sum, least and greatest are exact.
package struct LatencyHistogram {
  private static let unit: Int64 = 100
  private static let highest: Int64 = 3_600_000_000_000 / unit

  private var histogram = Histogram<UInt32>(
    lowestDiscernibleValue: 1, highestTrackableValue: UInt64(Self.highest), numberOfSignificantValueDigits: .three)
  package private(set) var count = 0
  private var sum: Int64 = 0
  private var least = Int64.max
  private var greatest: Int64 = 0

  package init() {}

  package mutating func record(_ latency: Duration) {
    let nanoseconds = max(latency.nanoseconds, 0)
    count += 1
    sum = sum.saturatingAdding(nanoseconds)
    least = min(least, nanoseconds)
    greatest = max(greatest, nanoseconds)
    histogram.record(UInt64(min(nanoseconds.saturatingAdding(Self.unit / 2) / Self.unit, Self.highest)))
  }

  package mutating func removeAll() {
    guard count > 0 else { return }
    histogram.reset()
    (count, sum, least, greatest) = (0, 0, .max, 0)
  }

  /// In milliseconds; nil if nothing was recorded.
  package var mean: Double? { count > 0 ? Double(sum) / Double(count) / 1e6 : nil }
  package var minimum: Double? { count > 0 ? Double(least) / 1e6 : nil }
  package var maximum: Double? { count > 0 ? Double(greatest) / 1e6 : nil }

  package func milliseconds(atPercentile percentile: Double) -> Double? {
    count > 0 ? milliseconds(ofBucketValue: histogram.valueAtPercentile(percentile)) : nil
  }

  /// A bucket counts as its greatest value, but never as more than the greatest recorded value.
  private func milliseconds(ofBucketValue value: UInt64) -> Double {
    min(Double(value) * Double(Self.unit) / 1e6, Double(greatest) / 1e6)
  }

  /// The curve of values by percentile, with this number of points each time the distance to 100 halves.
  package func curve(ticksPerHalfDistance: Int) -> [CurvePoint] {
    guard count > 0 else { return [] }
    return histogram.percentiles(ticksPerHalfDistance: ticksPerHalfDistance).map {
      CurvePoint(
        percentile: $0.percentileLevelIteratedTo, milliseconds: milliseconds(ofBucketValue: $0.value), count: Int($0.totalCountToThisValue))
    }
  }

  package var summary: LatencySummary { count > 0 ? summary(curve: curve(ticksPerHalfDistance: 5)) : .empty }

  package func summary(curve: [CurvePoint]) -> LatencySummary {
    LatencySummary(
      count: count, mean: mean, min: minimum, p50: milliseconds(atPercentile: 50), p75: milliseconds(atPercentile: 75),
      p90: milliseconds(atPercentile: 90), p95: milliseconds(atPercentile: 95), p99: milliseconds(atPercentile: 99),
      p999: milliseconds(atPercentile: 99.9), p9999: milliseconds(atPercentile: 99.99), p99999: milliseconds(atPercentile: 99.999), max: maximum,
      curve: curve)
  }

  /// The text of an `.hgrm` file, in milliseconds.
  package var percentileDistribution: String {
    var text = ""
    histogram.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: 1e6 / Double(Self.unit))
    // An empty histogram has no mean and no greatest value; HdrHistogram writes zeros.
    if count == 0 { text = text.replacing(/=( +)0\.000/) { "=\($0.1)  NaN" } }
    return text
  }
}
