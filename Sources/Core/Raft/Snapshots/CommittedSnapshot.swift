import Host
import Log
import Primitives
import Wire

/// A snapshot of the metadata on a node's disk: records that make, in an empty image, what all committed records below its end made (KIP-630).
///
/// The file is a sequence of record batches: a control batch that begins with a SnapshotHeader, batches of metadata records, a control batch with a
/// SnapshotFooter. With `kraft.version` 1 the first batch also holds the version and the voters (KIP-853). Source: `RecordsSnapshotWriter`,
/// `RecordsSnapshotReader`.
public struct CommittedSnapshot {
  public let id: SnapshotID
  private let files: DirectoryFiles
  private let name: String

  /// - Parameter name: of the file; without one, that of a whole snapshot.
  init(_ id: SnapshotID, in files: DirectoryFiles, named name: String? = nil) {
    self.id = id
    self.files = files
    self.name = name ?? id.fileName
  }

  /// The last record that is in it.
  public var lastOffset: Offset { id.endOffset - Int64(1) }

  /// Hands the records over, batch by batch, in their order. Throws a `LogError` where the file is damaged or cannot be read, and what `body` throws.
  public func forEachBatch(_ body: ([MetadataRecord]) throws -> Void) throws {
    try walk { batch in
      if batch.isControl { return }
      let records: [MetadataRecord]
      do { records = try batch.metadataRecords() } catch { throw damage("a record cannot be read: \(error)") }
      try body(records)
    }
  }

  /// Reads everything and hands nothing over. Returns the size of the file. Throws a `LogError`.
  func check() throws(LogError) -> Int {
    var size = 0
    do {
      try walk { batch in
        _ = try quorumRecords(of: batch)
        size += batch.sizeInBytes
      }
    } catch let error as LogError {
      throw error
    } catch {
      throw damage("\(error)")
    }
    return size
  }

  /// When the last record in it was appended, by its leader's clock.
  func lastContainedLogTimestamp() throws(LogError) -> Timestamp { try header(of: try firstBatch()) }

  /// The kraft.version and the voters at its end; none with static voters.
  func quorumRecords() throws(LogError) -> [QuorumRecord] { try quorumRecords(of: try firstBatch()) }

  private func firstBatch() throws(LogError) -> RecordBatch {
    var batches = try open()
    defer { batches.close() }
    guard let batch = try LogError.wrap({ () throws(DiskFailure) in try batches.next() }) else { throw damage("no sound batch begins it") }
    return batch
  }

  private func open() throws(LogError) -> SoundBatches { try LogError.wrap { () throws(DiskFailure) in try SoundBatches(of: name, in: files) } }

  private func walk(_ body: (RecordBatch) throws -> Void) throws {
    var batches = try open()
    defer { batches.close() }
    var isFirst = true, hasFooter = false
    while let batch = try LogError.wrap({ () throws(DiskFailure) in try batches.next() }) {
      guard !hasFooter else { throw damage("something follows its end") }
      if isFirst { _ = try header(of: batch) }
      isFirst = false
      hasFooter = try controlRecords(of: batch).contains { $0.type == .snapshotFooter }
      try body(batch)
    }
    guard batches.isAtEnd else { throw damage("no sound batch begins at byte \(batches.position) of \(batches.sizeInBytes)") }
    guard hasFooter else { throw damage("its end is missing") }
  }

  private func header(of batch: RecordBatch) throws(LogError) -> Timestamp {
    guard let first = try controlRecords(of: batch).first, first.type == .snapshotHeader else { throw damage("it does not begin with the header of a snapshot") }
    do { return Timestamp(milliseconds: try SnapshotHeaderRecord(first.value, version: 0).lastContainedLogTimestamp) } catch {
      throw damage("its header cannot be read: \(error)")
    }
  }

  private func controlRecords(of batch: RecordBatch) throws(LogError) -> [ControlRecord] {
    do { return try batch.controlRecords() } catch { throw damage("a control record cannot be read: \(error)") }
  }

  private func quorumRecords(of batch: RecordBatch) throws(LogError) -> [QuorumRecord] {
    let records = try controlRecords(of: batch)
    do {
      return try records.compactMap { (record) throws(VotersRecordError) in try QuorumRecord(record) }
    } catch {
      throw damage("\(error)")
    }
  }

  private func damage(_ reason: String) -> LogError { .damaged(path: files.path(name), reason: "the snapshot is damaged: \(reason)") }
}

extension RecordBatch {
  /// The records of the metadata in it; none of a control batch.
  func metadataRecords() throws -> [MetadataRecord] {
    guard !isControl else { return [] }
    var records: [MetadataRecord] = []
    // The count is foreign; no record of an uncompressed batch, as these are, has less than seven bytes.
    records.reserveCapacity(min(Int(recordCount), sizeInBytes / 7))
    try forEachRecord { record in
      if let value = record.value { records.append(try MetadataRecord(decoding: value)) }
    }
    return records
  }
}
