import Measurement
import Workloads

/// What a stored result tells of one run: a row of a benchmark, or a single trial without metrics.
public struct StoredRow: Sendable, Equatable {
  public var scenario: String
  /// What was varied, in the order of the file; empty where nothing was.
  public var settings: [ChosenSetting]
  public var variant: String?
  public var seed: UInt64
  public var build: String
  /// nil where the result does not tell.
  public var machine: String?
  public var traceHash: String?
  public var events: UInt64
  public var simulatedSeconds: Double
  public var verdicts: [Verdict]
  public var delivery: Delivery
  public var faults: [FaultCount]
  /// nil where nothing was measured: the result of `replay`.
  public var metrics: Metrics?
  /// What the run exited with.
  public var exitCode: ExitCode
  public var replay: String
  /// What the benchmark ran; nil where it was none.
  public var inputs: BenchInputs?
  /// The runs of the same setting with other seeds. All else here is of the first one.
  public var otherSeeds: [StoredRow] = []

  public init(_ result: BenchResult, settings: [ChosenSetting] = []) {
    scenario = result.scenario
    self.settings = settings
    variant = result.variant
    seed = result.seed
    build = result.build
    machine = result.machine
    traceHash = result.traceHash
    events = result.events
    simulatedSeconds = result.simulatedSeconds
    verdicts = result.verdicts
    delivery = result.delivery
    faults = result.faults
    metrics = result.metrics
    exitCode = result.exitCode
    replay = result.replay
  }

  /// A trial without metrics.
  public init(_ trial: TrialResult) {
    scenario = trial.scenario
    settings = []
    variant = trial.variant
    seed = trial.seed
    build = trial.build
    machine = nil
    traceHash = hexadecimal(trial.traceHash)
    events = trial.events
    simulatedSeconds = trial.simulated.seconds
    verdicts = trial.verdicts
    delivery = trial.delivery
    faults = trial.faults
    metrics = nil
    exitCode = trial.exitCode
    replay = trial.replay
  }

  public init(_ row: BenchRow) {
    self.init(row.result, settings: row.settings)
    otherSeeds = row.otherSeeds.map { StoredRow($0.result, settings: row.settings) }
  }

  /// Whether every run has anything to say: figures of its window, or where it was not a benchmark a verdict on something.
  public var isMeasured: Bool { runs.allSatisfy { run in run.metrics.map(\.isMeasured) ?? run.verdicts.contains { $0.examined > 0 } } }

  /// `acks=all linger.ms=5`; the variant or the scenario where nothing was varied.
  public var name: String {
    settings.isEmpty ? variant ?? scenario : settings.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }
}

/// One stored file: a benchmark with its rows, or a trial as the only row.
public struct StoredResult: Sendable, Equatable {
  /// The file's name; within a folder, its path from there.
  public var file: String
  public var scenario: String
  public var rows: [StoredRow]
  /// The benchmark with all that it tells; nil for a trial.
  public var report: BenchReport?
  /// The trial with all that it tells; nil for a benchmark.
  public var trial: TrialResult?

  public init(file: String, scenario: String, rows: [StoredRow]) {
    self.file = file
    self.scenario = scenario
    self.rows = rows
  }

  public init(file: String, _ trial: TrialResult) {
    self.init(file: file, scenario: trial.scenario, rows: [StoredRow(trial)])
    self.trial = trial
  }

  public init(file: String, _ report: BenchReport) {
    let rows = report.rows.map { row in
      var row = StoredRow(row)
      row.inputs = report.inputs
      return row
    }
    self.init(file: file, scenario: report.scenario, rows: rows)
    self.report = report
  }
}
