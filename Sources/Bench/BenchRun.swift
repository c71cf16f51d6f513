import Measurement
import Primitives
import Results
import Trials
import Workloads

/// One setting of a benchmark in the simulation: a trial whose times are recorded.
///
/// It has the phases of every trial. Its load runs for the scenario's duration, of which the warm-up is not measured; what is open at the
/// end is drained while everything heals. Then the audit reads all logs and the checkers judge: delivery is reported next to speed.
public struct BenchRun {
  private let trial: Trial
  private let scenario: Scenario
  private let seed: UInt64

  public init(_ scenario: Scenario, seed: UInt64) {
    var options = Trial.Options(seed: seed)
    options.measures = true
    options.tellsDetails = false
    options.keepsPictures = false
    trial = Trial(scenario, options: options)
    self.scenario = scenario
    self.seed = seed
  }

  public func result() -> MeasuredRun { run(formats: [], driver: "").run }

  /// - Parameters:
  ///   - formats: the formats of additional result files.
  ///   - driver: the driver name in files for the OpenMessaging Benchmark.
  func run(formats: [ResultFormat], driver: String) -> BenchOutput {
    let result = trial.run()
    let input = trial.measurement(of: result)
    let run = MeasuredRun(result, metrics: Metrics(input), on: scenario.cluster.machineName)
    return BenchOutput(run, formats, of: scenario, driver: driver, input)
  }
}

/// The output of one run.
public struct BenchOutput: Codable, Sendable {
  public var run: MeasuredRun
  public var files: [ResultFile]

  public init(_ run: MeasuredRun, files: [ResultFile] = []) {
    self.run = run
    self.files = files
  }

  /// Combines a run with its files, wherever it was measured.
  init(_ run: MeasuredRun, _ formats: [ResultFormat], of scenario: Scenario, driver: String, _ input: MeasurementInput) {
    self.init(run, files: formats.flatMap { $0.files(run, scenario, driver: driver, input) })
  }
}

extension MeasuredRun {
  /// A trial with its metrics, without what its benchmark or its disturbances report.
  init(_ result: RunResult, metrics: Metrics, on machine: String) {
    self.init(
      RunResult(
        scenario: result.scenario, variant: result.variant, seed: result.seed, build: result.build, machine: machine, traceHash: result.traceHash,
        events: result.events, simulated: result.simulated, verdicts: result.verdicts, delivery: result.delivery, faults: result.faults,
        groups: result.groups, transactions: result.transactions, coordinatedTransactions: result.coordinatedTransactions,
        story: result.story.filter { $0.weight > .detail }, replay: result.replay, exitCode: result.exitCode.measured(metrics)),
      metrics: metrics)
  }
}
