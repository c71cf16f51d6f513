extension Array where Element: Comparable {
  /// The distinct elements in ascending order.
  @inlinable public var sortedOnce: [Element] {
    var result: [Element] = []
    result.reserveCapacity(count)
    for element in sorted() where result.last != element { result.append(element) }
    return result
  }

  /// Whether a sorted array contains an element.
  @inlinable
  public func containsSorted(_ element: Element) -> Bool {
    let index = partitioningIndex { $0 >= element }
    return index < count && self[index] == element
  }
}
