import Foundation
import Results

/// Runs scenarios that are being shrunk in worker processes, side by side: one that never ends, or ends its process, costs no more than itself.
public struct ShrinkWorkers {
  private let folder: String
  private let jobs: Int

  /// - Parameter folder: for the files of the scenarios; must be there.
  public init(folder: String, jobs: Int) {
    self.folder = folder
    self.jobs = jobs
  }

  /// See `Shrinker.Run`.
  public func run(_ texts: [String], _ seeds: [UInt64]) throws -> [[FailureKind]?] {
    let trials = try texts.enumerated().map { index, text in
      let file = "\(folder)/\(index).yaml"
      try text.write(toFile: file, atomically: false, encoding: .utf8)
      return PlannedTrial(file: file, seed: seeds[index])
    }
    return try WorkerPool(arguments: ["worker"], jobs: jobs).failureKinds(of: trials)
  }
}
