import Primitives

/// A wall clock against true time: ahead by a skew that jumps and drifts, by `farthest` at most.
struct WallClock {
  /// 146 years either way: with those of a run still within 64 bits of nanoseconds.
  private static var farthest: Int128 { 1 << 62 }

  private let origin: Timestamp
  private var skew = Duration.zero
  private var partsPerMillion: Int64 = 0
  /// Since when the drift counts.
  private var driftingSince = Instant.zero

  init(origin: Timestamp) { self.origin = origin }

  func reading(at now: Instant) -> Timestamp {
    let sinceOrigin = (now + offset(at: now)).nanoseconds
    // Rounded down also before the origin, where a jump may lead.
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
