import Host
import Primitives
import Wire

/// The file behind an index: entries of one size, appended and cut off at the end. Its owner keeps the contents in memory.
///
/// Kafka preallocates `segment.index.bytes` for the file of an active segment, because it maps the file into memory. Nothing is mapped here, so the
/// file is only as long as its entries from the start; Kafka trims it to that at roll and clean close.
struct IndexFile {
  let name: String
  let entrySize: Int
  private let files: DirectoryFiles
  private var file: FileID?
  /// Whether something has changed since the last sync started.
  private(set) var isDirty = false

  init(_ name: String, entrySize: Int, in files: DirectoryFiles) {
    self.name = name
    self.entrySize = entrySize
    self.files = files
  }

  /// The file's contents, or nil if there is none or its length is impossible: each batch has at most one entry, and a time index has one more.
  func load(ofLogSize logSize: Int) throws(DiskFailure) -> Bytes? {
    let mostEntries = logSize / BatchHeader.size + 1
    guard let content = try files.content(of: name, atMost: mostEntries * entrySize), content.count % entrySize == 0 else { return nil }
    return content
  }

  /// The file's contents, regardless of the log; nil if there is none, or if Kafka preallocated space in it.
  func content() throws(DiskFailure) -> Bytes? { try files.content(of: name, atMost: Self.largestUnreserved) }

  /// Twice the size of the index of 1 GB at the default interval.
  private static let largestUnreserved = 1 << 22

  /// Creates the file if there is none.
  mutating func create() throws(DiskFailure) { _ = try open() }

  mutating func append(_ entry: Bytes) throws(DiskFailure) {
    let file = try open()
    isDirty = true
    try files.append(entry, to: file, name)
  }

  mutating func truncate(toEntries count: Int) throws(DiskFailure) {
    let file = try open()
    isDirty = true
    try files.truncate(file, name, to: count * entrySize)
  }

  /// Starts a sync if something has changed since the last one.
  mutating func sync() -> DiskOperation? {
    guard isDirty, let file else { return nil }
    isDirty = false
    return files.disk.sync(file)
  }

  mutating func close() {
    if let file { files.disk.close(file) }
    file = nil
  }

  private mutating func open() throws(DiskFailure) -> FileID {
    if let file { return file }
    let opened = try files.open(name, creating: true)
    file = opened
    return opened
  }
}
