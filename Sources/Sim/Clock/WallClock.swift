import Primitives

/// A wall clock against true time: ahead by a skew that jumps and drifts.
struct WallClock {
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
    self.skew = skew.nanoseconds
    driftingSince = now.nanoseconds
  }

  mutating func jump(by jump: Duration) { skew += jump.nanoseconds }

  mutating func setDrift(partsPerMillion: Int64, at now: Instant) {
    skew = offset(at: now)
    driftingSince = now.nanoseconds
    self.partsPerMillion = partsPerMillion
  }

  private func offset(at now: Instant) -> Int64 {
    if partsPerMillion == 0 { return skew }
    // Whole milliseconds first: nanoseconds times a rate leave 64 bits after a week.
    let elapsed = now.nanoseconds - driftingSince
    return skew + elapsed / 1_000_000 * partsPerMillion + elapsed % 1_000_000 * partsPerMillion / 1_000_000
  }
}
