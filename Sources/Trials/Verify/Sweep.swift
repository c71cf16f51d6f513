import Foundation
import Report

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

  var line: String { "\(seed) \(file)\n" }
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

  /// - Parameter workerArguments: options of the hidden command `worker`.
  public init(trials: [PlannedTrial], jobs: Int, workerArguments: [String], deadline: Date?) {
    self.trials = trials
    self.jobs = jobs
    self.workerArguments = workerArguments
    self.deadline = deadline
  }

  /// Runs all trials. `progress` is told after each.
  public func run(progress: (VerifySummary) -> Void) throws -> VerifySummary {
    let start = Date()
    // A worker may die before it reads what it is given.
    signal(SIGPIPE, SIG_IGN)
    var digests: [TrialDigest?] = Array(repeating: nil, count: trials.count)
    var running = VerifySummary()
    var next = 0
    var workers: [Worker] = []
    defer { for worker in workers { worker.end() } }

    func startWorker() throws -> Worker { try Worker(arguments: ["worker"] + workerArguments) }
    func feed(_ worker: Worker) -> Bool {
      guard next < trials.count, deadline.map({ Date() < $0 }) ?? true else { return false }
      worker.give(trials[next], index: next)
      next += 1
      return true
    }

    for _ in 0..<min(jobs, trials.count) {
      let worker = try startWorker()
      workers.append(worker)
      _ = feed(worker)
    }
    while workers.contains(where: { $0.current != nil }) {
      for index in Worker.readable(workers) {
        let worker = workers[index]
        guard let current = worker.current else { continue }
        switch worker.readAnswer() {
        case .incomplete: continue
        case .digest(let digest): digests[current] = digest
        case .died:
          let trial = trials[current]
          digests[current] = TrialDigest(lost: trial.file, variant: nil, seed: trial.seed, replay: "trial replay \(trial.file) --seed \(trial.seed)")
          workers[index] = try startWorker()
        }
        running.add(digests[current]!)
        progress(running)
        worker.current = nil
        _ = feed(workers[index])
      }
    }
    var summary = VerifySummary()
    for digest in digests { if let digest { summary.add(digest) } }
    summary.wallSeconds = Date().timeIntervalSince(start)
    return summary
  }
}
