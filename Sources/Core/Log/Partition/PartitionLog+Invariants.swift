import Host
import Primitives
import Wire

extension PartitionLog {
  /// Checks what must hold between two events, as long as the disk has not failed under the log.
  public func checkInvariants(_ check: inout InvariantCheck) {
    guard failure == nil, !isClosed else { return }
    let name = directory
    check.require(!segments.isEmpty, "\(name): the log has no segment")
    guard let first = segments.first, let last = segments.last else { return }
    check.require(last.nextOffset == logEndOffset, "\(name): the log ends at \(logEndOffset), and its active segment at \(last.nextOffset)")
    check.require(logStartOffset <= logEndOffset, "\(name): the log starts at \(logStartOffset), behind its end \(logEndOffset)")
    check.require(
      first.baseOffset <= logStartOffset, "\(name): the log starts at \(logStartOffset), before its first segment, which begins at \(first.baseOffset)")
    checkNeighbours(&check)
    check.each(of: segments) { segment, check in segment.checkInvariants(&check) }
    epochs.checkInvariants(&check, of: name, from: logStartOffset, to: logEndOffset)
    if check.isWhole { producers.checkInvariants(&check, of: name) }
    check.require(
      producers.endOffset <= logEndOffset, "\(name): the state of producers goes to \(producers.endOffset), and the log ends at \(logEndOffset)")
    check.requireOrder(of: snapshots, <) { "\(name): the producer snapshot at \($1) comes behind that at \($0)" }
    if let snapshot = snapshots.last {
      check.require(snapshot <= logEndOffset, "\(name): there is a producer snapshot at \(snapshot), and the log ends at \(logEndOffset)")
    }
    checkFlushing(&check)
  }

  /// Segments are ascending, and each starts where the previous one ends, unless the log knows the reason.
  private func checkNeighbours(_ check: inout InvariantCheck) {
    // Normally only the last two change.
    let looked = check.isWhole ? segments[...] : segments.suffix(2)
    for (former, next) in zip(looked, looked.dropFirst()) {
      check.require(
        former.nextOffset <= next.baseOffset,
        "\(directory): the segment at \(former.baseOffset) reaches \(former.nextOffset), and the next one begins at \(next.baseOffset)")
      check.require(
        former.nextOffset >= next.baseOffset || knownGaps.contains(next.baseOffset),
        "\(directory): nobody knows why no segment holds offsets \(former.nextOffset) to \(next.baseOffset)")
    }
  }

  private func checkFlushing(_ check: inout InvariantCheck) {
    check.require(flushedOffset <= logEndOffset, "\(directory): \(flushedOffset) offsets are synced, and the log ends at \(logEndOffset)")
    if let round = flushing.round {
      check.require(round.target <= logEndOffset, "\(directory): a sync goes to \(round.target), and the log ends at \(logEndOffset)")
      check.require(round.outstanding > 0, "\(directory): a round of syncs waits for none")
    } else {
      check.require(flushing.waiters.isEmpty, "\(directory): \(flushing.waiters.count) wait for a sync, and none is under way")
    }
    if let held = flushing.heldOffset {
      check.require(held <= logEndOffset, "\(directory): records from \(held) on wait for a sync, and the log ends at \(logEndOffset)")
      check.require(flushing.round != nil, "\(directory): records from \(held) on wait for a sync, and none is under way")
    }
    guard check.isWhole else { return }
    for segment in flushing.unsyncedSegments {
      check.require(segments.contains { $0 === segment }, "\(directory): the segment at \(segment.baseOffset) is to be synced, and is no part of the log")
    }
  }
}

// MARK: In the middle of an event

extension PartitionLog {
  /// States that nothing that the log keeps reaches beyond its end: its tail was just cut off.
  func requireCut() {
    let active = active
    mustHold(
      active.nextOffset == logEndOffset && logStartOffset <= logEndOffset && active.size == reactor.disk.size(of: active.file),
      "\(directory): it was cut and goes from \(logStartOffset) to \(logEndOffset); its last segment ends at \(active.nextOffset) with byte \(active.size) of "
        + "\(reactor.disk.size(of: active.file))")
    mustHold(
      epochs.latest.map { $0.startOffset < logEndOffset } ?? true,
      "\(directory): it was cut and ends at \(logEndOffset), and still knows that an epoch begins at \(epochs.latest?.startOffset ?? .unknown)")
    mustHold(
      !switches.reloadProducersAfterTruncation || producers.endOffset == logEndOffset && snapshots.last ?? 0 <= logEndOffset,
      "\(directory): it was cut and ends at \(logEndOffset); what is known of producers goes to \(producers.endOffset), their last snapshot to \(snapshots.last ?? 0)")
    mustHold(
      flushedOffset <= logEndOffset && flushing.round?.target ?? 0 <= logEndOffset && flushing.heldOffset ?? 0 <= logEndOffset,
      "\(directory): it was cut and ends at \(logEndOffset), and \(flushedOffset) offsets count as synced, soon \(flushing.round?.target ?? flushedOffset)")
    mustHold(
      flushing.unsyncedSegments.allSatisfy { segment in segments.contains { $0 === segment } }, "\(directory): it was cut, and a segment that is gone is to be synced")
  }

