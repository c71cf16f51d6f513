import Primitives

/// Hears what a consumer receives while it is started (`Consumer.start`), and what happens to its positions.
public protocol ConsumerDelegate: AnyObject {
  /// Records, never none. The next ones come after the call.
  func consumer(_ consumer: Consumer, received records: ConsumerRecords)
  /// An error that `poll` would have ended with. The consumer goes on.
  func consumer(_ consumer: Consumer, failed error: ConsumerError)
  /// A position moves on its own: there was none, or it was out of range.
  func consumer(_ consumer: Consumer, reset partition: TopicPartition, from former: Offset?, to position: Offset)
  /// A log lost what was read from it. With `auto.offset.reset` the consumer goes on from the divergence (KIP-320).
  func consumer(_ consumer: Consumer, found truncation: LogTruncation)

  // What happens in a group (`ConsumerRebalanceListener`). The rebalance goes on when `done` is called, which may be later: nothing is delivered before that.

  /// These partitions have come to those that the consumer had, perhaps none. It may seek in them.
  func consumer(_ consumer: Consumer, assigned partitions: [TopicPartition], done: @escaping () -> Void)
  /// These partitions go to other members. What was worked on can still be committed.
  func consumer(_ consumer: Consumer, revokes partitions: [TopicPartition], done: @escaping () -> Void)
  /// A request to commit these offsets leaves. It ends with one of the next two.
  func consumer(_ consumer: Consumer, commits offsets: [(partition: TopicPartition, offset: CommittedOffset)])
  /// It failed. It may have been carried out all the same, unless `isDefinite`.
  func consumer(_ consumer: Consumer, didNotCommit offsets: [(partition: TopicPartition, offset: CommittedOffset)], isDefinite: Bool)
  /// The coordinator has confirmed these offsets.
  func consumer(_ consumer: Consumer, committed offsets: [(partition: TopicPartition, offset: CommittedOffset)])
  /// These partitions were lost: others may have them already, and nothing can be committed for them.
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
