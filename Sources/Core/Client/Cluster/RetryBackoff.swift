import Primitives

/// `retry.backoff.ms` doubling up to `retry.backoff.max.ms`, plus or minus 20 % (KIP-580).
struct RetryBackoff {
  let initial: Duration
  let maximum: Duration

  init(_ configuration: ConnectionConfiguration) {
    maximum = configuration.retryBackoffMax
    initial = min(configuration.retryBackoff, maximum)
  }

  /// The delay after a number of failed attempts, at least one.
  func delay(afterAttempts attempts: Int, _ random: inout RandomStream) -> Duration {
    var delay = initial
    for _ in 1..<max(attempts, 1) where delay < maximum { delay = min(maximum, delay * 2) }
    return random.between(delay * 4 / 5, delay * 6 / 5)
  }
}