  /// States that what was loaded fits together, and that nothing counts as synced of which nobody knew that it was.
  ///
  /// - Parameter known: the recovery point that the last life left; nil where everything was synced.
  func requireLoaded(recoveryPoint known: Offset?) {
    mustHold(
      known.map { flushedOffset <= $0 } ?? (flushedOffset == logEndOffset),
      "\(directory): \(flushedOffset) offsets of \(logEndOffset) count as synced after a start, and \(known.map { "\($0)" } ?? "all") were")
    mustHold(
      logStartOffset <= logEndOffset && segments[0].baseOffset <= logStartOffset && active.nextOffset == logEndOffset,
      "\(directory): it was loaded from \(logStartOffset) to \(logEndOffset), and its segments go from \(segments[0].baseOffset) to \(active.nextOffset)")
    mustHold(
      producers.endOffset == logEndOffset && snapshots.last ?? 0 <= logEndOffset,
      "\(directory): it was loaded up to \(logEndOffset); what is known of producers goes to \(producers.endOffset), their last snapshot to \(snapshots.last ?? 0)")
    requireEpochs()
  }

  /// States that the epochs are in order and begin within the log.
  func requireEpochs() {
    let entries = epochs.entries
    mustHold(
      zip(entries, entries.dropFirst()).allSatisfy { $0.epoch < $1.epoch && $0.startOffset < $1.startOffset }
        && entries.first?.startOffset ?? logStartOffset >= logStartOffset && entries.last?.startOffset ?? 0 <= logEndOffset,
      "\(directory): it goes from \(logStartOffset) to \(logEndOffset), and its epochs begin at \(entries.map(\.startOffset)): \(entries.map(\.epoch))")
  }

  /// States that a new segment has what a later life needs: the state of producers where it begins, and a closed segment before it that will be synced.
  func requireRolled(from former: LogSegment?) {
    mustHold(
      snapshots.last == active.baseOffset && producers.endOffset == active.baseOffset,
      "\(directory): a segment begins at \(active.baseOffset), and the last snapshot of producers is that at \(snapshots.last.map { "\($0)" } ?? "no offset")")
    guard let former else { return }
    mustHold(
      former.nextOffset <= active.baseOffset && flushing.unsyncedSegments.contains { $0 === former },
      "\(directory): the segment from \(former.baseOffset) to \(former.nextOffset) was closed before \(active.baseOffset), and is not to be synced")
  }

  /// States that retention has taken nothing that is not committed, and has left no segment that it had to take.
  ///
  /// - Parameter former: the log start offset before.
  func requireRetained(_ highWatermark: Offset, from former: Offset) {
    let first = segments[0]
    mustHold(
      first.baseOffset <= logStartOffset && logStartOffset <= max(former, highWatermark),
      "\(directory): retention moved the start from \(former) to \(logStartOffset), with the high watermark \(highWatermark) and a first segment from \(first.baseOffset) on")
    guard segments.count > 1, segments[1].baseOffset <= highWatermark else { return }
    mustHold(
      segments[1].baseOffset > logStartOffset, "\(directory): it starts at \(logStartOffset), and retention left the segment from \(first.baseOffset) to \(segments[1].baseOffset)")
    guard configuration.cleanupPolicy.contains(.delete), let limit = configuration.retentionBytes else { return }
    let size = sizeInBytes
    mustHold(
      size - first.size <= limit, "\(directory): retention left \(size) bytes, and without the first segment, \(first.size) bytes, it still has the \(limit) that are to be kept")
  }

  /// States what the end of a transaction leaves: its producer has none open, and an abort is in the index.
  ///
  /// - Parameter opened: where the transaction began; nil if there was none.
  func requireEnded(_ marker: RecordBatch, from opened: Offset?) {
    guard let end = EndTransactionMarker(marker) else { return }
    let id = marker.producerID
    mustHold(
      producers[id]?.transactionStart == nil && !producers.ongoing.contains { $0.producerID == id },
      "\(directory): the transaction of producer \(id) was ended at \(marker.baseOffset), and is open")
    guard opened != nil, switches.listAbortedAcrossSegments, !end.isCommit else { return }
    mustHold(
      active.transactionIndex.entries.last?.lastOffset == marker.lastOffset,
      "\(directory): the transaction of producer \(id) was aborted at \(marker.lastOffset), and the transaction index does not say so")
  }
}

