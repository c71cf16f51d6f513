import Host
import Primitives
import Wire

/// A stretch of a partition's log: one file of whole batches one after another, and the indexes into it.
///
/// A segment never looks back: what its file holds up to `size` are whole batches with growing offsets. It may only be changed at
/// its end, by appending or by cutting off.
final class LogSegment {
  let baseOffset: Offset
  let name: String
  let files: DirectoryFiles
  let file: FileID
  let created: Timestamp
  /// Taken off `segment.ms`, so that the segments of many partitions do not roll at the same instant.
  let rollJitter: Duration

  /// Bytes of the log file.
  private(set) var size = 0
  /// Offset behind the last batch; the base offset of an empty segment.
  private(set) var nextOffset: Offset
  /// The largest timestamp so far, and the last offset of the batch that had it.
  private(set) var maxTimestamp: (timestamp: Timestamp, offset: Offset)
  /// The largest timestamp of the first batch, from which the age of the segment counts.
  private(set) var firstTimestamp: Timestamp?

  var offsetIndex: OffsetIndex
  var timeIndex: TimeIndex
  var transactionIndex: TransactionIndex
  private(set) var recent = RecentBatches()
  /// Where the last read ended: a consumer that catches up goes on there.
  private var lastReadEnd: (offset: Offset, position: Int)?

  /// How much of the file is known to be on the platter. The name of the file is the directory's matter.
  private(set) var syncedSize = 0
  /// How much a sync under way will have made durable. A truncation meanwhile lessens it: what is appended then is not part of that sync.
  private var syncingSize = 0
  /// The file was cut shorter than what a sync may have put on the platter.
  private var isCutUnsynced = false

  /// Opens a segment's file, or makes it. `load` or `recover` then says what it holds. `mark` stands behind the names of a segment that is no part of
  /// the log yet.
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

  /// The same segment under the names of one that is a part of the log, after its files were renamed. All of it is synced, and the former object closed.
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

  /// Makes the files of a segment that begins empty. Leftovers under its names are emptied.
  func create() throws(DiskFailure) {
    try files.truncate(file, name, to: 0)
    try offsetIndex.truncate(toLogSize: 0)
    try timeIndex.truncate(to: baseOffset)
    try transactionIndex.reset(exists: files.exists(transactionIndex.file.name))
  }

  var isEmpty: Bool { size == 0 }

  /// Relative offsets of the indexes are 31 bits wide.
  func canHold(_ lastOffset: Offset) -> Bool { lastOffset - baseOffset <= Int64(Int32.max) }

  // MARK: Appending

  /// Appends whole batches, already checked, in one write.
  func append(_ records: Bytes, _ batches: [RecordBatch], indexIntervalBytes: Int32) throws(DiskFailure) {
    try files.append(records, to: file, name)
    for index in batches.indices { try note(batches[index].header, indexIntervalBytes: indexIntervalBytes) }
  }

