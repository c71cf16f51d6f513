import Primitives
import Workloads

/// What consumers saw: latencies of the records intended for the window, once for each group, and rates by the time of delivery.
struct DeliveryStatistics {
  let endToEnd: LatencyHistogram
  let attributed: [AttributedLatency]
  /// Deliveries within the window, all groups together, repetitions included.
  private(set) var delivered = RecordCount()
  /// The bytes of these records as shares of their batches as sent, if a producer was told about the batches.
  private(set) var deliveredBatchBytes: Int64 = 0
  private(set) var deliveredSeries: [RecordCount]
  private(set) var latencySeries: LatencySeries

  init(_ index: LoadIndex, _ terms: LatencyTerms, window: Range<Instant>, windows: SeriesWindows) {
    let log = index.log
    deliveredSeries = Array(repeating: RecordCount(), count: windows.count)
    latencySeries = LatencySeries(count: windows.count)
    var attribution = AttributionBuilder(LatencyTerm.ofEndToEnd)
    attribution.reserve(log.deliveredValues.count)
    var delivered = RecordCount(), deliveredSeries = deliveredSeries, latencySeries = latencySeries
    var deliveredBatchBytes: Int64 = 0
    var run = DeliveredRun(), place: Int?, isDeliveredWithin = false

    let records = log.records
    index.forEachDelivery { number, position, record, isFirst in
      let times = records[record]
      if !run.holds(position, times.batch) {
        run.addShared(terms, to: &attribution.sums)
        run = DeliveredRun(index, terms, slice: number, batch: times.batch, position)
        (place, isDeliveredWithin) = (windows.index(of: run.at), window.contains(run.at))
      }
      if let place { deliveredSeries[place].add(times.bytes) }
      if isDeliveredWithin {
        delivered.add(times.bytes)
        deliveredBatchBytes += run.batchBytesOfRecord
      }
      guard isFirst else { return }
      let latency = run.at - times.intended
      if let place { latencySeries.record(latency, in: place) }
      guard window.contains(times.intended) else { return }
      attribution.add(latency, of: Int32(record), at: Int32(position))
      run.add(times, terms, to: &attribution.sums)
    }
    run.addShared(terms, to: &attribution.sums)
    latencySeries.finish()
    (self.delivered, self.deliveredSeries, self.latencySeries) = (delivered, deliveredSeries, latencySeries)
    endToEnd = attribution.latencies
    self.deliveredBatchBytes = deliveredBatchBytes
    attributed = attribution.attributed { sample, sums in
      let number = index.slice(at: Int(sample.position)), times = log.records[Int(sample.record)]
      terms.addEndToEnd(
        times, times.batch >= 0 ? log.batches[Int(times.batch)] : nil, log.deliveries[number], at: index.offset(at: Int(sample.position), in: number),
        to: &sums)
    }
  }
}

/// Records of one batch that were delivered and became visible together: most of them share all terms from `ready` on, so these are split
/// only once.
private struct DeliveredRun {
  private var batchNumber: Int32 = -1
  /// Among the delivered values.
  private var positions = 0..<0
  private var slice: DeliveredSlice?
  private var batch: BatchTimes?
  /// Of the batch, where there is one: asked for with every record.
  private var opened = Instant.distantFuture
  private var ready = Instant.distantFuture
  private var synced = Instant.distantFuture
  private var visible = Instant.distantFuture
  private var alike: Int64 = 0
  private(set) var at = Instant.distantFuture
  /// A record's share of its batch as sent.
  private(set) var batchBytesOfRecord: Int64 = 0

  init() {}

  /// - Parameter position: of the first record, among the delivered values.
  init(_ index: LoadIndex, _ terms: LatencyTerms, slice number: Int, batch batchNumber: Int32, _ position: Int) {
    let log = index.log, slice = log.deliveries[number], batch = batchNumber >= 0 ? log.batches[Int(batchNumber)] : nil
    let step = terms.visible(index.offset(at: position, in: number), of: slice.partition)
    self.batchNumber = batchNumber
    positions = index.positions(from: position, below: step.offset, in: number)
    self.slice = slice
    self.batch = batch
    if let batch { (opened, ready) = (batch.opened, batch.ready) }
    synced = batch.map(terms.synced) ?? .distantFuture
    visible = terms.seen(step.instant, batch)
    at = slice.at
    if let batch, batch.recordCount > 0 { batchBytesOfRecord = Int64(batch.sentBytes / batch.recordCount) }
  }

  @inline(__always)
  func holds(_ position: Int, _ batch: Int32) -> Bool { batchNumber == batch && positions.contains(position) }

  @inline(__always)
  mutating func add(_ record: RecordTimes, _ terms: LatencyTerms, to sums: inout TermSums) {
    var cutter = TermCutter(from: record.intended, limit: min(visible, at))
    guard batchNumber >= 0 else {
      cutter.cut(record.sent, .schedule, &sums)
      return cutRest(terms, &cutter, &sums)
    }
    terms.cutUpToReady(record, opened: opened, ready: ready, &cutter, &sums)
    if cutter.at == ready, ready <= cutter.limit { alike += 1 } else { cutRest(terms, &cutter, &sums) }
  }

  private func cutRest(_ terms: LatencyTerms, _ cutter: inout TermCutter, _ sums: inout TermSums) {
    guard let slice else { return }
    terms.cutEndToEndAfterReady(batch, synced: synced, slice, visible: visible, &cutter, &sums)
  }

  mutating func addShared(_ terms: LatencyTerms, to sums: inout TermSums) {
    guard alike > 0 else { return }
    var shared = TermSums(), cutter = TermCutter(from: ready, limit: min(visible, at))
    cutRest(terms, &cutter, &shared)
    sums.add(shared, times: alike)
    alike = 0
  }
}
