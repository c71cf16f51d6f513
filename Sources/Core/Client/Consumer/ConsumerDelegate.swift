import Primitives

/// Receives what a started consumer reads (`Consumer.start`), and what happens to its positions.
public protocol ConsumerDelegate: AnyObject {
  /// Records, never empty. The next ones come after the call.
  func consumer(_ consumer: Consumer, received records: ConsumerRecords)
  /// An error that `poll` would have ended with. The consumer continues.
  func consumer(_ consumer: Consumer, failed error: ConsumerError)
  /// A position moved on its own: there was none, or it was out of range.
  func consumer(_ consumer: Consumer, reset partition: TopicPartition, from former: Offset?, to position: Offset)
  /// A log lost records that the consumer had read. With `auto.offset.reset` the consumer continues at the divergence (KIP-320).
  func consumer(_ consumer: Consumer, found truncation: LogTruncation)

  // Events in a group (`ConsumerRebalanceListener`). The rebalance continues when `done` is called, possibly later: nothing is delivered before that.

  /// These partitions, perhaps none, were added to the consumer's own. It may seek in them.
  func consumer(_ consumer: Consumer, assigned partitions: [TopicPartition], done: @escaping () -> Void)
  /// These partitions go to other members. Work on them can still be committed.
  func consumer(_ consumer: Consumer, revokes partitions: [TopicPartition], done: @escaping () -> Void)
  /// A request to commit these offsets is sent. One of the next two calls follows.
  func consumer(_ consumer: Consumer, commits offsets: [(partition: TopicPartition, offset: CommittedOffset)])
  /// The commit failed. It may have taken effect anyway, unless `isDefinite`.
  func consumer(_ consumer: Consumer, didNotCommit offsets: [(partition: TopicPartition, offset: CommittedOffset)], isDefinite: Bool)
  /// The coordinator has confirmed these offsets.
  func consumer(_ consumer: Consumer, committed offsets: [(partition: TopicPartition, offset: CommittedOffset)])
  /// These partitions were lost: others may already own them, and nothing can be committed for them.
  func consumer(_ consumer: Consumer, lost partitions: [TopicPartition], done: @escaping () -> Void)
}

extension ConsumerDelegate {
  public func consumer(_ consumer: Consumer, received records: ConsumerRecords) {}
  public func consumer(_ consumer: Consumer, failed error: ConsumerError) {}
  public func consumer(_ consumer: Consumer, reset partition: TopicPartition, from former: Offset?, to position: Offset) {}
  public func consumer(_ consumer: Consumer, found truncation: LogTruncation) {}
  public func consumer(_ consumer: Consumer, commits offsets: [(partition: TopicPartition, offset: CommittedOffset)]) {}
  public func consumer(_ consumer: Consumer, didNotCommit offsets: [(partition: TopicPartition, offset: CommittedOffset)], isDefinite: Bool) {}
  public func consumer(_ consumer: Consumer, committed offsets: [(partition: TopicPartition, offset: CommittedOffset)]) {}
  public func consumer(_ consumer: Consumer, assigned partitions: [TopicPartition], done: @escaping () -> Void) { done() }
  public func consumer(_ consumer: Consumer, revokes partitions: [TopicPartition], done: @escaping () -> Void) { done() }
  public func consumer(_ consumer: Consumer, lost partitions: [TopicPartition], done: @escaping () -> Void) { done() }
}
