import Primitives

/// Reads what an operator asks of the cluster: one word and its arguments, as in `{ elect-leader: { partition: t-0 } }`.
///
/// What the cluster would refuse in any case is refused here, with its place. The rest is seen when the trial runs.
struct AdminReader {
  let names: DeclaredNames
  /// Topics that earlier entries create.
  let created: Set<String>

  private static let words = ["elect-leader", "reassign", "alter-config", "create-partitions", "delete-records", "delete-topic", "create-topic"]

  func read(_ value: Value) throws -> AdminAction {
    var map = try MapReader(value)
    guard map.keys.count == 1, let word = map.keys.first else {
      throw value.error("expected one action", remedy: "Write one of \(Self.words.joined(separator: ", ")).")
    }
    guard Self.words.contains(word) else {
      throw value.error(
        "there is no action '\(word.quotable)'",
        remedy: nearestName(to: word, among: Self.words).map { "Did you mean '\($0)'?" } ?? "Known: \(Self.words.joined(separator: ", ")).")
    }
    let action = try map.required(word) { arguments in
      var map = try MapReader(arguments)
      let action = try self.action(word, arguments, &map)
      try map.finish()
      return action
    }
    try map.finish()
    return action
  }

  private func action(_ word: String, _ arguments: Value, _ map: inout MapReader) throws -> AdminAction {
    switch word {
    case "elect-leader": return .electLeader(try partition(&map), unclean: try map.optional("unclean") { try $0.bool() } ?? false)
    case "reassign": return .reassign(try partition(&map), try replicas(arguments, &map))
    case "alter-config": return .alterTopicConfig(try topic(&map), try map.required("config", settings))
    case "create-partitions":
      let topic = try topic(&map)
      return .createPartitions(topic, total: try map.required("total") { try total($0, of: topic) })
    case "delete-records": return .deleteRecords(try partition(&map), before: Offset(try map.required("before") { try $0.integer() }))
    case "delete-topic": return .deleteTopic(try topic(&map))
    default:
      return .createTopic(
        try map.required("topic", newTopic), partitions: Int32(try map.optional("partitions") { try $0.integer(in: 1...Int64(Bounds.partitions)) } ?? 1),
        replicationFactor: Int16(try map.optional("replication-factor", replicationFactor) ?? min(3, Int64(names.brokers ?? 3))))
    }
  }

  private func topic(_ map: inout MapReader) throws -> String { try map.required("topic") { try names.topic($0.string(), at: $0) } }

  private func partition(_ map: inout MapReader) throws -> TopicPartition { try map.required("partition") { try names.partition($0.string(), at: $0) } }

  /// The brokers that shall hold a partition, or nil with `cancel: true`.
  private func replicas(_ arguments: Value, _ map: inout MapReader) throws -> [NodeID]? {
    let isCancelled = try map.optional("cancel") { try $0.bool() } ?? false
    let replicas = try map.optional("replicas") { value in
      guard value.elements?.isEmpty != true else {
        throw value.error("a partition needs a replica", remedy: "Write [1, 2, 3], or cancel: true in its place to take a reassignment back.")
      }
      return try value.replicaList(brokers: names.brokers)
    }
    try map.settle()
    guard isCancelled == (replicas == nil) else {
      throw arguments.error(
        isCancelled ? "a reassignment cannot be asked for and taken back at once" : "'replicas' is missing", remedy: "Write replicas: [1, 2, 3], or cancel: true.")
    }
    return replicas
  }

  private func settings(_ value: Value) throws -> [NamedValue] {
    let settings = try value.settings()
    try ClusterSettings.check(ofTopic: settings)
    return settings.map { NamedValue(name: $0.name, value: $0.plainValue) }
  }

  private func total(_ value: Value, of topic: String) throws -> Int32 {
    let total = try value.integer(in: 1...Int64(Bounds.partitions))
    if let present = names.initialPartitions[topic], !names.deletedTopics.contains(topic), total <= Int64(present) {
      throw value.error("'\(topic)' has \(present) partition\(present == 1 ? "" : "s") already", remedy: "Partitions can only become more: write at least \(present + 1).")
    }
    return Int32(total)
  }

  private func newTopic(_ value: Value) throws -> String {
    let name = try value.topicName()
    guard names.deletedTopics.contains(name) || !(names.initialTopics.contains(name) || created.contains(name)) else {
      throw value.error("the topic '\(name)' is there already", remedy: "Give it another name, or delete the topic before.")
    }
    return name
  }

  private func replicationFactor(_ value: Value) throws -> Int64 {
    let factor = try value.integer(in: 1...100)
    if let brokers = names.brokers, factor > Int64(brokers) {
      throw value.error("\(factor) replicas on \(brokers) brokers are impossible", remedy: "Ask for at most \(brokers) replicas, or for more brokers.")
    }
    return factor
  }
}
