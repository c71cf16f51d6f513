import Primitives
import Wire

/// A fetch that waits for records, at most for its `max.wait`.
final class DelayedFetch: DelayedOperation {
  let fetch: Fetch
  /// Its place among all that ever waited here: those that wait longest are answered first.
  let number: Int
  private var completion: ((FetchResponse) -> Void)?
  /// What is known to be readable of all targets.
  private var readableBytes: Int

  init(_ fetch: Fetch, number: Int, completion: @escaping (FetchResponse) -> Void) {
    self.fetch = fetch
    self.number = number
    self.completion = completion
    readableBytes = fetch.readableBytes
  }

  var isDone: Bool { completion == nil }

  /// Begins to wait for the targets' partitions.
  func wait() {
    fetch.forgetRecords()
    switch fetch.session {
    case .none(let targets), .opening(let targets):
      for target in targets { target.partition?.fetchWatches.insert(self, for: target) }
    case .incremental(let session):
      session.wait(for: self)
    }
  }

  func expire() { complete() }

  /// Looks again at one partition of which an offset moved, and at nothing else.
  func partitionMoved(_ target: FetchTarget) {
    guard !isDone else { return }
    guard let partition = target.partition, let end = partition.endOffset(for: fetch.parameters) else { return complete() }
    // The leader's log was truncated below where the fetch stands.
    if target.fetchOffset > end, fetch.parameters.isFromFollower { return complete() }
    if fetch.parameters.isFromFollower, partition.hasHighWatermarkNews(for: target) { return complete() }
    guard target.fetchOffset < end else { return }
    guard fetch.parameters.minBytes > 1, let bytes = partition.readableBytes(for: target, upTo: end) else { return complete() }
    readableBytes += bytes - target.countedBytes
    target.countedBytes = bytes
    if readableBytes >= fetch.parameters.minBytes { complete() }
  }

  /// Answers with whatever there is now.
  func complete() {
    guard let completion else { return }
    self.completion = nil
    fetch.read(updatingFollower: false)
    fetch.forgetAbortedTransactions()
    let response = fetch.response()
    if case .incremental(let session) = fetch.session { session.doneWaiting(self) }
    completion(response)
  }
}
