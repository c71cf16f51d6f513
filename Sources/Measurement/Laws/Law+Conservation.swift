import Primitives
import Workloads

extension Law {
  /// The conservation law: produced = acknowledged + failed + open, counted from the records, from the batches and
  /// from the history; and at the end of each window of the series, in each partition and for each group, acknowledged =
  /// consumed + backlog. With very many partitions and windows, only every n-th window is checked.
  static func conservation(_ index: LoadIndex, _ windows: SeriesWindows, _ counts: Delivery?) -> LawCheck? {
    guard !index.log.records.isEmpty else { return nil }
    var cases = LawCases()
    addProduced(index.log, counts, &cases)
    addConsumed(index, windows, &cases)
    return cases.check(.conservation)
  }

  private static func addProduced(_ log: LoadLog, _ counts: Delivery?, _ cases: inout LawCases) {
    var told = Delivery()
    told.sent = log.records.count
    for batch in log.batches {
      switch batch.outcome {
      case .acknowledged: told.acked += Int(batch.recordCount)
      case .failed: told.failed += Int(batch.recordCount)
      case .unknown: told.unknown += Int(batch.recordCount)
      }
    }
    var open = 0
    for record in log.records where record.batch < 0 {
      if record.refused == .distantFuture { open += 1 } else { told.failed += 1 }
    }
    addEquality(told.sent, told.acked + told.failed + told.unknown + open, &cases) {
      "\(told.sent) produced, \(told.acked) acknowledged + \(told.failed) failed + \(told.unknown) unknown + \(open) open"
    }
    guard let counts else { return }
    addEquality(counts.sent, told.sent, &cases) { "\(counts.sent) sent by the history, \(told.sent) by the clients" }
    addEquality(counts.acked, told.acked, &cases) { "\(counts.acked) acknowledged by the history, \(told.acked) by the clients" }
    addEquality(counts.failed, told.failed, &cases) { "\(counts.failed) failed by the history, \(told.failed) by the clients" }
  }

  /// The number of counts kept at a time, one for each partition, group and window.
  private static let placeLimit = 4_000_000

  /// Compares three independent counts: batches as acknowledged, deliveries as they came, and waiting records.
  private static func addConsumed(_ index: LoadIndex, _ windows: SeriesWindows, _ cases: inout LawCases) {
    let log = index.log
    let partitions = 1 + Int(max(log.batches.lazy.map(\.partition.number).max() ?? -1, log.deliveries.lazy.map(\.partition.number).max() ?? -1))
    let groups = index.groups
    guard partitions > 0, groups > 0, windows.count > 0 else { return }
    let windows = windows.coarsened(to: max(1, placeLimit / (partitions * groups)))
    func place(_ partition: PartitionNumber, _ group: Int, _ window: Int) -> Int {
      (Int(partition.number) * groups + group) * windows.count + window
    }
    var acknowledged = ContiguousArray<Int32>(repeating: 0, count: partitions * groups * windows.count)
    var consumed = acknowledged, waiting = acknowledged

    for (number, batch) in log.batches.enumerated() where batch.outcome == .acknowledged && batch.partition != .unknown {
      guard let window = windows.index(of: batch.finished) else { continue }
      for group in 0..<groups {
        acknowledged[place(batch.partition, group, window)] += batch.recordCount
        index.forEachDeliveryOfBatch(number, to: group) { given, count in
          guard given > batch.finished else { return }
          waiting[place(batch.partition, group, window)] += count
          if let later = windows.index(of: given) { waiting[place(batch.partition, group, later)] -= count }
        }
      }
    }
    index.forEachFirstDelivery { number, batch, count in
      let slice = log.deliveries[number]
      guard slice.partition != .unknown, let window = windows.index(of: max(slice.at, log.batches[batch].finished)) else { return }
      consumed[place(slice.partition, Int(slice.group), window)] += count
    }
    for partition in 0..<partitions {
      for group in 0..<groups {
        var (acked, taken, backlog) = (0, 0, 0)
        for window in 0..<windows.count {
          let place = place(PartitionNumber(Int32(partition)), group, window)
          acked += Int(acknowledged[place])
          taken += Int(consumed[place])
          backlog += Int(waiting[place])
          addEquality(acked, taken + backlog, &cases) {
            "partition \(partition), group \(group), \(windows.end(of: window) - windows.origin): \(acked) acknowledged, \(taken) consumed + \(backlog) backlog"
          }
        }
      }
    }
  }

  private static func addEquality(_ left: Int, _ right: Int, _ cases: inout LawCases, _ figures: () -> String) {
    cases.add(holds: left == right, excess: Double(abs(left - right)), figures())
  }
}
