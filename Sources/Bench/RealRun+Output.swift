import Measurement
import Results
import Trials

extension RealRun {
  /// Judges a run by what its clients wrote down, and measures it: see `measured`.
  ///
  /// - Parameters:
  ///   - formats: of the files that the run shall give beside its result.
  ///   - driver: what the OpenMessaging Benchmark shall call it.
  public func output(_ outcome: RealOutcome, formats: [ResultFormat] = [], driver: String = "") -> BenchOutput {
    let (run, input) = measured(outcome)
    return BenchOutput(run, formats, of: scenario, driver: driver, input)
  }
}
