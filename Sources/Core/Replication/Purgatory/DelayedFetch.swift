import Host
import Primitives
import Wire

/// A fetch that waits for records, at most for its `max.wait`.
final class DelayedFetch: WaitingFetch {
  let fetch: Fetch
  let number: Int
  // Unsafe: the manager owns every partition and deadline that this waits for, and an ordinary unowned reference is counted at each use.
  private unowned(unsafe) let manager: ReplicaManager
  private var completion: ((FetchResponse) -> Void)?
  /// What is known to be readable of all targets.
  private var readableBytes: Int

  init(_ fetch: Fetch, manager: ReplicaManager, completion: @escaping (FetchResponse) -> Void) {
    self.fetch = fetch
    self.manager = manager
    self.completion = completion
    number = manager.takeFetchNumber()
    readableBytes = fetch.readableBytes
  }

  var isDone: Bool { completion == nil }
  var origin: FetchParameters.Origin { fetch.parameters.origin }

  /// Begins to wait for the targets' partitions.
  func wait() {
    fetch.forgetRecords()
    manager.fetchDeadlines.insert(self, after: fetch.parameters.maxWait)
    switch fetch.session {
    case .none(let targets), .opening(let targets):
      for target in targets { target.partition?.fetchWatches.insert(FetchWatch(delayed: self, target: target)) }
    case .incremental(let session):
      session.wait(for: self)
    }
  }

  func expire() { complete() }

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

  func complete() {
    guard let completion else { return }
    self.completion = nil
    fetch.read(updatingFollower: false)
    let response = fetch.response()
    if case .incremental(let session) = fetch.session { session.doneWaiting(self) }
    completion(response)
  }
}
