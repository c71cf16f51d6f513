import Host
import Log
import Primitives
import Wire

extension QuorumReplica {
  /// Whether a snapshot is being written.
  public var isTakingSnapshot: Bool { snapshotTaking != nil }

  /// Begins to write a snapshot: one event for each thousand records or megabyte, so that the node does whatever else there is between them.
  ///
  /// Nothing happens where there is such a snapshot, one is being written, or the log begins behind it (`KafkaMetadataLog.createNewSnapshot`).
  ///
  /// - Parameters:
  ///   - endOffset: behind the last batch that is in the records; it is committed.
  ///   - epoch: of that batch.
  ///   - timestamp: when its leader appended that batch.
  ///   - nextRecord: gives what makes the metadata in an empty image, one record after another, and nil at the end.
  public func takeSnapshot(endOffset: Offset, epoch: LeaderEpoch, timestamp: Timestamp, nextRecord: @escaping () -> MetadataRecord?) {
    let id = SnapshotID(endOffset: endOffset, epoch: epoch)
    mustHold(endOffset <= nextDelivery, "\(words): a snapshot is to hold what is below \(endOffset), and records below \(nextDelivery) were handed over")
    guard !hasFailed, snapshotTaking == nil, !snapshots.contains(id), id.endOffset >= log.logStartOffset, id.endOffset <= highWatermark,
      position(of: id.endOffset, epoch: id.epoch) == .valid
    else { return }
    writing(id) { () throws in
      let taking = SnapshotTaking(try snapshots.makeWriter(id, reactor), nextRecord)
      snapshotTaking = taking
      try append([.snapshotHeader(timestamp)] + history.records(at: id.endOffset - 1).map { try $0.record }, to: taking)
      goOn(with: taking)
    }
  }

  /// Gives up the snapshot that is being written.
  func abandonSnapshot() {
    if snapshotTaking != nil { mark(.snapshotAbandoned) }
    snapshotTaking?.writer.discard()
    snapshotTaking = nil
  }

  private func goOn(with taking: SnapshotTaking) {
    reactor.after(.zero) { [unowned self] in
      guard snapshotTaking === taking, !hasFailed else { return }
      writing(taking.writer.id) { () throws in
        if try appendSlice(to: taking) { return goOn(with: taking) }
        try append([.snapshotFooter()], to: taking)
        taking.writer.finish { [unowned self] in finished(taking, $0) }
      }
    }
  }

  /// As many records as Kafka hands over at a time (`SnapshotEmitter`); there, what is handed over is joined to batches of up to 8 MiB. False where none are left.
  private func appendSlice(to taking: SnapshotTaking) throws -> Bool {
    var batch = RecordBatchBuilder(baseOffset: taking.nextOffset, leaderEpoch: taking.writer.id.epoch)
    let timestamp = reactor.wallClock
    while batch.recordCount < Self.sliceRecords, batch.sizeInBytes < Self.sliceBytes, let record = taking.nextRecord() {
      batch.append(timestamp: timestamp, key: nil, value: try record.encoded())
    }
    guard !batch.isEmpty else { return false }
    reactor.host.spend(.records(Int(batch.recordCount)))
    try append(batch.build(), count: Int64(batch.recordCount), to: taking)
    return true
  }

  private static let sliceRecords: Int32 = 1_024
  private static let sliceBytes = 1 << 20

  private func append(_ records: [ControlRecord], to taking: SnapshotTaking) throws {
    let batch = RecordBatch.controlBatch(records, timestamp: reactor.wallClock, baseOffset: taking.nextOffset, leaderEpoch: taking.writer.id.epoch)
    try append(batch.bytes, count: Int64(records.count), to: taking)
  }

  private func append(_ batch: Bytes, count: Int64, to taking: SnapshotTaking) throws {
    reactor.host.spend(.checksum(bytes: batch.count))
    reactor.host.spend(.copy(bytes: batch.count))
    try taking.writer.append(batch)
    taking.nextOffset = taking.nextOffset + count
  }

  private func finished(_ taking: SnapshotTaking, _ failure: DiskFailure?) {
    let id = taking.writer.id
    writing(id) { () throws in
      if let failure { throw failure }
      snapshotTaking = nil
      snapshots.add(id, size: taking.writer.sizeInBytes)
      history.forget(before: id.endOffset)
      reactor.host.report(.metadataSnapshotTaken(end: id.endOffset, epoch: id.epoch, bytes: taking.writer.sizeInBytes))
      watchRetention()
    }
  }

  /// A full disk keeps no replica from its work, as in Kafka; any other failure of the disk does.
  private func writing(_ id: SnapshotID, _ body: () throws -> Void) {
    do {
      try body()
    } catch {
      abandonSnapshot()
      let words = "the snapshot \(id.fileName) of the metadata cannot be written: \(error)"
      if (error as? DiskFailure)?.error == .noSpace { return reactor.host.report(.warning(words)) }
      fail(words)
    }
  }
}
