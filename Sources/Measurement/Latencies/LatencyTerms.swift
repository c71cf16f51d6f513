import Host
import Primitives
import Workloads

/// Splits the latencies of single records into terms.
struct LatencyTerms {
  private let index: LoadIndex
  private let visibility: [OffsetTimeline]
  private let syncs: [OffsetTimeline]
  private let stalls: StalledStretches

  init(_ index: LoadIndex) {
    self.index = index
    visibility = index.log.visibility.map(OffsetTimeline.init)
    syncs = index.log.syncs.map(OffsetTimeline.init)
    stalls = StalledStretches(index.log.batches)
  }

  /// When the leader had synced the batch, if `flush.messages` required it.
  func synced(_ batch: BatchTimes) -> Instant {
    guard batch.baseOffset != .unknown else { return .distantFuture }
    return syncs.passed(batch.baseOffset + Int64(max(batch.recordCount, 1) - 1), of: batch.partition).instant
  }

  /// When a record of a partition became visible to consumers, and up to which offset that holds.
  func visible(_ offset: Offset, of partition: PartitionNumber) -> OffsetInstant { visibility.passed(offset, of: partition) }

  // MARK: Publish latency, from the instant the schedule wanted the record sent to its acknowledgement

  func addPublish(_ record: RecordTimes, _ batch: BatchTimes, to sums: inout TermSums) {
    var cutter = TermCutter(from: record.intended, limit: batch.finished)
    cutUpToReady(record, opened: batch.opened, ready: batch.ready, &cutter, &sums)
    cutPublishAfterReady(batch, synced: synced(batch), &cutter, &sums)
  }

  func cutPublishAfterReady(_ batch: BatchTimes, synced: Instant, _ cutter: inout TermCutter, _ sums: inout TermSums) {
    cutUpToDrained(batch, &cutter, &sums)
    guard let exchange = batch.exchange else { return cutter.cut(batch.finished, .roundTrip, &sums) }
    cutUpToSynced(exchange, synced, &cutter, &sums)
    guard exchange.answerLeft != .distantFuture else {
      // The record was reported without a response, as with acks=0: it was at the client all the time.
      return cutter.cut(batch.finished, .clientCPU, &sums)
    }
    cutter.cut(exchange.answered, .replication, &sums)
    cutter.cut(exchange.answerLeft, .brokerCPU, &sums)
    cutter.cut(exchange.answerArrived, .networkBack, &sums)
    cutter.cut(batch.finished, .clientAnswer, &sums)
  }

  // MARK: End-to-end latency, from the instant the schedule wanted the record sent until a consumer received it

  /// - Parameters:
  ///   - batch: nil if the record never was in a batch that was finished.
  ///   - offset: the delivered offset: with acks=0 the producer does not know it.
  func addEndToEnd(_ record: RecordTimes, _ batch: BatchTimes?, _ slice: DeliveredSlice, at offset: Offset, to sums: inout TermSums) {
    let visible = seen(visible(offset, of: slice.partition).instant, batch)
    var cutter = TermCutter(from: record.intended, limit: min(visible, slice.at))
    if let batch { cutUpToReady(record, opened: batch.opened, ready: batch.ready, &cutter, &sums) } else { cutter.cut(record.sent, .schedule, &sums) }
    cutEndToEndAfterReady(batch, synced: batch.map(synced) ?? .distantFuture, slice, visible: visible, &cutter, &sums)
  }

  /// When a record becomes visible whose own append moved the high watermark: the effects of a handler leave when its work is done.
  func seen(_ visible: Instant, _ batch: BatchTimes?) -> Instant {
    guard let exchange = batch?.exchange, exchange.worked != .distantFuture else { return visible }
    return exchange.begun <= visible && visible < exchange.worked ? exchange.worked : visible
  }

  /// - Parameter visible: the result of `seen`.
  func cutEndToEndAfterReady(
    _ batch: BatchTimes?, synced: Instant, _ slice: DeliveredSlice, visible: Instant, _ cutter: inout TermCutter, _ sums: inout TermSums
  ) {
    if let batch {
      cutUpToDrained(batch, &cutter, &sums)
      if let exchange = batch.exchange { cutUpToSynced(exchange, synced, &cutter, &sums) }
    }
    cutter.limit = slice.at
    guard let fetch = slice.exchange else { return cutter.cut(slice.at, .roundTrip, &sums) }
    cutter.cut(visible, batch?.exchange == nil ? .roundTrip : .replication, &sums)
    cutter.cut(fetch.answered, .fetchWait, &sums)
    cutter.cut(fetch.answerLeft, .fetchCPU, &sums)
    cutter.cut(fetch.answerArrived, .networkToConsumer, &sums)
    cutter.cut(slice.at, .consumer, &sums)
  }

  // MARK: Common terms

  /// What a record has for itself. From the instant at which its batch was ready it shares the way of that.
  @inline(__always)
  func cutUpToReady(_ record: RecordTimes, opened: Instant, ready: Instant, _ cutter: inout TermCutter, _ sums: inout TermSums) {
    cutter.cut(record.sent, .schedule, &sums)
    cutter.cut(opened, .buffer, &sums)
    cutter.cut(ready, .batch, &sums)
  }

  private func cutUpToDrained(_ batch: BatchTimes, _ cutter: inout TermCutter, _ sums: inout TermSums) {
    // Behind a batch that gets no answer the limit is not what holds the others: whoever answers is missing.
    for stall in stalls.ofPartition(batch.partition, from: cutter.at, to: batch.firstDrained) {
      cutter.cut(min(stall.lowerBound, batch.firstDrained), .inFlight, &sums)
      cutter.cut(min(stall.upperBound, batch.firstDrained), .retries, &sums)
    }
    cutter.cut(batch.firstDrained, .inFlight, &sums)
    cutter.cut(batch.drained, .retries, &sums)
  }

  private func cutUpToSynced(_ exchange: ExchangeTimes, _ synced: Instant, _ cutter: inout TermCutter, _ sums: inout TermSums) {
    cutter.cut(exchange.left, .clientCPU, &sums)
    cutter.cut(exchange.arrived, .networkOut, &sums)
    cutter.cut(exchange.begun, .requestQueue, &sums)
    guard exchange.worked != .distantFuture else { return }
    cutter.cut(exchange.worked - exchange.diskWait, .brokerCPU, &sums)
    // A handler that waits for a sync waits for nothing else on the disk.
    let isSyncedWithin = exchange.begun < synced && synced <= exchange.worked
    cutter.cut(exchange.worked, isSyncedWithin ? .fsync : .disk, &sums)
    cutter.cut(synced, .fsync, &sums)
  }
}
