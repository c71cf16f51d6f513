import Host
import Primitives
import Wire

/// A part of a partition's log: one file of consecutive complete batches, and its indexes.
///
/// The file always holds complete batches with ascending offsets up to `size`. It may only be changed at its end, by appending or by cutting off.
final class LogSegment {
  let baseOffset: Offset
  let name: String
  let files: DirectoryFiles
  let file: FileID
  let created: Timestamp
  /// Subtracted from `segment.ms`, so that the segments of many partitions do not roll at the same instant.
  let rollJitter: Duration

  /// Size of the log file in bytes.
  private(set) var size = 0
  /// Offset after the last batch; the base offset of an empty segment.
  private(set) var nextOffset: Offset
  /// The largest timestamp so far, and the last offset of its batch.
  private(set) var maxTimestamp: (timestamp: Timestamp, offset: Offset)
  /// The largest timestamp of the first batch, from which the segment's age counts.
  private(set) var firstTimestamp: Timestamp?

  var offsetIndex: OffsetIndex
  var timeIndex: TimeIndex
  var transactionIndex: TransactionIndex
  private(set) var recent = RecentBatches()
  /// Where the last read ended: a consumer that is catching up continues there.
  private var lastReadEnd: (offset: Offset, position: Int)?

  /// How much of the file is known to be on the platter. The directory is responsible for the file's name.
  private(set) var syncedSize = 0
  /// How much a running sync will have made durable. A truncation in the meantime lowers it: what is appended afterwards is not part of that sync.
  private var syncingSize = 0
  /// The file was cut to less than a sync may have made durable.
  private var isCutUnsynced = false

  /// Opens a segment's file, or creates it. `load` or `recover` then determines what it holds. `mark` is the suffix of the file names of a segment
  /// that is not part of the log yet.
  init(baseOffset: Offset, in files: DirectoryFiles, mark: String = "", now: Timestamp, rollJitter: Duration) throws(DiskFailure) {
    self.baseOffset = baseOffset
    self.files = files
    self.rollJitter = rollJitter
    created = now
    name = LogNames.file(baseOffset, LogNames.log) + mark
    nextOffset = baseOffset
    maxTimestamp = (.none, baseOffset)
    offsetIndex = OffsetIndex(baseOffset: baseOffset, in: files, mark: mark)
    timeIndex = TimeIndex(baseOffset: baseOffset, in: files, mark: mark)
    transactionIndex = TransactionIndex(baseOffset: baseOffset, in: files, mark: mark)
    file = try files.open(name, creating: true)
  }

  /// The same segment after its files were renamed to become part of the log. It is fully synced, and the previous object is closed.
  init(renamed former: LogSegment) throws(DiskFailure) {
    baseOffset = former.baseOffset
    files = former.files
    rollJitter = former.rollJitter
    created = former.created
    name = LogNames.file(baseOffset, LogNames.log)
    size = former.size
    nextOffset = former.nextOffset
    maxTimestamp = former.maxTimestamp
    firstTimestamp = former.firstTimestamp
    offsetIndex = former.offsetIndex
    offsetIndex.file = OffsetIndex(baseOffset: baseOffset, in: files).file
    timeIndex = former.timeIndex
    timeIndex.file = TimeIndex(baseOffset: baseOffset, in: files).file
    transactionIndex = former.transactionIndex
    transactionIndex.file = TransactionIndex(baseOffset: baseOffset, in: files).file
    syncedSize = size
    file = try files.open(name, creating: false)
  }

  /// Creates the files of an empty segment. Existing files with its names are emptied.
  func create() throws(DiskFailure) {
    try files.truncate(file, name, to: 0)
    try offsetIndex.truncate(toLogSize: 0)
    try timeIndex.truncate(to: baseOffset)
    try transactionIndex.reset(exists: files.exists(transactionIndex.file.name))
  }

  var isEmpty: Bool { size == 0 }

  /// Whether an offset fits: relative offsets in the indexes are 31 bits wide.
  func canHold(_ lastOffset: Offset) -> Bool { lastOffset - baseOffset <= Int64(Int32.max) }

  // MARK: Appending

