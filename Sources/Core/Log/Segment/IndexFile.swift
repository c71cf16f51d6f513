import Host
import Primitives
import Wire

/// The file behind an index: entries of one size, appended and cut off at the end. What it holds is kept in memory by its owner.
///
/// Kafka reserves `segment.index.bytes` for the file of an active segment, because it maps the file into memory. Nothing is mapped
/// here, so the file is as long as its entries from the start; Kafka itself leaves it so at roll and clean close.
struct IndexFile {
  let name: String
  let entrySize: Int
  private let files: DirectoryFiles
  private var file: FileID?
  /// Whether something was changed since the last sync began.
  private(set) var isDirty = false

  init(_ name: String, entrySize: Int, in files: DirectoryFiles) {
    self.name = name
    self.entrySize = entrySize
    self.files = files
  }

  /// What the file holds, or nil if there is none or its length is impossible: no batch has two entries, and a time index has one more.
  func load(ofLogSize logSize: Int) throws(DiskFailure) -> Bytes? {
    let mostEntries = logSize / BatchHeader.size + 1
    guard let content = try files.content(of: name, atMost: mostEntries * entrySize), content.count % entrySize == 0 else { return nil }
    return content
  }

  /// What the file holds, whatever the log does; nil if there is none, or where Kafka reserved room in it.
  func content() throws(DiskFailure) -> Bytes? { try files.content(of: name, atMost: Self.largestUnreserved) }

  /// Twice the index of a gigabyte by the default interval.
  private static let largestUnreserved = 1 << 22

  /// Makes the file where there is none.
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

  /// Starts a sync where something was changed since the last one.
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
