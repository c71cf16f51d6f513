import Primitives
import Workloads

/// Reads a scenario file strictly: every key is known, every unit is right, every name refers to something, and the cluster is possible.
struct ScenarioReader {
  /// Reads a scenario file with everything that stands in it: the other variants and what `vary` names are tried as well, so that a mistake
  /// in them is told before somebody chooses them.
  ///
  /// - Parameters:
  ///   - text: the YAML text of the file.
  ///   - variant: the name of one of the file's variants.
  ///   - overrides: `PATH=VALUE` pairs, applied after the variant.
  static func read(text: String, file: String, variant: String? = nil, overrides: [String] = []) throws -> Scenario {
    let value = try Value.parse(text, source: file)
    var mistakes = Mistakes()
    let scenario = try mistakes.collect { try document(value, file: file, variant: variant, overrides: overrides).scenario() }
    let plain = variant == nil && overrides.isEmpty ? scenario : nil
    try mistakes.collect { try checkChoices(of: value, file: file, plain: plain) }
    try mistakes.settle()
    return scenario!
  }

  /// Reads a scenario file as it is, with everything that stands in it. Throws a `ScenarioError`.
  static func check(_ value: Value, file: String) throws {
    let plain = try document(value, file: file, variant: nil, overrides: []).scenario()
    try checkChoices(of: value, file: file, plain: plain)
  }

  /// Tries every variant of a file, and every value of everything that it varies, each by itself. Nothing is said of them where the file is wrong
  /// without them: its mistakes would be theirs as well.
  ///
  /// - Parameter plain: the scenario without variant and overrides, where it is at hand.
  static func checkChoices(of value: Value, file: String, plain: Scenario? = nil) throws {
    guard let plain = plain ?? (try? document(value, file: file, variant: nil, overrides: []).scenario()) else { return }
    var mistakes = Mistakes()
    for variant in plain.variants {
      try mistakes.collect {
        do {
          _ = try document(value, file: file, variant: variant, overrides: []).scenario()
        } catch let error as ScenarioError {
          throw ScenarioError(error.all.map { $0.prefixed("variant '\(variant)'") })
        }
      }
    }
    try mistakes.collect { try VariedSettings.check(plain.varied, in: value, file: file) }
    try mistakes.settle()
  }

  /// The document with the changes of its variant and of the overrides, before anything of it is read.
  static func document(_ document: Value, file: String, variant: String?, overrides: [String]) throws -> ScenarioDocument {
    var document = document
    let variants = try takeVariants(from: &document)
    if let variant {
      guard let chosen = variants.first(where: { $0.name == variant }) else {
        let names = variants.map(\.name)
        throw ScenarioError(
          at: Place(source: file), "there is no variant '\(variant)'",
          remedy: suggestion(for: variant, among: names, or: names.isEmpty ? "This scenario has no variants." : nil))
      }
      for change in chosen.changes { try document.set(change.key, to: change.value) }
    }
    for override in overrides { try apply(override, to: &document) }
    return ScenarioDocument(value: document, file: file, variant: variant, variants: variants.map(\.name), overrides: overrides)
  }

  private static func takeVariants(from document: inout Value) throws -> [(name: String, changes: [Value.Entry])] {
    guard case .map(var entries) = document.content, let index = entries.firstIndex(where: { $0.key == "variants" }) else { return [] }
    let variants = entries.remove(at: index).value
    document.content = .map(entries)
    guard case .map(let named) = variants.content else {
      throw variants.error("expected variants by name", remedy: "Write variants: { fixed: { cluster.switches.truncation: leaderEpoch } }.")
    }
    return try named.map { entry in
      guard case .map(let changes) = entry.value.content else {
        throw entry.value.error("expected paths and values", remedy: "Write { cluster.config.min.insync.replicas: 2, expect: { holds: all } }.")
      }
      return (entry.key, changes)
    }
  }

  private static func apply(_ override: String, to document: inout Value) throws {
    let place = Place(source: "--set \(override)")
    guard let equals = override.firstIndex(of: "="), equals > override.startIndex else {
      throw ScenarioError(at: place, "this is not PATH=VALUE", remedy: "Write --set cluster.brokers=5.")
    }
    var value = try Value.parse(String(override[override.index(after: equals)...]), source: place.source)
    value.place = place
    try document.set(String(override[..<equals]), to: value)
  }

