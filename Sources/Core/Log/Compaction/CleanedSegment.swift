import Host
import Primitives
import Wire

/// A segment that is being written to replace others, in files whose names end in `.cleaned`. It is not part of the log until
/// `PartitionLog.replaceSegments` puts it there.
final class CleanedSegment {
  let segment: LogSegment
  private let indexIntervalBytes: Int32
  private var lastEpoch = LeaderEpoch.unknown

  init(at baseOffset: Offset, in files: DirectoryFiles, now: Timestamp, indexIntervalBytes: Int32) throws(DiskFailure) {
    segment = try LogSegment(baseOffset: baseOffset, in: files, mark: LogNames.cleaned, now: now, rollJitter: .zero)
    try segment.create()
    self.indexIntervalBytes = indexIntervalBytes
  }

  var baseOffset: Offset { segment.baseOffset }

  /// Appends batches, which were checked when they were read, in one write. Refuses those that could never be found again: offsets that go back or
  /// are more than 31 bits beyond the segment's base offset, or positions beyond the largest file size.
  func append(_ batches: [RecordBatch]) throws(LogError) {
    var lowest = segment.nextOffset, size = segment.size
    for batch in batches {
      size += batch.sizeInBytes
      guard batch.baseOffset >= lowest, batch.partitionLeaderEpoch >= lastEpoch, segment.canHold(batch.lastOffset), size <= LogSegment.largestSize else {
        throw .conflict(
          path: segment.files.path(segment.name), reason: "the batch of offsets \(batch.baseOffset) to \(batch.lastOffset) does not fit behind what is there")
      }
      lowest = batch.nextOffset
      lastEpoch = batch.partitionLeaderEpoch
    }
    let bytes = batches.count == 1 ? batches[0].bytes : Bytes(joining: batches.map(\.bytes))
    try LogError.wrap { () throws(DiskFailure) in
      try segment.append(bytes, batches, indexIntervalBytes: indexIntervalBytes)
    }
  }

  func append(_ transaction: AbortedTransaction) throws(LogError) {
    try LogError.wrap { () throws(DiskFailure) in try segment.transactionIndex.append(transaction) }
  }

  /// Starts the syncs of all its files. Nothing may be appended afterwards.
  func finish() throws(DiskFailure) -> [DiskOperation] {
    try segment.becomeInactive()
    return segment.syncIndexes() + [segment.startSync()].compactMap { $0 }
  }

  /// Removes its files. Call it only when no operation on them is in progress.
  func discard() throws(DiskFailure) { try segment.remove() }
}
