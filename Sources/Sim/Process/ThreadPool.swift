import Host
import Primitives

/// The threads of a process, which limit how many of its events are handled at the same time. A thread that waits for the disk is busy, although no core works for it.
struct ThreadPool {
  private struct Run {
    var connection: ConnectionID?
    var until: Instant
  }

  let count: Int
  /// When the first thread is free again.
  private(set) var freeAt = Instant.zero
  /// What each thread did last; used only if there are several.
  private var runs: ContiguousArray<Run>

  init(count: Int) {
    precondition(count > 0, "a process without a thread")
    self.count = count
    runs = ContiguousArray(repeating: Run(connection: nil, until: .zero), count: count)
  }

  /// Takes the thread that became free first for an event, which may belong to a connection.
  @inline(__always)
  mutating func take(until end: Instant, for event: NodeEvent) {
    if count == 1 {
      freeAt = end
    } else {
      takeOneOfMany(until: end, for: event.connection)
    }
  }

  private mutating func takeOneOfMany(until end: Instant, for connection: ConnectionID?) {
    var first = 0
    for run in runs.indices where runs[run].until < runs[first].until { first = run }
    runs[first] = Run(connection: connection, until: end)
    freeAt = runs.lazy.map(\.until).min() ?? end
  }

  /// Whether an event of the connection is being handled.
  func isBusy(with connection: ConnectionID, at now: Instant) -> Bool { runs.contains { $0.connection == connection && $0.until > now } }

  /// When the next busy thread becomes free.
  func nextEnd(after now: Instant) -> Instant { count == 1 ? freeAt : runs.lazy.map(\.until).filter { $0 > now }.min() ?? now }

  /// Frees all threads, for a new life.
  mutating func free() {
    freeAt = .zero
    for run in runs.indices { runs[run] = Run(connection: nil, until: .zero) }
  }
}

extension NodeEvent {
  /// The connection that this event belongs to, if any.
  var connection: ConnectionID? {
    switch self {
    case .event(.received(_, let connection)), .event(.accepted(let connection)), .event(.connected(let connection)), .event(.writable(let connection)),
      .event(.disconnected(let connection)):
      connection
    case .event(.timer), .event(.disk), .timer, .shutdown, .start: nil
    }
  }
}
