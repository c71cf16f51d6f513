import Coordination
import Primitives
import Transactions
import Wire

extension BrokerNode {
  /// What is committed of a transactional id that this broker coordinates: of one whose last records are not committed yet, and of one that it does not know, nil.
  public func transactionSnapshot(of transactionalID: String) -> DescribeTransactionsResponse.TransactionState? {
    guard let transactions = broker?.transactions else { return nil }
    let runtime = transactions.runtime
    guard let shard = runtime.settledShard(of: transactions.partition(of: transactionalID)) else { return nil }
    let state = shard.describe(transactionalID, at: runtime.time)
    return state.errorCode == .none ? state : nil
  }

  /// What is committed of all transactional ids of a partition of `__transaction_state`, in the order of the ids; nil if this broker does not coordinate them, and while their last
  /// records are not committed yet.
  public func transactionSnapshots(ofPartition partition: Int32) -> [DescribeTransactionsResponse.TransactionState]? {
    guard let runtime = broker?.transactions.runtime, let shard = runtime.settledShard(of: partition) else { return nil }
    return shard.transactions.keys.sorted().map { shard.describe($0, at: runtime.time) }.filter { $0.errorCode == .none }
  }

  /// What is committed of the transactional ids of a partition of `__transaction_state`, in lines and in a fixed order, and up to which offset: equal at two brokers that
  /// coordinated up to the same offset. nil if this broker does not coordinate them.
  public func committedTransactions(ofPartition partition: Int32) -> (upTo: Offset, lines: [String])? {
    broker?.transactions.runtime.committedState(of: partition)
  }
}
