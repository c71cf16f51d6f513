import Host
import OrderedCollections
import Primitives
import Wire

/// The result of one poll: slices of batches, which share the bytes that came from the broker.
public struct ConsumerRecords {
  /// Slices of one partition are in the order of their offsets.
  public internal(set) var slices: [RecordSlice] = []
  /// The number of records in all slices.
  public internal(set) var count = 0

  public init() {}

  public var isEmpty: Bool { slices.isEmpty }

  /// Walks all records without an allocation for any of them.
  @inlinable
  public func forEachRecord(_ body: (TopicPartition, RecordView) throws -> Void) throws {
    for slice in slices {
      try slice.forEachRecord { try body(slice.partition, $0) }
    }
  }

  /// The offsets to commit once these records are processed: their partitions with the next offsets (KIP-1094). The consumer's positions may differ
  /// by then: partitions are lost and truncated while their records are being processed.
  public var nextOffsets: [(partition: TopicPartition, offset: CommittedOffset)] {
    var next: OrderedDictionary<TopicPartition, CommittedOffset> = [:]
    for slice in slices { next[slice.partition] = CommittedOffset(slice.offsets.upperBound, leaderEpoch: slice.batch.partitionLeaderEpoch) }
    return next.map { (partition: $0.key, offset: $0.value) }
  }

  mutating func append(_ slice: RecordSlice) {
    slices.append(slice)
    count += slice.count
  }
}

/// The records of a batch from one offset to another. Headers can be read from `batch` without touching a record.
public struct RecordSlice {
  public let partition: TopicPartition
  /// The id of the fetched topic; zero if the brokers are too old to say.
  public let topicID: Uuid
  public let batch: RecordBatch
  /// The uncompressed records of the whole batch.
  @usableFromInline let content: Bytes
  /// From the first offset in the slice to the first one after it.
  public let offsets: Range<Offset>
  /// The number of records in this range.
  public let count: Int
  /// Whether the checksum of the batch was compared with what it holds (`check.crcs`).
  public let isVerified: Bool
  /// Of the fetch that brought them, where the world can tell.
  public let exchange: ExchangeTimes?

  /// Walks the records of the slice in order.
  @inlinable
  public func forEachRecord(_ body: (borrowing RecordView) throws -> Void) throws {
    try forEachRecordOfBatch { record in
      if offsets.contains(record.offset) { try body(record) }
    }
  }

  /// Walks all records of the batch in order, also those outside of the slice.
  @inlinable
  public func forEachRecordOfBatch(_ body: (borrowing RecordView) throws -> Void) throws {
    var cursor = RecordCursor(batch, content: content)
    while try cursor.next() { try body(cursor.current) }
  }

  /// The records with everything they hold, for tests and small amounts.
  public func records() throws -> [Record] {
    var records: [Record] = []
    try forEachRecord { records.append(try $0.record()) }
    return records
  }
}
