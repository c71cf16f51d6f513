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
    // Records of one batch mostly come one after another.
    var lastBatch: Int32 = -1, synced = Instant.distantFuture

    index.forEachDelivery { number, position, record, isFirst in
      let slice = log.deliveries[number], times = log.records[record]
      let place = windows.index(of: slice.at)
      if let place { deliveredSeries[place].add(times.bytes) }
      let batch = times.batch >= 0 ? log.batches[Int(times.batch)] : nil
      if window.contains(slice.at) {
        delivered.add(times.bytes)
        if let batch, batch.recordCount > 0 { deliveredBatchBytes += Int64(batch.sentBytes / batch.recordCount) }
      }
      guard isFirst else { return }
      let latency = slice.at - times.intended
      if let place { latencySeries.record(latency, in: place) }
      guard window.contains(times.intended) else { return }
      endToEnd.record(latency)
      if times.batch != lastBatch {
        lastBatch = times.batch
        synced = batch.map(terms.synced) ?? .distantFuture
      }
      attribution.add(LatencySample(latency: max(0, latency.nanoseconds), record: Int32(record), position: Int32(position))) {
        terms.addEndToEnd(times, batch, synced: synced, slice, at: index.offset(at: position, in: number), to: &$0)
      }
    }
    latencySeries.finish()
    (self.delivered, self.endToEnd, self.deliveredSeries, self.latencySeries) = (delivered, endToEnd, deliveredSeries, latencySeries)
    self.deliveredBatchBytes = deliveredBatchBytes
    attributed = attribution.attributed { sample, sums in
      let number = index.slice(at: Int(sample.position)), times = log.records[Int(sample.record)]
      let batch = times.batch >= 0 ? log.batches[Int(times.batch)] : nil
      terms.addEndToEnd(
        times, batch, synced: batch.map(terms.synced) ?? .distantFuture, log.deliveries[number],
        at: index.offset(at: Int(sample.position), in: number), to: &sums)
    }
  }
}
