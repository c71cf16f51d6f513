import Primitives

/// Consumed offsets to be committed with a transaction: partition, the offset of the next record, the leader epoch of the last one, and a text from
/// the application.
public typealias TransactionalOffsets = [(partition: TopicPartition, offset: Offset, leaderEpoch: LeaderEpoch?, metadata: String)]
