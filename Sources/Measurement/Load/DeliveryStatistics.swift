import Primitives
import Workloads

/// What consumers saw: latencies of the records that were meant for the window, once for each group, and rates by the time of delivery.
struct DeliveryStatistics {
  private(set) var endToEnd = LatencyHistogram()
  private(set) var attributed: [AttributedLatency] = []
  /// Within the window, all groups together, every time that a record came.
  private(set) var delivered = RecordCount()
  /// What they were as parts of their batches as sent, where a producer was told of these.
  private(set) var deliveredBatchBytes: Int64 = 0
  private(set) var deliveredSeries: [RecordCount]
  private(set) var latencySeries: LatencySeries

  init(_ index: LoadIndex, _ terms: LatencyTerms, window: Range<Instant>, windows: SeriesWindows) {
    let log = index.log
    deliveredSeries = Array(repeating: RecordCount(), count: windows.count)
    latencySeries = LatencySeries(count: windows.count)
    var attribution = AttributionBuilder(LatencyTerm.ofEndToEnd)
    attribution.reserve(log.deliveredValues.count)
    var delivered = RecordCount(), endToEnd = LatencyHistogram(), deliveredSeries = deliveredSeries, latencySeries = latencySeries
    var deliveredBatchBytes: Int64 = 0
    var run = DeliveredRun()

    index.forEachDelivery { number, position, record, isFirst in
      let times = log.records[record], offset = index.offset(at: position, in: number)
      if !run.holds(number, times.batch, offset) {
        run.addShared(terms, to: &attribution.sums)
        run = DeliveredRun(log, terms, slice: number, batch: times.batch, offset)
      }
      let place = windows.index(of: run.at)
      if let place { deliveredSeries[place].add(times.bytes) }
      if window.contains(run.at) {
        delivered.add(times.bytes)
        deliveredBatchBytes += run.batchBytesOfRecord
      }
      guard isFirst else { return }
      let latency = run.at - times.intended
      if let place { latencySeries.record(latency, in: place) }
      guard window.contains(times.intended) else { return }
      endToEnd.record(latency)
      attribution.note(LatencySample(latency: max(0, latency.nanoseconds), record: Int32(record), position: Int32(position)))
      run.add(times, terms, to: &attribution.sums)
    }
    run.addShared(terms, to: &attribution.sums)
    latencySeries.finish()
    (self.delivered, self.endToEnd, self.deliveredSeries, self.latencySeries) = (delivered, endToEnd, deliveredSeries, latencySeries)
    self.deliveredBatchBytes = deliveredBatchBytes
    attributed = attribution.attributed { sample, sums in
      let number = index.slice(at: Int(sample.position)), times = log.records[Int(sample.record)]
      terms.addEndToEnd(
        times, times.batch >= 0 ? log.batches[Int(times.batch)] : nil, log.deliveries[number], at: index.offset(at: Int(sample.position), in: number),
        to: &sums)
    }
  }
}

/// Records of one batch that were delivered and became visible together: most of them share their way from `ready` on, which is cut once
/// for all of them.
private struct DeliveredRun {
  private var number = -1
  private var batchNumber: Int32 = -1
  private var offsets = Offset(0)..<Offset(0)
  private var slice: DeliveredSlice?
  private var batch: BatchTimes?
  private var synced = Instant.distantFuture
  private var visible = Instant.distantFuture
  private var alike: Int64 = 0
  private(set) var at = Instant.distantFuture
  /// A record's part of its batch as sent.
  private(set) var batchBytesOfRecord: Int64 = 0

  init() {}

  init(_ log: LoadLog, _ terms: LatencyTerms, slice number: Int, batch batchNumber: Int32, _ offset: Offset) {
    let slice = log.deliveries[number], batch = batchNumber >= 0 ? log.batches[Int(batchNumber)] : nil
    let step = terms.visible(offset, of: slice.partition)
    self.number = number
    self.batchNumber = batchNumber
    offsets = offset..<max(offset, step.offset)
    self.slice = slice
    self.batch = batch
    synced = batch.map(terms.synced) ?? .distantFuture
    visible = terms.seen(step.instant, batch)
    at = slice.at
    if let batch, batch.recordCount > 0 { batchBytesOfRecord = Int64(batch.sentBytes / batch.recordCount) }
  }

  @inline(__always)
  func holds(_ number: Int, _ batch: Int32, _ offset: Offset) -> Bool { self.number == number && batchNumber == batch && offsets.contains(offset) }

  @inline(__always)
  mutating func add(_ record: RecordTimes, _ terms: LatencyTerms, to sums: inout TermSums) {
    guard let slice else { return }
    var cutter = TermCutter(from: record.intended, limit: min(visible, at))
    guard let batch else {
      cutter.cut(record.sent, .schedule, &sums)
      return terms.cutEndToEndAfterReady(nil, synced: synced, slice, visible: visible, &cutter, &sums)
    }
    terms.cutUpToReady(record, batch, &cutter, &sums)
    if cutter.at == batch.ready, batch.ready <= cutter.limit {
      alike += 1
    } else {
      terms.cutEndToEndAfterReady(batch, synced: synced, slice, visible: visible, &cutter, &sums)
    }
  }

  mutating func addShared(_ terms: LatencyTerms, to sums: inout TermSums) {
    guard alike > 0, let slice, let batch else { return }
    var shared = TermSums(), cutter = TermCutter(from: batch.ready, limit: min(visible, at))
    terms.cutEndToEndAfterReady(batch, synced: synced, slice, visible: visible, &cutter, &shared)
    sums.add(shared, times: alike)
    alike = 0
  }
}