extension LogSegment {
  /// Everything that is added to a segment is stored relative to its base offset: `add` relies on the segment never ending before it.
  func checkInvariants(_ check: inout InvariantCheck) {
    check.require(baseOffset <= nextOffset, "\(path): the segment ends at \(nextOffset), before its base offset \(baseOffset)")
    check.require(size >= 0 && syncedSize <= size, "\(path): \(syncedSize) bytes are synced of \(size)")
    check.require(
      maxTimestamp.offset <= max(nextOffset, baseOffset), "\(path): the largest timestamp is that of offset \(maxTimestamp.offset), behind the end \(nextOffset)")
    if let entry = offsetIndex.entries.last {
      check.require(Int(entry.position) < size, "\(path): the offset index leads to byte \(entry.position) of \(size)")
    }
    if let entry = timeIndex.last {
      check.require(entry.offset < nextOffset, "\(path): the time index names offset \(entry.offset), and the segment ends at \(nextOffset)")
    }
    if let transaction = transactionIndex.entries.last {
      check.require(
        transaction.lastOffset < nextOffset, "\(path): the transaction index names offset \(transaction.lastOffset), and the segment ends at \(nextOffset)")
    }
    if let first = recent.entries.first, let last = recent.entries.last {
      check.require(first.baseOffset >= baseOffset, "\(path): a batch begins at \(first.baseOffset), before the base offset \(baseOffset)")
      check.require(
        last.nextOffset <= nextOffset && last.position < size, "\(path): a batch at byte \(last.position) ends at \(last.nextOffset), behind the end \(nextOffset)")
    }
    guard check.isWhole else { return }
    check.requireOrder(of: offsetIndex.entries, { $0.position < $1.position }) { "\(path): the offset index leads to byte \($1.position) after \($0.position)" }
    check.requireOrder(of: timeIndex.entries, { $0.timestamp < $1.timestamp }) { "\(path): the time index has \($1.timestamp) after \($0.timestamp)" }
    check.requireOrder(of: recent.entries, { $0.nextOffset <= $1.baseOffset && $0.position < $1.position }) {
      "\(path): a batch of offset \($1.baseOffset) at byte \($1.position) follows one that ends at \($0.nextOffset)"
    }
  }

  private var path: String { files.path(name) }
}

extension LeaderEpochCache {
  func checkInvariants(_ check: inout InvariantCheck, of name: String, from logStartOffset: Offset, to logEndOffset: Offset) {
    check.requireOrder(of: entries, { $0.epoch < $1.epoch && $0.startOffset < $1.startOffset }) {
      "\(name): epoch \($1.epoch) from \($1.startOffset) does not follow \($0.epoch) from \($0.startOffset)"
    }
    guard let first = entries.first, let last = entries.last else { return }
    check.require(first.epoch >= 0, "\(name): there is an epoch \(first.epoch)")
    check.require(first.startOffset >= logStartOffset, "\(name): epoch \(first.epoch) begins at \(first.startOffset), before the log start offset \(logStartOffset)")
    check.require(last.startOffset <= logEndOffset, "\(name): epoch \(last.epoch) begins at \(last.startOffset), behind the log end offset \(logEndOffset)")
  }
}

extension ProducerStates {
  func checkInvariants(_ check: inout InvariantCheck, of name: String) {
    check.requireOrder(of: ongoing, { $0.firstOffset <= $1.firstOffset }) {
      "\(name): the open transaction from \($1.firstOffset) stands behind that from \($0.firstOffset)"
    }
    check.requireOrder(of: unreplicated, { $0.firstOffset <= $1.firstOffset }) {
      "\(name): the transaction from \($1.firstOffset) stands behind that from \($0.firstOffset)"
    }
    for transaction in ongoing {
      let start = self[transaction.producerID]?.transactionStart
      check.require(
        start == transaction.firstOffset,
        "\(name): a transaction of producer \(transaction.producerID) is open from \(transaction.firstOffset); the producer knows of \(start.map { "\($0)" } ?? "none")")
    }
    let open = producers.values.count(where: { $0.transactionStart != nil })
    check.require(open == ongoing.count, "\(name): \(open) producers have a transaction open, and \(ongoing.count) are known")
    for transaction in unreplicated {
      check.require(
        transaction.lastOffset.map { transaction.firstOffset <= $0 && $0 < endOffset } ?? false,
        "\(name): a transaction from \(transaction.firstOffset) ended at \(transaction.lastOffset.map { "\($0)" } ?? "no offset"), of \(endOffset)")
    }
  }
}
