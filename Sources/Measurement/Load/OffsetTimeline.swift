import Primitives
import Workloads

/// When a growing offset, such as a partition's high watermark, passed each position. If the offset goes back, as after a change of leader,
/// the first instant counts.
struct OffsetTimeline {
  private var steps: ContiguousArray<OffsetInstant> = []

  init(_ entries: ContiguousArray<OffsetInstant>) {
    for entry in entries where steps.last.map({ $0.offset < entry.offset }) ?? true { steps.append(entry) }
  }

  /// When `offset` was first passed, and up to which later offset the same instant holds; `.distantFuture` if never.
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
