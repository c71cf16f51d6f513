import Results
import Scenarios

/// Finds the highest rate that meets every objective: doubles the first rate until one fails, or halves it until one succeeds,
/// then bisects until the bracket is within one percent. It stays within `rates`.
///
/// A rate that the producers did not keep up with never counts as met: they must have published at least 99 % of what was requested.
struct RateSearch {
  /// The first rate in records a second, for all producers together.
  let firstRate: Double
  let objectives: [Objective]
  /// The number of doublings or halvings after which the search gives up.
  static let maximalDoublings = 20
  /// The rates that a load may request.
  static let rates = 0.001...1_000_000_000.0

  private struct Outcome {
    var rate: Double
    var output: BenchOutput
    var isMet: Bool
  }

  /// - Parameter measure: runs one rate.
  /// - Returns: the output of the highest rate that met the objectives; if none did, of the lowest one tried, which says so.
  func run(_ measure: (Double) throws -> BenchOutput, step: (SearchStep) -> Void) rethrows -> BenchOutput {
    var steps: [SearchStep] = []
    func attempt(_ rate: Double) throws -> Outcome {
      let output = try measure(rate)
      let run = output.run
      let failed = objectives.filter { !$0.isMet(by: run) }.map(\.text)
      let published = run.metrics.throughput.publish?.recordsPerSecond
      let keepsUp = (published ?? 0) >= rate * 0.99
      let taken = SearchStep(
        recordsPerSecond: rate, published: published, publishP99: run.metrics.latency.publish.p99,
        missed: failed + (keepsUp ? [] : ["published at the rate"]))
      steps.append(taken)
      step(taken)
      return Outcome(rate: rate, output: output, isMet: taken.missed.isEmpty)
    }

    var current = try attempt(min(max(firstRate, Self.rates.lowerBound), Self.rates.upperBound))
    var best: Outcome? = current.isMet ? current : nil
    var lowestMissed: Double? = current.isMet ? nil : current.rate
    for _ in 0..<Self.maximalDoublings where best == nil || lowestMissed == nil {
      let next = best == nil ? current.rate / 2 : current.rate * 2
      guard Self.rates.contains(next) else { break }
      current = try attempt(next)
      if current.isMet { best = current } else { lowestMissed = current.rate }
    }
    while let met = best, let missed = lowestMissed, missed - met.rate > met.rate * 0.01 {
      current = try attempt((met.rate + missed) / 2)
      if current.isMet { best = current } else { lowestMissed = current.rate }
    }
    var output = (best ?? current).output
    output.run.search = StoredSearch(objectives: objectives.map(\.text), recordsPerSecond: best?.rate, steps: steps)
    return output
  }
}
