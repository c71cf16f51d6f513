import Primitives

/// What an append waits for in a purgatory.
public struct WaitingAppend {
  /// In the order of the replicas' creation.
  public let partitions: [(partition: Partition, requiredOffset: Offset, isForSync: Bool)]
  /// When it is answered whatever has come; nil if no timer ends the wait.
  public let deadline: Instant?
}

/// A fetch that waits in its purgatory for something to read.
public struct WaitingFetch {
  /// When it is answered with whatever there is; nil if no timer ends the wait.
  public let deadline: Instant?
  /// The first partition with records that would satisfy it, and their offsets; nil if there is none.
  public let unread: (partition: TopicPartition, offsets: Range<Offset>)?

  init(_ fetch: Fetch, until deadline: Instant?) {
    self.deadline = deadline
    unread = fetch.parameters.minBytes > 1 ? nil : fetch.unread
  }
}

// For observers. They look at every waiting request, and change nothing.

extension ReplicaManager {
  /// What an append waits for, that of whose receiver it is true; nil if it does not wait.
  public func waitingAppend(for matches: (any AppendReceiver) -> Bool) -> WaitingAppend? { waitingAppend(in: partitions) { $0.answers(matches) } }

  /// What the first append in any of these partitions waits for; nil if none waits.
  public func waitingAppend(in names: [TopicPartition]) -> WaitingAppend? { waitingAppend(in: names.compactMap { partition(named: $0) }) { _ in true } }

  private func waitingAppend(in partitions: [Partition], where isIt: (DelayedProduce) -> Bool) -> WaitingAppend? {
    var waits: [(partition: Partition, requiredOffset: Offset, isForSync: Bool)] = []
    var delayed: DelayedProduce?
    for partition in partitions {
      for (watches, isForSync) in [(partition.produceWatches, false), (partition.syncWatches, true)] {
        guard let watch = watches.first(where: isIt) else { continue }
        delayed = delayed ?? watch.delayed
        waits.append((partition, watch.requiredOffset, isForSync))
      }
    }
    guard let delayed else { return nil }
    return WaitingAppend(partitions: waits, deadline: produceDeadlines.entries.first { $0.operation === delayed }?.deadline)
  }

  /// How a fetch waits; nil if it does not.
  public func waitingFetch(of client: any FetchAnswering) -> WaitingFetch? {
    if let entry = fetchDeadlines.entries.first(where: { $0.operation.answers(client) }) { return WaitingFetch(entry.operation, until: entry.deadline) }
    let fetches = sessions.all.lazy.compactMap(\.waiting) + partitions.lazy.compactMap { $0.fetchWatches.fetch(of: client) }
    return fetches.first { $0.answers(client) }.map { WaitingFetch($0, until: nil) }
  }

  /// The low watermark that DeleteRecords requests wait for in a partition; nil if none waits.
  public func awaitedLowWatermark(of partition: Partition) -> Offset? { partition.deleteRecordsWatches.map(\.target).max() }
}
