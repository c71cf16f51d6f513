extension Sequence where Element: Hashable {
  /// What comes more than once. Only to be looked up, since a set has no order that anything may depend on. Linear in the number of elements.
  public var repeatedElements: Set<Element> {
    var seen: Set<Element> = [], repeated: Set<Element> = []
    for element in self where !seen.insert(element).inserted { repeated.insert(element) }
    return repeated
  }

  /// Whether anything comes more than once. Linear in the number of elements.
  public var hasRepeatedElements: Bool {
    var seen: Set<Element> = []
    for element in self where !seen.insert(element).inserted { return true }
    return false
  }

  /// Each element where it comes first, in that order. Linear in the number of elements.
  public var withoutRepetitions: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
