import Log
import Primitives
import Wire

extension QuorumReplica {
  /// Where a new life could begin to read, the earliest first: nil is the first record of the log, where that still begins at offset 0; otherwise a snapshot with metadata.
  public var beginnings: [SnapshotID?] {
    let ids: [SnapshotID?] = snapshots.ids.filter { $0 != .bootstrap && $0.endOffset >= log.logStartOffset }
    return log.logStartOffset == 0 ? [nil] + ids : ids
  }

  /// Hands over what a new life would be given that begins there: the snapshot, and every committed batch behind it. Reads the disk. Throws a `LogError`, and what
  /// the closures throw.
  public func replay(from beginning: SnapshotID?, load: (CommittedSnapshot) throws -> Void, apply: (CommittedBatch) throws -> Void) throws {
    if let beginning { try load(snapshots.snapshot(beginning)) }
    var next = beginning?.endOffset ?? 0
    while next < nextDelivery {
      let slice = try log.read(from: next, upTo: nextDelivery, maxBytes: 1 << 20, minOneBatch: true)
      guard !slice.isEmpty else { return }
      for batch in try RecordBatch.splitting(slice.records) where batch.lastOffset >= next {
        next = batch.nextOffset
        try apply(try CommittedBatch(batch))
      }
    }
  }
}
