import Primitives

/// Reads the entries below `topics`.
package struct TopicReader {
  let brokers: Int?

  /// - Parameter brokers: the number of brokers; nil if the file is wrong about it.
  package init(brokers: Int?) { self.brokers = brokers }

  package func read(_ value: Value) throws -> [TopicPlan] {
    var taken: [String: String] = [:]
    let topics = try value.list { entry in
      let topic = try plan(entry)
      let folded = Self.folded(topic.name)
      if let other = taken[folded] { throw collision(of: topic.name, with: other, at: entry["name"] ?? entry) }
      taken[folded] = topic.name
      return topic
    }
    guard !topics.isEmpty else { throw value.error("there is no topic", remedy: "Write - { name: t }.") }
    try checkSum(of: topics, at: value)
    return topics
  }

  /// Kafka's metrics replace dots by underscores: names that differ in nothing else collide (`Topic.hasCollisionChars`).
  private static func folded(_ name: String) -> String { String(name.map { $0 == "." ? "_" : $0 }) }

  private func collision(of name: String, with other: String, at value: Value) -> ScenarioError {
    name == other
      ? value.error("there are two topics '\(name)'", remedy: "Give each a different name.")
      : value.error("'\(name)' collides with '\(other)'", remedy: "Kafka takes dots and underscores in the names of topics for the same: use one of both.")
  }

  private func checkSum(of topics: [TopicPlan], at value: Value) throws {
    let partitions = topics.reduce(0) { $0 + $1.partitionCount }, replicas = topics.reduce(0) { $0 + $1.replicaCount }
    guard partitions <= Bounds.partitions else {
      throw value.error("\(partitions) partitions in all are too many", remedy: "The topics of a scenario may have \(Bounds.partitions) partitions together.")
    }
    guard replicas <= Bounds.replicas else {
      throw value.error("\(replicas) replicas in all are too many", remedy: "The partitions of a scenario may have \(Bounds.replicas) replicas together.")
    }
  }

  private func plan(_ value: Value) throws -> TopicPlan {
    var map = try MapReader(value)
    let name = try map.needed("name") { try $0.topicName() }
    let partitions = try map.optional("partitions") { Int(try $0.integer(in: 1...Int64(Bounds.partitions))) }
    let assignment = try map.optional("replicas") { try self.assignment($0, partitions: partitions) }
    let config: [WrittenSetting] = try map.optional("config") { try $0.settings() } ?? []
    try map.check { try ClusterSettings.check(ofTopic: config) }
    try map.finish()
    return TopicPlan(
      name: name!, assignment: assignment ?? .automatic(partitions: partitions ?? 1, replicationFactor: min(3, brokers ?? 3)), config: config, place: value.place)
  }

  private func assignment(_ value: Value, partitions: Int?) throws -> TopicPlan.Assignment {
    if value.scalar != nil {
      let factor = Int(try value.integer(in: 1...100))
      if let brokers, factor > brokers {
        throw value.error("\(factor) replicas on \(brokers) brokers are impossible", remedy: "Ask for at most \(brokers) replicas, or for more brokers.")
      }
      return .automatic(partitions: partitions ?? 1, replicationFactor: factor)
    }
    let replicas = try value.list { try $0.replicaList(brokers: brokers) }
    guard !replicas.isEmpty else { throw value.error("a topic needs a partition", remedy: "Write replicas: [[1, 2, 3]].") }
    if let partitions, partitions != replicas.count {
      throw value.error("\(replicas.count) lists of replicas for \(partitions) partitions", remedy: "Write one list a partition, or leave partitions out.")
    }
    return .manual(replicas)
  }
}

extension Value {
  /// A topic name that users may choose, by Kafka's rules.
  package func topicName() throws -> String {
    let name = try string()
    guard TopicName.isValid(name) else {
      throw error(
        "'\(name.quotable)' is not a topic name", remedy: "Use letters, digits, dots, dashes and underscores, at most \(TopicName.maximumLength).")
    }
    guard name != TopicName.clusterMetadata, !TopicName.isInternal(name) else {
      throw error("'\(name)' is a topic of Kafka's own", remedy: "Give the topic another name.")
    }
    return name
  }

  /// The brokers of a partition: at least one, without repetitions.
  package func replicaList(brokers: Int?) throws -> [NodeID] {
    let replicas = try list { element in
      let number = try element.integer(in: 1...100_000)
      if let brokers, number > brokers { throw element.error("there is no broker \(number)", remedy: "The brokers of this cluster are 1 to \(brokers).") }
      return NodeID(Int32(number))
    }
    guard !replicas.isEmpty, Set(replicas).count == replicas.count else {
      throw error("a partition needs replicas on different brokers", remedy: "Write [1, 2, 3].")
    }
    return replicas
  }
}
