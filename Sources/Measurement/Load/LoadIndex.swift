import Primitives
import Workloads

/// A load log prepared for statistics: related entries are adjacent, in order of time.
///
/// It takes about 4 bytes a record, and 8 for each group.
package struct LoadIndex {
  package let log: LoadLog
  package let groups: Int
  /// Batches in the order in which they were finished, deliveries in the order in which consumers were given them.
  package let batchOrder: ContiguousArray<Int32>
  package let sliceOrder: ContiguousArray<Int32>
  /// The records of batch `b` are `recordsByBatch[batchStarts[b]..<batchStarts[b + 1]]`, in the order of their sends.
  private let recordsByBatch: ContiguousArray<Int32>
  private let batchStarts: ContiguousArray<Int32>
  /// When a record was first delivered to a group, by group and record; `.distantFuture` if it never was.
  private let firstDeliveries: ContiguousArray<Instant>

  package init(_ log: LoadLog, groups: Int) {
    self.log = log
    // A log may have more groups than were planned: their deliveries count as well.
    let groups = max(groups, Int((log.deliveries.lazy.map(\.group).max() ?? -1) + 1))
    self.groups = groups
    batchOrder = Self.order(log.batches.count) { log.batches[$0].finished }
    let sliceOrder = Self.order(log.deliveries.count) { log.deliveries[$0].at }
    self.sliceOrder = sliceOrder

    var starts = ContiguousArray<Int32>(repeating: 0, count: log.batches.count + 1)
    for record in log.records where record.batch >= 0 { starts[Int(record.batch) + 1] += 1 }
    for batch in log.batches.indices { starts[batch + 1] += starts[batch] }
    var next = starts
    var sorted = ContiguousArray<Int32>(repeating: 0, count: Int(starts.last ?? 0))
    for (number, record) in log.records.enumerated() where record.batch >= 0 {
      sorted[Int(next[Int(record.batch)])] = Int32(number)
      next[Int(record.batch)] += 1
    }
    batchStarts = starts
    recordsByBatch = sorted

    let recordCount = log.records.count
    var firsts = ContiguousArray<Instant>(repeating: .distantFuture, count: recordCount * groups)
    for index in sliceOrder {
      let slice = log.deliveries[Int(index)]
      let base = Int(slice.group) * recordCount
      for position in slice.values {
        let record = Int(log.deliveredValues[position].number)
        if record < recordCount, firsts[base + record] == .distantFuture { firsts[base + record] = slice.at }
      }
    }
    firstDeliveries = firsts
  }

  @inline(__always)
  package func records(of batch: Int) -> Slice<ContiguousArray<Int32>> {
    Slice(base: recordsByBatch, bounds: Int(batchStarts[batch])..<Int(batchStarts[batch + 1]))
  }

  /// Calls `body` with each instant at which records of a batch were first delivered to a group, and with how many. Records that never were have
  /// `.distantFuture`. An instant may come several times: only neighbours are counted together.
  func forEachDeliveryOfBatch(_ batch: Int, to group: Int, _ body: (_ given: Instant, _ count: Int32) -> Void) {
    let base = group * log.records.count
    var given = Instant.distantFuture, count: Int32 = 0
    for record in records(of: batch) {
      let next = firstDeliveries[base + Int(record)]
      if next != given, count > 0 {
        body(given, count)
        count = 0
      }
      given = next
      count += 1
    }
    if count > 0 { body(given, count) }
  }

  /// Calls `body` for the first deliveries of acknowledged records: the slice, the batch with which they were acknowledged, and how many neighbours these
  /// are.
  func forEachFirstDelivery(_ body: (_ slice: Int, _ batch: Int, _ count: Int32) -> Void) {
    let records = log.records, batches = log.batches
    var slice = -1, batch: Int32 = -1, count: Int32 = 0
    forEachDelivery { number, _, record, isFirst in
      guard isFirst else { return }
      let next = records[record].batch
      if number != slice || next != batch {
        if count > 0 { body(slice, Int(batch), count) }
        (slice, batch, count) = (number, next, 0)
      }
      if next >= 0, batches[Int(next)].outcome == .acknowledged { count += 1 }
    }
    if count > 0 { body(slice, Int(batch), count) }
  }

  /// Calls `body` for all deliveries of records of this log: the slice, the index among the delivered values, the record, and whether it
  /// is the first delivery to its group. If a record comes twice at one instant, only one counts as the first.
  package func forEachDelivery(_ body: (_ slice: Int, _ position: Int, _ record: Int, _ isFirst: Bool) -> Void) {
    let recordCount = log.records.count
    var isSeen = ContiguousArray<Bool>(repeating: false, count: recordCount * groups)
    for index in sliceOrder {
      let base = Int(log.deliveries[Int(index)].group) * recordCount
      for position in log.deliveries[Int(index)].values {
        let record = Int(log.deliveredValues[position].number)
        guard record < recordCount else { continue }
        body(Int(index), position, record, !isSeen[base + record])
        isSeen[base + record] = true
      }
    }
  }

  /// The slice of an index among the delivered values.
  package func slice(at position: Int) -> Int {
    max(0, log.deliveries.partitioningIndex { $0.values.lowerBound > position } - 1)
  }

  /// The offset of a delivered record. Where a slice has gaps (of markers, or after compaction), at least the true one.
  package func offset(at position: Int, in slice: Int) -> Offset {
    let slice = log.deliveries[slice]
    return slice.isDense ? slice.offsets.lowerBound + Int64(position - slice.values.lowerBound) : slice.offsets.upperBound - 1
  }

  /// The places among the delivered values, from one of a slice on, of records whose offsets are below another one.
  func positions(from position: Int, below end: Offset, in number: Int) -> Range<Int> {
    let slice = log.deliveries[number], offset = offset(at: position, in: number)
    guard offset < end else { return position..<position }
    let last = slice.isDense ? position.saturatingAdding(Int(end - offset)) : slice.values.upperBound
    return position..<min(last, slice.values.upperBound)
  }

  /// The numbers in the order of their instants; equal instants in the order of the numbers. Logs are mostly in order already.
  private static func order(_ count: Int, _ instant: (Int) -> Instant) -> ContiguousArray<Int32> {
    let numbers = ContiguousArray(0..<Int32(count))
    let isSorted = (1..<max(1, count)).allSatisfy { instant($0 - 1) <= instant($0) }
    return isSorted ? numbers : ContiguousArray(numbers.sorted { (instant(Int($0)), $0) < (instant(Int($1)), $1) })
  }
}

extension DeliveredSlice {
  /// Whether there is a record at each of its offsets.
  fileprivate var isDense: Bool { offsets.upperBound - offsets.lowerBound == Int64(values.count) }
}
