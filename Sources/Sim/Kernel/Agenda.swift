import Primitives

/// Which queue orders the events of a world. The order is the same with both.
public enum QueueKind: Sendable {
  case timingWheel
  /// The reference for the wheel, for tests.
  case heap
}

/// The pending events of a world.
struct Agenda: ~Copyable {
  private var wheel = TimingWheel<WorldEvent>()
  private var heap = HeapQueue<WorldEvent>()
  private let kind: QueueKind

  init(_ kind: QueueKind) { self.kind = kind }

  var count: Int { wheel.count + heap.count }

  @inline(__always)
  mutating func insert(_ event: WorldEvent, at time: Instant) {
    switch kind {
    case .timingWheel: wheel.insert(event, at: time)
    case .heap: heap.insert(event, at: time)
    }
  }

  @inline(__always)
  mutating func removeNext(through limit: Instant) -> (time: Instant, element: WorldEvent)? {
    switch kind {
    case .timingWheel: wheel.removeNext(through: limit)
    case .heap: heap.removeNext(through: limit)
    }
  }
}
