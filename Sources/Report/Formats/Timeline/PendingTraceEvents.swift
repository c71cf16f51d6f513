import Primitives
import Results

/// An event of a trace, before it has a thread.
enum PendingTraceEvent {
  case begin(TraceSlice, TraceTrack, String, TraceCategory, [(String, JSON)])
  case end(TraceSlice, [(String, JSON)])
  /// The process is gone.
  case endAllOperations(ofDisk: Int)
  case instant(TraceTrack, String, TraceCategory, [(String, JSON)])
  /// A message leaves from a slice, or arrives in one.
  case flow(TraceSlice, number: Int, String, isStart: Bool)
  case counter(String, String, Int64)
}

/// Events that may lie in the future: a handler sends after it has worked for some time. Brings them into the order of time.
struct PendingTraceEvents {
  /// In the order of their times; those of the same time in the order in which they were added.
  private var events: [(time: Duration, event: PendingTraceEvent)] = []

  mutating func add(_ event: PendingTraceEvent, at time: Duration) {
    var place = events.count
    while place > 0, events[place - 1].time > time { place -= 1 }
    events.insert((time, event), at: place)
  }

  /// Removes all events before a time, each with its own.
  mutating func take(before time: Duration, _ body: (PendingTraceEvent, Duration) -> Void) {
    let count = events.firstIndex { $0.time >= time } ?? events.count
    for (time, event) in events[..<count] { body(event, time) }
    events.removeFirst(count)
  }
}
