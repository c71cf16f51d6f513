import Primitives
import Wire

/// What stops a consumer until the application decides.
public enum ConsumerError: Error, Equatable, Sendable {
  /// There is no position and `auto.offset.reset` is none: seek.
  case noPosition(TopicPartition)
  /// The log does not reach the position, and `auto.offset.reset` is none: seek.
  case offsetOutOfRange(TopicPartition, Offset)
  /// The log was truncated below the position (KIP-320), and `auto.offset.reset` is none: seek. What the application read above
  /// the divergence is no longer in the log.
  case logTruncated(LogTruncation)
  /// A batch does not have its checksum, or cannot be read. The position stays in front of it.
  case corruptBatch(TopicPartition, Offset, WireError)
  /// A broker refused a fetch, or a topic as a whole.
  case refused(TopicPartition?, topic: String, ErrorCode)
  /// `default.api.timeout.ms` went by.
  case timedOut
  /// A call asked for something that the broker is too old for.
  case unsupportedVersion(ApiKey)
  case closed
}

/// A log that no longer has what a consumer has read from it.
public struct LogTruncation: Equatable, Sendable {
  public let partition: TopicPartition
  /// The next record that the consumer would have asked for.
  public let position: Offset
  /// The first offset at which the log may differ from what was read; nil where the leader cannot say.
  public let divergence: Offset?
}
