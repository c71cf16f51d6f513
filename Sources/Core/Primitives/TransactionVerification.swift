/// Says that a log was asked about a producer before its transaction was verified with the coordinator (KIP-890).
///
/// A log gives it out when the verification begins and forgets it with the first batch of the transaction, and with the marker that ends one: what was
/// verified before the marker begins nothing behind it. No two of a log are equal.
public struct VerificationGuard: Hashable, Sendable {
  public let number: UInt64

  public init(_ number: UInt64) { self.number = number }
}

/// What an append that would begin a transaction on a partition has to show.
public enum TransactionVerification: Hashable, Sendable {
  /// `transaction.partition.verification.enable` is off, or the batch belongs to no transaction.
  case notRequired
  /// The guard under which the coordinator was asked; nil where nobody asked it, because the transaction was under way on the partition.
  case required(VerificationGuard?)
}
