import Primitives

/// How fast connections come, and how long the next one has to wait where that is faster than allowed.
///
/// Kafka's measure with its defaults (`Rate`, `SampledStat`, `QuotaUtils`): eleven samples of a second each, where windows that have not been
/// lived through count as empty ones. A connection above the limit waits as long as the mean needs to come down, at most for one window.
struct ConnectionRate {
  private struct Sample {
    var start: Instant
    var last: Instant
    var count = 0
  }

  private static let window = Duration.seconds(1)
  private static let sampleCount = 11

  /// Connections in a second.
  var limit: Int
  private var samples: [Sample] = []

  init(limit: Int) { self.limit = limit }

  /// Notes a connection that comes now.
  ///
  /// - Returns: how long it has to wait.
  mutating func record(at now: Instant) -> Duration {
    guard limit < Int32.max else { return .zero }
    if let current = samples.last, now - current.start < Self.window {
      samples[samples.count - 1].count += 1
      samples[samples.count - 1].last = now
    } else {
      // One more than the number of samples: the oldest may overlap the beginning of the time that is looked at.
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
    // count / elapsed is above the limit by so much that an elapsed time longer by the wait would bring it down to it.
    let needed = Duration(nanoseconds: Int64(Double(count) / Double(limit) * 1e9))
    return max(.zero, min(needed - elapsed, Self.window))
  }
}
