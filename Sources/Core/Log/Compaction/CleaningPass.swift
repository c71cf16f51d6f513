import Host
import Primitives
import Wire

/// One cleaning of one log, in steps that each read at most one slice. First it learns the newest offset of each key in the dirty part; then it
/// rewrites every closed segment up to there and puts the new segments in place of the old ones (`Cleaner.doClean`).
///
/// A pass ends early if its log is truncated, closed or removed, if its disk fails, or if the topic is no longer compacted. What it has put in place
/// by then stays, but the log counts as no cleaner than before.
final class CleaningPass {
  enum Progress {
    /// This many bytes were read and written; there is more to do.
    case working(bytes: Int)
    /// The disk is making something durable, and calls `resume` afterwards.
    case waiting
    case ended(Ending)
  }

  enum Ending {
    case cleaned(Occurrence.Compaction)
    case interrupted
    case failed(LogError)
    /// The offset map does not even hold the first dirty batch.
    case mapIsTooSmall
  }

  enum Phase {
    case mapping
    case cleaning
    case swapping
    case swapped(Result<Bool, LogError>)
  }

  let log: PartitionLog
  let from: Offset
  let end: Offset
  let segments: [LogSegment]
  private let now: Timestamp
  private let truncations: Int
  private let compressor = Compressor()
  /// Called when the pass can continue after `waiting`.
  var resume: () -> Void = {}

  var phase = Phase.mapping
  var map: OffsetMap
  private var transactions: TransactionsOfPass
  /// The index of the segment that is being read: in `segments` while the map is built, afterwards in its group.
  private var segmentIndex = 0
  private var reader: SegmentReader?

  private var filter: BatchFilter?
  var groups: [[LogSegment]] = []
  var groupIndex = 0
  var cleaned: CleanedSegment?
  /// The last batch that was read of the group, as long as no batch of the group is kept.
  private var lastDropped: RecordBatch?
  private var counts = Occurrence.Compaction()

  init(_ cleanable: CleanableLog, map: OffsetMap, now: Timestamp) {
    log = cleanable.log
    from = cleanable.firstDirtyOffset
    end = cleanable.firstUncleanableOffset
    segments = log.segments.filter { $0.baseOffset < cleanable.firstUncleanableOffset }
    self.now = now
    truncations = cleanable.truncationCount
    self.map = map
    transactions = TransactionsOfPass(aborted: log.abortedTransactions(from: from, to: end))
    segmentIndex = max(0, segments.partitioningIndex { $0.baseOffset > cleanable.firstDirtyOffset } - 1)
    counts.from = from
  }

  /// Whether the log has changed since the pass started, so that the pass must end.
  var isInterrupted: Bool {
    log.failure != nil || log.isClosed || log.truncationCount != truncations || !log.configuration.cleanupPolicy.contains(.compact)
  }

  func step(sliceBytes: Int) -> Progress {
    do throws(LogError) {
      guard !isInterrupted else {
        mark(.compactionInterrupted)
        try discard()
        return .ended(.interrupted)
      }
      switch phase {
      case .mapping: return try mapNext(sliceBytes)
      case .cleaning: return try cleanNext(sliceBytes)
      case .swapping: return .waiting
      case .swapped(let result): return try goOn(after: result)
      }
    } catch {
      try? discard()
      return .ended(.failed(error))
    }
  }

  /// Removes written files that are no longer needed. Segments that are being put in place already belong to the log, and the next life cleans up the
  /// files of a closed log.
  func discard() throws(LogError) {
    if case .swapping = phase { return }
    guard let cleaned else { return }
    self.cleaned = nil
    guard log.failure == nil, !log.isClosed else { return cleaned.segment.close() }
    try log.discard([cleaned])
  }

  /// The next batches of a segment; none if the segment has none from an offset on.
  private func read(_ segment: LogSegment, from offset: Offset, _ sliceBytes: Int) throws(LogError) -> [RecordBatch] {
    mustHold(
      log.segments.dropLast().contains { $0 === segment }, "log cleaner, \(log.partition): it reads the segment at \(segment.baseOffset), which is no closed part of the log any more")
    return try log.perform { () throws(LogError) in
      var reader = if let reader { reader } else { try SegmentReader(segment, from: offset) }
      let batches = reader.isAtEnd ? [] : try reader.next(sliceBytes: sliceBytes)
      self.reader = reader
      return batches
    }
  }

