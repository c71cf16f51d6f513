import HeapModule
import Primitives

/// The plain way to order events: a heap by time and arrival. It is slower than the wheel, and obviously correct.
struct HeapQueue<Element>: EventQueue, ~Copyable {
  private var heap = Heap<Entry>()
  private var arrivals: UInt64 = 0

  var count: Int { heap.count }

  mutating func insert(_ element: Element, at time: Instant) {
    heap.insert(Entry(time: time, arrival: arrivals, element: element))
    arrivals += 1
  }

  mutating func removeNext(through limit: Instant) -> (time: Instant, element: Element)? {
    guard let first = heap.min, first.time <= limit else { return nil }
    heap.removeMin()
    return (first.time, first.element)
  }

  private struct Entry: Comparable {
    let time: Instant
    let arrival: UInt64
    let element: Element

    static func == (left: Entry, right: Entry) -> Bool { left.arrival == right.arrival }
    static func < (left: Entry, right: Entry) -> Bool {
      left.time == right.time ? left.arrival < right.arrival : left.time < right.time
    }
  }
}
