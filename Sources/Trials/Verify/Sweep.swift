import Foundation
import Results

/// One trial of a sweep, as it is handed to a worker process.
public struct PlannedTrial: Sendable {
  public var file: String
  public var seed: UInt64

  public init(file: String, seed: UInt64) {
    self.file = file
    self.seed = seed
  }

  /// `seed file`, as `line` writes it.
  public init?(line: String) {
    guard let space = line.firstIndex(of: " "), let seed = UInt64(line[..<space]) else { return nil }
    self.init(file: String(line[line.index(after: space)...]), seed: seed)
  }

  var line: String { "\(seed) \(file)" }
}

/// Runs many trials in worker processes, each on one trial at a time, and sums up what they tell.
///
/// A worker that dies takes one trial with it, which counts as an internal error and never as a pass; another takes its place. The sum
/// does not depend on the order in which trials end.
public final class Sweep {
  private let trials: [PlannedTrial]
  private let jobs: Int
  private let workerArguments: [String]
  private let deadline: Date?
  private let replay: String

  /// - Parameters:
  ///   - workerArguments: options of the hidden command `worker`.
  ///   - replay: the command that repeats all trials.
  public init(trials: [PlannedTrial], jobs: Int, workerArguments: [String], deadline: Date?, replay: String) {
    self.trials = trials
    self.jobs = jobs
    self.workerArguments = workerArguments
    self.deadline = deadline
    self.replay = replay
  }

  /// Runs all trials. `progress` is told after each.
  public func run(progress: (VerifySummary) -> Void) throws -> VerifySummary {
    let start = Date()
    var digests: [TrialDigest?] = Array(repeating: nil, count: trials.count)
    var running = VerifySummary()
    func take(_ digest: TrialDigest, of trial: Int) {
      digests[trial] = digest
      running.add(digest)
      progress(running)
    }
    func lost(_ index: Int) -> TrialDigest {
      let trial = trials[index]
      return TrialDigest(lost: trial.file, variant: nil, seed: trial.seed, replay: "trial replay \(trial.file) --seed \(trial.seed)")
    }
    try WorkerPool(arguments: ["worker"] + workerArguments, jobs: jobs, deadline: deadline).run(trials.map(\.line)) { index, line in
      take((try? JSONDecoder().decode(TrialDigest.self, from: line)) ?? lost(index), of: index)
      return .done
    } onDeath: { index, _ in
      take(lost(index), of: index)
    }
    var summary = VerifySummary(replay: replay)
    for digest in digests { if let digest { summary.add(digest) } }
    summary.wallSeconds = Date().timeIntervalSince(start)
    return summary
  }
}
