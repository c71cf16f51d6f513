import Host
import Primitives

/// What the clients of a benchmark saw, record by record: the raw times, out of which all statistics are made afterwards.
///
/// Records are numbered as their values are (`RecordValue.number`), in the order of their sends. One log serves all client processes of a
/// trial; like the history it stands outside of the world. Writing into it costs no more than a few array appends, so that a measured
/// process on a real machine is not slowed down by being measured.
public final class LoadLog {
  /// One entry a record.
  public private(set) var records: ContiguousArray<RecordTimes> = []
  /// Batches in the order in which they were finished.
  public private(set) var batches: ContiguousArray<BatchTimes> = []
  /// What consumers were given, in the order in which they were given it.
  public private(set) var deliveries: ContiguousArray<DeliveredSlice> = []
  /// The values of `deliveries`, side by side.
  public private(set) var deliveredValues: ContiguousArray<RecordValue> = []
  /// By the number of the partition: how the leader's high watermark moved. Empty where nobody can see that.
  public private(set) var visibility: ContiguousArray<ContiguousArray<OffsetInstant>> = []
  /// By the number of the partition: up to where records were synced that had to be (`flush.messages`).
  public private(set) var syncs: ContiguousArray<ContiguousArray<OffsetInstant>> = []

  /// The number of the first value.
  private let firstValue: UInt32

  /// - Parameter firstValue: see `History.init`; records are numbered from here.
  public init(firstValue: UInt32 = 0) { self.firstValue = firstValue }

  private func place(of value: UInt32) -> Int { Int(value - firstValue) }

  /// A record that is about to be sent. Must be called in the order of the values.
  /// - Parameters:
  ///   - intended: when the schedule wanted it sent; equal to `sent` where there is no schedule.
  ///   - bytes: of key and value.
  public func noteSend(of value: RecordValue, intended: Instant, sent: Instant, bytes: Int) {
    precondition(place(of: value.number) == records.count, "values are noted in their order")
    records.append(RecordTimes(intended: intended, sent: sent, bytes: UInt32(clamping: bytes)))
  }

  /// A batch whose records were acknowledged, or failed together. `tokens` are the numbers of their values.
  public func note(_ batch: BatchTimes, tokens: ContiguousArray<UInt64>) {
    let index = Int32(batches.count)
    batches.append(batch)
    for token in tokens { records[place(of: UInt32(token))].batch = index }
  }

  /// A record that failed before it came into a batch.
  public func noteRefusal(of value: RecordValue, at instant: Instant) { records[place(of: value.number)].refused = instant }

  /// When what became of a record was last told to its sender; nil where nobody was told anything.
  public var lastAnswer: Instant? {
    let refused = records.lazy.map(\.refused).filter { $0 < .distantFuture }.max()
    return [batches.last?.finished, refused].compactMap(\.self).max()
  }

  public func note(_ slice: DeliveredSlice, values: some Collection<RecordValue>) {
    var slice = slice
    slice.values = deliveredValues.count..<deliveredValues.count + values.count
    deliveredValues.append(contentsOf: values)
    deliveries.append(slice)
  }

  public func noteVisible(_ partition: PartitionNumber, upTo offset: Offset, at instant: Instant) {
    Self.append(OffsetInstant(offset: offset, instant: instant), to: &visibility, of: partition)
  }

  public func noteSynced(_ partition: PartitionNumber, upTo offset: Offset, at instant: Instant) {
    Self.append(OffsetInstant(offset: offset, instant: instant), to: &syncs, of: partition)
  }

  private static func append(_ entry: OffsetInstant, to list: inout ContiguousArray<ContiguousArray<OffsetInstant>>, of partition: PartitionNumber) {
    while list.count <= Int(partition.number) { list.append([]) }
    list[Int(partition.number)].append(entry)
  }
}

/// The life of one record up to its batch.
public struct RecordTimes: Sendable {
  /// When the schedule wanted it sent. Latencies count from here, so that a producer that falls behind does not hide it.
  public let intended: Instant
  /// When the application called `send`.
  public let sent: Instant
  /// Its place in `LoadLog.batches`, once that batch was finished; -1 until then.
  public var batch: Int32 = -1
  /// Of key and value.
  public let bytes: UInt32
  /// When it failed without ever being in a batch.
  public var refused = Instant.distantFuture

  public init(intended: Instant, sent: Instant, bytes: UInt32) {
    self.intended = intended
    self.sent = sent
    self.bytes = bytes
  }
}

/// The life of a batch, from its first record to the end that its records were told.
public struct BatchTimes {
  public enum Outcome: UInt8, Sendable { case acknowledged, failed, unknown }

  public var partition = PartitionNumber.unknown
  /// Unknown with acks=0.
  public var baseOffset = Offset.unknown
  public var recordCount: Int32 = 0
  /// As sent, and before compression.
  public var sentBytes: Int32 = 0
  public var plainBytes: Int32 = 0
  public var attempts: Int32 = 1
  public var outcome = Outcome.acknowledged
  /// Its first record came in. Records that were sent earlier had waited for memory or metadata.
  public var opened = Instant.distantFuture
  /// It was due: full, or its linger was over, or everything was flushed. From here on it waited for the producer, not for records.
  public var ready = Instant.distantFuture
  /// Its first attempt went into a request, and its last one; the same where there was but one.
  public var firstDrained = Instant.distantFuture
  public var drained = Instant.distantFuture
  /// Its records were told.
  public var finished = Instant.distantFuture
  /// Of the last attempt, where the world can tell. With acks=0 its later instants come after the batch was noted.
  public var exchange: ExchangeTimes?

  public init() {}
}

/// Records of one partition that a consumer was given together.
public struct DeliveredSlice {
  public let partition: PartitionNumber
  /// Of the first and behind the last record.
  public let offsets: Range<Offset>
  public let at: Instant
  /// The number of the consumer group among those that read everything: with fan-out every record is delivered once to each.
  public let group: Int32
  /// Of the fetch that brought them, where the world can tell.
  public let exchange: ExchangeTimes?
  /// Where its values stand among `LoadLog.deliveredValues`.
  public internal(set) var values = 0..<0

  public init(partition: PartitionNumber, offsets: Range<Offset>, at: Instant, group: Int32, exchange: ExchangeTimes?) {
    self.partition = partition
    self.offsets = offsets
    self.at = at
    self.group = group
    self.exchange = exchange
  }
}

/// From an instant on, everything below an offset was so.
public struct OffsetInstant: Sendable, Equatable {
  public let offset: Offset
  public let instant: Instant

  public init(offset: Offset, instant: Instant) {
    self.offset = offset
    self.instant = instant
  }
}
