import Foundation
import Primitives
import Results

/// Runs many trials in worker processes, each on one trial at a time, and summarizes their reports.
///
/// A worker that dies loses one trial, which counts as an internal error and never as a pass; another worker replaces it. The summary
/// does not depend on the order in which trials end.
public final class Sweep {
  private let trials: [PlannedTrial]
  /// The trials that were begun, in their order: all of them, unless a deadline left some out or marks are sought.
  public private(set) var begun: [PlannedTrial] = []
  private let seeking: Seeking?
  private let jobs: Int
  private let workerArguments: [String]
  private let deadline: Date?
  private let replay: String

  /// Marks that are sought among far more trials than there is time for.
  public struct Seeking {
    var marks: [Mark]
    var draw: (PlannedTrial) -> [DrawnChoice]?

    /// - Parameter draw: the values that a trial's scenario draws by its seed; nil where they do not fit together.
    public init(_ marks: [Mark], draw: @escaping (PlannedTrial) -> [DrawnChoice]?) {
      self.marks = marks
      self.draw = draw
    }
  }

  /// - Parameters:
  ///   - trials: all that may be run. Without `seeking` all are, in their order, as far as the time goes.
  ///   - workerArguments: options of the hidden command `worker`.
  ///   - replay: the command that repeats all trials.
  public init(trials: [PlannedTrial], seeking: Seeking? = nil, jobs: Int, workerArguments: [String], deadline: Date?, replay: String) {
    self.trials = trials
    self.seeking = seeking
    self.jobs = jobs
    self.workerArguments = workerArguments
    self.deadline = deadline
    self.replay = replay
  }

  /// Runs all trials. `progress` is called after each.
  public func run(progress: (VerifySummary) -> Void) throws -> VerifySummary {
    let start = Date()
    // The report for each started trial; for one whose worker died, that it died.
    enum Outcome {
      case told(SweptTrial)
      case lost
    }
    var outcomes: [Outcome?] = []
    var candidates = trials.makeIterator(), seeker = seeking.map { SeedSeeker($0.marks) }
    func add(_ outcome: Outcome, of index: Int, to summary: inout VerifySummary) {
      let planned = begun[index]
      switch outcome {
      case .told(let trial): summary.add(trial.result, cpuSeconds: trial.cpuSeconds)
      case .lost: summary.addLost(planned.file, seed: planned.seed, replay: "trial replay \(planned.file) --seed \(planned.seed)")
      }
    }
    var running = VerifySummary()
    func take(_ outcome: Outcome, of index: Int) {
      outcomes[index] = outcome
      add(outcome, of: index, to: &running)
      if case .told(let trial) = outcome { seeker?.learn(begun[index], trial.result.choices, trial.result.marks) }
      progress(running)
    }
    func choose() -> PlannedTrial? {
      guard let seeking else { return candidates.next() }
      return seeker?.trial({ candidates.next() }, seeking.draw)
    }
    let pool = WorkerPool(arguments: ["worker"] + workerArguments, jobs: jobs, deadline: deadline)
    try pool.run { _ in
      guard let trial = choose() else { return nil }
      begun.append(trial)
      outcomes.append(nil)
      return trial.line
    } onLine: { index, line in
      take((try? JSONDecoder().decode(SweptTrial.self, from: line)).map(Outcome.told) ?? .lost, of: index)
      return .done
    } onDeath: { index, _ in
      take(.lost, of: index)
    }
    var summary = VerifySummary(replay: replay)
    for (index, outcome) in outcomes.enumerated() { if let outcome { add(outcome, of: index, to: &summary) } }
    summary.wallSeconds = Date().timeIntervalSince(start)
    return summary
  }
}
