import Primitives

/// Reads the entries below `workload`.
struct WorkloadReader {
  let topics: [TopicPlan]

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
    case (let body?, nil): return try plan(body, word: "produce", taken: taken) { .produce(try ProducePlan(&$0, partitions: $1)) }
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
    let topic = try map.required("topic") { topic in
      let text = try topic.string()
      guard let plan = topics.first(where: { $0.name == text }) else {
        let names = topics.map(\.name)
        throw topic.error(
          "there is no topic '\(text)'",
          remedy: nearestName(to: text, among: names).map { "Did you mean '\($0)'?" } ?? "The topics are \(names.joined(separator: ", ")).")
      }
      return plan
    }
    let plan = WorkloadPlan(
      name: name, clients: Int(try map.optional("clients") { try $0.integer(in: 1...10_000) } ?? 1), topic: topic.name,
      role: try role(&map, topic.partitionCount), config: try map.optional("config") { try $0.settings() } ?? [],
      start: try map.optional("from") { try $0.duration() } ?? .zero, stop: try map.optional("to") { try $0.duration() }, place: body.place)
    try map.finish()
    return plan
  }
}

extension ProducePlan {
  init(_ map: inout MapReader, partitions: Int) throws {
    let rate = try map.optional("rate") { try $0.interval() }
    let outstanding = try map.optional("outstanding") { Int(try $0.integer(in: 1...100_000)) }
    if rate != nil, outstanding != nil {
      throw map.value.error("rate and outstanding exclude each other", remedy: "Keep rate for an open loop, or outstanding for a closed one.")
    }
    let keys = try map.optional("keys") { keys -> Keys in
      if keys.scalar == "none" { return .none }
      return .uniform(Int(try keys.integer(in: 1...1_000_000_000)))
    }
    self.init(
      load: outstanding.map { .closed(outstanding: $0) } ?? .open(interval: rate ?? .milliseconds(10)),
      valueSize: try map.optional("value") { value in
        let size = try value.byteCount()
        guard (16...10_000_000).contains(size) else {
          throw value.error("a value of \(size) bytes is not possible", remedy: "A value carries 16 bytes that make it unique, and may have up to 10MB.")
        }
        return size
      } ?? 100,
      keys: keys ?? .none, records: try map.optional("records") { Int(try $0.integer(in: 1...1_000_000_000)) },
      partition: try map.optional("partition") { Int32(try $0.integer(in: 0...Int64(partitions - 1))) })
  }
}

extension ConsumePlan {
  init(_ map: inout MapReader) throws {
    self.init(pollInterval: try map.optional("poll") { try $0.duration() } ?? .zero)
  }
}
