import Measurement
import Primitives
import Results
import Workloads

/// One setting of a benchmark in the simulation: a trial whose times are kept.
///
/// It has the phases of every trial. Its load runs for the scenario's duration, of which the warm-up is not measured; what is open at its
/// end is drained while everything heals. Then the audit reads all logs and the checkers judge: delivery stands beside speed.
public struct BenchRun {
  private let trial: Trial
  private let scenario: Scenario
  private let seed: UInt64

  /// Throws a `ScenarioError` where the scenario cannot be run.
  public init(_ scenario: Scenario, seed: UInt64) throws {
    var options = Trial.Options(seed: seed)
    options.measures = true
    trial = try Trial(scenario, options: options)
    self.scenario = scenario
    self.seed = seed
  }

  public func result() -> BenchResult { run(formats: [], driver: "").result }

  /// - Parameters:
  ///   - formats: of the files that the run shall give beside its result.
  ///   - driver: what the OpenMessaging Benchmark shall call it.
  func run(formats: [ResultFormat], driver: String) -> BenchOutput {
    let trialResult = trial.run()
    let input = trial.measurement(of: trialResult)
    let result = BenchResult(trialResult, metrics: Metrics(input), machine: scenario.cluster.machineName)
    return BenchOutput(result, formats, of: scenario, driver: driver, input)
  }
}

/// What one run gives.
public struct BenchOutput {
  public var result: BenchResult
  public var files: [ResultFile]

  public init(result: BenchResult, files: [ResultFile] = []) {
    self.result = result
    self.files = files
  }

  /// A result with its files, wherever it was measured.
  init(_ result: BenchResult, _ formats: [ResultFormat], of scenario: Scenario, driver: String, _ input: MeasurementInput) {
    self.init(result: result, files: formats.flatMap { $0.files(result, scenario, driver: driver, input) })
  }
}

extension BenchResult {
  /// A trial's result with its metrics.
  init(_ result: TrialResult, metrics: Metrics, machine: String) {
    self.init(
      scenario: result.scenario, variant: result.variant, seed: result.seed, build: result.build, machine: machine,
      traceHash: hexadecimal(result.traceHash), events: result.events, simulatedSeconds: result.simulated.seconds,
      verdicts: result.verdicts, delivery: result.delivery, faults: result.faults, metrics: metrics, story: result.story.filter { $0.weight > .detail },
      replay: result.replay, exitCode: result.exitCode.measured(metrics))
  }
}
