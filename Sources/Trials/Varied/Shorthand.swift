import Primitives
import Scenarios

/// Short names for what benchmarks vary most, besides Kafka's settings. Each changes every entry that has it.
package enum Shorthand: String, CaseIterable {
  case partitions
  case replicationFactor = "replication.factor"
  case brokers
  case machine
  case messageSize = "message.size"
  /// The total rate of all producers: entries keep their proportions from the file.
  case rate
  case clients
  case consumers
  case groups

  func set(_ value: Value, in document: inout Value) throws {
    let place = value.place
    switch self {
    case .partitions:
      try document.changeTopics { topic in
        // A list of replicas for each partition determines the number of partitions: only the replication factor can be kept.
        if case .list(let lists)? = topic["replicas"]?.content, let first = lists.first, case .list(let replicas) = first.content {
          topic["replicas"] = Value(content: .scalar(String(replicas.count)), place: place, path: topic.path + ".replicas")
        }
        topic["partitions"] = value.at(topic.path + ".partitions")
      }
    case .replicationFactor:
      try document.changeTopics { topic in
        if case .list(let lists)? = topic["replicas"]?.content {
          topic["partitions"] = Value(content: .scalar(String(lists.count)), place: place, path: topic.path + ".partitions")
        }
        topic["replicas"] = value.at(topic.path + ".replicas")
      }
    case .brokers: try document.set("cluster.brokers", to: value)
    case .machine: try document.set("cluster.machine", to: value)
    case .messageSize:
      try document.changeClients(ProduceEntry.self, at: place) { entry in
        if case .map? = entry["value"]?.content { try entry.set("value.size", to: value) } else { try entry.set("value", to: value) }
      }
    case .rate: try setRate(value, in: &document)
    case .clients: try document.changeClients(ProduceEntry.self, at: place) { try $0.set("clients", to: value) }
    case .consumers: try document.changeClients(ConsumeEntry.self, at: place) { try $0.set("clients", to: value) }
    case .groups: try document.changeClients(ConsumeEntry.self, at: place) { try $0.set("groups", to: value) }
    }
  }

  private func setRate(_ value: Value, in document: inout Value) throws {
    let total = try value.recordsPerSecond()
    var rates: [Double?] = []
    try document.changeClients(ProduceEntry.self, at: value.place) { rates.append(try $0.meanRate?.recordsPerSecond()) }
    let shares: [Double]
    if rates.count == 1 {
      shares = [1]
    } else if let known = rates as? [Double], known.reduce(0, +) > 0 {
      shares = known.map { $0 / known.reduce(0, +) }
    } else {
      shares = rates.map { _ in 1 / Double(rates.count) }
    }
    var next = 0
    try document.changeClients(ProduceEntry.self, at: value.place) { entry in
      let text = rates.count == 1 ? try value.string() : Value.rateText(total * shares[next])
      let rate = Value(content: .scalar(text), place: value.place, path: entry.path + ".rate")
      if entry["load"]?["poisson"] != nil {
        entry["load"]!["poisson"] = rate
      } else {
        entry["outstanding"] = nil
        entry["load"] = nil
        entry["rate"] = rate
      }
      next += 1
    }
  }
}

extension Value {
  /// The rate of a produce entry; nil if it is not constant.
  fileprivate var meanRate: Value? { self["rate"] ?? self["load"]?["poisson"] }

  func at(_ path: String) -> Value {
    var value = self
    value.path = path
    return value
  }

  mutating func setSetting(_ name: String, to value: Value) throws {
    if self["config"] == nil { self["config"] = Value(content: .map([]), place: value.place, path: path + ".config") }
    self["config"]![name] = value.at(path + ".config." + name)
  }

  mutating func changeTopics(_ change: (inout Value) throws -> Void) throws {
    guard case .list(var topics)? = self["topics"]?.content else { return }
    for index in topics.indices { try change(&topics[index]) }
    self["topics"]!.content = .list(topics)
  }

  /// Changes each entry of one kind below `workload`. Throws if there is none.
  mutating func changeClients(_ kind: any ApplicationKind.Type, at place: Place, _ change: (inout Value) throws -> Void) throws {
    guard case .list(var entries)? = self["workload"]?.content else { return }
    var isFound = false
    for index in entries.indices {
      guard var entry = entries[index][kind.word] else { continue }
      isFound = true
      try change(&entry)
      entries[index][kind.word] = entry
    }
    guard isFound else {
      throw ScenarioError(at: place, "the scenario has no '\(kind.word)' that this could change", remedy: "Add one below workload, or vary something else.")
    }
    self["workload"]!.content = .list(entries)
  }

  /// A rate as a number.
  func recordsPerSecond() throws -> Double { try rate(allowsZero: true).recordsPerSecond }

  /// A rate in the format of scenarios, with three decimals.
  package static func rateText(_ recordsPerSecond: Double) -> String {
    let thousandths = Int64(saturating: (recordsPerSecond * 1_000).rounded())
    let fraction = String(1_000 + thousandths % 1_000).dropFirst()
    return thousandths % 1_000 == 0 ? "\(thousandths / 1_000)/s" : "\(thousandths / 1_000).\(fraction)/s"
  }
}
