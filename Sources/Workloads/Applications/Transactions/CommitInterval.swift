import Primitives

/// How much goes into one transaction, or between two offset commits: whichever limit is reached first.
public struct CommitInterval: Hashable, Sendable {
  /// The number of records.
  public var records: Int?
  /// The time since the first record.
  public var time: Duration?

  public init(records: Int? = nil, time: Duration? = nil) {
    self.records = records
    self.time = time
  }

  /// Whether `count` records, the first of which came at `begin`, fill the interval.
  func isReached(with count: Int, since begin: Instant, at now: Instant) -> Bool {
    records.map { count >= $0 } ?? false || time.map { now - begin >= $0 } ?? false
  }

  /// Commits after the records of each poll.
  public static let eachPoll = CommitInterval()
}
