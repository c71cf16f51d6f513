import Primitives
import Workloads

/// Reads a scenario file strictly: every key is known, every unit is right, every name refers to something, and the cluster is possible.
struct ScenarioReader {
  /// - Parameters:
  ///   - text: the YAML text of the file.
  ///   - variant: the name of one of the file's variants.
  ///   - overrides: `PATH=VALUE` pairs, applied after the variant.
  static func read(text: String, file: String, variant: String? = nil, overrides: [String] = []) throws -> Scenario {
    try document(Value.parse(text, source: file), file: file, variant: variant, overrides: overrides).scenario()
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
          remedy: nearestName(to: variant, among: names).map { "Did you mean '\($0)'?" }
            ?? (names.isEmpty ? "This scenario has no variants." : "Known: \(names.joined(separator: ", "))."))
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
    let name = try map.required("name") { try $0.string() }
    let about = try map.required("about") { try $0.string() }
    let source = try map.optional("source") { try $0.string() }
    let cluster = try map.optional("cluster", ClusterPlan.init) ?? ClusterPlan(at: document.value.place)
    let topics = try map.required("topics") { try $0.list { try TopicPlan($0, cluster: cluster) } }
    let workload = try map.required("workload") { try WorkloadReader(topics: topics, file: document.file).read($0) }
    var faultReader = FaultReader(clients: workload.map(\.name), brokers: cluster.brokers)
    let faults = try map.optional("faults") { try $0.list { try faultReader.read($0) } } ?? []
    let duration = try map.required("duration") { value in
      let duration = try value.duration()
      guard duration > .zero else { throw value.error("a trial needs time", remedy: "Write duration: 30s.") }
      return duration
    }
    let measure = try map.optional("measure") { try MeasurePlan($0, duration: duration) } ?? MeasurePlan(duration: duration)
    let varied = try map.optional("vary", VariedSettings.init)?.settings ?? []
    let expectation = try map.optional("expect", Expectation.init) ?? Expectation(holds: .all)
    try map.finish()
    return Scenario(
      name: name, about: about, source: source, file: document.file, variant: document.variant, overrides: document.overrides, variants: document.variants,
      cluster: cluster, topics: topics, workload: workload, faults: faults, duration: duration, measure: measure, expectation: expectation, varied: varied)
  }
}

/// A scenario file whose variant and overrides are applied, and which may be changed further before it is read.
struct ScenarioDocument {
  var value: Value
  var file: String
  var variant: String?
  var variants: [String]
  var overrides: [String]

  func scenario() throws -> Scenario { try ScenarioReader.scenario(self) }
}

extension ClusterPlan {
  init(at place: Place) {
    self.init(brokers: 3, machine: Self.defaultMachine(at: place), config: [], features: [], switches: [], place: place)
  }

  private static func defaultMachine(at place: Place) -> Setting {
    Setting(name: "machine", place: place, value: "nvme-10g", valueOf: Value(content: .scalar("nvme-10g"), place: place, path: "cluster.machine"))
  }

  init(_ value: Value) throws {
    var map = try MapReader(value)
    let brokers = try map.optional("brokers") { Int(try $0.integer(in: 1...100)) } ?? 3
    try map.optional("controllers") { controllers in
      guard try controllers.integer() == 1 else {
        throw controllers.error("a cluster has one controller as yet", remedy: "Write controllers: 1, or leave it out.")
      }
    }
    self.init(
      brokers: brokers,
      machine: try map.optional("machine") { Setting(name: "machine", place: $0.place, value: try $0.string(), valueOf: $0) }
        ?? Self.defaultMachine(at: value.place),
      config: try map.optional("config") { try $0.settings() } ?? [], features: try map.optional("features") { try $0.settings() } ?? [],
      switches: try map.optional("switches") { try $0.settings() } ?? [], place: value.place)
    try map.finish()
  }
}

extension TopicPlan {
  init(_ value: Value, cluster: ClusterPlan) throws {
    var map = try MapReader(value)
    let name = try map.required("name") { try $0.topicName() }
    let partitions = try map.optional("partitions") { Int(try $0.integer(in: 1...10_000)) }
    let assignment = try map.optional("replicas") { value -> Assignment in
      if value.scalar != nil {
        let factor = Int(try value.integer(in: 1...100))
        guard factor <= cluster.brokers else {
          throw value.error("\(factor) replicas on \(cluster.brokers) brokers are impossible", remedy: "Ask for at most \(cluster.brokers) replicas, or for more brokers.")
        }
        return .automatic(partitions: partitions ?? 1, replicationFactor: factor)
      }
      let replicas = try value.list { try $0.replicaList(brokers: cluster.brokers) }
      guard !replicas.isEmpty else { throw value.error("a topic needs a partition", remedy: "Write replicas: [[1, 2, 3]].") }
      if let partitions, partitions != replicas.count {
        throw value.error("\(replicas.count) lists of replicas for \(partitions) partitions", remedy: "Write one list a partition, or leave partitions out.")
      }
      return .manual(replicas)
    }
    self.init(
      name: name, assignment: assignment ?? .automatic(partitions: partitions ?? 1, replicationFactor: min(3, cluster.brokers)),
      config: try map.optional("config") { try $0.settings() } ?? [], place: value.place)
    try map.finish()
  }
}

extension Value {
  /// A topic's name by Kafka's rules.
  fileprivate func topicName() throws -> String {
    let name = try string()
    let isLegal = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
      default: false
      }
    }
    guard isLegal, (1...249).contains(name.utf8.count), name != ".", name != ".." else {
      throw error("'\(name)' is not a topic name", remedy: "Use letters, digits, dots, dashes and underscores, at most 249.")
    }
    return name
  }

  fileprivate func replicaList(brokers: Int) throws -> [NodeID] {
    let replicas = try list { element in
      let number = try element.integer(in: 1...100_000)
      guard number <= brokers else { throw element.error("there is no broker \(number)", remedy: "The brokers of this cluster are 1 to \(brokers).") }
      return NodeID(Int32(number))
    }
    guard !replicas.isEmpty, Set(replicas).count == replicas.count else {
      throw error("a partition needs replicas on different brokers", remedy: "Write [1, 2, 3].")
    }
    return replicas
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
  }
}
