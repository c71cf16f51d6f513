import Primitives

/// Groups of adjacent segments that one segment can replace: together they stay within `segment.bytes` and `segment.index.bytes`, and the distance
/// from the first to the last offset fits into an index, 31 bits (`Cleaner.groupSegmentsBySize`).
struct SegmentGroups {
  private(set) var groups: [[LogSegment]] = []

  /// - Parameter end: Where the last segment ends.
  init(_ segments: some BidirectionalCollection<LogSegment>, end: Offset, _ configuration: LogConfiguration) {
    var group: [LogSegment] = []
    var size = Size()
    let ends = segments.dropFirst().map(\.baseOffset) + [end]
    for (segment, next) in zip(segments, ends) {
      let grown = size + Size(of: segment)
      if let first = group.first, !grown.fits(configuration) || !first.canHold(next - Int64(1)) {
        groups.append(group)
        group = []
        size = Size()
      }
      group.append(segment)
      size = size + Size(of: segment)
    }
    if !group.isEmpty { groups.append(group) }
  }

  private struct Size {
    var log = 0
    var offsetIndex = 0
    var timeIndex = 0

    init() {}

    init(of segment: LogSegment) {
      log = segment.size
      offsetIndex = segment.offsetIndex.entries.count * OffsetIndex.entrySize
      timeIndex = segment.timeIndex.entries.count * TimeIndex.entrySize
    }

    static func + (left: Size, right: Size) -> Size {
      var sum = left
      sum.log += right.log
      sum.offsetIndex += right.offsetIndex
      sum.timeIndex += right.timeIndex
      return sum
    }

    func fits(_ configuration: LogConfiguration) -> Bool {
      log <= Int(configuration.segmentBytes) && offsetIndex <= Int(configuration.segmentIndexBytes) && timeIndex <= Int(configuration.segmentIndexBytes)
    }
  }
}