  private var isSegmentRead: Bool { reader?.isAtEnd ?? true }

  // MARK: Building the offset map

  private func mapNext(_ sliceBytes: Int) throws(LogError) -> Progress {
    guard segmentIndex < segments.count else { return try beginCleaning() }
    let segment = segments[segmentIndex]
    var bytes = 0
    for batch in try read(segment, from: from, sliceBytes) {
      bytes += batch.sizeInBytes
      guard try map(batch, of: segment) else {
        mark(.offsetMapFull)
        return try beginCleaning()
      }
    }
    if isSegmentRead {
      reader = nil
      segmentIndex += 1
      // Offsets may have a gap before the next segment.
      map.advance(to: (segmentIndex < segments.count ? segments[segmentIndex].baseOffset : end) - Int64(1))
    }
    return .working(bytes: bytes)
  }

  /// Adds the records of a batch to the map. False if the map is full.
  private func map(_ batch: RecordBatch, of segment: LogSegment) throws(LogError) -> Bool {
    log.reactor.spend(.checksum(bytes: batch.sizeInBytes))
    if batch.isControl {
      _ = transactions.take(control: batch)
    } else if !transactions.isAborted(batch), batch.lastOffset >= from {
      guard try mapRecords(of: batch, in: segment) else { return false }
    }
    if batch.lastOffset >= from { map.advance(to: batch.lastOffset) }
    return true
  }

  private func mapRecords(of batch: RecordBatch, in segment: LogSegment) throws(LogError) -> Bool {
    do {
      let content = try batch.decompressedRecords(using: compressor)
      charge(batch, content)
      var cursor = RecordCursor(batch, content: content)
      while try cursor.next() {
        guard cursor.current.offset >= from, let key = cursor.current.key else { continue }
        guard map.put(key, cursor.current.offset) else { return false }
      }
      return true
    } catch {
      throw unreadable(batch, in: segment, error)
    }
  }

  private func charge(_ batch: RecordBatch, _ content: Bytes) {
    log.reactor.spend(.records(Int(batch.recordCount)))
    if batch.compression != .none { log.reactor.spend(.decompress(codec: batch.compression.rawValue, bytes: content.count)) }
  }

  private func unreadable(_ batch: RecordBatch, in segment: LogSegment, _ error: any Error) -> LogError {
    .damaged(path: segment.files.path(segment.name), reason: "the batch at offset \(batch.baseOffset): \(error)")
  }

  // MARK: Rewriting segments

  private func beginCleaning() throws(LogError) -> Progress {
    reader = nil
    let mapped = map.latestOffset + 1
    guard mapped > from else { return .ended(.mapIsTooSmall) }
    counts.to = mapped
    let below = segments.filter { $0.baseOffset < mapped }
    let next = below.count < segments.count ? segments[below.count].baseOffset : end
    groups = SegmentGroups(below, end: next, log.configuration).groups
    counts.segmentsBefore = below.count
    var producers: [Int64: BatchFilter.LastOfProducer] = [:]
    for state in log.producers.producers.values {
      producers[state.producerID] = BatchFilter.LastOfProducer(lastOffset: state.batches.last?.lastOffset, epoch: state.epoch)
    }
    filter = BatchFilter(
      map: map, now: now, deleteRetention: log.configuration.deleteRetention, end: end, producers: producers,
      aborted: log.abortedTransactions(from: segments[0].baseOffset, to: next), compressor: compressor, switches: log.switches)
    segmentIndex = 0
    phase = .cleaning
    return .working(bytes: 0)
  }

  private func cleanNext(_ sliceBytes: Int) throws(LogError) -> Progress {
    let group = groups[groupIndex]
    guard segmentIndex < group.count else { return try replace(group) }
    let segment = group[segmentIndex]
    let batches = try read(segment, from: segment.baseOffset, sliceBytes)
    let bytes = batches.reduce(0) { $0 + $1.sizeInBytes }
    counts.bytesBefore += bytes
    let written = try write(batches, of: segment, into: group[0].baseOffset)
    if isSegmentRead {
      reader = nil
      segmentIndex += 1
    }
    return .working(bytes: bytes + written)
  }

