import Primitives

/// The end of a producer's transaction, as its coordinator reports it to the leaders of the partitions (WriteTxnMarkers).
public struct TransactionMarker: Hashable, Sendable {
  public var producerID: Int64
  /// With transaction version 2, one more than the epoch of the transaction's records (KIP-890).
  public var producerEpoch: Int16
  public var isCommit: Bool
  public var coordinatorEpoch: Int32
  /// The version whose rules apply to the epoch; 0 if the request does not state it (KIP-1228).
  public var transactionVersion: Int16

  public init(producerID: Int64, producerEpoch: Int16, isCommit: Bool, coordinatorEpoch: Int32, transactionVersion: Int16 = 0) {
    self.producerID = producerID
    self.producerEpoch = producerEpoch
    self.isCommit = isCommit
    self.coordinatorEpoch = coordinatorEpoch
    self.transactionVersion = transactionVersion
  }

  /// The control batch for a log.
  public func batch(timestamp: Timestamp) -> RecordBatch {
    .endTransaction(
      EndTransactionMarker(isCommit: isCommit, coordinatorEpoch: coordinatorEpoch), producerID: producerID, producerEpoch: producerEpoch, timestamp: timestamp)
  }
}