  /// Enters a batch that the file holds at `size` into what is known of the segment.
  func note(_ batch: BatchHeader, indexIntervalBytes: Int32) throws(DiskFailure) {
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

  /// The last entry of the time index: from now on the segment does not change.
  func becomeInactive() throws(DiskFailure) {
    try finishTimeIndex()
    recent.removeAll()
    lastReadEnd = nil
  }

  func finishTimeIndex() throws(DiskFailure) {
    if !isEmpty, maxTimestamp.timestamp.milliseconds >= 0 { try timeIndex.append(maxTimestamp.timestamp, maxTimestamp.offset) }
  }

  // MARK: Cutting off

  /// Cuts off the batch that holds an offset and everything behind it. Returns the bytes cut.
  func truncate(to offset: Offset) throws(LogError) -> Int {
    guard offset < nextOffset else { return 0 }
    let (position, batch) = try locate(offset)
    let cut = size - position
    // Checksums do not cover offsets: by a garbled one the segment would end before it begins, and what comes next would stand before its base.
    let end = max(baseOffset, min(offset, batch.baseOffset))
    try LogError.wrap { () throws(DiskFailure) in try truncate(toPosition: position, nextOffset: end) }
    try restoreTail(nextOffset: end)
    return cut
  }

  /// Cuts the file at the beginning of a batch, and the indexes with it.
  func truncate(toPosition position: Int, nextOffset end: Offset) throws(DiskFailure) {
    try files.truncate(file, name, to: position)
    try forgetEntries(behind: position, nextOffset: end)
  }

  /// Takes out what lies from the beginning of a batch on, but leaves it in the file until `cutTail`.
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

  /// Learns again what the end of the file says: the end offset and the largest timestamp. `end` stands for an end offset behind the
  /// last batch, where the log ends in a gap.
  private func restoreTail(nextOffset end: Offset) throws(LogError) {
    maxTimestamp = timeIndex.last ?? (.none, baseOffset)
    try walk(from: offsetIndex.entries.last.map { Int($0.position) } ?? 0) { header, _ in
      if header.maxTimestamp > self.maxTimestamp.timestamp { self.maxTimestamp = (header.maxTimestamp, header.lastOffset) }
    }
    nextOffset = end
  }

  // MARK: Files

  /// Starts a sync of the records where some are not synced.
  func startSync() -> DiskOperation? {
    guard syncedSize < size || isCutUnsynced else { return nil }
    syncingSize = size
    isCutUnsynced = false
    return files.disk.sync(file)
  }

  /// A life that crashed may have cut the file without syncing that: the next sync must not leave it out.
  func distrustPlatter() { isCutUnsynced = true }

  func syncEnded() { syncedSize = max(syncedSize, syncingSize) }

  func close() {
    files.disk.close(file)
    offsetIndex.file.close()
    timeIndex.file.close()
    transactionIndex.file.close()
  }

  /// Closes the segment and takes its files away at once.
  func remove() throws(DiskFailure) {
    try closeAndRemoveIndexes()
    try files.remove(name)
  }

  /// What becomes of the log's own file comes afterwards: an index without one, among other segments, tells of a log that somebody took away.
  func closeAndRemoveIndexes() throws(DiskFailure) {
    close()
    for name in fileNames.dropFirst() { try files.remove(name) }
  }

  /// Closes the segment and marks its files as deleted, the log's own file first, or last. Returns their new names, for removal after
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

  /// Gives the files that bear one mark behind their names another one. The log's own file comes first, or last; the offset index, without which the
  /// others are built anew, stands at the other end.
  func rename(from mark: String, to newMark: String, logFirst: Bool) throws(DiskFailure) {
    let names = [LogNames.log, LogNames.transactionIndex, LogNames.timeIndex, LogNames.offsetIndex].map { LogNames.file(baseOffset, $0) }
    for name in logFirst ? names : names.reversed() where name == names[0] || files.exists(name + mark) { try files.rename(name + mark, to: name + newMark) }
  }

  private var fileNames: [String] {
    [name, offsetIndex.file.name, timeIndex.file.name, transactionIndex.file.name]
  }

  // MARK: Looking up

  /// Walks the headers of the batches from a position that a batch begins at, as far as batches follow each other.
  func walk(from start: Int, _ body: (BatchHeader, Int) -> Void) throws(LogError) {
    var position = start
    while position < size, let header = try frame(at: position) {
      body(header, position)
      position += header.sizeInBytes
    }
  }

  /// The header of what stands at a position, whatever its format, or nil if no batch can be.
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

  /// The batch that holds an offset, or the first one behind it. The offset lies below `nextOffset`.
  func locate(_ offset: Offset) throws(LogError) -> (position: Int, batch: BatchHeader) {
    if let position = knownPosition(of: offset) { return try locate(offset, from: position) }
    guard let entry = offsetIndex.entry(for: offset) else { return try locate(offset, from: 0) }
    // An entry names the last offset of what was appended where it points to. One that leads behind that would hide records.
    guard let header = try frame(at: Int(entry.position)), isWithin(entry, header) else {
      // Where this ends with an error the log is damaged, and the index is not.
      let found = try locate(offset, from: 0)
      try LogError.wrap { () throws(DiskFailure) in try offsetIndex.truncate(toLogSize: 0) }
      return found
    }
    if header.nextOffset > offset { return (Int(entry.position), header) }
    return try locate(offset, from: Int(entry.position) + header.sizeInBytes)
  }

  /// The header of the last batch that was loaded or recovered, where it can be read.
  func lastFrame() throws(LogError) -> BatchHeader? {
    guard let last = recent.entries.last else { return nil }
    return try frame(at: last.position)
  }

  /// Nil if a damaged batch stands before it.
  func locateIfReadable(_ offset: Offset) throws(LogError) -> (position: Int, batch: BatchHeader)? {
    do { return try locate(offset) } catch {
      guard case .damaged = error else { throw error }
      return nil
    }
  }

  private func locate(_ offset: Offset, from start: Int) throws(LogError) -> (position: Int, batch: BatchHeader) {
    var position = start
    while true {
      let header = try header(at: position)
      guard header.nextOffset <= nextOffset else { throw damaged(at: position) }
      if header.nextOffset > offset { return (position, header) }
      position += header.sizeInBytes
    }
  }

  private func isWithin(_ entry: OffsetIndex.Entry, _ batch: BatchHeader) -> Bool { batch.lastOffset <= baseOffset + Int64(entry.relativeOffset) }

  private func knownPosition(of offset: Offset) -> Int? {
    if let index = recent.index(of: offset) { return recent.entries[index].position }
    if let lastReadEnd, lastReadEnd.offset == offset { return lastReadEnd.position }
    return nil
  }

  func noteReadEnd(_ offset: Offset, at position: Int) { lastReadEnd = (offset, position) }

  func read(at position: Int, count: Int) throws(LogError) -> Bytes {
    try LogError.wrap { () throws(DiskFailure) in try files.read(file, name, at: position, count: count) }
  }

  func sharedBytes(at position: Int) -> Int { files.sharedBytes(of: file, at: position) }

  func damaged(at position: Int) -> LogError {
    .damaged(path: files.path(name), reason: "no batch can be read at byte \(position), where one has to begin")
  }

  // MARK: Opening

  /// The largest size of a segment's file (`FileRecords.open`).
  static let largestSize = Int(Int32.max)

  /// Takes over a file as a life that ended well left it: indexes as they are, the end by walking from batch to batch behind the last index
  /// entry. Checksums are not looked at. `size` then says up to where batches follow each other; what may lie behind is for the caller.
  ///
  /// False if the files do not fit each other; `recover` then has to look at everything.
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
      // What cannot be read is not handed out without a look.
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

  /// Looks at every byte of the file. `size` then says up to where there are sound batches, in the order of their offsets and epochs; what
  /// lies behind is for the caller to cut off. Indexes are built anew. `body` sees each batch that is kept.
  ///
  /// Checksums do not cover offsets, so a garbled one shows only by what stands beside it. Where compaction makes gaps, any offset may follow;
  /// elsewhere a gap is believed where the next batch, or the next segment, lies behind it as well.
  func recover(
    size found: Int, expecting expected: Offset, before next: Offset?, allowsGaps: Bool, epoch lowestEpoch: LeaderEpoch,
    indexIntervalBytes: Int32,
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
    while let batch = try soundBatch(at: size, of: found), batch.baseOffset >= lowest, batch.nextOffset <= .lastEnd,
      batch.partitionLeaderEpoch >= result.lastEpoch, canHold(batch.lastOffset) {
      if batch.baseOffset > lowest, !result.hasGaps {
        guard try isConfirmed(batch, at: size, of: found, before: next) else { break }
        result.hasGaps = true
      }
      try LogError.wrap { () throws(DiskFailure) in try note(batch.header, indexIntervalBytes: indexIntervalBytes) }
      lowest = batch.nextOffset
      result.lastEpoch = batch.partitionLeaderEpoch
      try body(batch)
    }
    syncedSize = 0
    return result
  }

  private func isConfirmed(_ batch: RecordBatch, at position: Int, of found: Int, before next: Offset?) throws(LogError) -> Bool {
    let end = position + batch.sizeInBytes
    guard end < found else { return next.map { $0 >= batch.nextOffset } ?? false }
    return try soundBatch(at: end, of: found).map { $0.baseOffset >= batch.nextOffset } ?? false
  }

  private func soundBatch(at position: Int, of found: Int) throws(LogError) -> RecordBatch? {
    guard found - position >= BatchHeader.size else { return nil }
    guard let header = BatchHeader(logged: try read(at: position, count: BatchHeader.size), at: 0), header.sizeInBytes <= found - position
    else { return nil }
    if header.sizeInBytes > Self.usualBatch, try !hasValidChecksum(header, at: position) { return nil }
    return RecordBatch(soundIn: try read(at: position, count: header.sizeInBytes))
  }

  /// Far more than `max.message.bytes` lets pass by default.
  private static let usualBatch = 1 << 24

  /// The checksum piece by piece: a garbled size must not make a whole file be read into memory.
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

  /// Cuts off what lies behind the batches that were loaded or recovered.
  func cutTail() throws(DiskFailure) {
    try files.truncate(file, name, to: size)
    isCutUnsynced = true
  }
}

/// What looking through a segment found.
struct SegmentRecovery {
  var lastEpoch: LeaderEpoch
  /// Offsets jump somewhere.
  var hasGaps: Bool
}
