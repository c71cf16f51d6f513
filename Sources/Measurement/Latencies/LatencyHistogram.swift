import Histogram
import Primitives

/// Latencies counted in buckets of three significant digits, from 100 ns to an hour; longer ones count as an hour in the
/// percentiles. Count, sum, least and greatest are exact.
package struct LatencyHistogram {
  private static let unit: Int64 = 100
  private static let highest: Int64 = 3_600_000_000_000 / unit

  /// Values below this have a bucket each. Above it, every doubling of the value is cut into half as many buckets, as HdrHistogram does.
  private static let exactValues = 2_048

  /// By bucket; it ends with the highest bucket that was counted. Counting here costs a fifth of what HdrHistogram takes for it.
  private var counts: ContiguousArray<UInt32> = []
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
    let bucket = Self.bucket(of: Self.value(of: nanoseconds))
    if counts.count <= bucket { counts.append(contentsOf: repeatElement(0, count: bucket + 1 - counts.count)) }
    counts[bucket] += 1
  }

  /// In units.
  @inline(__always)
  private static func value(of nanoseconds: Int64) -> Int { Int(min(nanoseconds.saturatingAdding(unit / 2) / unit, highest)) }

  @inline(__always)
  private static func bucket(of value: Int) -> Int {
    let doublings = Int.bitWidth - exactValues.trailingZeroBitCount - (value | (exactValues - 1)).leadingZeroBitCount
    return doublings * (exactValues / 2) + value >> doublings
  }

  /// The lowest value that falls into a bucket.
  private static func lowestValue(of bucket: Int) -> Int {
    guard bucket >= exactValues else { return bucket }
    let doublings = bucket / (exactValues / 2) - 1
    return (bucket - doublings * (exactValues / 2)) << doublings
  }

  /// The latencies around some of them in ascending order.
  ///
  /// - Parameter ranks: where these stand in ascending order, from 0; not empty, and below `count`.
  /// - Returns: an interval in nanoseconds that holds them, and how many latencies are below it.
  func surroundings(of ranks: Range<Int>) -> (below: Int, interval: ClosedRange<Int64>) {
    var below = 0, first = 0
    while below + Int(counts[first]) <= ranks.lowerBound {
      below += Int(counts[first])
      first += 1
    }
    var last = first, upTo = below + Int(counts[first])
    while upTo < ranks.upperBound {
      last += 1
      upTo += Int(counts[last])
    }
    let lowest = Int64(Self.lowestValue(of: first)) * Self.unit - Self.unit / 2
    let end = Int64(Self.lowestValue(of: last + 1)) * Self.unit - Self.unit / 2
    return (below, lowest...(last + 1 < counts.count ? end - 1 : .max))
  }

  /// What was counted, for everything that is asked of it.
  private var histogram: Histogram<UInt32> {
    var histogram = Histogram<UInt32>(lowestDiscernibleValue: 1, highestTrackableValue: UInt64(Self.highest), numberOfSignificantValueDigits: .three)
    guard count > 0 else { return histogram }
    let lowest = Self.value(of: least), highest = Self.value(of: greatest)
    for bucket in counts.indices where counts[bucket] > 0 {
      // Its own least and greatest values are exact.
      let isLast = bucket == counts.count - 1
      histogram.record(UInt64(max(lowest, Self.lowestValue(of: bucket))), count: counts[bucket] - (isLast ? 1 : 0))
      if isLast { histogram.record(UInt64(highest)) }
    }
    return histogram
  }

  package mutating func removeAll() {
    guard count > 0 else { return }
    counts.removeAll(keepingCapacity: true)
    (count, sum, least, greatest) = (0, 0, .max, 0)
  }

  /// In milliseconds; nil if nothing was recorded.
  package var mean: Double? { count > 0 ? Double(sum) / Double(count) / 1e6 : nil }
  package var minimum: Double? { count > 0 ? Double(least) / 1e6 : nil }
  package var maximum: Double? { count > 0 ? Double(greatest) / 1e6 : nil }

  package func milliseconds(atPercentile percentile: Double) -> Double? { milliseconds(atPercentile: percentile, of: histogram) }

  private func milliseconds(atPercentile percentile: Double, of histogram: Histogram<UInt32>) -> Double? {
    count > 0 ? milliseconds(ofBucketValue: histogram.valueAtPercentile(percentile)) : nil
  }

  /// A bucket counts as its greatest value, but never as more than the greatest recorded value.
  private func milliseconds(ofBucketValue value: UInt64) -> Double {
    min(Double(value) * Double(Self.unit) / 1e6, Double(greatest) / 1e6)
  }

  /// The curve of values by percentile, with this number of points each time the distance to 100 halves.
  package func curve(ticksPerHalfDistance: Int) -> [CurvePoint] { curve(ticksPerHalfDistance: ticksPerHalfDistance, of: histogram) }

  private func curve(ticksPerHalfDistance: Int, of histogram: Histogram<UInt32>) -> [CurvePoint] {
    guard count > 0 else { return [] }
    return histogram.percentiles(ticksPerHalfDistance: ticksPerHalfDistance).map {
      CurvePoint(
        percentile: $0.percentileLevelIteratedTo, milliseconds: milliseconds(ofBucketValue: $0.value), count: Int($0.totalCountToThisValue))
    }
  }

  package var summary: LatencySummary { summary(ticksPerHalfDistance: 5) }

  /// - Parameter ticksPerHalfDistance: of the curve; nil for none.
  package func summary(ticksPerHalfDistance: Int?) -> LatencySummary {
    guard count > 0 else { return .empty }
    let histogram = histogram
    func percentile(_ percentile: Double) -> Double? { milliseconds(atPercentile: percentile, of: histogram) }
    return LatencySummary(
      count: count, mean: mean, min: minimum, p50: percentile(50), p75: percentile(75), p90: percentile(90), p95: percentile(95), p99: percentile(99),
      p999: percentile(99.9), p9999: percentile(99.99), p99999: percentile(99.999), max: maximum,
      curve: ticksPerHalfDistance.map { curve(ticksPerHalfDistance: $0, of: histogram) } ?? [])
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
