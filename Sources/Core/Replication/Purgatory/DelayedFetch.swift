import Host
import Primitives
import Wire

/// A fetch that waits for records, at most for its `max.wait`.
final class DelayedFetch: DelayedOperation {
  private let fetch: Fetch
  // Unsafe: the manager owns every partition and deadline that this waits for, and an ordinary unowned reference is counted at each use.
  private unowned(unsafe) let manager: ReplicaManager
  private var completion: ((FetchResponse) -> Void)?
  /// What is known to be readable, in the order of the fetch's targets. Kept only where more than one byte is asked for.
  private var readable: [Int] = []
  private var totalReadable = 0

  init(_ fetch: Fetch, manager: ReplicaManager, completion: @escaping (FetchResponse) -> Void) {
    self.fetch = fetch
    self.manager = manager
    self.completion = completion
  }

  var isDone: Bool { completion == nil }

  /// Begins to wait for the targets' partitions.
  func wait() {
    for (index, target) in fetch.targets.enumerated() {
      guard let partition = target.partition else { continue }
      let watch = FetchWatch(delayed: self, index: index)
      if fetch.parameters.isFromFollower {
        partition.followerFetchWatches.insert(watch)
      } else {
        partition.consumerFetchWatches.insert(watch)
      }
    }
    if fetch.parameters.minBytes > 1 {
      readable = [Int](repeating: 0, count: fetch.targets.count)
      for found in fetch.reads { readable[found.target] = found.read.records.count }
      totalReadable = readable.reduce(0, +)
    }
    manager.fetchDeadlines.insert(self, after: fetch.parameters.maxWait)
  }

  func expire() { complete() }

  /// Looks again at one partition of which an offset moved, and at nothing else.
  func partitionMoved(at index: Int) {
    guard !isDone else { return }
    let target = fetch.targets[index]
    guard let partition = target.partition, let end = partition.endOffset(for: fetch.parameters) else { return complete() }
    // The leader's log was truncated below where the fetch stands.
    if target.fetchOffset > end, fetch.parameters.isFromFollower { return complete() }
    if fetch.parameters.isFromFollower, partition.hasHighWatermarkNews(for: target) { return complete() }
    guard target.fetchOffset < end else { return }
    if readable.isEmpty { return complete() }
    guard let bytes = partition.readableBytes(for: target, upTo: end) else { return complete() }
    totalReadable += bytes - readable[index]
    readable[index] = bytes
    if totalReadable >= fetch.parameters.minBytes { complete() }
  }

  /// Answers with whatever there is now.
  func complete() {
    guard let completion else { return }
    self.completion = nil
    fetch.read(updatingFollower: false)
    completion(fetch.response())
  }
}
