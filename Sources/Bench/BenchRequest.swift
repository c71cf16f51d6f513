import Results

/// The part of a `trial bench` request that determines the report: the same request gives the same report.
public struct BenchRequest: Codable, Sendable, Equatable {
  public var file: String
  /// The driver file of a workload of the OpenMessaging Benchmark.
  public var driver: String?
  public var variant: String?
  public var overrides: [String] = []
  /// Replaces the settings that the scenario varies itself, unless it is empty.
  public var varied: [VariedSetting] = []
  /// Every combination of settings runs with each of these seeds.
  public var seeds: ClosedRange<UInt64> = 1...1
  /// Replaces the duration of the scenario.
  public var duration: String?
  /// A file whose lines are the values of all producers.
  public var payloadFile: String?
  /// Objectives of a search for the highest rate; empty if each setting runs as it is.
  public var objectives: [String] = []
  /// Whether to search for the objectives that the scenario itself names.
  public var searches = false
  /// Where it runs; part of the command that repeats it.
  public var world = BenchWorld.simulation
  /// Additional files besides the report, which they do not change.
  public var formats: [ResultFormat] = []

  public init(file: String) { self.file = file }

  /// The command that repeats it.
  public var command: String { command(varied: varied, seeds: seeds) }

  /// The command that runs only one combination of settings, with one seed.
  func command(of settings: [ChosenSetting], seed: UInt64) -> String {
    command(varied: settings.map { VariedSetting(key: $0.key, values: [$0.value]) }, seeds: seed...seed)
  }

  private func command(varied: [VariedSetting], seeds: ClosedRange<UInt64>) -> String {
    var words = ["trial bench", file.quotedForShell]
    func add(_ option: String, _ value: String?) {
      if let value { words += [option, value.quotedForShell] }
    }
    add("--driver", driver)
    add("--variant", variant)
    for override in overrides { add("--set", override) }
    for setting in varied { add("--vary", setting.option) }
    add("--duration", duration)
    add("--payload-file", payloadFile)
    for objective in objectives { add("--search", objective) }
    if searches, objectives.isEmpty { words.append("--search-objectives") }
    switch world {
    case .simulation: break
    case .live: words.append("--live")
    case .cluster(let bootstrap): add("--bootstrap", bootstrap)
    }
    if seeds.count == 1 { add("--seed", String(seeds.lowerBound)) } else { add("--seeds", "\(seeds.lowerBound)..\(seeds.upperBound)") }
    return words.joined(separator: " ")
  }
}
