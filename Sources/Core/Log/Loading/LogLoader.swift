import Host
import Primitives
import Wire

/// Brings back what a former life left in the directory of a log.
///
/// After a clean end the files are taken as they are, as far as they fit each other. After any other end every segment from the recovery point
/// on is looked at byte by byte, because neither lengths nor names nor indexes mean anything there. The result is the longest valid prefix.
struct LogLoader {
  let partition: TopicPartition
  let files: DirectoryFiles
  let configuration: LogConfiguration
  let reactor: Reactor
  let isClean: Bool
  let recoveryPoint: Offset
  let logStartOffset: Offset

  func load(topicID: Uuid) throws(LogError) -> LoadedLog {
    var log = try LogError.wrap { () throws(DiskFailure) in try read(topicID) }
    try openSegments(&log)
    try settle(&log)
    return log
  }

  /// Names and small files: everything but the segments.
  private func read(_ topicID: Uuid) throws(DiskFailure) -> LoadedLog {
    var log = LoadedLog()
    log.isNew = !reactor.disk.exists(files.directory)
    try files.make()
    try Leftovers(files: files).remove()
    let names = try files.list()
    log.baseOffsets = names.compactMap { LogNames.baseOffset(of: $0, suffix: LogNames.log) }
    log.snapshots = names.compactMap { LogNames.baseOffset(of: $0, suffix: LogNames.snapshot) }
    try removeOrphans(names, of: log.baseOffsets)
    try readEpochs(into: &log)
    // Of what a former life that crashed wrote last, neither names nor content need be on the platter.
    log.areNamesDirty = log.isNew || !isClean
    try writeTopicID(topicID, isThere: names.contains(PartitionMetadataFile.fileName), &log)
    return log
  }

  private func writeTopicID(_ topicID: Uuid, isThere: Bool, _ log: inout LoadedLog) throws(DiskFailure) {
    let name = PartitionMetadataFile.fileName
    guard topicID != .zero, !isThere || !isClean else { return }
    let file = isThere ? try files.open(name, creating: false) : try files.write(PartitionMetadataFile.content(topicID: topicID), to: name)
    log.unsyncedFiles.append(FlushState.UnsyncedFile(id: file, path: files.path(name)))
    log.areNamesDirty = true
  }

  /// Indexes without a log belong to a segment whose name was lost.
  private func removeOrphans(_ names: [String], of baseOffsets: [Offset]) throws(DiskFailure) {
    for name in names {
      for suffix in LogNames.indexes {
        guard let offset = LogNames.baseOffset(of: name, suffix: suffix), !baseOffsets.contains(offset) else { continue }
        try files.remove(name)
      }
    }
  }

  private func readEpochs(into log: inout LoadedLog) throws(DiskFailure) {
    guard let content = try files.content(of: LogNames.leaderEpochs) else { return }
    do {
      log.epochs = try LeaderEpochCache(decoding: content)
      log.areEpochsKnown = true
    } catch {
      reactor.host.report(.note("\(files.path(LogNames.leaderEpochs)), \(error); the epochs are taken from the records"))
    }
  }
}
