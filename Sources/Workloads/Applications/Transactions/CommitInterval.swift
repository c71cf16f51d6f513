import Primitives

/// How much goes into one transaction, or between two commits of offsets: what comes first.
public struct CommitInterval: Hashable, Sendable {
  /// So many records.
  public var records: Int?
  /// What comes within a time from the first record on.
  public var time: Duration?

  public init(records: Int? = nil, time: Duration? = nil) {
    self.records = records
    self.time = time
  }

  /// Whether so many records, the first of which came at an instant, are as much as goes together.
  func isReached(with count: Int, since begin: Instant, at now: Instant) -> Bool {
    records.map { count >= $0 } ?? false || time.map { now - begin >= $0 } ?? false
  }

  /// The records of each poll.
  public static let eachPoll = CommitInterval()
}
