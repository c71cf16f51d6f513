import Host
import Primitives
import Wire

/// The batches of a file, one after another, as far as they are whole and have the right checksums. For reading a file that no log has open; the file is
/// read in chunks, and nothing of it is changed.
package struct SoundBatches {
  private let files: DirectoryFiles
  private let name: String
  private let file: FileID
  package let sizeInBytes: Int
  /// Behind the last batch that was given.
  package private(set) var position = 0
  private var chunk = Bytes.empty
  private var chunkStart = 0

  private static let chunkBytes = 1 << 20

  /// Opens the file, which is to be closed with `close`.
  package init(of name: String, in files: DirectoryFiles) throws(DiskFailure) {
    self.files = files
    self.name = name
    file = try files.open(name, creating: false)
    sizeInBytes = files.disk.size(of: file)
  }

  package var isAtEnd: Bool { position >= sizeInBytes }

  /// The next batch; nil at the end of the file, and where something stands that is no sound batch.
  package mutating func next() throws(DiskFailure) -> RecordBatch? {
    guard !isAtEnd else { return nil }
    if let batch = RecordBatch(soundIn: chunk, at: position - chunkStart) { return take(batch) }
    let rest = sizeInBytes - position
    guard let header = BatchHeader(logged: try files.read(file, name, at: position, count: min(BatchHeader.size, rest)), at: 0), header.sizeInBytes <= rest
    else { return nil }
    chunk = try files.read(file, name, at: position, count: min(max(Self.chunkBytes, header.sizeInBytes), rest))
    chunkStart = position
    return RecordBatch(soundIn: chunk).map { take($0) }
  }

  private mutating func take(_ batch: RecordBatch) -> RecordBatch {
    position += batch.sizeInBytes
    return batch
  }

  package func close() { files.disk.close(file) }
}
