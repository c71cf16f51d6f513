import Host
import Primitives
import Wire

/// Restores what an earlier life left in the directory of a log.
///
/// After a clean shutdown the files are taken as they are, as long as batches follow each other. After an unclean one every segment from the recovery
/// point on is checked byte by byte, because neither lengths nor names nor indexes are reliable there, and nothing after the first damaged place is
/// kept: a replica must be a prefix of its leader's log. Earlier segments, and all segments after a clean shutdown, are kept even if a segment
/// between them is damaged or missing. Segments after the recovery point are also kept after one that was removed, as in Kafka (`LogLoader`): what is
/// missing is a gap.
///
/// Checkpoints and names are believed as far as the records confirm them. No data other than zeros is ever deleted: it is set aside, and reported.
struct LogLoader {
  let partition: TopicPartition
  let files: DirectoryFiles
  let configuration: LogConfiguration
  let reactor: Reactor
  let evidence: LogEvidence
  let memory: ProducerMemory
  /// Whether recovery drops batches with wrong checksums (`LogSwitches.recoveryChecksChecksums`).
  let checksChecksums: Bool

  var isClean: Bool { evidence.isCleanShutdown }
  var damaged: DamagedFiles { DamagedFiles(files: files) }
  /// Offsets may jump even if nothing is missing.
  var allowsGaps: Bool { configuration.cleanupPolicy.contains(.compact) || evidence.isCompacted }

  func load(topicID: Uuid) throws(LogError) -> LoadedLog {
    var log = try LogError.wrap { () throws(DiskFailure) in try read(topicID) }
    let names = log
    try openSegments(&log, from: evidence.recoveryPoint)
    if !isClean, let end = log.end, evidence.recoveryPoint > end {
      // A recovery point beyond the end does not fit this log: nothing counts as synced.
      mark(.recoveryPointBeyondEnd)
      for segment in log.segments { segment.close() }
      let first = log
      log = names
      log.baseOffsets = try segmentNames()
      log.snapshots = first.snapshots
      log.bytesCut = first.bytesCut
      log.warnings = first.warnings
      log.unsyncedFiles = first.unsyncedFiles
      log.areNamesDirty = true
      try openSegments(&log, from: 0)
    }
    try settle(&log)
    return log
  }

  /// Reads names and small files: everything except the segments.
  private func read(_ topicID: Uuid) throws(DiskFailure) -> LoadedLog {
    var log = LoadedLog()
    log.isNew = !reactor.disk.exists(files.directory)
    try files.make()
    // A directory that was just created holds nothing to read.
    let names = log.isNew ? [] : try readNames(into: &log)
    // After a crash, neither the names nor the contents of recent files are necessarily on the platter.
    log.areNamesDirty = log.isNew || !isClean || !log.warnings.isEmpty
    try writeTopicID(topicID, isThere: names.contains(LogNames.partitionMetadata), &log)
    return log
  }

  private func readNames(into log: inout LoadedLog) throws(DiskFailure) -> [String] {
    let found = try files.list()
    log.warnings = try Leftovers(files: files, partition: partition, allowsGaps: allowsGaps).remove(found)
    let names = try files.list()
    log.baseOffsets = names.compactMap { LogNames.baseOffset(of: $0, suffix: LogNames.log) }
    log.snapshots = names.compactMap { LogNames.baseOffset(of: $0, suffix: LogNames.snapshot) }
    let orphans = try clearOrphans(names, &log)
    try readEpochs(into: &log)
    log.lastEpochStart = log.epochs.latest?.startOffset
    // Retention removes the oldest segments before it updates the epoch checkpoint.
    if !found.contains(where: { $0.hasSuffix(LogNames.log + LogNames.deleted) }) { tellMissingStart(&log, orphans) }
    return names
  }

  private func segmentNames() throws(LogError) -> [Offset] {
    try LogError.wrap { () throws(DiskFailure) in try files.list() }.compactMap { LogNames.baseOffset(of: $0, suffix: LogNames.log) }
  }

