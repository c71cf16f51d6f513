/// What a transaction coordinator needs to know of the cluster.
public protocol ClusterOfTransactions: AnyObject {
  /// The finalized level of the feature `transaction.version`; 0 if there is none.
  var transactionVersion: Int16 { get }

  /// Takes one of the producer ids that the broker has reserved; nil if it has none at the moment. The transactional id then continues without one,
  /// and gets its new producer id with its next InitProducerId.
  ///
  /// Even a timeout may need one: a transaction that is open too long in the last epoch of its producer id is aborted (KAFKA-20090).
  func takeProducerID() -> Int64?
}
