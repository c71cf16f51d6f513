/// A length of time in whole nanoseconds. Integer, so that no platform rounds it differently. Arithmetic saturates: what 64 bits cannot hold
/// (292 years) becomes `forever`, or its negative counterpart.
public struct Duration: Hashable, Comparable, Sendable {
  public var nanoseconds: Int64

  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable public static func nanoseconds(_ count: Int64) -> Duration { Duration(nanoseconds: count) }
  @inlinable public static func microseconds(_ count: Int64) -> Duration { Duration(nanoseconds: count.saturatingMultiplied(by: 1_000)) }
  @inlinable public static func milliseconds(_ count: Int64) -> Duration { Duration(nanoseconds: count.saturatingMultiplied(by: 1_000_000)) }
  @inlinable public static func seconds(_ count: Int64) -> Duration { Duration(nanoseconds: count.saturatingMultiplied(by: 1_000_000_000)) }
  @inlinable public static var zero: Duration { Duration(nanoseconds: 0) }
  /// Longer than any clock runs. Kafka writes it as the largest number of milliseconds.
  @inlinable public static var forever: Duration { Duration(nanoseconds: .max) }

  @inlinable public var milliseconds: Int64 { nanoseconds / 1_000_000 }
  @inlinable public var seconds: Double { Double(nanoseconds) / 1e9 }

  @inlinable public static func < (left: Duration, right: Duration) -> Bool { left.nanoseconds < right.nanoseconds }
  @inlinable
  public static func + (left: Duration, right: Duration) -> Duration { Duration(nanoseconds: left.nanoseconds.saturatingAdding(right.nanoseconds)) }
  @inlinable
  public static func - (left: Duration, right: Duration) -> Duration { Duration(nanoseconds: left.nanoseconds.saturatingSubtracting(right.nanoseconds)) }
  @inlinable
  public static func * (left: Duration, right: Int64) -> Duration { Duration(nanoseconds: left.nanoseconds.saturatingMultiplied(by: right)) }
  /// Divides. Division by zero is `forever`.
  @inlinable
  public static func / (left: Duration, right: Int64) -> Duration { Duration(nanoseconds: left.nanoseconds.saturatingDivided(by: right)) }
  @inlinable public static func += (left: inout Duration, right: Duration) { left = left + right }
}

/// A point on a node's monotonic clock, in nanoseconds since an origin that has no meaning outside this run. Arithmetic
/// saturates: what comes after the end of the clock is `distantFuture`.
public struct Instant: Hashable, Comparable, Sendable {
  public var nanoseconds: Int64

  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable public static var zero: Instant { Instant(nanoseconds: 0) }
  @inlinable public static var distantFuture: Instant { Instant(nanoseconds: .max) }

  @inlinable public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
  @inlinable
  public static func + (left: Instant, right: Duration) -> Instant { Instant(nanoseconds: left.nanoseconds.saturatingAdding(right.nanoseconds)) }
  @inlinable
  public static func - (left: Instant, right: Duration) -> Instant { Instant(nanoseconds: left.nanoseconds.saturatingSubtracting(right.nanoseconds)) }
  @inlinable
  public static func - (left: Instant, right: Instant) -> Duration { Duration(nanoseconds: left.nanoseconds.saturatingSubtracting(right.nanoseconds)) }
  @inlinable public static func += (left: inout Instant, right: Duration) { left = left + right }
}

/// A wall-clock reading as Kafka stores it: milliseconds since 1970. May be skewed, and may jump in either direction. Producers
/// choose it freely, so all of 64 bits occur; arithmetic saturates.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var milliseconds: Int64

  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Kafka's "no timestamp" (-1).
  public static let none = Timestamp(milliseconds: -1)

  @inlinable public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
  @inlinable
  public static func + (left: Timestamp, right: Duration) -> Timestamp { Timestamp(milliseconds: left.milliseconds.saturatingAdding(right.milliseconds)) }
  @inlinable
  public static func - (left: Timestamp, right: Duration) -> Timestamp { Timestamp(milliseconds: left.milliseconds.saturatingSubtracting(right.milliseconds)) }
  @inlinable
  public static func - (left: Timestamp, right: Timestamp) -> Duration { .milliseconds(left.milliseconds.saturatingSubtracting(right.milliseconds)) }
}

extension Duration: CustomStringConvertible {
  /// The shortest exact form with a unit, as scenario files write it: `1500ms`, `2s`, `250us`.
  public var description: String {
    if nanoseconds == 0 { return "0s" }
    if nanoseconds % 1_000_000_000 == 0 { return "\(nanoseconds / 1_000_000_000)s" }
    if nanoseconds % 1_000_000 == 0 { return "\(nanoseconds / 1_000_000)ms" }
    if nanoseconds % 1_000 == 0 { return "\(nanoseconds / 1_000)us" }
    return "\(nanoseconds)ns"
  }
}

extension Instant: CustomStringConvertible {
  /// Seconds with six digits after the point, such as `2.104500`.
  public var description: String {
    let microseconds = nanoseconds.magnitude / 1_000
    let fraction = String(microseconds % 1_000_000)
    return (nanoseconds < 0 ? "-" : "") + "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
  }
}
