import Primitives

/// The fields of a record batch's header (KIP-98), apart from its bytes. Whoever reads or writes them does it here.
///
/// Reading believes nothing. What must hold of the fields is said by checks, of which each reader takes those that it needs: who looks for
/// the next batch of a file goes by size and offsets alone, a leader wants more of a producer's batch than its followers do of the leader's.
/// `RecordBatch` is a batch that is known to be whole and readable.
public struct BatchHeader: Hashable, Sendable {
  public var baseOffset: Offset
  /// Bytes of the batch behind this field.
  public var batchLength: Int32 = 0
  public var leaderEpoch: LeaderEpoch
  public var magic: Int8 = BatchLayout.currentMagic
  /// CRC-32C as written.
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
  /// Bytes that every header takes.
  @inlinable public static var size: Int { BatchLayout.records }
  /// The first byte of a batch that its checksum is about.
  @inlinable public static var checksumBegin: Int { BatchLayout.attributes }

  @inlinable public var sizeInBytes: Int { Int(batchLength) + BatchLayout.lengthOverhead }
  @inlinable public var lastOffset: Offset { baseOffset + Int64(lastOffsetDelta) }
  @inlinable public var nextOffset: Offset { baseOffset + (Int64(lastOffsetDelta) + 1) }
  /// The number of the codec, of which there are 0 to 4.
  @inlinable public var codec: Int8 { Int8(attributes & BatchLayout.compressionMask) }
  @inlinable public var isTransactional: Bool { attributes & BatchLayout.transactional != 0 }
}

// MARK: Reading

extension BatchHeader {
  /// The header at a position, or nil where fewer bytes are there than a header takes.
  @inlinable
  public init?(_ bytes: Bytes, at position: Int = 0) {
    guard position >= 0, bytes.count - position >= Self.size else { return nil }
    self.init(reading: bytes, at: position)
  }

  /// The header at a position behind which the caller knows that there are bytes enough.
  @inlinable
  init(reading bytes: Bytes, at position: Int) {
    baseOffset = Offset(bytes.integer(at: position + BatchLayout.baseOffset))
    batchLength = bytes.integer(at: position + BatchLayout.batchLength)
    leaderEpoch = LeaderEpoch(bytes.integer(at: position + BatchLayout.partitionLeaderEpoch))
    magic = bytes.integer(at: position + BatchLayout.magic)
    checksum = bytes.integer(at: position + BatchLayout.checksum)
    attributes = bytes.integer(at: position + BatchLayout.attributes)
    lastOffsetDelta = bytes.integer(at: position + BatchLayout.lastOffsetDelta)
    baseTimestamp = Timestamp(milliseconds: bytes.integer(at: position + BatchLayout.baseTimestamp))
    maxTimestamp = Timestamp(milliseconds: bytes.integer(at: position + BatchLayout.maxTimestamp))
    producerID = bytes.integer(at: position + BatchLayout.producerID)
    producerEpoch = bytes.integer(at: position + BatchLayout.producerEpoch)
    baseSequence = bytes.integer(at: position + BatchLayout.baseSequence)
    recordCount = bytes.integer(at: position + BatchLayout.recordCount)
  }
}

// MARK: Writing

extension BatchHeader {
  /// Writes the header of the batch that fills `batch`, whose records are there already. Length, magic and checksum follow from its bytes,
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

  /// What the checksum of the batch that fills `batch` has to be: that of everything from the attributes on.
  @inlinable
  static func checksum(of batch: UnsafeRawBufferPointer) -> UInt32 {
    CRC32C.checksum(UnsafeRawBufferPointer(rebasing: batch[checksumBegin...]))
  }
}