  /// Appends complete batches that are already checked, in one write.
  func append(_ records: Bytes, _ batches: [RecordBatch], indexIntervalBytes: Int32) throws(DiskFailure) {
    try files.append(records, to: file, name)
    for index in batches.indices { try add(batches[index].header, indexIntervalBytes: indexIntervalBytes) }
  }

  /// Takes bytes that a failed append left at the end of the file for part of the segment, though no batch in them was recorded.
  func skipUnaccountedBytes() { size = max(size, files.disk.size(of: file)) }

  /// Records a batch that starts at `size` in the file.
  func add(_ batch: BatchHeader, indexIntervalBytes: Int32) throws(DiskFailure) {
    if firstTimestamp == nil { firstTimestamp = batch.maxTimestamp }
    if batch.maxTimestamp > maxTimestamp.timestamp { maxTimestamp = (batch.maxTimestamp, batch.lastOffset) }
    let lastIndexed = offsetIndex.entries.last.map { Int($0.position) } ?? 0
    if size - lastIndexed > Int(indexIntervalBytes) {
      try offsetIndex.append(batch.lastOffset, position: size)
      try timeIndex.append(maxTimestamp.timestamp, maxTimestamp.offset)
    }
    recent.append(batch, at: size)
    size += batch.sizeInBytes
    nextOffset = batch.nextOffset
  }

  /// Writes the last entry of the time index: from now on the segment does not change.
  func becomeInactive() throws(DiskFailure) {
    try finishTimeIndex()
    recent.removeAll()
    lastReadEnd = nil
  }

  func finishTimeIndex() throws(DiskFailure) {
    if !isEmpty, maxTimestamp.timestamp.milliseconds >= 0 { try timeIndex.append(maxTimestamp.timestamp, maxTimestamp.offset) }
  }

  // MARK: Truncation

  /// Cuts off the batch that holds an offset and everything after it. Returns the number of bytes cut.
  func truncate(to offset: Offset) throws(LogError) -> Int {
    guard offset < nextOffset else { return 0 }
    guard let (position, batch) = try locate(offset) else {
      nextOffset = max(baseOffset, offset)
      return 0
    }
    let cut = size - position
    // Checksums do not cover offsets: with a garbled one the segment would end before it starts, and what comes next would lie before its base
    // offset.
    let end = max(baseOffset, min(offset, batch.baseOffset))
    try LogError.wrap { () throws(DiskFailure) in try truncate(toPosition: position, nextOffset: end) }
    try restoreTail(nextOffset: end)
    return cut
  }

  /// Cuts the file at the start of a batch, and the indexes with it.
  func truncate(toPosition position: Int, nextOffset end: Offset) throws(DiskFailure) {
    try files.truncate(file, name, to: position)
    try forgetEntries(behind: position, nextOffset: end)
  }

  /// Drops everything from the start of a batch on, but leaves it in the file until `cutTail`.
  func forget(behind position: Int, nextOffset end: Offset) throws(LogError) {
    let end = max(baseOffset, end)
    try LogError.wrap { () throws(DiskFailure) in try forgetEntries(behind: position, nextOffset: end) }
    try restoreTail(nextOffset: end)
  }

  private func forgetEntries(behind position: Int, nextOffset end: Offset) throws(DiskFailure) {
    try offsetIndex.truncate(toLogSize: position)
    try timeIndex.truncate(to: end)
    try transactionIndex.truncate(to: end)
    recent.truncate(toLogSize: position)
    lastReadEnd = nil
    size = position
    syncedSize = min(syncedSize, position)
    syncingSize = min(syncingSize, position)
    isCutUnsynced = true
    nextOffset = end
    if position == 0 {
      firstTimestamp = nil
      maxTimestamp = (.none, baseOffset)
    }
  }

  /// Determines the end offset and the largest timestamp from the end of the file. `end` stands for an end offset after the last batch, if the log
  /// ends in a gap.
  private func restoreTail(nextOffset end: Offset) throws(LogError) {
    maxTimestamp = timeIndex.last ?? (.none, baseOffset)
    try walk(from: offsetIndex.entries.last.map { Int($0.position) } ?? 0) { header, _ in
      if header.maxTimestamp > self.maxTimestamp.timestamp { self.maxTimestamp = (header.maxTimestamp, header.lastOffset) }
    }
    nextOffset = end
  }

