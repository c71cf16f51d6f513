import Primitives

/// A rate of records a second, exact to a millionth of a record.
public struct Rate: Hashable, Comparable, Sendable {
  /// Millionths of a record a second: 100 records a second are 100,000,000.
  public var microrecordsPerSecond: Int64

  public init(microrecordsPerSecond: Int64) { self.microrecordsPerSecond = microrecordsPerSecond }

  public static func perSecond(_ records: Int64) -> Rate { Rate(microrecordsPerSecond: records.saturatingMultiplied(by: 1_000_000)) }
  public static let zero = Rate(microrecordsPerSecond: 0)
  /// A record every nanosecond: time has no finer resolution.
  public static let highest = Rate.perSecond(1_000_000_000)

  public var recordsPerSecond: Double { Double(microrecordsPerSecond) / 1e6 }

  /// The rate times a fraction, rounded down; `highest` if that is exceeded.
  public func scaled(by numerator: Int64, over denominator: Int64) -> Rate {
    let scaled = Int128(microrecordsPerSecond) * Int128(numerator) / Int128(denominator)
    return Rate(microrecordsPerSecond: Int64(min(scaled, Int128(Self.highest.microrecordsPerSecond))))
  }

  /// The average time between two records of one of `parts` that share this rate, at most a year. The rate must not be zero.
  func interval(sharedBy parts: Int) -> Duration {
    // The limit keeps the sum of several times drawn around it within the clock's range.
    Duration(nanoseconds: Int64(min(UInt64(parts) * 1_000_000_000_000_000 / UInt64(microrecordsPerSecond), 365 * 86_400 * 1_000_000_000)))
  }

  public static func < (left: Rate, right: Rate) -> Bool { left.microrecordsPerSecond < right.microrecordsPerSecond }
}
