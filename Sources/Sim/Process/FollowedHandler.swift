import Host
import Primitives

/// What the handler of one event has to do with exchanges, while the world measures.
struct FollowedHandler {
  private struct Begun {
    let times: ExchangeTimes
    /// What the handler had waited for the disk before.
    let waitedBefore: Duration
  }

  /// What `NodeHost.exchange` says.
  var exchange: ExchangeTimes?
  /// The request that was sent last.
  var sentLast: ExchangeTimes?
  private var begun: [Begun] = []

  /// The node takes a request up.
  mutating func takeUp(_ times: ExchangeTimes, started now: Instant, elapsed: Duration, waited: Duration) {
    guard times.begun == .distantFuture else { return }
    // The first one is what the event is about, so that all of the handler's work is its.
    times.begun = begun.isEmpty ? now : now + elapsed
    begun.append(Begun(times: times, waitedBefore: begun.isEmpty ? .zero : waited))
  }

  /// The node answers a request.
  func answer(_ times: ExchangeTimes, started now: Instant, elapsed: Duration, waited: Duration) {
    let leaving = now + elapsed
    if let own = begun.first(where: { $0.times === times }) {
      end(own, at: leaving, waited: waited)
      times.answered = leaving
    } else {
      // With several threads an answer may overtake the work that went before it.
      times.begun = min(times.begun, now)
      times.worked = min(times.worked, now)
      times.answered = now
    }
    times.answerLeft = leaving
  }

  /// The handler is done.
  mutating func finish(at end: Instant, waited: Duration) {
    for own in begun where own.times.worked == .distantFuture { self.end(own, at: end, waited: waited) }
    begun.removeAll(keepingCapacity: true)
    exchange = nil
    sentLast = nil
  }

  private func end(_ own: Begun, at instant: Instant, waited: Duration) {
    own.times.worked = instant
    own.times.diskWait = waited - own.waitedBefore
  }
}
