import Primitives

/// What an append did.
public struct AppendResult: Hashable, Sendable {
  /// Offset of the first record; for a duplicate, the one it got the first time.
  public var baseOffset: Offset
  public var lastOffset: Offset
  /// The broker's clock where the topic stamps records itself, else `Timestamp.none`.
  public var logAppendTime: Timestamp
  public var logStartOffset: Offset
  /// The batch is in the log already; nothing was written.
  public var isDuplicate: Bool
  /// Bytes written. Less than what was given to a follower where a batch of a newer leader epoch was left out.
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

/// Who hands records to a leader's log, which decides what is checked.
public enum AppendOrigin: Sendable {
  /// A producer: exactly one batch, no control records, every record looked at, sequences enforced.
  case client
  /// A coordinator of this broker: transaction markers and its own state.
  case coordinator
}

/// Whole batches read from a log, in one piece.
public struct LogSlice: Sendable {
  /// Shared with the disk's pieces where they lie in one, and with the producer's own bytes then.
  public var records: Bytes
  /// Base offset of the first batch, which may lie below the offset that was asked for.
  public var baseOffset: Offset
  /// Offset behind the last batch; the offset asked for where there is none.
  public var nextOffset: Offset

  public static func empty(at offset: Offset) -> LogSlice { LogSlice(records: .empty, baseOffset: offset, nextOffset: offset) }

  public var isEmpty: Bool { records.isEmpty }
}

/// Where a timestamp was found (ListOffsets).
public struct TimestampedOffset: Hashable, Sendable {
  public var offset: Offset
  public var timestamp: Timestamp
  /// Nil if the log knows no epoch for the offset.
  public var leaderEpoch: LeaderEpoch?

  public init(offset: Offset, timestamp: Timestamp, leaderEpoch: LeaderEpoch?) {
    self.offset = offset
    self.timestamp = timestamp
    self.leaderEpoch = leaderEpoch
  }
}
