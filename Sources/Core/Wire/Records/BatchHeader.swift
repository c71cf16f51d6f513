import Primitives

/// The fields of a record batch's header (KIP-98), without the batch's bytes. All reading and writing of these fields is done here.
///
/// Reading validates nothing. Separate checks state what must hold of the fields, and each reader makes those that it needs: a search for
/// the next batch of a file checks only size and offsets, and a leader requires more of a producer's batch than its followers do of the leader's.
/// `RecordBatch` is a batch that is known to be complete and readable.
public struct BatchHeader: Hashable, Sendable {
  public var baseOffset: Offset
  /// The number of bytes of the batch after this field.
  public var batchLength: Int32 = 0
  public var leaderEpoch: LeaderEpoch
  public var magic: Int8 = BatchLayout.currentMagic
  /// The stored CRC-32C.
  public var checksum: UInt32 = 0
  public var attributes: Int16
  public var lastOffsetDelta: Int32
  public var baseTimestamp: Timestamp
  public var maxTimestamp: Timestamp
  public var producerID: Int64
  public var producerEpoch: Int16
  public var baseSequence: Int32
  public var recordCount: Int32
}

extension BatchHeader {
  /// The number of bytes of every header.
  @inlinable public static var size: Int { BatchLayout.records }
  /// The first byte of a batch that its checksum covers.
  @inlinable public static var checksumBegin: Int { BatchLayout.attributes }

  @inlinable public var sizeInBytes: Int { Int(batchLength) + BatchLayout.lengthOverhead }
  @inlinable public var lastOffset: Offset { baseOffset + Int64(lastOffsetDelta) }
  @inlinable public var nextOffset: Offset { baseOffset + (Int64(lastOffsetDelta) + 1) }
  /// The number of the codec; 0 to 4 exist.
  @inlinable public var codec: Int8 { Int8(attributes & BatchLayout.compressionMask) }
  @inlinable public var isTransactional: Bool { attributes & BatchLayout.transactional != 0 }
}

// MARK: Reading

extension BatchHeader {
  /// The header at a position, or nil if too few bytes are left for a header.
  @inlinable
  public init?(_ bytes: Bytes, at position: Int = 0) {
    guard position >= 0, bytes.count - position >= Self.size else { return nil }
    self.init(reading: bytes, at: position)
  }

  /// The header at a position. The caller knows that enough bytes follow.
  @inlinable
  init(reading bytes: Bytes, at position: Int) {
    precondition(position >= 0 && bytes.count - position >= Self.size, "header outside of the bytes")
    self = bytes.withUnsafeBytes { BatchHeader(reading: $0.baseAddress! + position) }
  }

  /// The bounds were checked once for all fields.
  @inlinable
  init(reading start: UnsafeRawPointer) {
    func integer<Integer: FixedWidthInteger & BitwiseCopyable>(at place: Int) -> Integer {
      Integer(bigEndian: start.loadUnaligned(fromByteOffset: place, as: Integer.self))
    }
    baseOffset = Offset(integer(at: BatchLayout.baseOffset))
    batchLength = integer(at: BatchLayout.batchLength)
    leaderEpoch = LeaderEpoch(integer(at: BatchLayout.partitionLeaderEpoch))
    magic = integer(at: BatchLayout.magic)
    checksum = integer(at: BatchLayout.checksum)
    attributes = integer(at: BatchLayout.attributes)
    lastOffsetDelta = integer(at: BatchLayout.lastOffsetDelta)
    baseTimestamp = Timestamp(milliseconds: integer(at: BatchLayout.baseTimestamp))
    maxTimestamp = Timestamp(milliseconds: integer(at: BatchLayout.maxTimestamp))
    producerID = integer(at: BatchLayout.producerID)
    producerEpoch = integer(at: BatchLayout.producerEpoch)
    baseSequence = integer(at: BatchLayout.baseSequence)
    recordCount = integer(at: BatchLayout.recordCount)
  }
}

// MARK: Writing

extension BatchHeader {
  /// Writes the header of the batch that fills `batch`, whose records are already in place. Length, magic and checksum are computed from its bytes,
  /// whatever the fields say.
  func write(to batch: UnsafeMutableRawBufferPointer) {
    precondition(batch.count >= BatchLayout.records && batch.count <= Int(Int32.max), "a batch of \(batch.count) bytes")
    batch.store(baseOffset.value, at: BatchLayout.baseOffset)
    batch.store(Int32(batch.count - BatchLayout.lengthOverhead), at: BatchLayout.batchLength)
    batch.store(leaderEpoch.value, at: BatchLayout.partitionLeaderEpoch)
    batch.store(BatchLayout.currentMagic, at: BatchLayout.magic)
    batch.store(attributes, at: BatchLayout.attributes)
    batch.store(lastOffsetDelta, at: BatchLayout.lastOffsetDelta)
    batch.store(baseTimestamp.milliseconds, at: BatchLayout.baseTimestamp)
    batch.store(maxTimestamp.milliseconds, at: BatchLayout.maxTimestamp)
    batch.store(producerID, at: BatchLayout.producerID)
    batch.store(producerEpoch, at: BatchLayout.producerEpoch)
    batch.store(baseSequence, at: BatchLayout.baseSequence)
    batch.store(recordCount, at: BatchLayout.recordCount)
    batch.storeChecksum()
  }

  /// Computes the checksum of the batch that fills `batch`: over everything from the attributes on.
  @inlinable
  static func checksum(of batch: UnsafeRawBufferPointer) -> UInt32 {
    CRC32C.checksum(UnsafeRawBufferPointer(rebasing: batch[checksumBegin...]))
  }
}
