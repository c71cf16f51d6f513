import Measurement
import Primitives
import Trials

/// One line on the terminal that tells how far a trial is.
final class ReplayProgressLine {
  private let line: TerminalLine

  init(isShown: Bool) { line = TerminalLine(isShown: isShown) }

  func show(_ progress: TrialProgress) { line.show { text(progress, after: $0) } }

  func clear() { line.clear() }

  private func text(_ progress: TrialProgress, after seconds: Double) -> String {
    let simulated = max(progress.time, .zero)
    let place = progress.time > progress.end
      ? "the scenario is over; healing and reading everything, \(fixed((progress.time - progress.end).seconds, places: 1)) s"
      : "\(fixed(simulated.seconds, places: 1)) of \(fixed(progress.end.seconds, places: 1)) simulated seconds"
    let speed = simulated.seconds / max(seconds, 0.001)
    return "\(place), \(grouped(progress.events)) events, \(speed < 10 ? fixed(speed, places: 1) : grouped(Int64(saturating: speed))) times real time"
  }
}
