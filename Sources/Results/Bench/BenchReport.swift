import Measurement
import Workloads

/// A benchmark with each of its settings: what `trial bench --json` prints and `--out` stores as `bench.json`.
public struct BenchReport: Codable, Sendable, Equatable {
  public var scenario: String
  public var about: String
  public var build: String
  public var inputs: BenchInputs
  /// The varied settings, in the order given.
  public var varied: [VariedSetting]
  public var rows: [BenchRow]
  /// Indices of the rows that no other row beats in throughput, p99 and loss together.
  public var pareto: [Int]
  public var effects: [Effect]
  /// The command that repeats it.
  public var replay: String

  public init(
    scenario: String, about: String, build: String, inputs: BenchInputs = BenchInputs(), varied: [VariedSetting], rows: [BenchRow], pareto: [Int],
    effects: [Effect], replay: String
  ) {
    self.scenario = scenario
    self.about = about
    self.build = build
    self.inputs = inputs
    self.varied = varied
    self.rows = rows
    self.pareto = pareto
    self.effects = effects
    self.replay = replay
  }
}

extension BenchReport {
  private enum CodingKeys: String, CodingKey { case format, scenario, about, build, inputs, varied, rows, pareto, effects, replay }

  public func encode(to encoder: any Encoder) throws {
    var report = encoder.container(keyedBy: CodingKeys.self)
    try report.encode(StoredFormat.current, forKey: .format)
    try report.encode(scenario, forKey: .scenario)
    try report.encode(about, forKey: .about)
    try report.encode(build, forKey: .build)
    try report.encode(inputs, forKey: .inputs)
    try report.encode(varied, forKey: .varied)
    try report.encode(rows, forKey: .rows)
    try report.encode(pareto, forKey: .pareto)
    try report.encode(effects, forKey: .effects)
    try report.encode(replay, forKey: .replay)
  }

  public init(from decoder: any Decoder) throws {
    let report = try decoder.container(keyedBy: CodingKeys.self)
    inputs = try report.decode(BenchInputs.self, forKey: .inputs)
    scenario = try report.decode(String.self, forKey: .scenario)
    about = try report.decode(String.self, forKey: .about)
    build = try report.decode(String.self, forKey: .build)
    let varied = try report.decode([VariedSetting].self, forKey: .varied)
    self.varied = varied
    rows = try report.decode([BenchRow].self, forKey: .rows).map { row in
      func place(_ setting: ChosenSetting) -> Int { varied.firstIndex { $0.key == setting.key } ?? varied.count }
      let order = row.settings.indices.sorted { (place(row.settings[$0]), $0) < (place(row.settings[$1]), $1) }
      return BenchRow(settings: order.map { row.settings[$0] }, runs: row.runs)
    }
    pareto = try report.decode([Int].self, forKey: .pareto)
    effects = try report.decode([Effect].self, forKey: .effects)
    replay = try report.decode(String.self, forKey: .replay)
  }
}

public struct VariedSetting: Codable, Sendable, Equatable {
  public var key: String
  public var values: [String]

  public init(key: String, values: [String]) {
    self.key = key
    self.values = values
  }

  /// The number of rows of their full product; nil if it overflows.
  public static func combinations(of varied: [VariedSetting]) -> Int? {
    varied.reduce(1) { product, setting in
      guard let (count, isTooLarge) = product?.multipliedReportingOverflow(by: setting.values.count) else { return nil }
      return isTooLarge ? nil : count
    }
  }
}

/// One combination of the varied settings, with its result.
public struct BenchRow: Codable, Sendable, Equatable {
  /// In the order of `BenchReport.varied`.
  public var settings: [ChosenSetting]
  /// The result; with several seeds, that of the first.
  public var result: MeasuredRun
  /// The results of the other seeds, if there are several.
  public var otherSeeds: [MeasuredRun]

  public init(settings: [ChosenSetting], result: MeasuredRun, otherSeeds: [MeasuredRun] = []) {
    self.settings = settings
    self.result = result
    self.otherSeeds = otherSeeds
  }

  /// `acks=all linger.ms=5`.
  public var name: String { settings.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }
}

extension BenchRow {
  private enum CodingKeys: String, CodingKey { case settings, overSeeds, otherSeeds }

  /// Settings are written as an object: `{ "acks": "all", "linger.ms": "5" }`. Figures over several seeds are written only if there are
  /// several; their means are for scripts: reading a row computes them again.
  public func encode(to encoder: any Encoder) throws {
    var row = encoder.container(keyedBy: CodingKeys.self)
    var settings = row.nestedContainer(keyedBy: NameKey.self, forKey: .settings)
    for setting in self.settings { try settings.encode(setting.value, forKey: NameKey(stringValue: setting.key)) }
    try result.encode(to: encoder)
    guard isOverSeeds else { return }
    try row.encode(figuresOverSeeds, forKey: .overSeeds)
    try row.encode(otherSeeds, forKey: .otherSeeds)
  }

  /// Reads a row. Its settings are sorted by name: a decoder does not give the order of an object's keys.
  public init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    let settings = try row.nestedContainer(keyedBy: NameKey.self, forKey: .settings)
    let keys = settings.allKeys.sorted { $0.stringValue.utf8.lexicographicallyPrecedes($1.stringValue.utf8) }
    self.settings = try keys.map { ChosenSetting(key: $0.stringValue, value: try settings.decode(String.self, forKey: $0)) }
    result = try MeasuredRun(from: decoder)
    otherSeeds = try row.decodeIfPresent([MeasuredRun].self, forKey: .otherSeeds) ?? []
  }
}

public struct ChosenSetting: Codable, Sendable, Equatable {
  public var key: String
  public var value: String

  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// How much a setting, or a pair of settings, moves a metric: half the spread of the means over its values.
public struct Effect: Codable, Sendable, Equatable {
  /// One key for a main effect, two for an interaction.
  public var keys: [String]
  /// `throughput`, `publish.p99`, ...
  public var metric: String
  /// In the metric's unit.
  public var size: Double
  /// The fraction of the metric's variance over all rows that it explains, 0 to 1.
  public var share: Double

  public init(keys: [String], metric: String, size: Double, share: Double) {
    self.keys = keys
    self.metric = metric
    self.size = size
    self.share = share
  }
}
