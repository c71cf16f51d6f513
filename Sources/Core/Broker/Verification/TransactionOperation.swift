/// What a producer's request asks of its transaction's coordinator, depending on the request's version (Kafka's `TransactionSupportedOperation`).
enum TransactionOperation {
  /// The coordinator is asked whether the partition belongs to the transaction. The producer does not understand TRANSACTION_ABORTABLE.
  case verification
  /// The same for a producer that understands TRANSACTION_ABORTABLE (KIP-890, KIP-1050).
  case abortableVerification
  /// The partition is added to the transaction: the producer uses transaction version 2.
  case addition

  init(produceVersion version: Int16) { self = version > 11 ? .addition : version > 10 ? .abortableVerification : .verification }

  init(txnOffsetCommitVersion version: Int16) { self = version > 4 ? .addition : version > 3 ? .abortableVerification : .verification }
}
