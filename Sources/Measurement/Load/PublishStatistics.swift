import Primitives
import Workloads

/// What producers saw: latencies of the records intended for the window, and rates by the time at which outcomes were reported.
struct PublishStatistics {
  let fromIntended: LatencyHistogram
  let fromSend: LatencyHistogram
  let delay: LatencyHistogram
  let attributed: [AttributedLatency]
  /// Reported within the window.
  private(set) var acknowledged = RecordCount()
  private(set) var errors = RecordCount()
  /// For the batches acknowledged within the window.
  private(set) var batches: Int64 = 0
  private(set) var plainBatchBytes: Int64 = 0
  private(set) var sentBatchBytes: Int64 = 0
  /// By window of the series.
  private(set) var acknowledgedSeries: [RecordCount]
  private(set) var errorSeries: [Int]
  let latencySeries: LatencySeries

  init(_ index: LoadIndex, _ terms: LatencyTerms, window: Range<Instant>, windows: SeriesWindows) {
    acknowledgedSeries = Array(repeating: RecordCount(), count: windows.count)
    errorSeries = Array(repeating: 0, count: windows.count)
    var attribution = AttributionBuilder(LatencyTerm.ofPublish)
    attribution.reserve(index.log.records.count)
    let records = index.log.records, batchTimes = index.log.batches
    // Collected here and stored at the end: what is changed for every record stays in registers.
    var fromSend = LatencyHistogram(), delay = LatencyHistogram(), latencySeries = LatencySeries(count: windows.count)

    for batch in index.batchOrder {
      let times = batchTimes[Int(batch)], numbers = index.records(of: Int(batch))
      let place = windows.index(of: times.finished)
      var told = RecordCount()
      for number in numbers { told.add(records[Int(number)].bytes) }
      guard times.outcome == .acknowledged else {
        if let place { errorSeries[place] += told.records }
        if window.contains(times.finished) { errors.add(told) }
        continue
      }
      if let place { acknowledgedSeries[place].add(told) }
      if window.contains(times.finished) {
        acknowledged.add(told)
        batches += 1
        plainBatchBytes += Int64(times.plainBytes)
        sentBatchBytes += Int64(times.sentBytes)
      }
      let synced = terms.synced(times)
      // Most records of a batch share all terms from `ready` on: these are split only once.
      var alike: Int64 = 0
      for number in numbers {
        let record = records[Int(number)]
        let latency = times.finished - record.intended
        if let place { latencySeries.record(latency, in: place) }
        guard window.contains(record.intended) else { continue }
        fromSend.record(times.finished - record.sent)
        attribution.add(latency, of: number)
        var cutter = TermCutter(from: record.intended, limit: times.finished)
        terms.cutUpToReady(record, opened: times.opened, ready: times.ready, &cutter, &attribution.sums)
        if cutter.at == times.ready {
          alike += 1
        } else {
          terms.cutPublishAfterReady(times, synced: synced, &cutter, &attribution.sums)
        }
      }
      guard alike > 0 else { continue }
      var shared = TermSums(), cutter = TermCutter(from: times.ready, limit: times.finished)
      terms.cutPublishAfterReady(times, synced: synced, &cutter, &shared)
      attribution.sums.add(shared, times: alike)
    }
    latencySeries.finish()
    for record in records {
      if window.contains(record.intended) { delay.record(record.sent - record.intended) }
      guard record.refused != .distantFuture, record.batch < 0 else { continue }
      if let place = windows.index(of: record.refused) { errorSeries[place] += 1 }
      if window.contains(record.refused) { errors.add(record.bytes) }
    }
    (self.fromSend, self.delay, self.latencySeries) = (fromSend, delay, latencySeries)
    fromIntended = attribution.latencies
    attributed = attribution.attributed { sample, sums in
      let record = records[Int(sample.record)]
      terms.addPublish(record, batchTimes[Int(record.batch)], to: &sums)
    }
  }
}

/// Records, and the bytes of their keys and values.
package struct RecordCount: Equatable {
  package private(set) var records = 0
  package private(set) var bytes: Int64 = 0

  package init() {}

  @inline(__always)
  package mutating func add(_ bytes: UInt32) {
    records += 1
    self.bytes += Int64(bytes)
  }

  package mutating func add(_ other: RecordCount) {
    records += other.records
    bytes += other.bytes
  }

  /// - Parameter seconds: more than 0.
  package func rate(over seconds: Double) -> RecordRate { RecordRate(recordsPerSecond: Double(records) / seconds, bytesPerSecond: Double(bytes) / seconds) }
}
