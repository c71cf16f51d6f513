import Bench
import Measurement
import Results
import Trials

/// The progress of a benchmark: one line on the terminal, and a line for each step of a search.
final class BenchProgressLine {
  private let plan: BenchPlan
  private let line: TerminalLine
  private let tellsSteps: Bool
  private var done = 0

  init(_ plan: BenchPlan, isShown: Bool, tellsSteps: Bool) {
    self.plan = plan
    line = TerminalLine(isShown: isShown)
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
    line.show { "\(done) of \(plan.runCount) \(plan.runCount == plan.rowCount ? "settings" : "runs"), \(grouped(Int64($0))) s" }
  }

  func clear() { line.clear() }

  private func words(_ step: SearchStep, _ run: Int) -> String {
    let name = plan.runName(run)
    let outcome = step.missed.isEmpty ? "met" : "not met: \(step.missed.joined(separator: ", "))"
    return (name.isEmpty ? "" : "\(name): ")
      + "\(grouped(Int64(rounding: step.recordsPerSecond))) records/s: \(step.published.map { grouped(Int64(rounding: $0)) } ?? "none") published, "
      + "p99 \(step.publishP99.map { "\(fixed($0, places: 2)) ms" } ?? "-"): \(outcome)"
  }
}
