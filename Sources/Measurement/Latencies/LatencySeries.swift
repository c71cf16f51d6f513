import Primitives

/// Latencies by window. They must be added in the order of their windows, so one histogram serves all.
package struct LatencySeries {
  /// The summaries, without their curves; complete after `finish`.
  package private(set) var summaries: [LatencySummary]
  private var current = 0
  private var histogram = LatencyHistogram()

  package init(count: Int) { summaries = Array(repeating: .empty, count: count) }

  @inline(__always)
  package mutating func record(_ latency: Duration, in window: Int) {
    if window != current {
      finish()
      current = window
    }
    histogram.record(latency)
  }

  /// Closes the last window.
  package mutating func finish() {
    guard histogram.count > 0 else { return }
    summaries[current] = histogram.summary(ticksPerHalfDistance: nil)
    histogram.removeAll()
  }
}
