extension BenchReport {
  /// Creates a report whose Pareto front and effects are computed from its rows.
  public init(
    scenario: String, about: String, build: String, inputs: BenchInputs = BenchInputs(), varied: [VariedSetting], rows: [BenchRow], replay: String
  ) {
    self.init(
      scenario: scenario, about: about, build: build, inputs: inputs, varied: varied, rows: rows, pareto: Self.paretoFront(of: rows),
      effects: Effect.all(in: rows, varied: varied), replay: replay)
  }

  /// Whether every run measured something.
  public var isMeasured: Bool { runs.allSatisfy(\.metrics.isMeasured) }

  /// Every run of every row.
  public var runs: [MeasuredRun] { rows.flatMap(\.runs) }

  /// `1..5`, the seeds that each row ran with; nil if there was only one.
  public var seedsText: String? { rows.first { $0.isOverSeeds }?.seedsText }

  public var json: JSON { JSON(encoding: self) }

  /// The report with what the run cost this machine, which is printed and never stored.
  public func json(host: HostFacts) -> JSON { json.with(host) }
}
