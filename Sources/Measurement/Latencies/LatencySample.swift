import Primitives

/// One latency of one record, and where to find its terms.
struct LatencySample {
  /// In nanoseconds.
  let latency: Int64
  let record: Int32
  /// The index among the delivered values; -1 for a publish latency.
  let position: Int32

  /// Orders by length; ties by record and delivery, so the order is the same in every run.
  @inline(__always)
  static func precedes(_ left: LatencySample, _ right: LatencySample) -> Bool {
    if left.latency != right.latency { return left.latency < right.latency }
    return left.record != right.record ? left.record < right.record : left.position < right.position
  }
}

extension ContiguousArray where Element == LatencySample {
  /// Rearranges `range` so that `place` has the sample that sorting would put there, no later sample is before it
  /// and no earlier one after it. Takes linear time on average.
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
