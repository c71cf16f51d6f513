import Primitives
import Wire

/// Why a record was not acknowledged, and whether it may be in the log anyway.
public struct ProduceFailure: Error, Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// The broker answered the last attempt with an error.
    case refused(ErrorCode, message: String?)
    /// `delivery.timeout.ms` elapsed.
    case deliveryTimedOut
    /// `request.timeout.ms` elapsed in the last attempt.
    case requestTimedOut
    /// The connection ended in the last attempt.
    case disconnected
    /// The response to the last attempt was unreadable or incomplete.
    case malformedResponse
    /// The broker supports no version of Produce that can carry this record.
    case unsupportedVersion
    /// `max.block.ms` elapsed before the metadata of the topic, or the requested partition, was known.
    case metadataUnavailable
    /// `max.block.ms` elapsed before `buffer.memory` had room.
    case bufferExhausted
    /// The record is larger than `max.request.size` or `buffer.memory` allow, in bytes.
    case recordTooLarge(size: Int, limit: Int)
    /// A custom partitioner chose a partition that the topic does not have.
    case noSuchPartition(Int32, count: Int)
    /// The producer was closed first.
    case closed
    /// A transactional producer accepts no records outside a transaction.
    case noTransaction
    /// The transaction was aborted before the record was sent.
    case transactionAborted
    /// The producer has an error that requires an abort, or a fatal one.
    case transactionFailed
  }

  /// What a history may state about the record (the hazard: an error that is mistaken for "not written").
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
  /// With acks=all a leader may append, wait for its followers and lose its leadership or the topic in the meantime (KAFKA-13574). It then returns an
  /// error that it can also return at once, so only errors from before the append are definite. With acks=1 every error about leadership is from
  /// before the append.
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
