extension RandomAccessCollection where Index == Int {
  /// The first index whose element meets a condition that, once true, stays true to the end; `endIndex` if none does. A binary search.
  @inlinable
  public func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var low = startIndex, high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
