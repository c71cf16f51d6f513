import Primitives
import Results
import Sim

/// Tells of a run what another process compares: checkpoints of its trace hash, or its events from one on.
///
/// The lines: the greeting, then `NUMBER HASH` after each 1024th event, or the event lines, and `end NUMBER HASH` at the end.
public final class TraceReporter {
  /// Changes with the lines: a program that greets otherwise is not understood.
  static let greeting = "trial-diff 1"
  static let end = "end"
  private static let interval: UInt64 = 1_024

  /// The first event that is told; nil for checkpoints.
  private let first: UInt64?
  private let write: (String) -> Void

  public init(from first: UInt64?, write: @escaping (String) -> Void) {
    self.first = first
    self.write = write
  }

  public func greet() { write(Self.greeting) }

  public func follow(_ options: inout Trial.Options) {
    options.onEvent = { [first, write] event, storyTime in
      if let first {
        guard event.number >= first else { return }
        write(TracedEvent(number: event.number, time: event.time, storyTime: storyTime, text: event.line).line)
      } else if event.number % Self.interval == 0 {
        write(Self.checkpoint(event.number, event.traceHash))
      }
    }
  }

  public func finish(_ trial: Trial) { write("\(Self.end) \(Self.checkpoint(trial.events, trial.traceHash))") }

  private static func checkpoint(_ number: UInt64, _ hash: UInt64) -> String { "\(number) \(hexadecimal(hash))" }
}