  // MARK: Files

  /// Starts a sync of the records if some are not synced.
  func startSync() -> DiskOperation? {
    guard syncedSize < size || isCutUnsynced else { return nil }
    syncingSize = size
    isCutUnsynced = false
    return files.disk.sync(file)
  }

  /// A crashed life may have cut the file without a sync: the next sync must include it.
  func distrustPlatter() { isCutUnsynced = true }

  func syncEnded() { syncedSize = max(syncedSize, syncingSize) }

  func close() {
    files.disk.close(file)
    offsetIndex.file.close()
    timeIndex.file.close()
    transactionIndex.file.close()
  }

  /// Closes the segment and removes its files at once.
  func remove() throws(DiskFailure) {
    try closeAndRemoveIndexes()
    try files.remove(name)
  }

  /// Closes the segment and removes its indexes first, before the log's own file: an index without a log, among other segments, means that somebody
  /// removed the log.
  func closeAndRemoveIndexes() throws(DiskFailure) {
    close()
    for name in fileNames.dropFirst() { try files.remove(name) }
  }

  /// Closes the segment and marks its files as deleted, the log's own file first or last. Returns their new names, for removal after
  /// `file.delete.delay.ms`.
  func markDeleted(indexesFirst: Bool = false) throws(DiskFailure) -> [String] {
    close()
    var marked: [String] = []
    for name in indexesFirst ? fileNames.reversed() : fileNames where files.exists(name) {
      try files.rename(name, to: name + LogNames.deleted)
      marked.append(name + LogNames.deleted)
    }
    return marked
  }

  /// Changes the suffix of the files that have a given suffix. The log's own file comes first or last; the offset index, without which the others are
  /// rebuilt, comes at the other end.
  func rename(from mark: String, to newMark: String, logFirst: Bool) throws(DiskFailure) {
    let names = [LogNames.log, LogNames.transactionIndex, LogNames.timeIndex, LogNames.offsetIndex].map { LogNames.file(baseOffset, $0) }
    for name in logFirst ? names : names.reversed() where name == names[0] || files.exists(name + mark) { try files.rename(name + mark, to: name + newMark) }
  }

  private var fileNames: [String] {
    [name, offsetIndex.file.name, timeIndex.file.name, transactionIndex.file.name]
  }

  // MARK: Lookups

  /// Walks the headers of the batches from the start of a batch on, as far as batches follow each other.
  func walk(from start: Int, _ body: (BatchHeader, Int) -> Void) throws(LogError) {
    var position = start
    while position < size, let header = try frame(at: position) {
      body(header, position)
      position += header.sizeInBytes
    }
  }

  /// The header at a position, whatever its format; nil if no batch is possible there.
  func frame(at position: Int) throws(LogError) -> BatchHeader? {
    guard position < size else { return nil }
    let bytes = try read(at: position, count: min(BatchHeader.size, size - position))
    guard let header = BatchHeader(framing: bytes, at: 0), header.sizeInBytes <= size - position else { return nil }
    return header
  }

  func header(at position: Int) throws(LogError) -> BatchHeader {
    guard let header = try frame(at: position) else { throw damaged(at: position) }
    return header
  }

  /// The batch that holds an offset, or the first one after it. The offset lies below `nextOffset`.
  ///
  /// Nil if the segment ends in a gap: compaction had removed what was there, and a truncation has cut off what followed.
  func locate(_ offset: Offset) throws(LogError) -> (position: Int, batch: BatchHeader)? {
    if let position = knownPosition(of: offset) { return try locate(offset, from: position) }
    guard let entry = offsetIndex.entry(for: offset) else { return try locate(offset, from: 0) }
    // An entry holds the last offset of what was appended at its position. An entry that points past that would hide records.
    guard let header = try frame(at: Int(entry.position)), isWithin(entry, header) else {
      // If this fails, the log is damaged, not the index.
      let found = try locate(offset, from: 0)
      try LogError.wrap { () throws(DiskFailure) in try offsetIndex.truncate(toLogSize: 0) }
      return found
    }
    if header.nextOffset > offset { return (Int(entry.position), header) }
    return try locate(offset, from: Int(entry.position) + header.sizeInBytes)
  }

