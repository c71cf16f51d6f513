import Primitives

/// The offsets that `read_committed` readers have passed: whatever was committed there they received, or it is missing.
///
/// A reader passes everything between two records that it receives, unless its position is set in between. A reader that read a partition from beginning to end passed
/// all of it.
struct CommittedCoverage {
  /// By partition: disjoint ranges in ascending order.
  private var ranges: [[ClosedRange<Offset>]]

  init(_ analysis: Analysis, _ audit: CommittedAudit?) {
    var gatherer = Gatherer(analysis, audit?.process)
    gatherer.run()
    ranges = gatherer.ranges
    for partition in ranges.indices {
      if let audit, audit.isReadToTheEnd, !audit.unread.contains(PartitionNumber(Int32(partition))) {
        ranges[partition] = [Offset(0)...Offset(.max)]
      } else {
        ranges[partition] = Self.merged(ranges[partition])
      }
    }
  }

  func contains(_ offset: Offset, of partition: PartitionNumber) -> Bool {
    guard offset != .unknown, partition != .unknown else { return false }
    let ranges = ranges[Int(partition.number)]
    let place = ranges.partitioningIndex { $0.upperBound >= offset }
    return place < ranges.count && ranges[place].lowerBound <= offset
  }

  private static func merged(_ ranges: [ClosedRange<Offset>]) -> [ClosedRange<Offset>] {
    var merged: [ClosedRange<Offset>] = []
    for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  private struct Gatherer {
    private let analysis: Analysis
    /// The audit, which started at the beginning of each partition.
    private let auditor: ProcessNumber?
    private let namesakes: [[Int]]
    /// By process and partition: the range passed since the position was last set.
    private var open: [[ClosedRange<Offset>?]] = []
    private(set) var ranges: [[ClosedRange<Offset>]]

    init(_ analysis: Analysis, _ auditor: ProcessNumber?) {
      self.analysis = analysis
      self.auditor = auditor
      namesakes = analysis.history.namesakes
      ranges = analysis.logs.map { _ in [] }
    }

    mutating func run() {
      for operation in analysis.history.operations where analysis.reads(operation.process) {
        let process = Int(operation.process.number)
        while open.count <= process { open.append(Array(repeating: nil, count: ranges.count)) }
        switch operation.function {
        case .poll where operation.kind == .ok: for entry in analysis.history.entries(of: operation) { pass(entry, operation.process) }
        case .assign where operation.entryCount > 0: for entry in analysis.history.entries(of: operation) { close(Int(entry.partition.number), process) }
        case .assign: for partition in ranges.indices { close(partition, process) }
        case .gain, .giveUp, .lose, .reset:
          for entry in analysis.history.entries(of: operation) where entry.partition != .unknown {
            for partition in namesakes[Int(entry.partition.number)] { close(partition, process) }
          }
        default: break
        }
      }
      for process in open.indices { for partition in ranges.indices { close(partition, process) } }
    }

    private mutating func pass(_ entry: History.Entry, _ process: ProcessNumber) {
      let partition = Int(entry.partition.number)
      let begin = process == auditor ? 0 : entry.offset
      if let range = open[Int(process.number)][partition], range.upperBound <= entry.offset {
        open[Int(process.number)][partition] = range.lowerBound...entry.offset
      } else {
        // The process went back.
        close(partition, Int(process.number))
        open[Int(process.number)][partition] = min(begin, entry.offset)...entry.offset
      }
    }

    private mutating func close(_ partition: Int, _ process: Int) {
      guard let range = open[process][partition] else { return }
      open[process][partition] = nil
      ranges[partition].append(range)
    }
  }
}
