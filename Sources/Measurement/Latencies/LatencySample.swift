import Primitives

/// One latency of one record, and where to look for its terms.
struct LatencySample {
  /// In nanoseconds.
  let latency: Int64
  let record: Int32
  /// Place among the delivered values; -1 for a publish latency.
  let position: Int32

  /// Longer ones later; ties by record and delivery, so that an order is the same in every run.
  @inline(__always)
  static func precedes(_ left: LatencySample, _ right: LatencySample) -> Bool {
    if left.latency != right.latency { return left.latency < right.latency }
    return left.record != right.record ? left.record < right.record : left.position < right.position
  }
}

extension ContiguousArray where Element == LatencySample {
  /// Rearranges what stands in `range` so that the sample at `place` is the one that sorting would put there, with none that follows it
  /// in front and none that precedes it behind. Takes linear time on average.
  mutating func select(_ place: Int, in range: Range<Int>) {
    var low = range.lowerBound, high = range.upperBound - 1
    while low < high {
      let pivot = median(low, (low + high) / 2, high)
      var left = low, right = high
      while left <= right {
        while Element.precedes(self[left], pivot) { left += 1 }
        while Element.precedes(pivot, self[right]) { right -= 1 }
        if left <= right {
          swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if place <= right { high = right } else if place >= left { low = left } else { return }
    }
  }

  private func median(_ first: Int, _ second: Int, _ third: Int) -> Element {
    let (a, b, c) = (self[first], self[second], self[third])
    if Element.precedes(a, b) {
      return Element.precedes(b, c) ? b : Element.precedes(a, c) ? c : a
    }
    return Element.precedes(a, c) ? a : Element.precedes(b, c) ? c : b
  }
}
