import Primitives

/// What was consumed, to be committed with a transaction: partition, the offset of the next record, the leader epoch of the last one, and a text of the
/// application's.
public typealias TransactionalOffsets = [(partition: TopicPartition, offset: Offset, leaderEpoch: LeaderEpoch?, metadata: String)]
