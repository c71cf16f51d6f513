import Foundation
import Results

/// Runs scenarios in worker processes, side by side, and gives their results.
public struct ExplainWorkers {
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

  /// See `Explainer.Run`.
  public func run(_ texts: [String], _ seed: UInt64) throws -> [RunResult?] {
    var tasks: [String] = []
    for (index, text) in texts.enumerated() {
      let file = "\(folder)/\(index).yaml"
      try text.write(toFile: file, atomically: false, encoding: .utf8)
      tasks.append(PlannedTrial(file: file, seed: seed).line)
    }
    var results: [RunResult?] = texts.map { _ in nil }, done = 0
    try WorkerPool(arguments: ["worker"], jobs: jobs, deadline: deadline).run(tasks) { index, line in
      results[index] = (try? JSONDecoder().decode(SweptTrial.self, from: line))?.result
      done += 1
      onResult(done, tasks.count)
      return .done
    } onDeath: { _, _ in }
    return results
  }
}
