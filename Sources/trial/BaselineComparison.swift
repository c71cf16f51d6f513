import ArgumentParser
import Compare
import Results

/// What a benchmark is held against. It is read before anything runs, so that a mistake in its name costs nothing.
struct BaselineComparison {
  private let baseline: [StoredResult]
  private let gates: [Gate]

  /// Takes a name, a file or a folder; of several results the one of this scenario. Ends the process with 65 where there is none.
  init(with given: String, of scenario: String, gates: [Gate]) throws {
    self.gates = gates
    do {
      let results = try ResultReader.contents(of: given).results
      baseline = results.filter { $0.scenario == scenario }
      guard baseline.count == 1 else {
        let found = baseline.isEmpty ? "it is of \(results.map(\.scenario).joined(separator: ", "))" : "there are \(baseline.count) of them"
        throw ResultFileError(
          file: given, problem: "a result of the scenario '\(scenario)' is wanted, and \(found)", remedy: "trial baselines lists what was kept, with its commands.")
      }
    } catch let error as ResultFileError {
      throw fail(error, .badInput)
    }
  }

  func compare(_ report: BenchReport) throws -> Comparison {
    try Comparison(baseline: baseline, candidate: [StoredResult(file: "bench.json", report)], gates: gates)
  }
}
