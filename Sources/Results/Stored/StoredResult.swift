/// One stored file: a benchmark with its rows, or a trial as the only row.
public struct StoredResult: Sendable, Equatable {
  /// The file name; within a folder, the path relative to it.
  public var file: String
  public var scenario: String
  public var rows: [ResultRow]
  /// The whole benchmark; nil for a trial.
  public var report: BenchReport?
  /// The whole trial; nil for a benchmark.
  public var trial: RunResult?

  public init(file: String, scenario: String, rows: [ResultRow]) {
    self.file = file
    self.scenario = scenario
    self.rows = rows
  }

  public init(file: String, _ trial: RunResult) {
    self.init(file: file, scenario: trial.scenario, rows: [ResultRow(trial)])
    self.trial = trial
  }

  public init(file: String, _ report: BenchReport) {
    self.init(file: file, scenario: report.scenario, rows: report.rows.map { ResultRow($0, inputs: report.inputs) })
    self.report = report
  }
}
