import Host
import OrderedCollections
import Primitives
import Wire

/// What one poll returned: slices of batches, which share the bytes that came from the broker.
public struct ConsumerRecords {
  /// Those of one partition stand in the order of their offsets.
  public internal(set) var slices: [RecordSlice] = []
  /// Records in all slices.
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

  /// What a group commits that is done with these records: their partitions with the offsets behind them (KIP-1094). Where the consumer stands may be something
  /// else by the time: partitions are lost and truncated while their records are worked on.
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
  /// Of the topic that was fetched; zero where the brokers are too old to say.
  public let topicID: Uuid
  public let batch: RecordBatch
  /// All records of the batch, uncompressed.
  @usableFromInline let content: Bytes
  /// The first offset that belongs to the slice, and the first that no longer does.
  public let offsets: Range<Offset>
  /// Records between them.
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
