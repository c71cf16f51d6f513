import Bench
import Foundation
import Measurement
import Results
import Trials

/// One line on the terminal that tells how far a benchmark is, and a line for each step of a search.
final class BenchProgressLine {
  private let plan: BenchPlan
  private let isShown: Bool
  private let tellsSteps: Bool
  private let start = Date()
  private var lastShown = Date.distantPast
  private var done = 0

  init(_ plan: BenchPlan, isShown: Bool, tellsSteps: Bool) {
    self.plan = plan
    self.isShown = isShown
    self.tellsSteps = tellsSteps
  }

  func show(_ progress: BenchProgress) {
    switch progress {
    case .step(let run, let step):
      guard tellsSteps else { return }
      clear()
      standardError(words(step, run))
    case .done(let done): self.done = done
    }
    let now = Date()
    guard isShown, now.timeIntervalSince(start) > 1, now.timeIntervalSince(lastShown) > 0.1 else { return }
    lastShown = now
    let noun = plan.runCount == plan.rowCount ? "settings" : "runs"
    let text = "\(done) of \(plan.runCount) \(noun), \(grouped(Int64(now.timeIntervalSince(start)))) s"
    writeToStandardError("\r\u{1b}[K\(text)")
  }

  func clear() {
    if isShown { writeToStandardError("\r\u{1b}[K") }
  }

  private func words(_ step: SearchStep, _ run: Int) -> String {
    let name = plan.runName(run)
    let outcome = step.missed.isEmpty ? "met" : "not met: \(step.missed.joined(separator: ", "))"
    return (name.isEmpty ? "" : "\(name): ")
      + "\(grouped(Int64(rounding: step.recordsPerSecond))) records/s: \(step.published.map { grouped(Int64(rounding: $0)) } ?? "none") published, "
      + "p99 \(step.publishP99.map { "\(fixed($0, places: 2)) ms" } ?? "-"): \(outcome)"
  }
}
