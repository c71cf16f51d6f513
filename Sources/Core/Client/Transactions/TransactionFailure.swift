import Primitives
import Wire

/// Why a call of a transactional producer failed, and what the application can do about it.
public struct TransactionFailure: Error, Equatable, Sendable {
  /// How Kafka's producer classifies errors (KIP-588, KIP-691, KIP-1050).
  public enum Kind: Hashable, Sendable {
    /// Only a new producer helps: another one took over the transactional id, or the call was invalid.
    case fatal
    /// The transaction can only be aborted. The producer can continue afterwards.
    case abortable
    /// The call took longer than `max.block.ms` and is still in progress: repeating it waits again.
    case retriable
  }

  /// What a history may state about a commit that failed.
  public enum Outcome: Hashable, Sendable {
    /// No attempt has committed the transaction, and none can.
    case notCommitted
    /// At least one attempt may have, or still may.
    case unknown
  }

  public enum Reason: Equatable, Sendable {
    /// A broker answered with an error.
    case refused(ErrorCode, to: ApiKey, message: String? = nil)
    /// Records of the transaction failed.
    case recordsFailed(ProduceFailure.Reason)
    /// It is unknown which of the sent records are in the log.
    case unacknowledged
    /// An attempt to end the transaction got no response, and the producer takes a new epoch instead of asking again (`client.reinitOnTimeout`).
    case endUnanswered
    /// The call is invalid in the producer's current state; the text says why.
    case notAllowed(String)
    /// `max.block.ms` elapsed.
    case timedOut
    /// The broker supports no version of an API that can carry the request.
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

  /// A failure for a call that is invalid in the producer's current state.
  static func notAllowed(_ why: String) -> TransactionFailure { TransactionFailure(.fatal, .notCommitted, .notAllowed(why)) }

  static let noTransactionalID = notAllowed("a producer without a transactional.id has no transactions")
}

extension TransactionFailure: CustomStringConvertible {
  /// For people: Kafka's name of the error and the request that it answered.
  public var description: String {
    switch reason {
    case .refused(let code, let api, let message): message.map { "\(code) to \(api): \($0)" } ?? "\(code) to \(api)"
    case .recordsFailed(.refused(let code, let message)): message.map { "records were refused with \(code): \($0)" } ?? "records were refused with \(code)"
    case .recordsFailed(let reason): "records failed: \(reason.words)"
    case .unacknowledged: "it is unknown which of the records were written"
    case .endUnanswered: "there was no response to the end of the transaction"
    case .notAllowed(let why): why
    case .timedOut: "not completed within max.block.ms"
    case .unsupportedVersion(let api): "the broker is too old for \(api)"
    case .closed: "the producer was closed"
    }
  }
}
