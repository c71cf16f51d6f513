import Host
import Measurement
import Primitives
import Workloads

/// A load in literal times, in microseconds since the origin.
package struct MeasuredLoad {
  package let log = LoadLog()
  private var sent: UInt32 = 0

  package init() {}

  package static func at(_ microseconds: Int64) -> Instant { Instant(nanoseconds: microseconds * 1_000) }

  /// Sends records of 100 bytes, one for each intended time, as one batch.
  @discardableResult
  package mutating func batch(
    intended: [Int64], sent sends: [Int64]? = nil, partition: Int32 = 0, baseOffset: Int64 = 0, finished: Int64, outcome: BatchTimes.Outcome = .acknowledged,
    _ change: (inout BatchTimes) -> Void = { _ in }
  ) -> [RecordValue] {
    let values = intended.indices.map { RecordValue(sent + UInt32($0)) }
    for (place, value) in values.enumerated() {
      log.addSend(of: value, intended: Self.at(intended[place]), sent: Self.at(sends?[place] ?? intended[place]), bytes: 100)
    }
    sent += UInt32(values.count)
    var times = BatchTimes()
    times.partition = PartitionNumber(partition)
    times.baseOffset = Offset(baseOffset)
    times.recordCount = Int32(values.count)
    times.plainBytes = Int32(100 * values.count)
    times.sentBytes = times.plainBytes
    times.outcome = outcome
    times.opened = Self.at(sends?.first ?? intended[0])
    times.ready = times.opened
    times.firstDrained = times.opened
    times.drained = times.opened
    times.finished = Self.at(finished)
    change(&times)
    log.add(times, tokens: ContiguousArray(values.map { UInt64($0.number) }))
    return values
  }

  package mutating func deliver(
    _ values: [RecordValue], partition: Int32 = 0, from offset: Int64 = 0, at instant: Int64, group: Int32 = 0, _ exchange: ExchangeTimes? = nil
  ) {
    log.add(
      DeliveredSlice(
        partition: PartitionNumber(partition), offsets: Offset(offset)..<Offset(offset + Int64(values.count)), at: Self.at(instant), group: group,
        exchange: exchange),
      values: values)
  }

  package func input(
    window: Range<Int64> = 0..<1_000_000, end: Int64 = 1_000_000, series: Int64 = 100_000, groups: Int = 1, stations: [StationReport] = [],
    facts: LawFacts = .one, faults: [FaultSpan] = [], delivery: DeliveryFacts = DeliveryFacts()
  ) -> MeasurementInput {
    MeasurementInput(
      log: log, origin: .zero, window: Self.at(window.lowerBound)..<Self.at(window.upperBound), end: Self.at(end), seriesWindow: .microseconds(series),
      offered: RecordRate(recordsPerSecond: 1, bytesPerSecond: 100), groups: groups, stations: stations, facts: facts, faults: faults, delivery: delivery)
  }
}

extension ExchangeTimes {
  /// The instants in their order, in microseconds: left, arrived, begun, worked, answered, answerLeft, answerArrived, answerBegun.
  package static func at(_ microseconds: Int64..., diskWait: Int64 = 0) -> ExchangeTimes {
    let times = ExchangeTimes(), instants = microseconds.map(MeasuredLoad.at)
    (times.left, times.arrived, times.begun, times.worked) = (instants[0], instants[1], instants[2], instants[3])
    (times.answered, times.answerLeft, times.answerArrived, times.answerBegun) = (instants[4], instants[5], instants[6], instants[7])
    times.diskWait = .microseconds(diskWait)
    return times
  }
}

extension LawFacts {
  /// One producer with Kafka's defaults, on one broker.
  package static let one = LawFacts(
    producers: [Producer(clients: 1, acks: -1, linger: .milliseconds(5), batchSize: 16_384, maxInFlight: 5, isCompressed: false)],
    replicationFactor: 1, brokers: 1)
}

extension StationReport {
  /// Busy for half of a second with 500 jobs of 1 ms each.
  package static func halfBusy(_ node: String = "broker-1", _ kind: StationMetrics.Kind = .processor, isOfClient: Bool = false) -> StationReport {
    var report = StationReport(node: node, kind: kind, servers: 1, isOfClient: isOfClient, window: .seconds(1))
    report.arrivals = 500
    report.completions = 500
    report.bytes = 50_000
    report.busy = .milliseconds(500)
    report.area = 750_000_000
    report.residence = 750_000_000
    return report
  }
}
