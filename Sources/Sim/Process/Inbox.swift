import DequeModule
import Host
import Primitives

/// An event that waits for its processor.
struct WaitingEvent {
  let event: NodeEvent
  let arrival: Instant
  /// Its position among all events that waited for the same processor.
  let number: UInt64
  /// While causes are recorded.
  var origin = EventOrigin()
}

/// The events that wait at one process, in the order of arrival.
///
/// With several threads, an event may have to wait for another event of its connection while events of other connections pass. It then waits in the line of its
/// connection, so finding the next event stays cheap however long that line is.
struct Inbox {
  private struct Line {
    let connection: ConnectionID
    var events: Deque<WaitingEvent>
  }

  private var waiting = Deque<WaitingEvent>()
  private var lines: [Line] = []
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }
  var beginsLife: Bool { if case .start = waiting.first?.event { true } else { false } }

  /// Whether an event of a connection is waiting.
  func holds(_ connection: ConnectionID) -> Bool {
    waiting.contains { $0.event.connection == connection } || lines.contains { $0.connection == connection }
  }

  mutating func append(_ event: WaitingEvent) {
    waiting.append(event)
    count += 1
  }

  mutating func prepend(_ event: WaitingEvent) {
    waiting.prepend(event)
    count += 1
  }

  /// The number of the first event that may be handled, or nil. At least one thread must be free.
  mutating func next(_ threads: ThreadPool, at now: Instant) -> UInt64? {
    guard threads.count > 1 else { return waiting.first?.number }
    standInLine(threads, now)
    return min(waiting.first?.number ?? .max, firstLine(threads, now).map { lines[$0].events[0].number } ?? .max).nonMaximum
  }

  mutating func takeNext(_ threads: ThreadPool, at now: Instant) -> WaitingEvent? {
    guard threads.count > 1 else {
      guard let event = waiting.popFirst() else { return nil }
      count -= 1
      return event
    }
    standInLine(threads, now)
    guard let line = firstLine(threads, now), lines[line].events[0].number < waiting.first?.number ?? .max else {
      guard let event = waiting.popFirst() else { return nil }
      count -= 1
      return event
    }
    count -= 1
    let event = lines[line].events.removeFirst()
    if lines[line].events.isEmpty { lines.remove(at: line) }
    return event
  }

  /// Removes and returns all events, in no particular order.
  mutating func removeAll() -> [WaitingEvent] {
    let all = Array(waiting) + lines.flatMap(\.events)
    waiting.removeAll(keepingCapacity: true)
    lines = []
    count = 0
    return all
  }

  /// Moves the first events to the lines of their connections as long as those have to wait.
  private mutating func standInLine(_ threads: ThreadPool, _ now: Instant) {
    while let first = waiting.first, let connection = first.event.connection {
      let line = lines.firstIndex { $0.connection == connection }
      guard line != nil || threads.isBusy(with: connection, at: now) else { return }
      waiting.removeFirst()
      if let line { lines[line].events.append(first) } else { lines.append(Line(connection: connection, events: [first])) }
    }
  }

  private func firstLine(_ threads: ThreadPool, _ now: Instant) -> Int? {
    lines.indices.filter { !threads.isBusy(with: lines[$0].connection, at: now) }.min { lines[$0].events[0].number < lines[$1].events[0].number }
  }
}

extension UInt64 {
  fileprivate var nonMaximum: UInt64? { self == .max ? nil : self }
}
