import Measurement
import Results
import Trials

extension RealRun {
  /// Judges a run by the records of its clients, and measures it: see `measured`.
  ///
  /// - Parameters:
  ///   - formats: the formats of additional result files.
  ///   - driver: the driver name in files for the OpenMessaging Benchmark.
  public func output(_ outcome: RealOutcome, formats: [ResultFormat] = [], driver: String = "") -> BenchOutput {
    let (run, input) = measured(outcome)
    return BenchOutput(run, formats, of: scenario, driver: driver, input)
  }
}
