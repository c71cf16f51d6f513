extension Sequence where Element: Hashable {
  /// The elements that occur more than once. Only for lookups: nothing may depend on the order of a set. Linear in the number of elements.
  public var repeatedElements: Set<Element> {
    var seen: Set<Element> = [], repeated: Set<Element> = []
    for element in self where !seen.insert(element).inserted { repeated.insert(element) }
    return repeated
  }

  /// Whether any element occurs more than once. Linear in the number of elements.
  public var hasRepeatedElements: Bool {
    var seen: Set<Element> = []
    for element in self where !seen.insert(element).inserted { return true }
    return false
  }

  /// The distinct elements, in the order of their first occurrence. Linear in the number of elements.
  public var withoutRepetitions: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
