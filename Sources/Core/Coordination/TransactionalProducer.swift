import Primitives

/// The producer in whose transaction a coordinator writes records: they count once the transaction is committed.
public struct TransactionalProducer: Hashable, Sendable {
  public var id: Int64
  public var epoch: Int16
  /// What the log requires if the records start the transaction on the partition.
  public var verification: TransactionVerification

  public init(id: Int64, epoch: Int16, verification: TransactionVerification = .notRequired) {
    self.id = id
    self.epoch = epoch
    self.verification = verification
  }
}
