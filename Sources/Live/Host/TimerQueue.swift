import HeapModule
import Host
import Primitives

/// A node's timers in the order of their deadlines; equal deadlines in the order in which they were set.
///
/// One wake-up of the event loop serves them all. A cancelled timer leaves its entry in the heap until it comes up,
/// or until such entries are the majority.
struct TimerQueue {
  private struct Place: Comparable {
    let deadline: Instant
    let id: UInt64

    static func < (left: Place, right: Place) -> Bool {
      left.deadline == right.deadline ? left.id < right.id : left.deadline < right.deadline
    }
  }

  private var places = Heap<Place>()
  /// Only looked up, never iterated.
  private var timers: [UInt64: Timer] = [:]
  private var lastID: UInt64 = 0

  mutating func insert(_ timer: Timer, at deadline: Instant) -> TimerID {
    lastID += 1
    timers[lastID] = timer
    places.insert(Place(deadline: deadline, id: lastID))
    return TimerID(lastID)
  }

  mutating func remove(_ id: TimerID) {
    guard timers.removeValue(forKey: id.value) != nil else { return }
    if places.count > 64, places.count > 2 * timers.count {
      places = Heap(places.unordered.filter { timers[$0.id] != nil })
    }
  }

  /// When the earliest timer is due; nil if there is none.
  mutating func earliest() -> Instant? {
    while let first = places.min {
      if timers[first.id] != nil { return first.deadline }
      places.removeMin()
    }
    return nil
  }

  /// Removes and returns the earliest timer that is due.
  mutating func next(dueAt now: Instant) -> Timer? {
    guard let earliest = earliest(), earliest <= now else { return nil }
    return timers.removeValue(forKey: places.removeMin().id)
  }

  mutating func removeAll() {
    places = Heap()
    timers = [:]
  }
}
