import Primitives
import Workloads

/// Reads the entries below `workload`.
struct WorkloadReader {
  let topics: [TopicPlan]
  /// The scenario file, for paths that it names.
  let file: String

  func read(_ value: Value) throws -> [WorkloadPlan] {
    var plans: [WorkloadPlan] = []
    for entry in try value.list({ $0 }) { plans.append(try plan(entry, taken: plans.map(\.name))) }
    guard !plans.isEmpty else { throw value.error("no client does anything", remedy: "Write - produce: { topic: t, rate: 100/s }.") }
    return plans
  }

  private func plan(_ value: Value, taken: [String]) throws -> WorkloadPlan {
    var entry = try MapReader(value)
    let produce = try entry.optional("produce") { $0 }
    let consume = try entry.optional("consume") { $0 }
    try entry.finish()
    switch (produce, consume) {
    case (let body?, nil):
      return try plan(body, word: "produce", taken: taken) { map, partitions in .produce(try ProducePlan(&map, partitions: partitions, file: file)) }
    case (nil, let body?): return try plan(body, word: "consume", taken: taken) { map, _ in .consume(try ConsumePlan(&map)) }
    default: throw value.error("expected one kind of client", remedy: "Write produce: { ... } or consume: { ... }.")
    }
  }

  private func plan(
    _ body: Value, word: String, taken: [String], role: (inout MapReader, Int) throws -> WorkloadPlan.Role
  ) throws -> WorkloadPlan {
    var map = try MapReader(body)
    let name = try map.optional("name") { name in
      let text = try name.string()
      guard !taken.contains(text) else { throw name.error("two entries are named '\(text)'", remedy: "Give each a name of its own.") }
      return text
    } ?? (taken.contains(word) ? "\(word)-\(taken.count + 1)" : word)
    let topics = try topics(&map)
    let plan = WorkloadPlan(
      name: name, clients: Int(try map.optional("clients") { try $0.integer(in: 1...Int64(ArrivalSchedule.clientLimit)) } ?? 1),
      topics: topics.map(\.name), role: try role(&map, topics.map(\.partitionCount).min()!),
      config: try map.optional("config") { try $0.settings() } ?? [], start: try map.optional("from") { try $0.duration() } ?? .zero,
      stop: try map.optional("to") { try $0.duration() }, place: body.place)
    try map.finish()
    return plan
  }

  private func topics(_ map: inout MapReader) throws -> [TopicPlan] {
    let single = try map.optional("topic") { [try topic($0)] }
    let several = try map.optional("topics") { value in
      let topics = try value.list(topic)
      guard !topics.isEmpty, Set(topics.map(\.name)).count == topics.count else {
        throw value.error("expected different topics", remedy: "Write topics: [a, b], or topic: a.")
      }
      return topics
    }
    switch (single, several) {
    case (let topics?, nil), (nil, let topics?): return topics
    case (nil, nil): throw map.value.error("'topic' is missing", remedy: "Add topic: ... here.")
    default: throw map.value.error("topic and topics exclude each other", remedy: "Write topic for one, or topics for several.")
    }
  }

  private func topic(_ value: Value) throws -> TopicPlan {
    let text = try value.string()
    if let plan = topics.first(where: { $0.name == text }) { return plan }
    let names = topics.map(\.name)
    throw value.error(
      "there is no topic '\(text)'",
      remedy: nearestName(to: text, among: names).map { "Did you mean '\($0)'?" } ?? "The topics are \(names.joined(separator: ", ")).")
  }
}

extension ProducePlan {
  init(_ map: inout MapReader, partitions: Int, file: String) throws {
    self.init(
      load: try LoadShape(&map), value: try map.optional("value") { try ValuePlan($0, file: file) } ?? ValuePlan(),
      keys: try map.optional("keys", KeyPlan.init) ?? .none,
      records: try map.optional("records") { Int(try $0.integer(in: 1...1_000_000_000)) },
      partition: try map.optional("partition") { Int32(try $0.integer(in: 0...Int64(partitions - 1))) })
  }
}

extension ConsumePlan {
  init(_ map: inout MapReader) throws {
    self.init(
      pollInterval: try map.optional("poll") { try $0.duration() } ?? .zero,
      groups: Int(try map.optional("groups") { try $0.integer(in: 1...10_000) } ?? 1))
  }
}
