import Primitives

/// Since when each of some things is seen in every look, for what is wrong once it lasts.
struct SeenSince<Thing: Hashable> {
  /// Only looked up.
  private var since: [Thing: Instant] = [:]
  private var sinceBefore: [Thing: Instant] = [:]

  /// Begins the next look: what is not seen in it is over.
  mutating func beginLook() {
    sinceBefore = since
    since = [:]
  }

  /// A thing is seen in the present look. Returns since when it is.
  mutating func see(_ thing: Thing, at now: Instant) -> Instant {
    let first = sinceBefore[thing] ?? now
    since[thing] = first
    return first
  }
}
