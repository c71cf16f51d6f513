import Primitives

/// A wall clock whose reading differs from true time by a skew that jumps and drifts, by `farthest` at most.
struct WallClock {
  /// 146 years in either direction: added to the time of a run, this still fits 64 bits of nanoseconds.
  private static var farthest: Int128 { 1 << 62 }

  private let origin: Timestamp
  private var skew = Duration.zero
  private var partsPerMillion: Int64 = 0
  /// When the current drift started.
  private var driftingSince = Instant.zero

  init(origin: Timestamp) { self.origin = origin }

  func reading(at now: Instant) -> Timestamp {
    let sinceOrigin = (now + offset(at: now)).nanoseconds
    // Round down before the origin too: a jump may lead there.
    return origin + .nanoseconds(sinceOrigin >= 0 ? sinceOrigin : sinceOrigin - 999_999)
  }

  mutating func setSkew(_ skew: Duration, at now: Instant) {
    self.skew = Self.bounded(Int128(skew.nanoseconds))
    driftingSince = now
  }

  mutating func jump(by jump: Duration) { skew = Self.bounded(Int128(skew.nanoseconds) + Int128(jump.nanoseconds)) }

  mutating func setDrift(partsPerMillion: Int64, at now: Instant) {
    skew = offset(at: now)
    driftingSince = now
    self.partsPerMillion = partsPerMillion
  }

  private func offset(at now: Instant) -> Duration {
    if partsPerMillion == 0 { return skew }
    let elapsed = Int128((now - driftingSince).nanoseconds)
    return Self.bounded(Int128(skew.nanoseconds) + elapsed * Int128(partsPerMillion) / 1_000_000)
  }

  private static func bounded(_ skew: Int128) -> Duration { .nanoseconds(Int64(max(-farthest, min(farthest, skew)))) }
}
