import Host
import Primitives

/// The exchanges that the handler of one event takes part in, while the world measures.
struct FollowedHandler {
  private struct Begun {
    let times: ExchangeTimes
    /// How long the handler had waited for the disk before.
    let waitedBefore: Duration
  }

  /// The value of `NodeHost.exchange`.
  var exchange: ExchangeTimes?
  /// The last request sent.
  var sentLast: ExchangeTimes?
  private var begun: [Begun] = []

  /// Records that the node starts to handle a request.
  mutating func takeUp(_ times: ExchangeTimes, started now: Instant, elapsed: Duration, waited: Duration) {
    guard times.begun == .distantFuture else { return }
    // The event is about the first one, which accounts for all of the handler's work.
    times.begun = begun.isEmpty ? now : now + elapsed
    begun.append(Begun(times: times, waitedBefore: begun.isEmpty ? .zero : waited))
  }

  /// Records that the node answers a request.
  func answer(_ times: ExchangeTimes, started now: Instant, elapsed: Duration, waited: Duration) {
    let leaving = now + elapsed
    if let own = begun.first(where: { $0.times === times }) {
      end(own, at: leaving, waited: waited)
      times.answered = leaving
    } else {
      // With several threads, an answer may overtake the work before it.
      times.begun = min(times.begun, now)
      times.worked = min(times.worked, now)
      times.answered = now
    }
    times.answerLeft = leaving
  }

  /// Records that the handler is done.
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