  /// The header of the last batch that was loaded or recovered, if it can be read.
  func lastFrame() throws(LogError) -> BatchHeader? {
    guard let last = recent.entries.last else { return nil }
    return try frame(at: last.position)
  }

  /// As `locate`, but nil if a damaged batch precedes the offset.
  func locateIfReadable(_ offset: Offset) throws(LogError) -> (position: Int, batch: BatchHeader)? {
    do { return try locate(offset) } catch {
      guard case .damaged = error else { throw error }
      return nil
    }
  }

  private func locate(_ offset: Offset, from start: Int) throws(LogError) -> (position: Int, batch: BatchHeader)? {
    var position = start
    while position < size {
      let header = try header(at: position)
      guard header.nextOffset <= nextOffset else { throw damaged(at: position) }
      if header.nextOffset > offset { return (position, header) }
      position += header.sizeInBytes
    }
    return nil
  }

  private func isWithin(_ entry: OffsetIndex.Entry, _ batch: BatchHeader) -> Bool { batch.lastOffset <= baseOffset + Int64(entry.relativeOffset) }

  private func knownPosition(of offset: Offset) -> Int? {
    if let index = recent.index(of: offset) { return recent.entries[index].position }
    if let lastReadEnd, lastReadEnd.offset == offset { return lastReadEnd.position }
    return nil
  }

  func rememberReadEnd(_ offset: Offset, at position: Int) { lastReadEnd = (offset, position) }

  func read(at position: Int, count: Int) throws(LogError) -> Bytes {
    try LogError.wrap { () throws(DiskFailure) in try files.read(file, name, at: position, count: count) }
  }

  func sharedBytes(at position: Int) -> Int { files.sharedBytes(of: file, at: position) }

  func damaged(at position: Int) -> LogError {
    .damaged(path: files.path(name), reason: "no batch can be read at byte \(position), where one has to begin")
  }

  // MARK: Opening

  /// The maximum size of a segment's file (`FileRecords.open`).
  static let largestSize = Int(Int32.max)

  /// Takes over a file as a clean shutdown left it: the indexes unchanged, and the end by walking from batch to batch after the last index entry.
  /// Checksums are not verified. `size` then says how far batches follow each other; the caller handles what may follow.
  ///
  /// False if the files do not fit each other; then `recover` has to check everything.
  func load(size found: Int) throws(LogError) -> Bool {
    guard try LogError.wrap({ () throws(DiskFailure) in try loadIndexes(logSize: found) }) else { return false }
    maxTimestamp = timeIndex.last ?? (.none, baseOffset)
    size = found
    var end = 0
    if let entry = offsetIndex.entries.last {
      end = Int(entry.position)
      guard let header = try frame(at: end), header.baseOffset >= baseOffset, isWithin(entry, header) else { return false }
    }
    while let header = try frame(at: end), header.baseOffset >= nextOffset, canHold(header.lastOffset) {
      if header.maxTimestamp > maxTimestamp.timestamp { maxTimestamp = (header.maxTimestamp, header.lastOffset) }
      // A batch that cannot be read is not handed out without a check.
      if header.isReadable { recent.append(header, at: end) } else { recent.removeAll() }
      end += header.sizeInBytes
      nextOffset = header.nextOffset
    }
    size = end
    syncedSize = end
    firstTimestamp = try frame(at: 0)?.maxTimestamp
    guard size < found else { return timeIndex.last.map { $0.offset < nextOffset } ?? true }
    try LogError.wrap { () throws(DiskFailure) in
      try timeIndex.truncate(to: nextOffset)
      try transactionIndex.truncate(to: nextOffset)
    }
    try restoreTail(nextOffset: nextOffset)
    return true
  }

  private func loadIndexes(logSize: Int) throws(DiskFailure) -> Bool {
    guard try offsetIndex.load(logSize: logSize), try timeIndex.load(logSize: logSize) else { return false }
    return try transactionIndex.load(logSize: logSize, exists: files.exists(transactionIndex.file.name))
  }

