import Primitives

/// Which offset ListOffsets should return.
public enum OffsetQuery: Hashable, Sendable {
  /// The log start offset.
  case earliest
  /// The high watermark; with read_committed the last stable offset.
  case latest
  /// The record with the largest timestamp (KIP-734).
  case maxTimestamp
  /// The first record that is not older than this timestamp.
  case timestamp(Timestamp)

  var code: Int64 {
    switch self {
    case .latest: -1
    case .earliest: -2
    case .maxTimestamp: -3
    case .timestamp(let timestamp): timestamp.milliseconds
    }
  }
}

/// A result of ListOffsets.
public struct OffsetAndTimestamp: Hashable, Sendable {
  public var offset: Offset
  /// `Timestamp.none` for the ends of a log.
  public var timestamp: Timestamp
  public var leaderEpoch: LeaderEpoch

  public init(offset: Offset, timestamp: Timestamp, leaderEpoch: LeaderEpoch) {
    self.offset = offset
    self.timestamp = timestamp
    self.leaderEpoch = leaderEpoch
  }
}
