import Primitives

/// Finds the position of a timestamp in a segment: an entry says that no record up to its offset is later than its timestamp. Entries are written
/// together with the offset index and at roll, but only when the largest timestamp has grown.
struct TimeIndex {
  struct Entry: Equatable {
    var timestamp: Timestamp
    var relativeOffset: UInt32
  }

  static let entrySize = 12

  let baseOffset: Offset
  var entries: [Entry] = []
  var file: IndexFile

  init(baseOffset: Offset, in files: DirectoryFiles, mark: String = "") {
    self.baseOffset = baseOffset
    file = IndexFile(LogNames.file(baseOffset, LogNames.timeIndex) + mark, entrySize: Self.entrySize, in: files)
  }

  /// Takes over the file's contents. False if there is no file, or if its entries are not ascending.
  mutating func load(logSize: Int) throws(DiskFailure) -> Bool {
    guard let content = try file.load(ofLogSize: logSize) else { return false }
    var loaded: [Entry] = []
    loaded.reserveCapacity(content.count / Self.entrySize)
    for start in stride(from: 0, to: content.count, by: Self.entrySize) {
      let entry = Entry(timestamp: Timestamp(milliseconds: content.integer(at: start)), relativeOffset: content.integer(at: start + 8))
      guard entry.relativeOffset <= UInt32(Int32.max) else { return false }
      if let last = loaded.last {
        guard entry.timestamp > last.timestamp, entry.relativeOffset > last.relativeOffset else { return false }
      }
      loaded.append(entry)
    }
    entries = loaded
    return true
  }

  var last: (timestamp: Timestamp, offset: Offset)? {
    entries.last.map { ($0.timestamp, baseOffset + Int64($0.relativeOffset)) }
  }

  /// An offset up to which every record is earlier than the timestamp.
  func offset(before timestamp: Timestamp) -> Offset {
    let count = entries.partitioningIndex { $0.timestamp >= timestamp }
    return count == 0 ? baseOffset : baseOffset + Int64(entries[count - 1].relativeOffset)
  }

  mutating func append(_ timestamp: Timestamp, _ offset: Offset) throws(DiskFailure) {
    if let last = entries.last, timestamp <= last.timestamp { return }
    let entry = Entry(timestamp: timestamp, relativeOffset: UInt32(clamping: offset - baseOffset))
    entries.append(entry)
    var writer = ByteWriter(capacity: Self.entrySize)
    writer.append(timestamp.milliseconds)
    writer.append(entry.relativeOffset)
    try file.append(writer.bytes)
  }

  /// Removes the entries at or after an offset.
  mutating func truncate(to offset: Offset) throws(DiskFailure) {
    let count = entries.partitioningIndex { baseOffset + Int64($0.relativeOffset) >= offset }
    entries.removeSubrange(count...)
    try file.truncate(toEntries: count)
  }

  /// One entry is reserved for the one that is written at roll.
  func isFull(limit: Int32) -> Bool { entries.count >= Int(limit) / Self.entrySize - 1 }
}
