/// What a transaction coordinator knows of the cluster.
public protocol ClusterOfTransactions: AnyObject {
  /// The finalized level of the feature `transaction.version`; 0 where there is none.
  var transactionVersion: Int16 { get }

  /// A producer id of those that the broker holds, which nobody else gets; nil where it holds none at the moment. The id goes without then, and gets its new producer id with
  /// its next InitProducerId.
  ///
  /// Time alone may need one: a transaction is aborted that is open for too long in the last epoch of its producer id (KAFKA-20090).
  func takeProducerID() -> Int64?
}
