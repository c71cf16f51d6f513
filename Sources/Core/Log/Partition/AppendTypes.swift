import Primitives

/// The result of an append.
public struct AppendResult: Hashable, Sendable {
  /// Offset of the first record; for a duplicate, its original offset.
  public var baseOffset: Offset
  public var lastOffset: Offset
  /// The broker's clock if the topic uses LogAppendTime, otherwise `Timestamp.none`.
  public var logAppendTime: Timestamp
  public var logStartOffset: Offset
  /// The batch is already in the log; nothing was written.
  public var isDuplicate: Bool
  /// Bytes written. Less than what a follower passed if a batch of a newer leader epoch was left out.
  public var sizeInBytes: Int

  public init(
    baseOffset: Offset, lastOffset: Offset, logAppendTime: Timestamp = .none, logStartOffset: Offset, isDuplicate: Bool = false,
    sizeInBytes: Int
  ) {
    self.baseOffset = baseOffset
    self.lastOffset = lastOffset
    self.logAppendTime = logAppendTime
    self.logStartOffset = logStartOffset
    self.isDuplicate = isDuplicate
    self.sizeInBytes = sizeInBytes
  }
}

/// Where records for a leader's log come from, which decides what is checked.
public enum AppendOrigin: Sendable {
  /// A producer: exactly one batch, no control records, every record checked, sequences enforced.
  case client
  /// A coordinator on this broker: transaction markers and its own state.
  case coordinator
}

/// Complete batches read from a log, in one piece.
public struct LogSlice: Sendable {
  /// Shared with the disk's pieces if they lie in one piece, and in that case with the producer's own bytes.
  public var records: Bytes
  /// Base offset of the first batch, which may lie below the requested offset.
  public var baseOffset: Offset
  /// Offset after the last batch; the requested offset if there is none.
  public var nextOffset: Offset

  public static func empty(at offset: Offset) -> LogSlice { LogSlice(records: .empty, baseOffset: offset, nextOffset: offset) }

  public var isEmpty: Bool { records.isEmpty }
}

/// The offset found for a timestamp (ListOffsets).
public struct TimestampedOffset: Hashable, Sendable {
  public var offset: Offset
  public var timestamp: Timestamp
  /// Nil if the log has no epoch for the offset.
  public var leaderEpoch: LeaderEpoch?

  public init(offset: Offset, timestamp: Timestamp, leaderEpoch: LeaderEpoch?) {
    self.offset = offset
    self.timestamp = timestamp
    self.leaderEpoch = leaderEpoch
  }
}
