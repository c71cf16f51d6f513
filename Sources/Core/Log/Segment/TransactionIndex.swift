import Primitives

/// A transaction that was aborted: consumers at `read_committed` skip what its producer wrote between both offsets.
public struct AbortedTransaction: Hashable, Sendable {
  public var producerID: Int64
  public var firstOffset: Offset
  /// Offset of the abort marker.
  public var lastOffset: Offset
  /// The last stable offset after the abort.
  public var lastStableOffset: Offset

  public init(producerID: Int64, firstOffset: Offset, lastOffset: Offset, lastStableOffset: Offset) {
    self.producerID = producerID
    self.firstOffset = firstOffset
    self.lastOffset = lastOffset
    self.lastStableOffset = lastStableOffset
  }
}

/// The aborted transactions whose markers lie in one segment. The file is created with the first of them.
struct TransactionIndex {
  static let entrySize = 34

  private(set) var entries: [AbortedTransaction] = []
  var file: IndexFile

  init(baseOffset: Offset, in files: DirectoryFiles, mark: String = "") {
    file = IndexFile(LogNames.file(baseOffset, LogNames.transactionIndex) + mark, entrySize: Self.entrySize, in: files)
  }

  /// Takes over the file's contents. False if they are invalid; a missing file is empty.
  mutating func load(logSize: Int, exists: Bool) throws(DiskFailure) -> Bool {
    guard exists else { return true }
    guard let content = try file.load(ofLogSize: logSize) else { return false }
    var loaded: [AbortedTransaction] = []
    for start in stride(from: 0, to: content.count, by: Self.entrySize) {
      let transaction = AbortedTransaction(
        producerID: content.integer(at: start + 2), firstOffset: Offset(content.integer(at: start + 10)),
        lastOffset: Offset(content.integer(at: start + 18)), lastStableOffset: Offset(content.integer(at: start + 26)))
      guard content.integer(at: start, as: Int16.self) == 0, transaction.firstOffset <= transaction.lastOffset,
        loaded.last.map({ $0.lastOffset < transaction.lastOffset }) ?? true
      else { return false }
      loaded.append(transaction)
    }
    entries = loaded
    return true
  }

  mutating func append(_ transaction: AbortedTransaction) throws(DiskFailure) {
    entries.append(transaction)
    var writer = ByteWriter(capacity: Self.entrySize)
    writer.append(Int16(0))
    writer.append(transaction.producerID)
    writer.append(transaction.firstOffset.value)
    writer.append(transaction.lastOffset.value)
    writer.append(transaction.lastStableOffset.value)
    try file.append(writer.bytes)
  }

  /// Removes the transactions whose markers lie at or after an offset.
  mutating func truncate(to offset: Offset) throws(DiskFailure) {
    let count = entries.partitioningIndex { $0.lastOffset >= offset }
    guard count < entries.count else { return }
    entries.removeSubrange(count...)
    try file.truncate(toEntries: count)
  }

  /// Removes everything, including file contents that were not taken over.
  mutating func reset(exists: Bool) throws(DiskFailure) {
    entries = []
    if exists { try file.truncate(toEntries: 0) }
  }

  /// Adds the transactions that a fetch of these offsets needs to know. Returns true if no later segment can hold another one.
  func collect(from: Offset, to end: Offset, into found: inout [AbortedTransaction]) -> Bool {
    for transaction in entries {
      if transaction.lastOffset >= from, transaction.firstOffset < end { found.append(transaction) }
      if transaction.lastStableOffset >= end { return true }
    }
    return false
  }
}