  /// Writes the batches that are kept. Returns their size in bytes.
  private func write(_ batches: [RecordBatch], of segment: LogSegment, into baseOffset: Offset) throws(LogError) -> Int {
    let reactor = log.reactor
    var kept: [RecordBatch] = [], aborted: [AbortedTransaction] = []
    for batch in batches {
      reactor.spend(.checksum(bytes: batch.sizeInBytes))
      reactor.spend(.records(Int(batch.recordCount)))
      let result: BatchFilter.Result
      do { result = try filter!.filter(batch) } catch { throw unreadable(batch, in: segment, error) }
      if let stays = result.batch { requireSame(stays, as: batch) }
      counts.recordsBefore += Int(batch.recordCount)
      counts.recordsAfter += result.recordsKept
      counts.tombstonesRemoved += result.tombstonesRemoved
      if let transaction = result.abortedTransaction { aborted.append(transaction) }
      guard let stays = result.batch else {
        lastDropped = batch
        continue
      }
      if result.isRewritten { charge(rewriting: stays, of: batch) }
      kept.append(stays)
    }
    guard !kept.isEmpty else { return 0 }
    let size = kept.reduce(0) { $0 + $1.sizeInBytes }
    let target = try cleanedSegment(at: baseOffset)
    reactor.spend(.copy(bytes: size))
    try log.perform { () throws(LogError) in
      try target.append(kept)
      for transaction in aborted { try target.append(transaction) }
    }
    counts.bytesAfter += size
    return size
  }

  /// States that a batch keeps its place and its producer, whatever it loses of its records.
  private func requireSame(_ stays: RecordBatch, as batch: RecordBatch) {
    mustHold(
      stays.baseOffset == batch.baseOffset && stays.nextOffset == batch.nextOffset && stays.partitionLeaderEpoch == batch.partitionLeaderEpoch
        && stays.producerID == batch.producerID && stays.producerEpoch == batch.producerEpoch && stays.lastSequence == batch.lastSequence,
      "log cleaner, \(log.partition): offsets \(batch.baseOffset) to \(batch.lastOffset) of producer \(batch.producerID) have become \(stays.baseOffset) to \(stays.lastOffset) of "
        + "producer \(stays.producerID)")
  }

  private func charge(rewriting batch: RecordBatch, of former: RecordBatch) {
    let reactor = log.reactor
    reactor.spend(.batches(1))
    if batch.compression != .none { reactor.spend(.compress(codec: batch.compression.rawValue, bytes: former.sizeInBytes)) }
    reactor.spend(.checksum(bytes: batch.sizeInBytes))
  }

  private func cleanedSegment(at baseOffset: Offset) throws(LogError) -> CleanedSegment {
    if let cleaned { return cleaned }
    let made = try log.perform { () throws(LogError) in
      try LogError.wrap { () throws(DiskFailure) in
        try CleanedSegment(at: baseOffset, in: log.files, now: log.reactor.wallClock, indexIntervalBytes: log.configuration.indexIntervalBytes)
      }
    }
    cleaned = made
    return made
  }

  // MARK: Replacing segments

  private func replace(_ group: [LogSegment]) throws(LogError) -> Progress {
    // A segment without a batch does not show its offsets, and the next life would remove it, so the header of the last batch is kept. Kafka leaves
    // an empty segment.
    if cleaned == nil, let lastDropped {
      mark(.compactionLeftNoRecord)
      try log.perform { () throws(LogError) in
        try cleanedSegment(at: group[0].baseOffset).append([lastDropped.emptied()])
      }
      counts.bytesAfter += BatchHeader.size
    }
    lastDropped = nil
    guard let cleaned, let index = log.segments.firstIndex(where: { $0 === group[group.count - 1] }), index + 1 < log.segments.count else {
      try discard()
      return .ended(.interrupted)
    }
    try log.replaceSegments(in: group[0].baseOffset..<log.segments[index + 1].baseOffset, by: [cleaned]) { [weak self] result in
      guard let self else { return }
      self.cleaned = nil
      phase = .swapped(result)
      resume()
    }
    phase = .swapping
    return .waiting
  }

  private func goOn(after result: Result<Bool, LogError>) throws(LogError) -> Progress {
    guard try result.get() else { return .ended(.interrupted) }
    counts.segmentsAfter += 1
    groupIndex += 1
    segmentIndex = 0
    guard groupIndex < groups.count else { return .ended(.cleaned(counts)) }
    phase = .cleaning
    return .working(bytes: 0)
  }
}
