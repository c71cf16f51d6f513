import Host
import Primitives
import Wire

extension PartitionLog {
  /// Up to where the log in a directory is sound: whole batches with right checksums, one after another from its first segment on. Opens nothing for
  /// writing and changes nothing; zero where there is no log.
  ///
  /// - Parameters:
  ///   - latestStart: the log may begin there or before. One that begins later lacks its beginning, and is not sound up to anywhere.
  ///   - visit: is handed each batch that is sound.
  public static func intactEnd(
    of directory: String, disk: any Disk, beginningBy latestStart: Offset = 0, visit: (RecordBatch) -> Void = { _ in }
  ) throws(LogError) -> Offset {
    let files = DirectoryFiles(disk: disk, directory: directory)
    return try LogError.wrap { () throws(DiskFailure) in
      let segments = try segments(in: files)
      guard let first = segments.first, first <= latestStart else { return 0 }
      var prefix = IntactPrefix(end: first)
      for baseOffset in segments {
        guard baseOffset == prefix.end, try prefix.read(LogNames.file(baseOffset, LogNames.log), in: files, visit) else { break }
      }
      return prefix.end
    }
  }

  /// The file of the first segment in a directory that starts after an offset.
  public static func firstSegment(behind end: Offset, of directory: String, disk: any Disk) throws(LogError) -> String? {
    try segments(of: directory, disk: disk).first { $0 > end }.map { LogNames.file($0, LogNames.log) }
  }

  /// Where the first segment in a directory begins; nil where there is none.
  public static func firstOffset(of directory: String, disk: any Disk) throws(LogError) -> Offset? { try segments(of: directory, disk: disk).first }

  private static func segments(of directory: String, disk: any Disk) throws(LogError) -> [Offset] {
    let files = DirectoryFiles(disk: disk, directory: directory)
    return try LogError.wrap { () throws(DiskFailure) in try segments(in: files) }
  }

  private static func segments(in files: DirectoryFiles) throws(DiskFailure) -> [Offset] {
    try files.list().compactMap { LogNames.baseOffset(of: $0, suffix: LogNames.log) }
  }
}

/// The intact part found so far of a log that is read from its beginning.
private struct IntactPrefix {
  private(set) var end: Offset
  private var epoch = LeaderEpoch.unknown

  init(end: Offset) { self.end = end }

  /// Reads a segment. False where something in it is not sound, so that nothing behind it counts.
  mutating func read(_ name: String, in files: DirectoryFiles, _ visit: (RecordBatch) -> Void) throws(DiskFailure) -> Bool {
    var batches = try SoundBatches(of: name, in: files)
    defer { batches.close() }
    while let batch = try batches.next() {
      guard batch.baseOffset == end, batch.partitionLeaderEpoch >= epoch else { return false }
      end = batch.nextOffset
      epoch = batch.partitionLeaderEpoch
      visit(batch)
    }
    return batches.isAtEnd
  }
}
