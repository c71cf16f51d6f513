import Host
import Live
import Primitives
import Results
import Synchronization

/// The events of a run, reported by several threads.
final class RunStory: Sendable {
  private struct State {
    var origin: Instant?
    var lines: [(at: Instant, who: String, what: String, weight: StoryLine.Weight)] = []
  }

  private let state = Mutex(State())

  func tell(_ who: String, _ what: String, _ weight: StoryLine.Weight = .event) { tell(who, what, weight, at: .ofMachine) }

  func tell(_ who: String, _ what: String, _ weight: StoryLine.Weight, at instant: Instant) {
    state.withLock { $0.lines.append((instant, who, what, weight)) }
  }

  /// Starts the scenario's clock; earlier events have negative times.
  func begin(at origin: Instant) { state.withLock { $0.origin = origin } }

  /// In the order of time.
  var lines: [StoryLine] {
    state.withLock { state in
      let origin = state.origin ?? state.lines.last?.at ?? .zero
      let sorted = state.lines.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      return sorted.map { StoryLine(time: $0.element.at - origin, who: $0.element.who, what: $0.element.what, weight: $0.element.weight) }
    }
  }
}
