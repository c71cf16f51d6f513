import Primitives
import Transactions

extension BrokerConfiguration {
  /// Settings of transactions, and of the topic that holds their state. All are read when a broker starts.
  static let transactionSettings: [Setting<BrokerConfiguration>] = [
    .milliseconds("transaction.abort.timed.out.transaction.cleanup.interval.ms", \.transactions.timeoutCheckInterval, in: 1 ... Int64(Int32.max), kind: .int),
    .milliseconds("transaction.max.timeout.ms", \.transactions.maxTimeout, in: 1 ... Int64(Int32.max), kind: .int),
    .milliseconds("transaction.remove.expired.transaction.cleanup.interval.ms", \.transactions.expiryCheckInterval, in: 1 ... Int64(Int32.max), kind: .int),
    .integer("transaction.state.log.load.buffer.size", \.transactionTopic.loadBufferSize, in: 1 ... .max),
    .integer("transaction.state.log.min.isr", \.transactionTopic.minInsyncReplicas, in: 1 ... .max),
    .integer("transaction.state.log.num.partitions", \.transactionTopic.partitionCount, in: 1 ... .max),
    .integer("transaction.state.log.replication.factor", \.transactionTopic.replicationFactor, in: 1 ... .max),
    .integer("transaction.state.log.segment.bytes", \.transactionTopic.segmentBytes, in: 1 ... .max),
    .boolean("transaction.two.phase.commit.enable", \.transactions.allowsTwoPhaseCommit),
    .milliseconds("transactional.id.expiration.ms", \.transactions.transactionalIDExpiration, in: 1 ... Int64(Int32.max), kind: .int),
  ]
}
