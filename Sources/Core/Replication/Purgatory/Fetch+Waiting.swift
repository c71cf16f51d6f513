import Primitives
import Wire

// A fetch that waits for records, at most for its `max.wait`.
extension Fetch: DelayedOperation {
  /// Starts to wait for the targets' partitions.
  ///
  /// - Parameter number: Its position among all fetches that ever waited here: those that have waited longest are answered first.
  func wait(as number: Int) {
    self.number = number
    forgetRecords()
    switch session {
    case .none(let targets), .opening(let targets):
      for target in targets { target.partition?.fetchWatches.insert(self, for: target) }
    case .incremental(let session):
      session.wait(for: self)
    }
  }

  func expire() { complete() }

  /// The first partition with records behind the offset from which it reads; nil if there is none.
  var unread: (partition: TopicPartition, offsets: Range<Offset>)? {
    let targets: ContiguousArray<FetchTarget>
    switch session {
    case .none(let named), .opening(let named): targets = named
    case .incremental(let session): targets = session.targets
    }
    for target in targets {
      guard let partition = target.partition, let end = partition.endOffset(for: self), target.fetchOffset < end else { continue }
      return (partition.topicPartition, target.fetchOffset..<end)
    }
    return nil
  }

  /// Checks only the one partition in which an offset moved.
  func partitionMoved(_ target: FetchTarget) {
    guard !isDone else { return }
    guard let partition = target.partition, let end = partition.endOffset(for: self) else { return complete() }
    // The leader's log was truncated to below the fetch offset.
    if target.fetchOffset > end, parameters.isFromFollower {
      mark(.fetchWaitsWhenLogIsCut)
      return complete()
    }
    if parameters.isFromFollower, partition.hasHighWatermarkNews(for: target) { return complete() }
    guard target.fetchOffset < end else { return }
    guard parameters.minBytes > 1, let bytes = partition.readableBytes(for: target, upTo: end) else { return complete() }
    count(bytes, of: target)
    if readableBytes >= parameters.minBytes { complete() }
  }

  /// Answers with whatever there is now.
  func complete() {
    guard !isDone else { return }
    read(updatingFollower: false)
    forgetAbortedTransactions()
    answer()
  }
}
