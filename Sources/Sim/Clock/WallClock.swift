import Primitives

/// A wall clock against true time: ahead by a skew that jumps and drifts, by `farthest` at most.
struct WallClock {
  /// 146 years either way: with the years since 1970 and those of a run still within 64 bits of nanoseconds.
  private static let farthest: Int64 = 1 << 62

  private let origin: Int64
  private var skew: Int64 = 0
  private var partsPerMillion: Int64 = 0
  /// Since when the drift counts.
  private var driftingSince: Int64 = 0

  init(origin: Timestamp) { self.origin = origin.milliseconds * 1_000_000 }

  func reading(at now: Instant) -> Timestamp {
    // Rounded down also before 1970, where a jump may lead.
    let nanoseconds = origin + now.nanoseconds + offset(at: now)
    return Timestamp(milliseconds: nanoseconds >= 0 ? nanoseconds / 1_000_000 : (nanoseconds - 999_999) / 1_000_000)
  }

  mutating func setSkew(_ skew: Duration, at now: Instant) {
    self.skew = Self.bounded(Int128(skew.nanoseconds))
    driftingSince = now.nanoseconds
  }

  mutating func jump(by jump: Duration) { skew = Self.bounded(Int128(skew) + Int128(jump.nanoseconds)) }

  mutating func setDrift(partsPerMillion: Int64, at now: Instant) {
    skew = offset(at: now)
    driftingSince = now.nanoseconds
    self.partsPerMillion = partsPerMillion
  }

  private func offset(at now: Instant) -> Int64 {
    if partsPerMillion == 0 { return skew }
    let elapsed = Int128(now.nanoseconds - driftingSince)
    return Self.bounded(Int128(skew) + elapsed * Int128(partsPerMillion) / 1_000_000)
  }

  private static func bounded(_ skew: Int128) -> Int64 { Int64(max(-Int128(farthest), min(Int128(farthest), skew))) }
}
