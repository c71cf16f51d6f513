/// Proves that a log was told about a producer before the coordinator verified its transaction (KIP-890).
///
/// A log hands out a guard when verification starts and drops it with the first batch of the transaction, and with the marker that ends one: what
/// was verified before the marker does not count after it. No two guards of a log are equal.
public struct VerificationGuard: Hashable, Sendable {
  public let number: UInt64

  public init(_ number: UInt64) { self.number = number }
}

/// What an append has to present if it would start a transaction on a partition.
public enum TransactionVerification: Hashable, Sendable {
  /// No verification: `transaction.partition.verification.enable` is off, or the batch belongs to no transaction.
  case notRequired
  /// The guard under which the coordinator was asked; nil if it was not asked, because the transaction was already open on the partition.
  case required(VerificationGuard?)
}
