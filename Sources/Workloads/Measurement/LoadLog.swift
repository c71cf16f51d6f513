import Host
import Primitives

/// What the clients of a benchmark saw, record by record: the raw times from which all statistics are computed afterwards.
///
/// Records have the numbers of their values (`RecordValue.number`), in the order of their sends. One log serves all client processes of a
/// trial; like the history it is not part of the world. Writing to it costs no more than a few array appends, so measuring
/// does not slow down a measured process on a real machine.
public final class LoadLog {
  /// One entry a record.
  public private(set) var records: ContiguousArray<RecordTimes> = []
  /// Batches in the order in which they were finished.
  public private(set) var batches: ContiguousArray<BatchTimes> = []
  /// What consumers received, in the order in which they received it.
  public private(set) var deliveries: ContiguousArray<DeliveredSlice> = []
  /// The values of all `deliveries`; those of one delivery are adjacent.
  public private(set) var deliveredValues: ContiguousArray<RecordValue> = []
  /// By partition number: how the leader's high watermark moved. Empty if it cannot be observed.
  public private(set) var visibility: ContiguousArray<ContiguousArray<OffsetInstant>> = []
  /// By partition number: the offset up to which records that had to be synced (`flush.messages`) were synced.
  public private(set) var syncs: ContiguousArray<ContiguousArray<OffsetInstant>> = []

  /// The number of the first value.
  private let firstValue: UInt32

  /// - Parameters:
  ///   - firstValue: see `History.init`; records are numbered from here.
  ///   - room: how many records it has room for before its list has to be copied. Room that is not needed takes addresses, but no memory.
  public init(firstValue: UInt32 = 0, room: Int = 0) {
    self.firstValue = firstValue
    records.reserveCapacity(room)
  }

  private func place(of value: UInt32) -> Int { Int(value - firstValue) }

  /// Adds a record that is about to be sent. Must be called in the order of the values.
  /// - Parameters:
  ///   - intended: when the schedule wanted it sent; equal to `sent` without a schedule.
  ///   - bytes: the size of key and value.
  public func addSend(of value: RecordValue, intended: Instant, sent: Instant, bytes: Int) {
    precondition(place(of: value.number) == records.count, "values are added in their order")
    records.append(RecordTimes(intended: intended, sent: sent, bytes: UInt32(clamping: bytes)))
  }

  /// Adds a batch whose records were acknowledged, or failed together. `tokens` are the numbers of their values.
  public func add(_ batch: BatchTimes, tokens: ContiguousArray<UInt64>) {
    let index = Int32(batches.count)
    batches.append(batch)
    for token in tokens { records[place(of: UInt32(token))].batch = index }
  }

  /// Marks a record as failed before it was in a batch.
  public func markRefused(_ value: RecordValue, at instant: Instant) { records[place(of: value.number)].refused = instant }

  /// When a sender last learned the outcome of a record; nil if none ever did.
  public var lastAnswer: Instant? {
    let refused = records.lazy.map(\.refused).filter { $0 < .distantFuture }.max()
    return [batches.last?.finished, refused].compactMap(\.self).max()
  }

  public func add(_ slice: DeliveredSlice, values: some Collection<RecordValue>) {
    var slice = slice
    slice.values = deliveredValues.count..<deliveredValues.count + values.count
    deliveredValues.append(contentsOf: values)
    deliveries.append(slice)
  }

  public func markVisible(_ partition: PartitionNumber, upTo offset: Offset, at instant: Instant) {
    Self.append(OffsetInstant(offset: offset, instant: instant), to: &visibility, of: partition)
  }

  public func markSynced(_ partition: PartitionNumber, upTo offset: Offset, at instant: Instant) {
    Self.append(OffsetInstant(offset: offset, instant: instant), to: &syncs, of: partition)
  }

  private static func append(_ entry: OffsetInstant, to list: inout ContiguousArray<ContiguousArray<OffsetInstant>>, of partition: PartitionNumber) {
    while list.count <= Int(partition.number) { list.append([]) }
    list[Int(partition.number)].append(entry)
  }
}

/// The times of one record up to its batch.
public struct RecordTimes: Sendable {
  /// When the schedule wanted it sent. Latencies count from here, so that a producer that falls behind does not hide it.
  public let intended: Instant
  /// When the application called `send`.
  public let sent: Instant
  /// Its index in `LoadLog.batches`, once that batch is finished; -1 until then.
  public var batch: Int32 = -1
  /// The size of key and value.
  public let bytes: UInt32
  /// When it failed without ever being in a batch.
  public var refused = Instant.distantFuture

  public init(intended: Instant, sent: Instant, bytes: UInt32) {
    self.intended = intended
    self.sent = sent
    self.bytes = bytes
  }
}

/// The times of a batch, from its first record to the end that was reported for its records.
public struct BatchTimes {
  public enum Outcome: UInt8, Sendable { case acknowledged, failed, unknown }

  public var partition = PartitionNumber.unknown
  /// Unknown with acks=0.
  public var baseOffset = Offset.unknown
  public var recordCount: Int32 = 0
  /// Compressed, as sent, and uncompressed.
  public var sentBytes: Int32 = 0
  public var plainBytes: Int32 = 0
  public var attempts: Int32 = 1
  public var outcome = Outcome.acknowledged
  /// When its first record was added. Records that were sent earlier had waited for memory or metadata.
  public var opened = Instant.distantFuture
  /// When it was due: full, linger over, or flushed. From here on it waited for the producer, not for records.
  public var ready = Instant.distantFuture
  /// When its first attempt went into a request, and its last one; the same if there was only one.
  public var firstDrained = Instant.distantFuture
  public var drained = Instant.distantFuture
  /// When the outcome of its records was reported.
  public var finished = Instant.distantFuture
  /// The exchange of the last attempt, if the world can tell. With acks=0 its later instants come after the batch was logged.
  public var exchange: ExchangeTimes?

  public init() {}
}

/// Records of one partition that a consumer received together.
public struct DeliveredSlice {
  public let partition: PartitionNumber
  /// From the first offset to the one after the last.
  public let offsets: Range<Offset>
  public let at: Instant
  /// The number of the consumer group among the groups that read everything: with fan-out every record is delivered once to each.
  public let group: Int32
  /// The exchange of the fetch that brought them, if the world can tell.
  public let exchange: ExchangeTimes?
  /// The range of its values in `LoadLog.deliveredValues`.
  public internal(set) var values = 0..<0

  public init(partition: PartitionNumber, offsets: Range<Offset>, at: Instant, group: Int32, exchange: ExchangeTimes?) {
    self.partition = partition
    self.offsets = offsets
    self.at = at
    self.group = group
    self.exchange = exchange
  }
}

/// An offset below which something holds for everything, and the instant since when it does.
public struct OffsetInstant: Sendable, Equatable {
  public let offset: Offset
  public let instant: Instant

  public init(offset: Offset, instant: Instant) {
    self.offset = offset
    self.instant = instant
  }
}
