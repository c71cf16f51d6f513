import Primitives

/// Delays that double with each attempt up to a maximum, each changed by a random share in either direction.
struct ExponentialBackoff {
  let initial: Duration
  let maximum: Duration
  /// The largest random change, in percent of the delay.
  let jitterPercent: Int64

  func delay(afterFailures failures: Int, random: inout RandomStream) -> Duration {
    let base = min(maximum, initial * Int64(1 << min(failures, 20)))
    let jitter = Duration(nanoseconds: base.nanoseconds / 100 * jitterPercent)
    return random.between(base - jitter, base + jitter)
  }
}
