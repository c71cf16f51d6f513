import Host
import Primitives
import Wire

extension PartitionLog {
  /// The offset up to which the log in a directory is intact: complete batches with right checksums, without gaps from offset 0 on. Changes nothing
  /// and opens nothing for writing; zero if there is no log, or if its beginning was deleted.
  public static func intactEnd(of directory: String, disk: any Disk) throws(LogError) -> Offset {
    let names = try readingDisk(at: directory) { () throws(DiskError) in try disk.list(directory) }
    var prefix = IntactPrefix()
    for baseOffset in names.compactMap({ LogNames.baseOffset(of: $0, suffix: LogNames.log) }) {
      guard prefix.isNext(segment: baseOffset) else { break }
      let path = "\(directory)/\(LogNames.file(baseOffset, LogNames.log))"
      let isWhole = try readingDisk(at: path) { () throws(DiskError) in try prefix.read(path, disk) }
      guard isWhole else { break }
    }
    return prefix.end
  }

  /// The file of the first segment in a directory that starts after an offset.
  public static func firstSegment(behind end: Offset, of directory: String, disk: any Disk) throws(LogError) -> String? {
    let names = try readingDisk(at: directory) { () throws(DiskError) in try disk.list(directory) }
    return names.first { name in LogNames.baseOffset(of: name, suffix: LogNames.log).map { $0 > end } ?? false }
  }

  private static func readingDisk<Result>(at path: String, _ body: () throws(DiskError) -> Result) throws(LogError) -> Result {
    do {
      return try body()
    } catch {
      throw .disk(DiskFailure(path: path, error: error))
    }
  }
}

/// The intact part found so far of a log that is read from its beginning.
private struct IntactPrefix {
  private(set) var end = Offset(0)
  private var epoch = LeaderEpoch.unknown

  private static let chunkBytes = 1 << 20

  /// False if the segment does not follow the previous one.
  func isNext(segment baseOffset: Offset) -> Bool {
    baseOffset == end
  }

  /// Reads a segment. False if something in it is damaged, so that nothing after it counts.
  mutating func read(_ path: String, _ disk: any Disk) throws(DiskError) -> Bool {
    let file = try disk.open(path, creating: false)
    defer { disk.close(file) }
    let size = disk.size(of: file)
    var position = 0
    while position < size {
      guard let header = BatchHeader(logged: try disk.read(file, at: position, count: min(BatchHeader.size, size - position)), at: 0),
        header.sizeInBytes <= size - position
      else { return false }
      let chunk = try disk.read(file, at: position, count: min(max(Self.chunkBytes, header.sizeInBytes), size - position))
      let taken = take(chunk)
      guard taken > 0 else { return false }
      position += taken
    }
    return true
  }

  /// Takes the intact batches at the start of a chunk and returns their size in bytes.
  private mutating func take(_ chunk: Bytes) -> Int {
    var position = 0
    while let batch = RecordBatch(soundIn: chunk, at: position), batch.baseOffset == end, batch.partitionLeaderEpoch >= epoch {
      end = batch.nextOffset
      epoch = batch.partitionLeaderEpoch
      position += batch.sizeInBytes
    }
    return position
  }
}
