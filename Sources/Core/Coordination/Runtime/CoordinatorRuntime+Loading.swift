import Host
import Primitives
import Wire

extension CoordinatorRuntime {
  /// Replays the next records of a partition, and goes on after other events had their turn (Kafka's `CoordinatorLoaderImpl`).
  ///
  /// Everything up to the end of the log counts as decided: a former leader wrote it, and this one must not contradict it. What lies above the high watermark
  /// is committed later, as what this leader decides.
  func loadSlice(of partition: CoordinatorPartition<Shard>) {
    guard partition.state == .loading, !partition.isOver else { return }
    // A leadership that is over is told of in a moment.
    guard let bounds = log.bounds(of: partition.number) else { return }
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

  /// The state that the committed records of a partition make, read from its log in one go. nil where it cannot be read. For looking from outside: slow.
  func replayed(_ partition: CoordinatorPartition<Shard>) -> Shard? {
    guard let bounds = log.bounds(of: partition.number) else { return nil }
    var shard = makeShard(partition.number), offset = bounds.start
    do {
      while offset < partition.committedOffset {
        let batches = try RecordBatch.splitting(try log.read(from: offset, of: partition.number, maxBytes: configuration.loadBytes))
        guard let end = batches.last?.nextOffset, end > offset else { return nil }
        for batch in batches where batch.nextOffset > offset && batch.nextOffset <= partition.committedOffset {
          if batch.isControl {
            if let committed = try batch.endsTransaction() { shard.transactionEnded(of: batch.producerID, committed: committed) }
          } else {
            for record in try batch.coordinatorRecords(from: offset) { try? shard.replay(record, from: batch.isTransactional ? batch.producerID : -1) }
          }
        }
        offset = end
      }
    } catch {
      return nil
    }
    return shard
  }

  private func load(
    _ batch: RecordBatch, into partition: CoordinatorPartition<Shard>, committedUpTo highWatermark: Offset
  ) throws(WireError) {
    // The batch that holds the offset may begin before it.
    guard batch.nextOffset > partition.writtenOffset else { return }
    var records: [CoordinatorRecord] = []
    var transactionEnd: Bool?
    let producerID = batch.isTransactional ? batch.producerID : -1
    if batch.isControl {
      transactionEnd = try batch.endsTransaction()
    } else {
      records = try batch.coordinatorRecords(from: partition.writtenOffset)
    }
    reactor.host.spend(.records(records.count))
    partition.writtenOffset = batch.nextOffset
    if batch.nextOffset <= highWatermark, !partition.hasPending {
      for record in records { replay(record, from: producerID, into: &partition.committed, of: partition) }
      if let transactionEnd { partition.committed.transactionEnded(of: batch.producerID, committed: transactionEnd) }
      partition.committedOffset = batch.nextOffset
      return
    }
    if !partition.hasPending { partition.decided = partition.committed }
    for record in records { replay(record, from: producerID, into: &partition.decided, of: partition) }
    if let transactionEnd { partition.decided.transactionEnded(of: batch.producerID, committed: transactionEnd) }
    partition.pending.append(CoordinatorPartition.Pending(
      endOffset: batch.nextOffset, records: records, producerID: transactionEnd == nil ? producerID : batch.producerID, endsTransaction: transactionEnd,
      deadline: reactor.now, finish: nil))
  }

  private func fail(_ partition: CoordinatorPartition<Shard>, _ words: String) {
    partition.state = .failed
    reactor.host.report(.warning("the coordinator cannot load partition \(partition.number) of its topic: \(words)"))
  }
}

/// Why a partition's records could not be read.
private struct LoadFailure: Error {
  let words: String
}

extension Error {
  fileprivate var words: String { (self as? LoadFailure)?.words ?? "\(self)" }
}

extension RecordBatch {
  /// Whether the marker of this control batch commits a transaction or aborts it; nil where it ends none.
  fileprivate func endsTransaction() throws(WireError) -> Bool? {
    for record in try controlRecords() {
      if let marker = try EndTransactionMarker(record) { return marker.isCommit }
    }
    return nil
  }

  fileprivate func coordinatorRecords(from offset: Offset) throws(WireError) -> [CoordinatorRecord] {
    var cursor = try RecordCursor(self)
    var records: [CoordinatorRecord] = []
    records.reserveCapacity(Int(recordCount))
    while try cursor.next() {
      guard cursor.current.offset >= offset, let key = cursor.current.key else { continue }
      records.append(CoordinatorRecord(key: key, value: cursor.current.value))
    }
    return records
  }
}