  private func writeTopicID(_ topicID: Uuid, isThere: Bool, _ log: inout LoadedLog) throws(DiskFailure) {
    let name = LogNames.partitionMetadata
    guard topicID != .zero, !isThere || !isClean else { return }
    let file = isThere ? try files.open(name, creating: false) : try files.write(PartitionMetadataFile.content(topicID: topicID), to: name)
    log.unsyncedFiles.append(FlushState.UnsyncedFile(id: file, path: files.path(name)))
    log.areNamesDirty = true
  }

  /// Handles indexes without a log, which belong to a segment whose name was lost. A clean shutdown leaves none, and an unclean one leaves none
  /// between segments. There they are kept as long as the gap exists, because they tell a removed segment from a lost end. Returns the base offsets
  /// of segments whose offset index was left.
  private func clearOrphans(_ names: [String], _ log: inout LoadedLog) throws(DiskFailure) -> [Offset] {
    var orphans: [Offset] = []
    log.missingSegments = names.compactMap(LogNames.baseOffset(ofDamagedIndex:)).filter { !log.baseOffsets.contains($0) }
    for name in names {
      for suffix in LogNames.indexes {
        guard let offset = LogNames.baseOffset(of: name, suffix: suffix), !log.baseOffsets.contains(offset) else { continue }
        guard suffix == LogNames.offsetIndex else {
          try files.remove(name)
          continue
        }
        orphans.append(offset)
        let words = "\(partition): \(files.path(name)) has no segment beside it: the one that began at offset \(offset) is missing"
        if let first = log.baseOffsets.first, let last = log.baseOffsets.last, first < offset, offset < last {
          log.missingSegments.append(offset)
          log.warnings.append("\(words); the index is kept as \(files.path(try damaged.setAside(name)))")
        } else {
          try files.remove(name)
          if isClean, let first = log.baseOffsets.first, first < offset { log.warnings.append(words) }
        }
      }
    }
    return orphans
  }

  /// Reports a missing start: anything that removes the first segments of a log on purpose also moves its start.
  private func tellMissingStart(_ log: inout LoadedLog, _ orphans: [Offset]) {
    guard !log.isNew, let first = log.baseOffsets.first, evidence.logStartOffset < first else { return }
    var witnesses: [(name: String, start: Offset)] = []
    if let index = orphans.first, index < first { witnesses.append((LogNames.file(index, LogNames.offsetIndex), index)) }
    if let start = log.epochs.entries.first?.startOffset, start < first { witnesses.append((LogNames.leaderEpochs, start)) }
    guard let start = witnesses.map(\.start).min() else { return }
    log.warnings.append(
      "\(partition): offsets \(max(start, evidence.logStartOffset)) to \(first - Int64(1)) are missing: the log began at offset \(start) by "
        + "\(witnesses.map(\.name).joined(separator: " and ")), and its first segment is now \(files.path(LogNames.file(first, LogNames.log)))")
  }

  private func readEpochs(into log: inout LoadedLog) throws(DiskFailure) {
    guard let content = try files.content(of: LogNames.leaderEpochs) else { return }
    do {
      log.epochs = try LeaderEpochCache(decoding: content)
      log.areEpochsKnown = true
    } catch {
      mark(.epochCheckpointUnreadable)
      reactor.report(.note("\(files.path(LogNames.leaderEpochs)), \(error); the epochs are taken from the records"))
    }
  }
}

/// What is known about a log besides its own directory, from an earlier life that may have ended in any way.
struct LogEvidence {
  /// The last life synced and closed the log.
  var isCleanShutdown: Bool
  /// Everything below this offset was synced.
  var recoveryPoint = Offset(0)
  var logStartOffset = Offset(0)
  /// The last checkpointed high watermark; nil if unknown.
  var highWatermark: Offset?
  /// Kafka's cleaner has compacted the log.
  var isCompacted = false
  /// Whatever follows a gap is unusable.
  var mustBeWhole = false

  /// The log reached at least this offset.
  var knownEnd: Offset { max(recoveryPoint, highWatermark ?? 0) }
}
