import Primitives
import Wire

/// What stops a consumer until the application decides.
public enum ConsumerError: Error, Equatable, Sendable {
  /// There is no position and `auto.offset.reset` is none: seek.
  case noPosition(TopicPartition)
  /// The position is outside the log, and `auto.offset.reset` is none: seek.
  case offsetOutOfRange(TopicPartition, Offset)
  /// The log was truncated below the position (KIP-320), and `auto.offset.reset` is none: seek. What the application read above
  /// the divergence is no longer in the log.
  case logTruncated(LogTruncation)
  /// A batch has a wrong checksum, or cannot be read. The position stays before it.
  case corruptBatch(TopicPartition, Offset, WireError)
  /// A broker refused a fetch, or a topic as a whole.
  case refused(TopicPartition?, topic: String, ErrorCode)
  /// `default.api.timeout.ms` elapsed.
  case timedOut
  /// The broker is too old for a call.
  case unsupportedVersion(ApiKey)
  /// Offsets of a group need a `group.id`.
  case noGroup
  /// The coordinator refuses the member, or its request.
  case groupRefused(ErrorCode)
  /// A commit came too late: the consumer was removed from its group, and its partitions may belong to others. It rejoins with the next poll.
  case notMember
  /// A commit came during a rebalance. Poll, and commit again.
  case rebalanceInProgress
  /// A commit failed this time. It may succeed if it is retried.
  case notCommitted(ErrorCode)
  case closed
}

extension ConsumerError {
  /// The partition that the error concerns; nil if there is none, or more than one.
  public var partition: TopicPartition? {
    switch self {
    case .noPosition(let partition), .offsetOutOfRange(let partition, _), .corruptBatch(let partition, _, _): partition
    case .logTruncated(let truncation): truncation.partition
    case .refused(let partition, _, _): partition
    case .timedOut, .unsupportedVersion, .noGroup, .groupRefused, .notMember, .rebalanceInProgress, .notCommitted, .closed: nil
    }
  }
}

extension ConsumerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noPosition(let partition): "\(partition) has no position to read from, and auto.offset.reset is none"
    case .offsetOutOfRange(let partition, let offset): "the log of \(partition) does not reach to offset \(offset)"
    case .logTruncated(let truncation): "the log of \(truncation.partition) was cut below offset \(truncation.position)"
    case .corruptBatch(_, let offset, let error): "the batch from offset \(offset) on cannot be read: \(error)"
    case .refused(let partition, let topic, let error): "the broker refuses \(partition?.description ?? topic): \(error)"
    case .timedOut: "default.api.timeout.ms elapsed"
    case .unsupportedVersion(let api): "the broker is too old for \(api)"
    case .noGroup: "the consumer has no group.id"
    case .groupRefused(let error): "the coordinator of the group refuses with \(error)"
    case .notMember: "the consumer is no longer in its group: others may own its partitions"
    case .rebalanceInProgress: "the group is rebalancing"
    case .notCommitted(let error): "offsets were not committed this time: \(error)"
    case .closed: "the consumer is closed"
    }
  }
}

/// A log that no longer contains what a consumer has read from it.
public struct LogTruncation: Equatable, Sendable {
  public let partition: TopicPartition
  /// The next record that the consumer would have requested.
  public let position: Offset
  /// The first offset at which the log may differ from what was read; nil if the leader does not know.
  public let divergence: Offset?
}
