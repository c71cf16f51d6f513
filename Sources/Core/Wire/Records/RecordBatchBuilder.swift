import Primitives

/// Builds one record batch of magic 2, record by record, into a reusable buffer.
///
/// ```swift
/// var builder = RecordBatchBuilder(compression: .lz4)
/// builder.append(timestamp: now, key: key, value: value)
/// let batch = builder.build()
/// builder.reset()
/// ```
///
/// The base timestamp is the first record's. `build` does not copy an uncompressed batch: its records were written in their final place.
public struct RecordBatchBuilder {
  public let compression: Compression
  /// The codec's level; nil for Kafka's default.
  public let level: Int32?
  public var baseOffset: Offset
  public var leaderEpoch: LeaderEpoch
  public var producerID: Int64
  public var producerEpoch: Int16
  public var baseSequence: Int32
  public var isTransactional: Bool
  public var isControl: Bool

  @inlinable public var recordCount: Int32 { count }
  /// Distance of the last record from the base offset; -1 before the first record.
  @inlinable public var lastOffsetDelta: Int32 { lastDelta }
  @inlinable public var baseTimestamp: Timestamp { firstTimestamp }
  @inlinable public var maxTimestamp: Timestamp { largestTimestamp }

  @usableFromInline var count: Int32 = 0
  @usableFromInline var lastDelta: Int32 = -1
  @usableFromInline var firstTimestamp = Timestamp.none
  @usableFromInline var largestTimestamp = Timestamp.none
  /// Space for the header, then the records, uncompressed.
  @usableFromInline var writer: ByteWriter
  private var compressor: Compressor?

  /// `capacity` is the initial size of the buffer in bytes. A `compressor` lends its contexts; without one, a builder that
  /// compresses makes its own and keeps it.
  public init(
    compression: Compression = .none, level: Int32? = nil, baseOffset: Offset = 0, leaderEpoch: LeaderEpoch = .unknown,
    producerID: Int64 = -1, producerEpoch: Int16 = -1, baseSequence: Int32 = -1, isTransactional: Bool = false,
    isControl: Bool = false, capacity: Int = 16 << 10, compressor: Compressor? = nil
  ) {
    precondition(level == nil || compression.accepts(level: level!) || level == compression.defaultLevel, "\(compression.name) has no such level")
    self.compression = compression
    self.level = level
    self.baseOffset = baseOffset
    self.leaderEpoch = leaderEpoch
    self.producerID = producerID
    self.producerEpoch = producerEpoch
    self.baseSequence = baseSequence
    self.isTransactional = isTransactional
    self.isControl = isControl
    self.compressor = compressor
    writer = ByteWriter(capacity: max(capacity, BatchLayout.records))
    writer.append(count: BatchLayout.records) { $0.initializeMemory(as: UInt8.self, repeating: 0) }
  }

  /// Size of the batch so far, header included, before compression.
  @inlinable public var sizeInBytes: Int { writer.count }
  @inlinable public var isEmpty: Bool { recordCount == 0 }

  /// Adds a record at the offset after the last one.
  @inlinable
  public mutating func append(timestamp: Timestamp, key: Bytes?, value: Bytes?, headers: [RecordHeader] = []) {
    append(offsetDelta: lastOffsetDelta + 1, timestamp: timestamp, key: key, value: value, headers: headers)
  }

  /// Adds a record at a distance from the base offset that is greater than the last record's: compaction leaves gaps.
  @inlinable
  public mutating func append(offsetDelta: Int32, timestamp: Timestamp, key: Bytes?, value: Bytes?, headers: [RecordHeader] = []) {
    precondition(offsetDelta > lastOffsetDelta, "offsets of a batch ascend")
    if count == 0 {
      firstTimestamp = timestamp
      largestTimestamp = timestamp
    } else if timestamp > largestTimestamp {
      largestTimestamp = timestamp
    }
    let record = RecordLayout(
      timestampDelta: timestamp.milliseconds &- baseTimestamp.milliseconds, offsetDelta: offsetDelta, key: key, value: value, headers: headers)
    writer.append(count: record.sizeInBytes) { target in
      record.write(to: target, key: key, value: value, headers: headers)
    }
    lastDelta = offsetDelta
    count += 1
  }

  /// By how many bytes a record would lengthen the batch, before compression.
  public func sizeOfAppending(timestamp: Timestamp, key: Bytes?, value: Bytes?, headers: [RecordHeader] = []) -> Int {
    let base = recordCount == 0 ? timestamp : baseTimestamp
    return RecordLayout(
      timestampDelta: timestamp.milliseconds &- base.milliseconds, offsetDelta: lastOffsetDelta + 1, key: key, value: value, headers: headers
    ).sizeInBytes
  }

  /// Returns the finished batch. At least one record must have been added.
  public mutating func build() -> Bytes {
    precondition(recordCount > 0, "a batch without records")
    guard compression == .none else { return buildCompressed() }
    let header = header
    writer.overwrite(0..<writer.count) { header.write(to: $0) }
    return writer.bytes
  }

  /// Discards the records and keeps everything else. The buffer is reused unless somebody still holds the last batch.
  public mutating func reset() {
    writer.removeAll()
    writer.append(count: BatchLayout.records) { $0.initializeMemory(as: UInt8.self, repeating: 0) }
    count = 0
    lastDelta = -1
    firstTimestamp = .none
    largestTimestamp = .none
  }

  private mutating func buildCompressed() -> Bytes {
    let compressor = compressor ?? Compressor()
    self.compressor = compressor
    let header = header
    return compressor.withCompressed(writer.bytes(in: BatchLayout.records..<writer.count), compression, level: level) { compressed in
      Bytes(capacity: BatchLayout.records + compressed.count) { target in
        UnsafeMutableRawBufferPointer(rebasing: target[BatchLayout.records...]).copyMemory(from: compressed)
        header.write(to: target)
        return target.count
      }
    }
  }

  private var header: BatchHeader {
    var attributes = Int16(compression.rawValue)
    if isTransactional { attributes |= BatchLayout.transactional }
    if isControl { attributes |= BatchLayout.control }
    return BatchHeader(
      baseOffset: baseOffset, leaderEpoch: leaderEpoch, attributes: attributes, lastOffsetDelta: lastOffsetDelta,
      baseTimestamp: baseTimestamp, maxTimestamp: maxTimestamp, producerID: producerID, producerEpoch: producerEpoch,
      baseSequence: baseSequence, recordCount: recordCount)
  }
}
