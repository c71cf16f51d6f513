import Primitives
import Wire

/// Why a record was not acknowledged, and whether it may be in the log all the same.
public struct ProduceFailure: Error, Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// A broker's answer to the last attempt.
    case refused(ErrorCode, message: String?)
    /// `delivery.timeout.ms` went by.
    case deliveryTimedOut
    /// `request.timeout.ms` went by in the last attempt.
    case requestTimedOut
    /// The connection ended in the last attempt.
    case disconnected
    /// The last attempt was answered with something unreadable or incomplete.
    case malformedResponse
    /// The broker speaks no version of Produce that this record can be written in.
    case unsupportedVersion
    /// `max.block.ms` went by before the metadata of the topic, or the partition asked for, was known.
    case metadataUnavailable
    /// `max.block.ms` went by before `buffer.memory` had room.
    case bufferExhausted
    /// The record is larger than `max.request.size` or `buffer.memory` allow, in bytes.
    case recordTooLarge(size: Int, limit: Int)
    /// A custom partitioner chose a partition that the topic does not have.
    case noSuchPartition(Int32, count: Int)
    /// The producer was closed first.
    case closed
    /// A transactional producer takes no record outside of a transaction.
    case noTransaction
    /// The transaction was aborted before the record was sent.
    case transactionAborted
    /// The producer is in an error that must be answered with an abort, or in one that nothing helps against.
    case transactionFailed
  }

  /// What a history may say of the record (hazard: an error that was taken for "not written").
  public enum Outcome: Equatable, Sendable {
    /// No attempt can have left the record in the log.
    case notWritten
    /// At least one attempt may have written it, and it may still appear.
    case unknown
  }

  public let reason: Reason
  public let outcome: Outcome

  public init(_ reason: Reason, _ outcome: Outcome) {
    self.reason = reason
    self.outcome = outcome
  }
}

extension ErrorCode {
  /// Whether a leader that answers Produce with this error has certainly not appended the batch.
  ///
  /// With acks=all a leader may append, wait for its followers and lose its leadership or the topic meanwhile (KAFKA-13574). It
  /// then gives an error that it would also give at once, so only errors from before the append are definite. With acks=1 every
  /// answer about leadership is from before the append.
  func meansNotAppended(with acks: Acknowledgement) -> Bool {
    switch self {
    case .messageTooLarge, .recordListTooLarge, .corruptMessage, .invalidRecord, .invalidTimestamp, .unsupportedCompressionType,
      .unsupportedForMessageFormat, .notEnoughReplicas, .invalidRequiredAcks, .topicAuthorizationFailed, .clusterAuthorizationFailed,
      .invalidTopicException, .policyViolation, .unsupportedVersion, .invalidRequest, .invalidProducerEpoch, .transactionalIdAuthorizationFailed,
      .outOfOrderSequenceNumber, .unknownProducerId, .producerFenced, .invalidTxnState, .invalidProducerIdMapping, .concurrentTransactions,
      .transactionAbortable:
      true
    case .notLeaderOrFollower, .unknownTopicOrPartition, .unknownTopicId, .leaderNotAvailable:
      acks == .leader
    default:
      false
    }
  }
}