  fileprivate static func scenario(_ document: ScenarioDocument) throws -> Scenario {
    var map = try MapReader(document.value)
    let names = DeclaredNames(document.value)
    let name = try map.needed("name") { document.isConverted ? try $0.string() : try $0.title() }
    let about = try map.needed("about") { try $0.prose() }
    let source = try map.optional("source") { try $0.prose() }
    let cluster = try map.optional("cluster") { try ClusterPlan($0, file: document.file) } ?? ClusterPlan(at: document.value.place, file: document.file)
    let duration = try map.needed("duration") { value in
      let duration = try value.duration(upTo: Bounds.scenario)
      guard duration > .zero else { throw value.error("a trial needs time", remedy: "Write duration: 30s.") }
      return duration
    }
    let topics = try map.needed("topics") { try TopicReader(brokers: names.brokers).read($0) }
    let workload = try map.needed("workload") { try WorkloadReader(names: names, duration: duration, file: document.file).read($0) }
    var faultReader = FaultReader(names: names, duration: duration)
    let faults = try map.optional("faults") { try $0.list { try faultReader.read($0) } } ?? []
    let measure = try map.optional("measure") { try MeasurePlan($0, duration: duration) }
    let varied = try map.optional("vary", VariedSettings.init)?.settings ?? []
    let expectation = try map.optional("expect", Expectation.init) ?? Expectation(holds: .all)
    try map.finish()
    // What settings say of each other across the sections is judged where all of them are known.
    let settings = try ClusterSettings(cluster: cluster, topics: topics!)
    return Scenario(
      name: name!, about: about!, source: source, file: document.file, variant: document.variant, overrides: document.overrides, variants: document.variants,
      document: document.value, cluster: cluster, topics: topics!, workload: workload!, faults: faults, duration: duration!, measure: measure ?? MeasurePlan(duration: duration!),
      expectation: expectation, varied: varied, settings: settings)
  }
}

/// A scenario file whose variant and overrides are applied, and which may be changed further before it is read.
struct ScenarioDocument {
  var value: Value
  var file: String
  var variant: String?
  var variants: [String]
  var overrides: [String]
  /// Whether it was made of a file of another kind, which has rules of its own for names.
  var isConverted = false

  func scenario() throws -> Scenario { try ScenarioReader.scenario(self) }
}

extension ClusterPlan {
  init(at place: Place, file: String) throws {
    let machine = try MachineLibrary.profile(Self.defaultMachine, at: place, in: file)
    self.init(brokers: Self.defaultBrokers, controllers: Self.defaultControllers, machineName: Self.defaultMachine, machine: machine, config: [], features: [], switches: [], place: place)
  }

  static let defaultBrokers = 3
  static let defaultControllers = 1

  private static let defaultMachine = "nvme-10g"

  /// - Parameter file: the scenario file, for paths that it names.
  init(_ value: Value, file: String) throws {
    var map = try MapReader(value)
    let brokers = try map.optional("brokers") { Int(try $0.integer(in: 1...100)) } ?? Self.defaultBrokers
    let controllers = try map.optional("controllers") { controllers in
      guard try controllers.integer() == 1 else {
        throw controllers.error("a cluster has one controller as yet", remedy: "Write controllers: 1, or leave it out.")
      }
      return 1
    }
    let machine = try map.optional("machine") { value in
      let name = try value.string()
      return (name: name, profile: try MachineLibrary.profile(name, at: value.place, in: file))
    }
    let chosen = try machine ?? (name: Self.defaultMachine, profile: MachineLibrary.profile(Self.defaultMachine, at: value.place, in: file))
    self.init(
      brokers: brokers, controllers: controllers ?? Self.defaultControllers, machineName: chosen.name, machine: chosen.profile,
      config: try map.optional("config") { try $0.settings() } ?? [], features: try map.optional("features") { try $0.settings() } ?? [],
      switches: try map.optional("switches") { try $0.settings() } ?? [], place: value.place)
    try map.check { [self] in try ClusterSettings.check(self) }
    try map.finish()
  }
}

extension Value {
  /// A name that may stand in a path, a command and a line of a table.
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

extension Expectation {
  init(_ value: Value) throws {
    var map = try MapReader(value)
    self.init(
      violates: try map.optional("violates") { try $0.oneOrMore { try $0.word(Guarantee.self).rawValue } } ?? [],
      holds: try map.optional("holds") { holds in
        if holds.scalar == "all" { return .all }
        return .some(try holds.oneOrMore { try $0.word(Guarantee.self).rawValue })
      } ?? .none,
      seen: try map.optional("seen") { try $0.oneOrMore { try $0.word(Sighting.self).rawValue } } ?? [],
      availability: try map.optional("availability") { value in
        let bound = try value.duration()
        guard bound > .zero else { throw value.error("somebody always waits for a moment", remedy: "Write availability: 20s.") }
        return bound
      })
    try map.finish()
    if self == Expectation() {
      throw value.error("nothing is expected", remedy: "Write holds: all, or violates: [lost-write].")
    }
    if let both = violates.first(where: mustHold) {
      throw value.error("\(both) is to be violated and to hold", remedy: "Leave it out of one of both; next to violates, name those that hold instead of all.")
    }
  }
}

extension Expectation {
  private func mustHold(_ guarantee: String) -> Bool {
    switch holds {
    case .none: false
    case .all: true
    case .some(let names): names.contains(guarantee)
    }
  }
}
