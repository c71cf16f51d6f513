import Host
import Primitives
import Wire

/// Removes what an interruption left in a log's directory: files that were to be deleted, temporary ones, and the results of a compaction, which is
/// either completed or dropped.
struct Leftovers {
  let files: DirectoryFiles
  let partition: TopicPartition
  /// Whether the log may have been compacted.
  let allowsGaps: Bool

  /// Goes through the names in the directory. Returns warnings for an operator.
  func remove(_ names: [String]) throws(DiskFailure) -> [String] {
    for name in names where name.hasSuffix(LogNames.deleted) || name.hasSuffix(LogNames.temporary) || name.hasSuffix(LogNames.cleaned) {
      try files.remove(name)
    }
    return try finishSwaps(names)
  }

  /// Completes or drops an interrupted compaction. A compaction writes `.cleaned` files, renames all of them to `.swap`, from the last to the first,
  /// and then replaces the old segments. While one `.cleaned` log exists, the swaps after it are incomplete but the old segments are complete.
  private func finishSwaps(_ names: [String]) throws(DiskFailure) -> [String] {
    let firstCleaned = names.filter { $0.hasSuffix(LogNames.cleaned) }.compactMap(Self.leadingOffset).min()
    let swapSuffix = LogNames.log + LogNames.swap
    var warnings: [String] = []
    for name in names where name.hasSuffix(LogNames.swap) {
      let baseOffset = LogNames.baseOffset(of: name, suffix: swapSuffix)
      let isIndex = LogNames.indexes.contains { name.hasSuffix($0 + LogNames.swap) }
      if isIndex || (baseOffset.map { offset in firstCleaned.map { offset >= $0 } ?? false } ?? false) {
        // Indexes are rebuilt for a log that is swapped in.
        mark(.unfinishedSwapDropped)
        try files.remove(name)
        continue
      }
      let reason = if let baseOffset { try swapIn(name, baseOffset) } else { "its name is not that of a segment" as String? }
      if let reason {
        let kept = try DamagedFiles(files: files).setAside(name)
        warnings.append("\(partition): \(files.path(name)) replaces no segment: \(reason); it is kept as \(files.path(kept))")
      }
    }
    return warnings
  }

  /// Puts a compacted segment in place of its source segments. Returns the reason if the segment is invalid. (Kafka accepts any segment, and deletes
  /// its source segments.)
  private func swapIn(_ name: String, _ baseOffset: Offset) throws(DiskFailure) -> String? {
    guard let end = try endOffset(of: name, from: baseOffset) else { return "it is not made of sound batches" }
    let former = try files.list().filter { name in
      ([LogNames.log] + LogNames.indexes).contains { suffix in
        LogNames.baseOffset(of: name, suffix: suffix).map { $0 >= baseOffset && $0 < end } ?? false
      }
    }
    // Old segments are deleted from the first to the last: if the first exists, all of them still do.
    if !allowsGaps, former.contains(LogNames.file(baseOffset, LogNames.log)) { return "the log is not compacted, and its own segment is there" }
    mark(.unfinishedSwapCompleted)
    for name in former { try files.remove(name) }
    try files.rename(name, to: LogNames.file(baseOffset, LogNames.log))
    return nil
  }

  /// The offset after the last batch of a file; nil if the file is damaged.
  private func endOffset(of name: String, from baseOffset: Offset) throws(DiskFailure) -> Offset? {
    let file = try files.open(name, creating: false)
    defer { files.disk.close(file) }
    let size = files.disk.size(of: file)
    guard size <= LogSegment.largestSize else { return nil }
    var position = 0
    var end: Offset?
    while position < size {
      let bytes = try files.read(file, name, at: position, count: min(BatchHeader.size, size - position))
      guard let header = BatchHeader(logged: bytes, at: 0), header.baseOffset >= end ?? baseOffset, header.sizeInBytes <= size - position,
        RecordBatch(soundIn: try files.read(file, name, at: position, count: header.sizeInBytes)) != nil
      else { return nil }
      end = header.nextOffset
      position += header.sizeInBytes
    }
    return end
  }

  private static func leadingOffset(_ name: String) -> Offset? {
    Int64(name.prefix { $0.isNumber }).map { Offset($0) }
  }
}
