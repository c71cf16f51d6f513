import Primitives
import Wire

/// A batch as somebody sent it: nothing in its header is believed yet.
///
/// The checks and their order are those of Kafka's leader, because a client acts on the code: it sends again what was CORRUPT_MESSAGE, and gives up
/// on INVALID_RECORD (`ByteBufferLogInputStream.nextBatchSize`, `UnifiedLog.analyzeAndValidateRecords`, `LogValidator.validateBatch`).
public struct GivenBatch {
  private static let lengthOverhead = 12
  private static let magicEnd = 17
  /// A batch of magic 0 takes at least this much behind its length.
  private static let smallestLength: Int32 = 14

  private let records: Bytes
  private let position: Int
  public let sizeInBytes: Int

  /// The batch at a position. Nil where no whole one follows: a rest that is cut off is left out, as everywhere in Kafka.
  public init?(_ records: Bytes, at position: Int) throws(AppendError) {
    let rest = records.count - position
    guard rest >= Self.lengthOverhead else { return nil }
    let length: Int32 = records.integer(at: position + 8)
    guard length >= Self.smallestLength else { throw .corrupt(reason: "a batch of \(length) bytes at byte \(position) is smaller than any can be") }
    guard rest >= Self.magicEnd else { return nil }
    let magic: Int8 = records.integer(at: position + 16)
    guard (0...2).contains(magic) else { throw .corrupt(reason: "the batch at byte \(position) has magic \(magic), which is none") }
    guard Int(length) <= rest - Self.lengthOverhead else { return nil }
    guard magic == 2 else { throw .unsupportedFormat(magic: magic) }
    self.records = records
    self.position = position
    sizeInBytes = Int(length) + Self.lengthOverhead
  }

  private var baseOffset: Int64 { records.integer(at: position) }
  private var attributes: Int16 { records.integer(at: position + 21) }

  /// The number of the codec, of which there are 0 to 4.
  public var codec: Int8 { Int8(attributes & 7) }
  public var isTransactional: Bool { attributes & 0x10 != 0 }

  /// What is wrong with the header as such; the batch whose properties can all be read otherwise.
  func checked(maximumSize: Int, origin: AppendOrigin) throws(AppendError) -> RecordBatch {
    guard origin != .client || baseOffset == 0 else {
      throw .invalidRecord(reason: "a producer's batch begins at offset 0, not \(baseOffset)", records: [])
    }
    guard sizeInBytes <= maximumSize else { throw .batchTooLarge(size: sizeInBytes, limit: maximumSize) }
    guard sizeInBytes >= BatchHeader.size, hasValidChecksum else {
      throw .corrupt(reason: "the checksum of the batch at byte \(position) does not fit its bytes")
    }
    guard Compression(rawValue: codec) != nil else { throw .unknownCodec(codec) }
    try checkCounts()
    do { return try RecordBatch(records, at: position) } catch { throw .corrupt(reason: "\(error)") }
  }

  private var hasValidChecksum: Bool {
    let stored: UInt32 = records.integer(at: position + 17)
    return records.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[position + 21..<position + sizeInBytes])) } == stored
  }

  /// As many offsets as records, and at least one: compaction alone leaves gaps.
  private func checkCounts() throws(AppendError) {
    let offsets = Int64(records.integer(at: position + 23, as: Int32.self)) + 1
    let count = Int64(records.integer(at: position + 57, as: Int32.self))
    guard offsets > 0 else { throw .invalidRecord(reason: "the batch ends \(1 - offsets) offset(s) before it begins", records: []) }
    guard count > 0 else { throw .invalidRecord(reason: "the batch says that it holds \(count) records", records: []) }
    guard count == offsets else { throw .invalidRecord(reason: "\(count) records stand for \(offsets) offsets", records: []) }
  }
}
