import Client
import Groups
import Primitives
import Scenarios
import Workloads

/// What a kind of client uses to read its entry: keys that several kinds have, and the scenario's declarations.
struct ApplicationReader {
  let names: DeclaredNames
  /// The scenario file, which paths are relative to.
  let file: String
  /// The name of the entry.
  let name: String
  let place: Place

  /// Reads `clients`, the number of clients.
  func clients(_ map: inout MapReader) throws -> Int {
    Int(try map.optional("clients") { try $0.integer(in: 1...Int64(ArrivalSchedule.clientLimit)) } ?? 1)
  }

  /// Reads `topic` or `topics`, which the clients work on.
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

  /// Reads a topic that exists at the start of the scenario.
  func topic(_ value: Value) throws -> String {
    let name = try names.topic(value.string(), at: value)
    guard names.initialTopics.contains(name) else {
      throw value.error("'\(name)' is only created by an admin action", remedy: "Clients work on topics that are listed below topics.")
    }
    return name
  }

  /// The smallest number of partitions among several topics.
  func fewestPartitions(of topics: [String]) -> Int { topics.compactMap { names.initialPartitions[$0] }.min() ?? Bounds.partitions }

  /// Reads the settings of the entry's producers.
  ///
  /// - Parameters:
  ///   - key: the key of the settings.
  ///   - more: settings that the entry expresses with keys of its own.
  ///   - defaults: settings that apply unless the entry says otherwise.
  func producerConfiguration(
    _ map: inout MapReader, key: String = "config", with more: [WrittenSetting] = [], defaults: [WrittenSetting] = []
  ) throws -> ProducerConfiguration {
    let switches = names.producerSwitches
    return try configuration(&map, key, more, defaults) {
      try ClusterSettings.producerConfiguration(of: name, $0, brokers: brokers, switches: switches, at: place)
    }
  }

  /// The same for the entry's consumers.
  func consumerConfiguration(
    _ map: inout MapReader, key: String = "config", with more: [WrittenSetting] = [], defaults: [WrittenSetting] = []
  ) throws -> ConsumerConfiguration {
    let switches = names.consumerSwitches
    return try configuration(&map, key, more, defaults) {
      try ClusterSettings.consumerConfiguration(of: name, $0, brokers: brokers, switches: switches, at: place)
    }
  }

  private func configuration<Configuration>(
    _ map: inout MapReader, _ key: String, _ more: [WrittenSetting], _ defaults: [WrittenSetting], _ make: ([WrittenSetting]) throws -> Configuration
  ) throws -> Configuration {
    try map.optional(key) { value in
      let settings = try value.settings()
      if let twice = settings.first(where: { setting in more.contains { $0.name == setting.name } }) {
        throw twice.valueOf.error("the entry says \(twice.name) in words of its own", remedy: "Leave one of them out.")
      }
      return try make(defaults.filter { given in !settings.contains { $0.name == given.name } } + settings + more)
    } ?? make(defaults + more)
  }

  /// A setting that an entry expresses with a key of its own.
  func setting(_ name: String, _ text: String, at value: Value) -> WrittenSetting { WrittenSetting(name: name, place: value.place, value: text, valueOf: value) }

  // MARK: Shared keys

  /// `group`: the consumer group of the processes.
  func group(_ value: Value) throws -> String {
    let name = try value.string()
    guard !name.isEmpty, name.utf8.count <= 249 else { throw value.error("'\(name.quotable)' names no group", remedy: "Write a word.") }
    return name
  }

  /// `protocol`: Kafka's setting under a shorter name.
  func groupProtocol(_ value: Value) throws -> WrittenSetting { setting("group.protocol", try value.word(GroupProtocol.self).rawValue, at: value) }

  /// `assignor`: for a classic group one of the client's, for a KIP-848 group one of the brokers'.
  func assignor(_ value: Value, of groupProtocol: GroupProtocol) throws -> String {
    let name = try value.string()
    let isKnown: Bool, remedy: String
    switch groupProtocol {
    case .classic: (isKnown, remedy) = (KnownAssignors.assignor(named: name) != nil, "Write range, roundrobin, sticky or cooperative-sticky.")
    case .consumer: (isKnown, remedy) = (ServerAssignor(rawValue: name) != nil, "Brokers have uniform and range.")
    }
    guard isKnown else { throw value.error("there is no assignor '\(name.quotable)' in a group of the protocol '\(groupProtocol.rawValue)'", remedy: remedy) }
    return name
  }

  /// `transactional-id`: with several processes, each gets this id with its number.
  func transactionalID(_ value: Value) throws -> String {
    let id = try value.string()
    guard !id.isEmpty, id.utf8.count <= 249, !id.contains(",") else { throw value.error("'\(id.quotable)' is not a transactional id", remedy: "Write a word.") }
    return id
  }

  /// `commit-every`: `100ms`, or `{ records: 50 }`.
  func commitInterval(_ value: Value) throws -> CommitInterval {
    guard case .map = value.content else {
      let time = try value.duration()
      guard time >= .milliseconds(1) else { throw value.error("\(value.kind) is too short", remedy: "Write at least 1ms, or { records: 50 }.") }
      return CommitInterval(time: time)
    }
    var map = try MapReader(value)
    let records = try map.required("records", or: 1) { Int(try $0.integer(in: 1...1_000_000)) }
    try map.finish()
    return CommitInterval(records: records)
  }

  /// If the file is wrong about the number, nothing will run anyway.
  private var brokers: Int { names.brokers ?? 1 }
}
