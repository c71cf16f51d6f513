import Host
import Primitives
import Wire

extension CoordinatorRuntime {
  /// Replays the next records of a partition, and continues after other events had their turn (Kafka's `CoordinatorLoaderImpl`).
  ///
  /// Everything up to the end of the log counts as decided: an earlier leader wrote it, and this one must not contradict it. Records above the high
  /// watermark are committed later, like this leader's own decisions.
  func loadSlice(of partition: CoordinatorPartition<Shard>) {
    guard partition.state == .loading, !partition.isOver else { return }
    // If the leadership is over, the runtime is about to be informed.
    guard let bounds = log.bounds(of: partition.number) else {
      mark(.loadWithoutLeadership)
      return
    }
    guard partition.writtenOffset < bounds.end else { return began(partition) }
    do {
      let batches = try RecordBatch.splitting(try read(from: partition))
      guard !batches.isEmpty else { return fail(partition, "nothing is found at offset \(partition.writtenOffset)") }
      for batch in batches { try load(batch, into: partition, committedUpTo: bounds.highWatermark) }
    } catch {
      return fail(partition, error.words)
    }
    reactor.after(.zero) { [weak self, weak partition] in
      if let self, let partition { loadSlice(of: partition) }
    }
  }

  private func read(from partition: CoordinatorPartition<Shard>) throws(LoadFailure) -> Bytes {
    do {
      return try log.read(from: partition.writtenOffset, of: partition.number, maxBytes: configuration.loadBytes)
    } catch {
      throw LoadFailure(words: error.message ?? "\(error.code)")
    }
  }

  /// The state that a partition's committed records produce, read from its log in one go. Nil if it cannot be read. For inspection from outside:
  /// slow.
  func replayed(_ partition: CoordinatorPartition<Shard>) -> Shard? {
    guard let bounds = log.bounds(of: partition.number) else { return nil }
    var shard = makeShard(partition.number), offset = bounds.start
    do {
      while offset < partition.committedOffset {
        let batches = try RecordBatch.splitting(try log.read(from: offset, of: partition.number, maxBytes: configuration.loadBytes))
        guard let end = batches.last?.nextOffset, end > offset else { return nil }
        for batch in batches where batch.nextOffset > offset && batch.nextOffset <= partition.committedOffset {
          shard.replay(try CoordinatorBatch(batch, from: offset)) { _ in }
        }
        offset = end
      }
    } catch {
      return nil
    }
    return shard
  }

  private func load(
    _ stored: RecordBatch, into partition: CoordinatorPartition<Shard>, committedUpTo highWatermark: Offset
  ) throws(WireError) {
    // The batch that holds the offset may start before it.
    guard stored.nextOffset > partition.writtenOffset else { return }
    let batch = try CoordinatorBatch(stored, from: partition.writtenOffset)
    reactor.spend(.records(batch.records.count))
    partition.writtenOffset = stored.nextOffset
    if stored.nextOffset <= highWatermark, !partition.hasPending {
      replay(batch, into: &partition.committed, of: partition)
      partition.committedOffset = stored.nextOffset
      return
    }
    mark(.uncommittedRecordLoaded)
    if !partition.hasPending { partition.decided = partition.committed }
    replay(batch, into: &partition.decided, of: partition)
    partition.pending.append(CoordinatorPartition.Pending(endOffset: stored.nextOffset, change: .batch(batch), deadline: reactor.now, finish: nil))
  }

  private func fail(_ partition: CoordinatorPartition<Shard>, _ words: String) {
    mark(.coordinatorLoadFailed)
    partition.state = .failed
    reactor.report(.warning("the coordinator cannot load partition \(partition.number) of its topic: \(words)"))
  }
}

/// Why a partition's records could not be read.
private struct LoadFailure: Error {
  let words: String
}

extension Error {
  fileprivate var words: String { (self as? LoadFailure)?.words ?? "\(self)" }
}
