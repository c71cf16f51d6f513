import Host
import Primitives
import Wire

extension PartitionLog {
  /// Checks that what the log keeps about its batches is what they say: bounds of segments, indexes, epochs, producers and aborted transactions. Reads all of its batches: for logs
  /// at rest, and for one that was just truncated or compacted.
  ///
  /// Ends at a batch that cannot be read, which its readers report.
  public func checkContents(_ check: inout InvariantCheck) {
    guard failure == nil, !isClosed, !isReplacingSegments, let first = segments.first else { return }
    // Compaction removes batches, and a log that lost some of them knows where.
    let isWhole = !configuration.cleanupPolicy.contains(.compact) && knownGaps.isEmpty
    var contents = LogContents(from: first.baseOffset)
    for segment in segments {
      guard (try? read(segment, into: &contents, isWhole: isWhole, &check)) == true else { return }
      if isWhole { segment.checkTransactions(&check, contents) }
    }
    checkProducers(&check, contents, isWhole: isWhole)
    guard isWhole else { return }
    check.require(contents.end == logEndOffset, "\(directory): its last batch ends at \(contents.end), and the log at \(logEndOffset)")
    // An epoch starts with a batch, or where the log does; one without records, at the end of the log.
    for entry in epochs.entries where entry.startOffset != epochsBegin && entry.startOffset > logStartOffset && entry.startOffset < logEndOffset {
      check.require(contents.hasStart(at: entry.startOffset), "\(directory): epoch \(entry.epoch) begins at \(entry.startOffset), where no batch begins")
    }
  }

  /// Checks a log whose tail was just cut off and that takes its records from a leader: it remembers no epoch that starts behind what is left.
  public func checkCut(_ check: inout InvariantCheck) {
    guard failure == nil, !isClosed, let last = epochs.latest else { return }
    check.require(
      last.startOffset < logEndOffset, "\(directory): it was truncated and ends at \(logEndOffset), and still knows that epoch \(last.epoch) begins at \(last.startOffset)")
  }

  /// Reads the batches of a segment. False where one cannot be read.
  private func read(_ segment: LogSegment, into contents: inout LogContents, isWhole: Bool, _ check: inout InvariantCheck) throws(LogError) -> Bool {
    var position = 0, indexes = IndexReader(of: segment)
    while position < segment.size {
      guard let batch = try segment.frame(at: position) else { return false }
      check.require(
        batch.baseOffset >= max(contents.end, segment.baseOffset) && batch.nextOffset <= segment.nextOffset,
        "\(directory): offsets \(batch.baseOffset) to \(batch.lastOffset) stand behind those before \(contents.end), in a segment from \(segment.baseOffset) to "
          + "\(segment.nextOffset)")
      if isWhole { check.require(batch.baseOffset <= contents.end, "\(directory): no batch holds the offsets from \(contents.end) to \(batch.baseOffset)") }
      checkEpoch(of: batch, &check)
      indexes.pass(batch, at: position, &check)
      contents.add(batch)
      if batch.producerID >= 0, let whole = try? RecordBatch(segment.read(at: position, count: batch.sizeInBytes)) { contents.add(whole) }
      position += batch.sizeInBytes
    }
    indexes.end(&check)
    return true
  }

  private func checkEpoch(of batch: BatchHeader, _ check: inout InvariantCheck) {
    guard batch.leaderEpoch.value >= 0, batch.lastOffset >= logStartOffset else { return }
    let known = epochs.epoch(at: max(batch.baseOffset, logStartOffset))
    if known == nil, let epochsBegin, batch.baseOffset < epochsBegin { return }
    check.require(
      known == batch.leaderEpoch,
      "\(directory): the batch at offset \(batch.baseOffset) is of epoch \(batch.leaderEpoch), and the log takes it for one of \(known.map { "epoch \($0)" } ?? "no epoch")")
  }
}
