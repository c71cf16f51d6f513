import Primitives

/// Finds the position of an offset in a segment: one entry roughly every `index.interval.bytes`, (last offset of a batch, where the batch starts). A
/// reader starts at the largest entry that is not above its offset, and walks from there.
struct OffsetIndex {
  struct Entry: Equatable {
    var relativeOffset: UInt32
    var position: UInt32
  }

  static let entrySize = 8

  let baseOffset: Offset
  private(set) var entries: [Entry] = []
  var file: IndexFile

  init(baseOffset: Offset, in files: DirectoryFiles, mark: String = "") {
    self.baseOffset = baseOffset
    file = IndexFile(LogNames.file(baseOffset, LogNames.offsetIndex) + mark, entrySize: Self.entrySize, in: files)
  }

  /// Takes over the file's contents, as far as they point into a log of this size. False if there is no file, or if its entries are not ascending.
  mutating func load(logSize: Int) throws(DiskFailure) -> Bool {
    guard let content = try file.load(ofLogSize: logSize) else { return false }
    var loaded: [Entry] = []
    loaded.reserveCapacity(content.count / Self.entrySize)
    for start in stride(from: 0, to: content.count, by: Self.entrySize) {
      let entry = Entry(relativeOffset: content.integer(at: start), position: content.integer(at: start + 4))
      guard entry.relativeOffset <= UInt32(Int32.max) else { return false }
      if let last = loaded.last {
        guard entry.relativeOffset > last.relativeOffset, entry.position > last.position else { return false }
      }
      loaded.append(entry)
    }
    entries = loaded
    if let last = loaded.last, Int(last.position) >= logSize { try truncate(toLogSize: logSize) }
    return true
  }

  /// The last offset in the file, regardless of the log; nil if there is none, or if its entries are not ascending.
  func lastOffsetInFile() throws(DiskFailure) -> Offset? {
    guard let content = try file.content(), content.count % Self.entrySize == 0 else { return nil }
    var last: Entry?
    for start in stride(from: 0, to: content.count, by: Self.entrySize) {
      let entry = Entry(relativeOffset: content.integer(at: start), position: content.integer(at: start + 4))
      guard entry.relativeOffset <= UInt32(Int32.max), last.map({ entry.relativeOffset > $0.relativeOffset && entry.position > $0.position }) ?? true
      else { return nil }
      last = entry
    }
    return last.flatMap { $0.position > 0 ? baseOffset + Int64($0.relativeOffset) : nil }
  }

  /// Where to start looking for an offset; nil means the start of the segment.
  func entry(for offset: Offset) -> Entry? {
    let target = offset - baseOffset
    let count = entries.partitioningIndex { Int64($0.relativeOffset) > target }
    return count == 0 ? nil : entries[count - 1]
  }

  mutating func append(_ offset: Offset, position: Int) throws(DiskFailure) {
    let entry = Entry(relativeOffset: UInt32(clamping: offset - baseOffset), position: UInt32(clamping: position))
    entries.append(entry)
    var writer = ByteWriter(capacity: Self.entrySize)
    writer.append(entry.relativeOffset)
    writer.append(entry.position)
    try file.append(writer.bytes)
  }

  /// Removes the entries of batches that start at or after a position.
  mutating func truncate(toLogSize size: Int) throws(DiskFailure) {
    let count = entries.partitioningIndex { Int($0.position) >= size }
    entries.removeSubrange(count...)
    try file.truncate(toEntries: count)
  }

  func isFull(limit: Int32) -> Bool { entries.count >= Int(limit) / Self.entrySize }
}
