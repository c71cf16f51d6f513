import Measurement
import Primitives
import Results
import Scenarios
import Trials

/// A benchmark that was read and checked: every combination of settings gives a scenario that can run.
///
/// All combinations run with the same seed or seeds. Everything random (arrivals, payloads, network jitter, fsync times) is then the
/// same in all of them, unless the settings themselves change it: differences between rows are differences between settings.
public struct BenchPlan {
  /// Runs one scenario of a plan with a seed.
  public typealias Runner = (Scenario, UInt64, BenchPlan) throws -> BenchOutput

  public let request: BenchRequest
  public let scenario: Scenario
  public let varied: [VariedSetting]
  let objectives: [Objective]
  /// The values of clients' settings that were not set, one line each.
  public private(set) var warnings: [String] = []

  private let source: BenchSource
  private let keys: [VariedKey]
  private let product: SettingProduct

  /// Throws a `ScenarioError` for any mistake in the file, an option, or one of the settings.
  public init(_ request: BenchRequest) throws {
    self.request = request
    source = try BenchSource(request)
    scenario = try source.document(variant: request.variant).scenario()
    varied = request.varied.isEmpty ? scenario.varied : request.varied
    keys = try varied.map { try VariedKey($0.key, at: Place(source: "--vary \($0.option)")) }
    for (index, setting) in varied.enumerated() where varied[..<index].contains(where: { $0.key == setting.key }) {
      throw ScenarioError(at: Place(source: "--vary \(setting.option)"), "\(setting.key) is varied twice", remedy: "Give all its values in one --vary.")
    }
    product = try Self.product(of: varied, seeds: request.seeds)
    if let variant = request.variant, keys.contains(.variant) {
      throw ScenarioError(at: Place(source: "--variant \(variant)"), "the variant is what is varied", remedy: "Leave --variant out, or vary something else.")
    }
    objectives = try Self.objectives(of: request, scenario, isAsked: request.searches || source.asksForSearch)
    warnings = source.warnings
    for row in 0..<product.count {
      for warning in try scenario(ofRow: row).warnings where !warnings.contains(warning) { warnings.append(warning) }
    }
  }

  /// The most runs: every run of every row is part of the result.
  private static let runLimit: UInt64 = 10_000

  private static func product(of varied: [VariedSetting], seeds: ClosedRange<UInt64>) throws -> SettingProduct {
    let product = SettingProduct(varied: varied)
    let (seedCount, isEverySeed) = (seeds.upperBound - seeds.lowerBound).addingReportingOverflow(1)
    let (runs, isOver) = UInt64(product?.count ?? .max).multipliedReportingOverflow(by: seedCount)
    guard let product, !isEverySeed, !isOver, runs <= runLimit else {
      let rows = product.map { grouped($0.count) } ?? "more than 9 quintillion"
      throw ScenarioError(
        at: Place(source: varied.isEmpty ? "--seeds" : "--vary \(varied.map(\.key).joined(separator: ", "))"),
        "\(rows) settings\(seedCount == 1 ? "" : " with the seeds \(seeds.lowerBound)..\(seeds.upperBound)") are too many runs",
        remedy: "Vary less at a time, or with fewer seeds: \(grouped(runLimit)) runs at most.")
    }
    return product
  }

  private static func objectives(of request: BenchRequest, _ scenario: Scenario, isAsked: Bool) throws -> [Objective] {
    let given = try request.objectives.map { try Objective($0, at: Place(source: "--search \($0)")) }
    guard given.isEmpty, isAsked else { return given }
    guard !scenario.measure.objectives.isEmpty else {
      throw ScenarioError(
        at: Place(source: scenario.file), "the scenario names no objectives", remedy: "Write measure: { objective: [publish.p99 <= 20ms] }, or --search 'publish.p99 <= 20ms'.")
    }
    return scenario.measure.objectives
  }

  public var rowCount: Int { product.count }
  /// The number of runs, one for each setting and seed.
  public var runCount: Int { rowCount * request.seeds.count }
  /// What the result says about the benchmark's inputs, besides its rows.
  var inputs: BenchInputs { BenchInputs(files: source.files, overrides: request.overrides, objectives: objectives.map(\.text)) }
  public var isSearch: Bool { !objectives.isEmpty }

  /// The driver name in files for the OpenMessaging Benchmark.
  public var driverName: String { source.driverName }

  /// The row of a run: all seeds of a setting come one after another.
  func row(ofRun run: Int) -> Int { run / request.seeds.count }

  func seed(ofRun run: Int) -> UInt64 { request.seeds.lowerBound + UInt64(run % request.seeds.count) }

  func settings(ofRow row: Int) -> [ChosenSetting] { product[row] }

  /// `acks=all linger.ms=5`; empty if nothing is varied.
  public func name(ofRow row: Int) -> String { product[row].map { "\($0.key)=\($0.value)" }.joined(separator: " ") }

  /// The name of its row, and its seed if there are several.
  public func runName(_ run: Int) -> String {
    let parts = [name(ofRow: row(ofRun: run)), request.seeds.count == 1 ? "" : "seed \(seed(ofRun: run))"]
    return parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// The scenario of one setting.
  func scenario(ofRow row: Int) throws -> Scenario {
    let chosen = product[row]
    let variant = keys.firstIndex(of: .variant).map { chosen[$0].value }
    var changed = try source.document(variant: variant ?? request.variant)
    for (key, setting) in zip(keys, chosen) {
      try key.set(Self.value(setting.value, source: "--vary \(setting.key)=\(setting.value)"), in: &changed.value)
    }
    var scenario = try changed.scenario()
    if let file = request.payloadFile { try scenario.replacePayload(withLinesOf: file, at: Place(source: "--payload-file \(file)")) }
    return scenario
  }

  /// Runs one setting with one seed, or searches for its highest rate.
  func run(_ run: Int, with runner: Runner, step: (SearchStep) -> Void) throws -> BenchOutput {
    let row = row(ofRun: run), seed = seed(ofRun: run)
    let scenario = try scenario(ofRow: row)
    func measured(at rate: Double?) throws -> BenchOutput {
      var output = try runner(rate.map(scenario.offering) ?? scenario, seed, self)
      output.run.replay = request.command(of: settings(ofRow: row), seed: seed)
      return output
    }
    let search = RateSearch(firstRate: scenario.openRate ?? 10_000, objectives: objectives)
    var output = isSearch ? try search.run({ try measured(at: $0) }, step: step) : try measured(at: nil)
    output.files = named(output.files, seed)
    return output
  }

  /// Adds the seed to the names of files if there are several seeds.
  private func named(_ files: [ResultFile], _ seed: UInt64) -> [ResultFile] {
    request.seeds.count == 1 ? files : files.map { ResultFile(suffix: "seed-\(seed).\($0.suffix)", text: $0.text) }
  }

  /// Runs a scenario of this plan in the simulation.
  func simulate(_ scenario: Scenario, seed: UInt64) -> BenchOutput {
    BenchRun(scenario, seed: seed).run(formats: request.formats, driver: driverName)
  }

  private static func value(_ text: String, source: String) throws -> Value {
    var value = try Value.parse(text, source: source)
    value.place = Place(source: source)
    return value
  }
}
