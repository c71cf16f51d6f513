import Host
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

  mutating func append(_ slice: RecordSlice) {
    slices.append(slice)
    count += slice.count
  }
}

/// The records of a batch from one offset to another. Headers can be read from `batch` without touching a record.
public struct RecordSlice {
  public let partition: TopicPartition
  public let batch: RecordBatch
  /// The first offset that belongs to the slice, and the first that no longer does.
  public let offsets: Range<Offset>
  /// Records between them.
  public let count: Int
  /// Of the fetch that brought them, where the world can tell.
  public let exchange: ExchangeTimes?

  /// Walks the records of the slice in order, decompressing where needed.
  @inlinable
  public func forEachRecord(_ body: (RecordView) throws -> Void) throws {
    try batch.forEachRecord { record in
      if offsets.contains(record.offset) { try body(record) }
    }
  }

  /// The records with everything they hold, for tests and small amounts.
  public func records() throws -> [Record] { try batch.records().filter { offsets.contains($0.offset) } }
}
