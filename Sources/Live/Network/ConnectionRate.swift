import Primitives

/// The rate of new connections, and how long the next one has to wait if it is too high.
///
/// Kafka's measure with its defaults (`Rate`, `SampledStat`, `QuotaUtils`): eleven samples of a second each, where windows before the
/// start count as empty. A connection above the limit waits until the mean has come down, at most for one window.
struct ConnectionRate {
  private struct Sample {
    var start: Instant
    var last: Instant
    var count = 0
  }

  private static let window = Duration.seconds(1)
  private static let sampleCount = 11

  /// Connections per second.
  var limit: Int
  private var samples: [Sample] = []

  init(limit: Int) { self.limit = limit }

  /// Records a connection that comes now.
  ///
  /// - Returns: how long it has to wait.
  mutating func record(at now: Instant) -> Duration {
    guard limit < Int32.max else { return .zero }
    if let current = samples.last, now - current.start < Self.window {
      samples[samples.count - 1].count += 1
      samples[samples.count - 1].last = now
    } else {
      // One more than the number of samples: the oldest may overlap the start of the period.
      if samples.count > Self.sampleCount { samples.removeFirst() }
      samples.append(Sample(start: now, last: now, count: 1))
    }
    samples.removeAll { now - $0.last >= Self.window * Int64(Self.sampleCount) }
    return wait(at: now)
  }

  private func wait(at now: Instant) -> Duration {
    let count = samples.reduce(0) { $0 + $1.count }
    var elapsed = now - (samples.first?.start ?? now)
    let fullWindows = elapsed.nanoseconds / Self.window.nanoseconds
    elapsed += Self.window * max(0, Int64(Self.sampleCount) - 1 - fullWindows)
    guard limit > 0 else { return Self.window }
    // Wait until count / elapsed is down to the limit.
    let needed = Duration(nanoseconds: Int64(Double(count) / Double(limit) * 1e9))
    return max(.zero, min(needed - elapsed, Self.window))
  }
}
