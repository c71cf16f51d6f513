import Coordination
import Primitives
import Transactions
import Wire

extension BrokerNode {
  /// The committed state of a transactional id that this broker coordinates; nil if its last records are not committed yet, or this broker does not
  /// know it.
  public func transactionSnapshot(of transactionalID: String) -> DescribeTransactionsResponse.TransactionState? {
    guard let transactions = broker?.transactions else { return nil }
    let runtime = transactions.runtime
    guard let shard = runtime.settledShard(of: transactions.partition(of: transactionalID)) else { return nil }
    let state = shard.describe(transactionalID, at: runtime.time)
    return state.errorCode == .none ? state : nil
  }

  /// The committed state of all transactional ids in a partition of `__transaction_state`, in the order of the ids; nil if this broker does not
  /// coordinate them, or while their last records are not committed yet.
  public func transactionSnapshots(ofPartition partition: Int32) -> [DescribeTransactionsResponse.TransactionState]? {
    guard let runtime = broker?.transactions.runtime, let shard = runtime.settledShard(of: partition) else { return nil }
    return shard.transactions.keys.sorted().map { shard.describe($0, at: runtime.time) }.filter { $0.errorCode == .none }
  }

  /// The committed state of the transactional ids in a partition of `__transaction_state`, as lines in a fixed order, and the offset up to which it
  /// goes: equal at two brokers that coordinated up to the same offset. Nil if this broker does not coordinate them.
  public func committedTransactions(ofPartition partition: Int32) -> (upTo: Offset, lines: [String])? {
    broker?.transactions.runtime.committedState(of: partition)
  }
}
