import Client
import Primitives
import Scenarios
import Workloads

/// What a kind of client may use and refer to while it reads an entry: keys that several kinds have, and what the scenario declares.
struct ApplicationReader {
  let names: DeclaredNames
  /// The scenario file, for paths that it names.
  let file: String
  /// Of the entry.
  let name: String
  let place: Place

  /// `clients`: how many there are.
  func clients(_ map: inout MapReader) throws -> Int {
    Int(try map.optional("clients") { try $0.integer(in: 1...Int64(ArrivalSchedule.clientLimit)) } ?? 1)
  }

  /// `topic` or `topics`: those that the clients work on.
  func topics(_ map: inout MapReader) throws -> [String] {
    let value = map.value, hasOne = map.has("topic"), hasSeveral = map.has("topics")
    try map.check {
      if !hasOne, !hasSeveral { throw value.error("'topic' is missing", remedy: "Add topic: ... here.") }
      if hasOne, hasSeveral { throw value.error("topic and topics exclude each other", remedy: "Write topic for one, or topics for several.") }
    }
    if let single = try map.optional("topic", topic) { return [single] }
    return try map.optional("topics") { value in
      let topics = try value.list(topic)
      guard !topics.isEmpty, Set(topics).count == topics.count else {
        throw value.error("expected different topics", remedy: "Write topics: [a, b], or topic: a.")
      }
      return topics
    } ?? []
  }

  /// One of the topics that the scenario begins with.
  func topic(_ value: Value) throws -> String {
    let name = try names.topic(value.string(), at: value)
    guard names.initialTopics.contains(name) else {
      throw value.error("'\(name)' is only created by an admin action", remedy: "Clients work on topics that stand below topics.")
    }
    return name
  }

  /// How many partitions each of several topics has at least.
  func fewestPartitions(of topics: [String]) -> Int { topics.compactMap { names.initialPartitions[$0] }.min() ?? Bounds.partitions }

  /// `config`: settings of the entry's producers.
  func producerConfiguration(_ map: inout MapReader) throws -> ProducerConfiguration {
    let switches = names.producerSwitches
    return try map.optional("config") { try ClusterSettings.producerConfiguration(of: name, $0.settings(), brokers: brokers, switches: switches, at: place) }
      ?? ClusterSettings.producerConfiguration(of: name, [], brokers: brokers, switches: switches, at: place)
  }

  /// `config`: settings of the entry's consumers.
  ///
  /// - Parameter more: those that the entry says in words of its own.
  func consumerConfiguration(_ map: inout MapReader, with more: [WrittenSetting] = []) throws -> ConsumerConfiguration {
    let switches = names.consumerSwitches
    return try map.optional("config") { value in
      let settings = try value.settings()
      if let twice = settings.first(where: { setting in more.contains { $0.name == setting.name } }) {
        throw twice.valueOf.error("the entry says \(twice.name) in words of its own", remedy: "Leave one of them out.")
      }
      return try ClusterSettings.consumerConfiguration(of: name, settings + more, brokers: brokers, switches: switches, at: place)
    } ?? ClusterSettings.consumerConfiguration(of: name, more, brokers: brokers, switches: switches, at: place)
  }

  /// Where the file does not say rightly how many there are, nothing will run.
  private var brokers: Int { names.brokers ?? 1 }
}
