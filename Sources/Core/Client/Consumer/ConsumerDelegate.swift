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
}

extension ConsumerDelegate {
  public func consumer(_ consumer: Consumer, received records: ConsumerRecords) {}
  public func consumer(_ consumer: Consumer, failed error: ConsumerError) {}
  public func consumer(_ consumer: Consumer, reset partition: TopicPartition, from former: Offset?, to position: Offset) {}
  public func consumer(_ consumer: Consumer, found truncation: LogTruncation) {}
}
