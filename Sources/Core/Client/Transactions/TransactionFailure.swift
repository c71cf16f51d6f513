import Primitives
import Wire

/// Why a call of a transactional producer failed, and what the application may do about it.
public struct TransactionFailure: Error, Equatable, Sendable {
  /// How Kafka's producer tells errors apart (KIP-588, KIP-691, KIP-1050).
  public enum Kind: Hashable, Sendable {
    /// Nothing helps but a new producer: another one took the transactional id over, or the call should never have been made.
    case fatal
    /// The transaction can only be aborted. The producer goes on afterwards.
    case abortable
    /// The call took longer than `max.block.ms` and still goes on: the same call waits for it again.
    case retriable
  }

  /// What a history may say of a commit that failed.
  public enum Outcome: Hashable, Sendable {
    /// No attempt can have committed the transaction, and none can any more.
    case notCommitted
    /// At least one attempt may have, or still may.
    case unknown
  }

  public enum Reason: Equatable, Sendable {
    /// A broker's answer.
    case refused(ErrorCode, to: ApiKey, message: String? = nil)
    /// Records of the transaction failed.
    case recordsFailed(ProduceFailure.Reason)
    /// Nobody knows which of the records that were sent stand in the log.
    case unacknowledged
    /// An attempt to end the transaction was not answered, and the producer takes a new epoch rather than asking again (`client.reinitOnTimeout`).
    case endUnanswered
    /// The call does not fit what the producer does: why.
    case notAllowed(String)
    /// `max.block.ms` went by.
    case timedOut
    /// The broker speaks no version of an API that the request can be written in.
    case unsupportedVersion(ApiKey)
    /// The producer was closed first.
    case closed
  }

  public let kind: Kind
  public let outcome: Outcome
  public let reason: Reason

  public init(_ kind: Kind, _ outcome: Outcome = .notCommitted, _ reason: Reason) {
    self.kind = kind
    self.outcome = outcome
    self.reason = reason
  }

  /// The call does not fit what the producer does.
  static func notAllowed(_ why: String) -> TransactionFailure { TransactionFailure(.fatal, .notCommitted, .notAllowed(why)) }

  static let noTransactionalID = notAllowed("a producer without a transactional.id has no transactions")
}

extension TransactionFailure: CustomStringConvertible {
  /// For people: Kafka's name of the error and what it was said to.
  public var description: String {
    switch reason {
    case .refused(let code, let api, let message): message.map { "\(code) to \(api): \($0)" } ?? "\(code) to \(api)"
    case .recordsFailed(.refused(let code, let message)): message.map { "records were refused with \(code): \($0)" } ?? "records were refused with \(code)"
    case .recordsFailed(let reason): "records failed: \(reason.words)"
    case .unacknowledged: "nobody knows which of the records are written"
    case .endUnanswered: "the end of the transaction was not answered"
    case .notAllowed(let why): why
    case .timedOut: "no end within max.block.ms"
    case .unsupportedVersion(let api): "the broker is too old for \(api)"
    case .closed: "the producer was closed"
    }
  }
}
