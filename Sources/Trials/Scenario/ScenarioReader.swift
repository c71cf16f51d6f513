import Primitives
import Results
import Scenarios
import Workloads

/// Reads a scenario file strictly: every key is known, every unit is right, every name refers to something, and the cluster is possible.
package struct ScenarioReader {
  /// Reads a scenario file completely: the other variants and the values of `vary` are checked as well, so that mistakes
  /// in them are reported before they are used.
  ///
  /// - Parameters:
  ///   - text: the YAML text of the file.
  ///   - variant: the name of one of the file's variants.
  ///   - overrides: `PATH=VALUE` pairs, applied after the variant.
  ///   - wasChecked: whether this process or the one that started it has read the file completely before. Only the scenario itself is read then.
  static func read(text: String, file: String, variant: String? = nil, overrides: [String] = [], wasChecked: Bool = false) throws -> Scenario {
    let value = try Value.parse(text, source: file)
    try FileKind.expect(.scenario, value)
    if wasChecked { return try ScenarioDocument(value, file: file, variant: variant, overrides: overrides).scenario() }
    var mistakes = Mistakes()
    let scenario = try mistakes.collect { try ScenarioDocument(value, file: file, variant: variant, overrides: overrides).scenario() }
    let plain = variant == nil && overrides.isEmpty ? scenario : nil
    try mistakes.collect { try checkChoices(of: value, file: file, plain: plain) }
    try mistakes.settle()
    return scenario!
  }

  /// Checks a scenario file completely, without overrides. Throws a `ScenarioError`.
  package static func check(_ value: Value, file: String) throws {
    let plain = try ScenarioDocument(value, file: file).scenario()
    try checkChoices(of: value, file: file, plain: plain)
  }

  /// Checks every variant of a file, and every value of everything that it varies, each separately. If the file itself is wrong, nothing is reported
  /// here: its mistakes would appear in all of them.
  ///
  /// - Parameter plain: the scenario without variant and overrides, if available.
  package static func checkChoices(of value: Value, file: String, plain: Scenario? = nil) throws {
    guard let plain = plain ?? (try? ScenarioDocument(value, file: file).scenario()) else { return }
    var mistakes = Mistakes()
    for variant in plain.variants {
      try mistakes.collect {
        do {
          _ = try ScenarioDocument(value, file: file, variant: variant).scenario()
        } catch let error as ScenarioError {
          throw ScenarioError(error.all.map { $0.prefixed("variant '\(variant)'") })
        }
      }
    }
    try mistakes.collect { try VariedSettings.check(plain.varied, in: value, file: file) }
    try mistakes.collect { try ScenarioDocument(value, file: file).checkChoices { _ = try $0.scenario() } }
    try mistakes.settle()
  }

  fileprivate static func scenario(_ written: ScenarioDocument, seed: UInt64?) throws -> Scenario {
    let document = try written.drawn(seed: seed)
    var map = try MapReader(document.value)
    let names = DeclaredNames(document.value)
    let name = try map.needed("name") { document.isConverted ? try $0.string() : try $0.title() }
    let about = try map.needed("about") { try $0.prose() }
    let source = try map.optional("source") { try $0.prose() }
    let cluster = try map.optional("cluster") { try ClusterPlan($0, file: document.file) } ?? ClusterPlan(at: document.value.place)
    let duration = try map.needed("duration") { value in
      let duration = try value.duration(upTo: Bounds.scenario)
      guard duration > .zero else { throw value.error("a trial needs time", remedy: "Write duration: 30s.") }
      return duration
    }
    let topics = try map.needed("topics") { try TopicReader(brokers: names.brokers).read($0) }
    let workload = try map.needed("workload") { try WorkloadReader(names: names, duration: duration, file: document.file).read($0) }
    let entryNames = document.value["faults"]?.elements?.compactMap { $0["name"]?.scalar } ?? []
    var faultReader = FaultReader(names: names, duration: duration, allGiven: entryNames)
    let faults = try map.optional("faults") { try $0.list { try faultReader.read($0) } } ?? []
    let measure = try map.optional("measure") { try MeasurePlan($0, duration: duration) }
    let varied = try map.optional("vary", VariedSettings.init)?.settings ?? []
    let expectation = try map.optional("expect", Expectation.init) ?? .standard
    try map.finish()
    // Settings that depend on other sections are checked when all sections are known.
    let settings = try ClusterSettings(cluster: cluster, topics: topics!)
    return Scenario(
      name: name!, about: about!, source: source, file: document.file, variant: document.variant, overrides: document.overrides, variants: document.variants,
      document: document.value, template: written.hasChoices ? written : nil, seed: seed, choices: (document.choices ?? []).map { DrawnChoice(path: $0.path, value: $0.value) }, cluster: cluster, topics: topics!, workload: workload!, faults: faults, duration: duration!, measure: measure ?? MeasurePlan(duration: duration!),
      expectation: expectation, varied: varied, settings: settings)
  }
}

extension ScenarioDocument {
  /// Reads the document. Throws a `ScenarioError` with all its mistakes.
  ///
  /// - Parameter seed: by which values are drawn that it leaves to the seed; nil takes the first of them.
  package func scenario(seed: UInt64? = nil) throws -> Scenario { try ScenarioReader.scenario(self, seed: seed) }
}

extension Value {
  /// A name that can be used in a path, a command and a line of a table.
  fileprivate func title() throws -> String {
    let name = try string()
    let isLegal = !name.isEmpty && name.count <= Bounds.name && !name.hasControlCharacters && !name.contains("/") && !name.contains("\\")
    guard isLegal, name.first != "." else {
      throw error("'\(name.quotable)' cannot be a name", remedy: "Write up to \(Bounds.name) letters, without slashes and control characters, and no dot at the beginning.")
    }
    return name
  }

  /// Text for people.
  fileprivate func prose() throws -> String {
    let text = try string()
    guard text.utf8.count <= Bounds.about else {
      throw error("\(text.utf8.count) bytes of text are too many", remedy: "Tell it in \(Bounds.about) bytes.")
    }
    guard text.unicodeScalars.allSatisfy({ !$0.isControl || $0 == "\n" || $0 == "\t" }) else {
      throw error("'\(text.quotable)' holds control characters", remedy: "Leave them out.")
    }
    return text
  }
}

extension DeclaredNames {
  init(_ document: Value) { self.init(document, clientWords: ApplicationKinds.words) }
}
