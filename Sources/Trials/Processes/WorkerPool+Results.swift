import Foundation
import Results

extension WorkerPool {
  /// The results of some trials, in their order; nil for one whose process died or that was not run. For workers of the hidden command `worker`.
  ///
  /// - Parameter onResult: called after each.
  package func results(of trials: [PlannedTrial], onResult: () -> Void = {}) throws -> [RunResult?] {
    var results: [RunResult?] = trials.map { _ in nil }
    try run(trials.map(\.line)) { index, line in
      results[index] = (try? JSONDecoder().decode(SweptTrial.self, from: line))?.result
      onResult()
      return .done
    } onDeath: { _, _ in }
    return results
  }
}
