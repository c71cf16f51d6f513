import Transactions

/// A cluster at a level of `transaction.version`, with a few producer ids in hand.
final class TestCluster: ClusterOfTransactions {
  var transactionVersion: Int16
  /// Handed out one by one.
  var producerIDs: [Int64] = []

  init(_ transactionVersion: Int16) { self.transactionVersion = transactionVersion }

  func takeProducerID() -> Int64? { producerIDs.isEmpty ? nil : producerIDs.removeFirst() }
}
