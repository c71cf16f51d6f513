import Primitives

/// Divides a scenario into windows of equal length; the last one ends with the scenario.
package struct SeriesWindows {
  package let origin: Instant
  package let end: Instant
  package let length: Duration
  package let count: Int

  package init(origin: Instant, end: Instant, length: Duration) {
    precondition(length > .zero, "a window of the series takes time")
    self.origin = origin
    self.end = end
    self.length = length
    count = max(0, Int((end - origin + length - .nanoseconds(1)).nanoseconds / length.nanoseconds))
  }

  /// The same time in at most `limit` windows.
  package func coarsened(to limit: Int) -> SeriesWindows {
    count <= limit ? self : SeriesWindows(origin: origin, end: end, length: length * Int64((count + limit - 1) / limit))
  }

  /// nil before and after the scenario. An instant between two windows belongs to the later one, the end of the scenario to the last.
  @inline(__always)
  package func index(of instant: Instant) -> Int? {
    guard instant >= origin, instant <= end, count > 0 else { return nil }
    return min(Int((instant - origin).nanoseconds / length.nanoseconds), count - 1)
  }

  package func begin(of index: Int) -> Instant { origin + length * Int64(index) }
  package func end(of index: Int) -> Instant { min(begin(of: index + 1), end) }
  package func seconds(of index: Int) -> Double { (end(of: index) - begin(of: index)).seconds }
}
