import Foundation
import Results

extension WorkerPool {
  /// How each of some trials failed, in their order; empty for one that did not, nil for one whose process died or that was not run. For workers of the hidden command `worker`.
  package func failureKinds(of trials: [PlannedTrial]) throws -> [[FailureKind]?] {
    var outcomes: [[FailureKind]?] = trials.map { _ in nil }
    try run(trials.map(\.line)) { index, line in
      outcomes[index] = (try? JSONDecoder().decode(SweptTrial.self, from: line))?.result.failureKinds
      return .done
    } onDeath: { _, _ in }
    return outcomes
  }
}
