import Host
import Primitives
import Workloads

/// Cuts the latencies of single records into terms.
struct LatencyTerms {
  private let index: LoadIndex
  private let visibility: [OffsetTimeline]
  private let syncs: [OffsetTimeline]

  init(_ index: LoadIndex) {
    self.index = index
    visibility = index.log.visibility.map(OffsetTimeline.init)
    syncs = index.log.syncs.map(OffsetTimeline.init)
  }

  /// When the leader had synced the batch, as `flush.messages` asked for.
  func synced(_ batch: BatchTimes) -> Instant {
    guard batch.baseOffset != .unknown else { return .distantFuture }
    return syncs.passed(batch.baseOffset + Int64(max(batch.recordCount, 1) - 1), of: batch.partition)
  }

  /// From the instant the schedule wanted the record sent to its acknowledgement.
  /// - Parameter synced: of its batch.
  @inline(__always)
  func addPublish(_ record: RecordTimes, _ batch: BatchTimes, synced: Instant, to sums: inout TermSums) {
    var cutter = TermCutter(from: record.intended, limit: batch.finished)
    cutUpToDrained(record, batch, &cutter, &sums)
    guard let exchange = batch.exchange else { return cutter.cut(batch.finished, .roundTrip, &sums) }
    cutUpToSynced(exchange, synced, &cutter, &sums)
    guard exchange.answerLeft != .distantFuture else {
      // Told without an answer, as with acks=0: the record was the client's all the time.
      return cutter.cut(batch.finished, .clientCPU, &sums)
    }
    cutter.cut(exchange.answered, .replication, &sums)
    cutter.cut(exchange.answerLeft, .brokerCPU, &sums)
    cutter.cut(exchange.answerArrived, .networkBack, &sums)
    cutter.cut(batch.finished, .clientAnswer, &sums)
  }

  /// From the instant the schedule wanted the record sent until a consumer was given it.
  /// - Parameters:
  ///   - synced: of its batch.
  ///   - offset: as delivered: with acks=0 the producer does not know it.
  @inline(__always)
  func addEndToEnd(
    _ record: RecordTimes, _ batch: BatchTimes?, synced: Instant, _ slice: DeliveredSlice, at offset: Offset, to sums: inout TermSums
  ) {
    var visible = visibility.passed(offset, of: slice.partition)
    if let exchange = batch?.exchange, exchange.begun <= visible, visible < exchange.worked, exchange.worked != .distantFuture {
      // Seen by the handler that appended it: what that does leaves when its work is done.
      visible = exchange.worked
    }
    var cutter = TermCutter(from: record.intended, limit: min(visible, slice.at))
    if let batch {
      cutUpToDrained(record, batch, &cutter, &sums)
      if let exchange = batch.exchange { cutUpToSynced(exchange, synced, &cutter, &sums) }
    } else {
      cutter.cut(record.sent, .schedule, &sums)
    }
    cutter.limit = slice.at
    guard let fetch = slice.exchange else { return cutter.cut(slice.at, .roundTrip, &sums) }
    cutter.cut(visible, batch?.exchange == nil ? .roundTrip : .replication, &sums)
    cutter.cut(fetch.answered, .fetchWait, &sums)
    cutter.cut(fetch.answerLeft, .fetchCPU, &sums)
    cutter.cut(fetch.answerArrived, .networkToConsumer, &sums)
    cutter.cut(slice.at, .consumer, &sums)
  }

  @inline(__always)
  private func cutUpToDrained(_ record: RecordTimes, _ batch: BatchTimes, _ cutter: inout TermCutter, _ sums: inout TermSums) {
    cutter.cut(record.sent, .schedule, &sums)
    cutter.cut(batch.opened, .buffer, &sums)
    cutter.cut(batch.ready, .batch, &sums)
    cutter.cut(batch.firstDrained, .inFlight, &sums)
    cutter.cut(batch.drained, .retries, &sums)
  }

  @inline(__always)
  private func cutUpToSynced(_ exchange: ExchangeTimes, _ synced: Instant, _ cutter: inout TermCutter, _ sums: inout TermSums) {
    cutter.cut(exchange.left, .clientCPU, &sums)
    cutter.cut(exchange.arrived, .networkOut, &sums)
    cutter.cut(exchange.begun, .requestQueue, &sums)
    guard exchange.worked != .distantFuture else { return }
    cutter.cut(exchange.worked - exchange.diskWait, .brokerCPU, &sums)
    // A handler that waits for a sync waits for nothing else of the disk.
    let isSyncedWithin = exchange.begun < synced && synced <= exchange.worked
    cutter.cut(exchange.worked, isSyncedWithin ? .fsync : .disk, &sums)
    cutter.cut(synced, .fsync, &sums)
  }
}
