import Foundation
import Results

/// Runs scenarios that stand in no file in worker processes, side by side: one that never ends, or ends its process, costs no more than itself.
public struct ScenarioWorkers {
  private let folder: String
  private let jobs: Int
  private let deadline: Date?
  private let onResult: (Int, Int) -> Void

  /// - Parameters:
  ///   - folder: for the files of the scenarios; must be there.
  ///   - deadline: no scenario starts after this.
  ///   - onResult: called after each, with how many are done of how many.
  public init(folder: String, jobs: Int, deadline: Date? = nil, onResult: @escaping (Int, Int) -> Void = { _, _ in }) {
    self.folder = folder
    self.jobs = jobs
    self.deadline = deadline
    self.onResult = onResult
  }

  /// The results of scenarios with one seed each, in their order; nil for one whose process died or that was not run. Their stories are left out.
  public func run(_ texts: [String], _ seeds: [UInt64]) throws -> [RunResult?] {
    let trials = try texts.enumerated().map { index, text in
      let file = "\(folder)/\(index).yaml"
      try text.write(toFile: file, atomically: false, encoding: .utf8)
      return PlannedTrial(file: file, seed: seeds[index])
    }
    var done = 0
    return try WorkerPool(arguments: ["worker"], jobs: jobs, deadline: deadline).results(of: trials) {
      done += 1
      onResult(done, trials.count)
    }
  }
}
