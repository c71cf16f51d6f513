import Measurement

/// What a stored result says about one setting: a row of a benchmark, or a single trial.
@dynamicMemberLookup
public struct ResultRow: Sendable, Equatable {
  /// The varied settings, in the order of the file; empty if there are none.
  public var settings: [ChosenSetting]
  /// The first run; the row's own members are those of this run.
  public var first: RunResult
  public var otherSeeds: [RunResult]
  /// What the benchmark ran; nil if this is not a benchmark.
  public var inputs: BenchInputs?

  public init(settings: [ChosenSetting] = [], _ first: RunResult, otherSeeds: [RunResult] = [], inputs: BenchInputs? = nil) {
    self.settings = settings
    self.first = first
    self.otherSeeds = otherSeeds
    self.inputs = inputs
  }

  public init(_ row: BenchRow, inputs: BenchInputs? = nil) {
    self.init(settings: row.settings, row.result.result, otherSeeds: row.otherSeeds.map(\.result), inputs: inputs)
  }

  public subscript<Value>(dynamicMember path: WritableKeyPath<RunResult, Value>) -> Value {
    get { first[keyPath: path] }
    set { first[keyPath: path] = newValue }
  }

  /// Whether every run has a result.
  public var isMeasured: Bool { runs.allSatisfy(\.isMeasured) }

  /// `acks=all linger.ms=5`; the variant or the scenario if nothing was varied.
  public var name: String {
    settings.isEmpty ? first.variant ?? first.scenario : settings.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }
}

