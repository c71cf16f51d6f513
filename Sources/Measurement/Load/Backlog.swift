import Primitives
import Workloads

/// The records that were acknowledged and not yet delivered to consumers, counted once for each group.
package struct Backlog {
  package private(set) var atBegin = 0
  package private(set) var atEnd = 0
  /// The maximum at any instant of the window.
  package private(set) var maximum = 0
  /// At the end of each window of the series.
  package private(set) var series: [Int]

  package init(_ index: LoadIndex, window: Range<Instant>, windows: SeriesWindows) {
    series = []
    var current = 0, steps = BacklogSteps(index)
    var marks = (0..<windows.count).map { windows.end(of: $0) }[...]

    while let (instant, change) = steps.next() {
      while let mark = marks.first, mark < instant {
        series.append(current)
        marks.removeFirst()
      }
      if instant <= window.lowerBound { atBegin = current + change }
      if instant >= window.lowerBound, instant <= window.upperBound { maximum = max(maximum, current) }
      current += change
      if instant >= window.lowerBound, instant <= window.upperBound { maximum = max(maximum, current) }
      if instant <= window.upperBound { atEnd = current }
    }
    series += Array(repeating: current, count: marks.count)
    maximum = max(maximum, atBegin, atEnd)
  }
}

/// The changes of the backlog in order of time. A record joins it when it is acknowledged before a group received it, and leaves it when
/// the group receives it; if both happen at one instant, it never was in the backlog.
private struct BacklogSteps {
  private let index: LoadIndex
  private let acknowledged: ContiguousArray<Int32>
  private let delivered: ContiguousArray<Int32>
  private var batch = 0
  private var slice = 0

  init(_ index: LoadIndex) {
    self.index = index
    var acknowledged = ContiguousArray<Int32>(repeating: 0, count: index.log.batches.count)
    for (number, times) in index.log.batches.enumerated() where times.outcome == .acknowledged {
      for group in 0..<index.groups {
        index.forEachDeliveryOfBatch(number, to: group) { given, count in
          if given > times.finished { acknowledged[number] += count }
        }
      }
    }
    var delivered = ContiguousArray<Int32>(repeating: 0, count: index.log.deliveries.count)
    index.forEachFirstDelivery { number, batch, count in
      if index.log.batches[batch].finished < index.log.deliveries[number].at { delivered[number] += count }
    }
    self.acknowledged = acknowledged
    self.delivered = delivered
  }

  mutating func next() -> (Instant, Int)? {
    let log = index.log
    let finished = batch < index.batchOrder.count ? log.batches[Int(index.batchOrder[batch])].finished : nil
    let given = slice < index.sliceOrder.count ? log.deliveries[Int(index.sliceOrder[slice])].at : nil
    if let finished, given.map({ finished <= $0 }) ?? true {
      defer { batch += 1 }
      return (finished, Int(acknowledged[Int(index.batchOrder[batch])]))
    }
    guard let given else { return nil }
    defer { slice += 1 }
    return (given, -Int(delivered[Int(index.sliceOrder[slice])]))
  }
}
