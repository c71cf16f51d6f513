/// What is still to come, in the order in which it comes: a list with a place up to which it is over.
///
/// What is over is dropped when nothing else is left, or when it is more than the rest.
struct Upcoming<Element> {
  private var elements: ContiguousArray<Element> = []
  private var begin = 0

  @inline(__always)
  var first: Element? { begin < elements.count ? elements[begin] : nil }

  @inline(__always)
  mutating func removeFirst() {
    begin += 1
    if begin == elements.count {
      elements.removeAll(keepingCapacity: true)
      begin = 0
    }
  }

  /// Puts an element behind all others but those at the end that it comes before. Mostly there are few of these.
  @inline(__always)
  mutating func insert(_ element: Element, before comesLater: (Element) -> Bool) {
    guard let last = elements.last, comesLater(last) else { return append(element) }
    var place = elements.count - 1
    while place > begin, comesLater(elements[place - 1]) { place -= 1 }
    elements.insert(element, at: place)
  }

  @inline(__always)
  private mutating func append(_ element: Element) {
    if elements.count == elements.capacity, begin > elements.count / 2 {
      elements.removeFirst(begin)
      begin = 0
    }
    elements.append(element)
  }

  mutating func change(_ body: (inout Element) -> Void) {
    for place in begin..<elements.count { body(&elements[place]) }
  }

  func forEach(_ body: (Element) -> Void) {
    for place in begin..<elements.count { body(elements[place]) }
  }
}