  /// Checks every byte of the file. `size` then says up to where there are valid batches, in ascending order of offsets and epochs; the caller cuts
  /// off what follows. Indexes are rebuilt. `body` sees each batch that is kept.
  ///
  /// Checksums do not cover offsets, so only its neighbours reveal a garbled one. If compaction makes gaps, any offset may follow; otherwise a gap is
  /// believed if the next batch, or the next segment, also lies after it.
  ///
  /// - Parameter checksChecksums: False lets every batch pass whose header makes sense (`LogSwitches.recoveryChecksChecksums`).
  func recover(
    size found: Int, expecting expected: Offset, before next: Offset?, allowsGaps: Bool, epoch lowestEpoch: LeaderEpoch,
    indexIntervalBytes: Int32, checksChecksums: Bool,
    _ body: (RecordBatch) throws(LogError) -> Void
  ) throws(LogError) -> SegmentRecovery {
    try LogError.wrap { () throws(DiskFailure) in try resetIndexes() }
    size = 0
    nextOffset = baseOffset
    firstTimestamp = nil
    maxTimestamp = (.none, baseOffset)
    recent.removeAll()
    var result = SegmentRecovery(lastEpoch: lowestEpoch, hasGaps: allowsGaps)
    var lowest = max(expected, baseOffset)
    while let batch = try soundBatch(at: size, of: found, checksChecksums), batch.baseOffset >= lowest, batch.nextOffset <= .lastEnd,
      batch.partitionLeaderEpoch >= result.lastEpoch, canHold(batch.lastOffset) {
      if batch.baseOffset > lowest, !result.hasGaps {
        guard try isConfirmed(batch, at: size, of: found, before: next, checksChecksums) else { break }
        result.hasGaps = true
      }
      try LogError.wrap { () throws(DiskFailure) in try add(batch.header, indexIntervalBytes: indexIntervalBytes) }
      lowest = batch.nextOffset
      result.lastEpoch = batch.partitionLeaderEpoch
      try body(batch)
    }
    syncedSize = 0
    return result
  }

  private func isConfirmed(
    _ batch: RecordBatch, at position: Int, of found: Int, before next: Offset?, _ checksChecksums: Bool
  ) throws(LogError) -> Bool {
    let end = position + batch.sizeInBytes
    guard end < found else { return next.map { $0 >= batch.nextOffset } ?? false }
    return try soundBatch(at: end, of: found, checksChecksums).map { $0.baseOffset >= batch.nextOffset } ?? false
  }

  private func soundBatch(at position: Int, of found: Int, _ checksChecksums: Bool) throws(LogError) -> RecordBatch? {
    guard found - position >= BatchHeader.size else { return nil }
    guard let header = BatchHeader(logged: try read(at: position, count: BatchHeader.size), at: 0), header.sizeInBytes <= found - position
    else { return nil }
    if !checksChecksums { return try? RecordBatch(checking: header, of: try read(at: position, count: header.sizeInBytes), at: 0) }
    if header.sizeInBytes > Self.usualBatch, try !hasValidChecksum(header, at: position) { return nil }
    return RecordBatch(soundIn: try read(at: position, count: header.sizeInBytes))
  }

  /// Far more than `max.message.bytes` allows by default.
  private static let usualBatch = 1 << 24

  /// Computes the checksum piece by piece: a garbled size must not cause a whole file to be read into memory.
  private func hasValidChecksum(_ header: BatchHeader, at position: Int) throws(LogError) -> Bool {
    let end = position + header.sizeInBytes
    var checksum: UInt32 = 0
    for start in stride(from: position + BatchHeader.checksumBegin, to: end, by: Self.usualBatch) {
      checksum = CRC32C.checksum(try read(at: start, count: min(Self.usualBatch, end - start)), continuing: checksum)
    }
    return checksum == header.checksum
  }

  private func resetIndexes() throws(DiskFailure) {
    try offsetIndex.truncate(toLogSize: 0)
    try timeIndex.truncate(to: Offset(0))
    try transactionIndex.reset(exists: files.exists(transactionIndex.file.name))
  }

  /// Cuts off what follows the batches that were loaded or recovered.
  func cutTail() throws(DiskFailure) {
    try files.truncate(file, name, to: size)
    isCutUnsynced = true
  }
}

/// The result of checking a segment.
struct SegmentRecovery {
  var lastEpoch: LeaderEpoch
  /// Offsets have a gap somewhere.
  var hasGaps: Bool
}
