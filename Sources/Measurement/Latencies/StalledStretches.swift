import Primitives
import Workloads

/// When the leader of a partition did not answer: a batch that is due meanwhile waits for an answer or for a leader, and not for a place among those in flight.
///
/// That is the time from the first attempt of a batch to its last one, or to its end where it was never acknowledged. Where no batch of the partition is under way, it
/// is also the time in which others are sent in vain, and that in which nothing at all is under way.
struct StalledStretches {
  /// Shorter pauses are the producer's own: it opens a connection, or has not come round to sending.
  private static let leastPause = Duration.milliseconds(100)

  /// By partition, in the order of time, with gaps between them.
  private var stretches: [[Range<Instant>]] = []

  init(_ batches: some Collection<BatchTimes>) {
    let sent = batches.lazy.filter { $0.partition.number >= 0 && $0.firstDrained != .distantFuture && $0.finished != .distantFuture && $0.finished > $0.firstDrained }
    // Most runs have nothing of the kind, and need nothing sorted.
    guard sent.contains(where: { $0.stall != nil || $0.firstDrained - $0.ready >= Self.leastPause }) else { return }
    var stalls: [[Range<Instant>]] = [], underWay: [[Range<Instant>]] = []
    for batch in sent {
      let partition = Int(batch.partition.number)
      while stalls.count <= partition {
        stalls.append([])
        underWay.append([])
      }
      underWay[partition].append(batch.firstDrained..<batch.finished)
      if let stall = batch.stall { stalls[partition].append(stall) }
    }
    stalls = stalls.map(Self.joined)
    underWay = underWay.map(Self.joined)
    let pauses = Self.gaps(in: Self.joined(Array(underWay.joined()))).filter { $0.upperBound - $0.lowerBound >= Self.leastPause }
    let inVain = Self.joined(stalls.joined() + pauses)
    stretches = stalls.indices.map { Self.joined(stalls[$0] + Self.parts(of: inVain, outside: underWay[$0])) }
  }

  /// Those of a partition that reach into the time between two instants, in their order. Takes logarithmic time.
  func ofPartition(_ partition: PartitionNumber, from begin: Instant, to end: Instant) -> ArraySlice<Range<Instant>> {
    let number = Int(partition.number)
    guard stretches.indices.contains(number), begin < end else { return [] }
    let list = stretches[number]
    var low = 0, high = list.count
    while low < high {
      let middle = (low + high) / 2
      if list[middle].upperBound <= begin { low = middle + 1 } else { high = middle }
    }
    return list[low...].prefix { $0.lowerBound < end }
  }

  // MARK: Ranges in the order of time

  private static func joined(_ ranges: [Range<Instant>]) -> [Range<Instant>] {
    var joined: [Range<Instant>] = []
    for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if let last = joined.last, range.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }

  private static func gaps(in ranges: [Range<Instant>]) -> [Range<Instant>] { zip(ranges, ranges.dropFirst()).map { $0.upperBound..<$1.lowerBound } }

  /// - Parameter others: joined, as `ranges` are.
  private static func parts(of ranges: [Range<Instant>], outside others: [Range<Instant>]) -> [Range<Instant>] {
    var parts: [Range<Instant>] = [], next = others.startIndex
    for range in ranges {
      var begin = range.lowerBound
      while next < others.endIndex, others[next].upperBound <= begin { next += 1 }
      var place = next
      while place < others.endIndex, others[place].lowerBound < range.upperBound {
        if others[place].lowerBound > begin { parts.append(begin..<others[place].lowerBound) }
        begin = max(begin, others[place].upperBound)
        place += 1
      }
      if begin < range.upperBound { parts.append(begin..<range.upperBound) }
    }
    return parts
  }
}

extension BatchTimes {
  /// Its attempts that came to nothing; nil where the first one was acknowledged.
  fileprivate var stall: Range<Instant>? {
    let end = outcome == .acknowledged ? drained : finished
    return end > firstDrained && end != .distantFuture ? firstDrained..<end : nil
  }
}
