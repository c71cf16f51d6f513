import Primitives
import Workloads

/// When a growing offset, such as a partition's high watermark, passed each place. An offset that falls back, as after a change of leaders,
/// keeps the instant at which it was passed first.
struct OffsetTimeline {
  private var steps: ContiguousArray<OffsetInstant> = []

  init(_ entries: ContiguousArray<OffsetInstant>) {
    for entry in entries where steps.last.map({ $0.offset < entry.offset }) ?? true { steps.append(entry) }
  }

  /// From when on `offset` lay below, and up to where that holds for the offsets that follow it; `.distantFuture` where it never did.
  func passed(_ offset: Offset) -> OffsetInstant {
    let index = steps.partitioningIndex { $0.offset > offset }
    return index < steps.count ? steps[index] : .never
  }
}

extension [OffsetTimeline] {
  func passed(_ offset: Offset, of partition: PartitionNumber) -> OffsetInstant {
    indices.contains(Int(partition.number)) && offset != .unknown ? self[Int(partition.number)].passed(offset) : .never
  }
}

extension OffsetInstant {
  fileprivate static let never = OffsetInstant(offset: Offset(.max), instant: .distantFuture)
}
