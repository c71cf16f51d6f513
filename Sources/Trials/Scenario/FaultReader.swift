import Primitives
import Wire

/// Reads the entries below `faults`.
struct FaultReader {
  let clients: [String]
  let brokers: Int
  /// Names of the entries so far: what `after` and `release` may refer to.
  private(set) var names: [String] = []

  init(clients: [String], brokers: Int) {
    self.clients = clients
    self.brokers = brokers
  }

  static let words = [
    "kill", "crash", "power-loss", "replace-disk", "restart", "pause", "resume", "slow-cpu", "shutdown", "isolate", "partition", "cut", "heal",
    "slow", "reset", "clog", "hold", "release", "drop", "delay", "duplicate", "disk", "clock", "admin", "random",
  ]

  mutating func read(_ value: Value) throws -> FaultPlan {
    var map = try MapReader(value)
    let (word, argument) = try action(of: value, &map)
    let name = try map.optional("name") { try $0.string() }
    let start = try startMoment(&map, value)
    let every = try map.optional("every") { try $0.duration() }
    // Of a message fault, `times` counts messages and is read with the fault itself.
    let times = try map.optional("times") { Int(try $0.integer(in: 1...1_000_000)) }
    let plan = FaultPlan(
      name: name ?? word, start: start, end: try map.optional("to") { .time(try $0.duration()) }, every: every, times: times,
      action: try read(word, argument, &map), place: value.place)
    try map.finish()
    if times != nil, every == nil {
      throw value.error("'times' needs 'every'", remedy: "Add every: 5s, or leave times out.")
    }
    names.append(plan.name)
    return plan
  }

  /// The word of an entry and what stands behind it: `kill: 2`, or `do: kill, node: 2`.
  private func action(of value: Value, _ map: inout MapReader) throws -> (String, Value) {
    if let word = try map.optional("do", { $0 }) {
      let text = try word.string()
      guard Self.words.contains(text) else { throw unknown(text, at: word) }
      let node = try map.optional("node") { $0 }
      guard let node else {
        guard text == "heal" || text == "release" else { throw value.error("'node' is missing", remedy: "Add node: 2, or another node.") }
        return (text, Value(content: .scalar("all"), place: word.place, path: word.path))
      }
      return (text, node)
    }
    let present = map.keys.filter(Self.words.contains)
    guard present.count == 1 else {
      if present.isEmpty, let stranger = map.keys.first(where: { !["at", "after", "from", "to", "every", "times", "name"].contains($0) }) {
        throw unknown(stranger, at: value)
      }
      throw value.error(
        present.isEmpty ? "this entry does nothing" : "this entry does several things: \(present.joined(separator: ", "))",
        remedy: "Name one of \(Self.words.joined(separator: ", ")) in each entry.")
    }
    return (present[0], try map.required(present[0]) { $0 })
  }

  private func unknown(_ word: String, at value: Value) -> ScenarioError {
    value.error(
      "there is no fault '\(word)'",
      remedy: nearestName(to: word, among: Self.words).map { "Did you mean '\($0)'?" } ?? "Known: \(Self.words.joined(separator: ", ")).")
  }

  private func startMoment(_ map: inout MapReader, _ value: Value) throws -> Moment {
    let moments = [
      try map.optional("at") { Moment.time(try $0.duration()) },
      try map.optional("from") { Moment.time(try $0.duration()) },
      try map.optional("after") { try Moment(after: $0, entries: names) },
    ].compactMap { $0 }
    guard moments.count == 1 else {
      throw value.error(
        moments.isEmpty ? "this entry says no time" : "this entry says more than one time",
        remedy: "Write one of at: 2s, from: 2s, or after: election(t-0).")
    }
    return moments[0]
  }

  private func node(_ value: Value) throws -> NodeSelector { try NodeSelector(value, clients: clients, brokers: brokers) }

  private func nodes(_ value: Value) throws -> [NodeSelector] { try value.oneOrMore(node) }

  private func read(_ word: String, _ argument: Value, _ map: inout MapReader) throws -> FaultAction {
    switch word {
    case "kill", "crash": return .kill(try node(argument))
    case "power-loss": return .powerLoss(try nodes(argument))
    case "replace-disk": return .replaceDisk(try node(argument))
    case "restart": return .restart(try node(argument))
    case "pause": return .pause(try node(argument))
    case "resume": return .resume(try node(argument))
    case "shutdown": return .shutdown(try node(argument))
    case "slow-cpu":
      return try reading(argument) { .slowProcessor(try $0.required("node", node), factor: try $0.required("factor") { try $0.integer(in: 2...10_000) }) }
    case "isolate": return .isolate(try node(argument))
    case "partition":
      let groups = try argument.list { try $0.oneOrMore(node) }
      guard groups.count >= 2 else { throw argument.error("a partition needs two groups or more", remedy: "Write [[1, 2], [3]].") }
      return .partition(groups)
    case "cut": return try reading(argument) { .cut(from: try $0.required("from", nodes), to: try $0.required("to", nodes)) }
    case "heal": return .heal
    case "slow":
      return try reading(argument) {
        let fault = FaultAction.slow(
          from: try $0.required("from", nodes), to: try $0.required("to", nodes), latency: try $0.optional("latency") { try $0.duration() },
          bandwidth: try $0.optional("bandwidth") { try $0.bandwidth() })
        if case .slow(_, _, nil, nil) = fault { throw argument.error("nothing gets slow", remedy: "Add latency: 50ms or bandwidth: 1MB/s.") }
        return fault
      }
    case "reset": return try reading(argument) { .reset(from: try $0.required("from", nodes), to: try $0.required("to", nodes)) }
    case "clog": return try reading(argument) { .clog(from: try $0.required("from", nodes), to: try $0.required("to", nodes)) }
    case "release": return .release(try releasedEntry(argument))
    case "disk": return .disk(try diskFault(argument, &map))
    case "clock": return .clock(try clockFault(argument))
    case "admin": return .admin(try AdminAction(argument))
    case "random": return .random(try RandomFaults(argument))
    default: return .message(try messageFault(try verb(word, argument), argument))
    }
  }

  private func reading<Result>(_ value: Value, _ body: (inout MapReader) throws -> Result) throws -> Result {
    var map = try MapReader(value)
    let result = try body(&map)
    try map.finish()
    return result
  }

  private func verb(_ word: String, _ argument: Value) throws -> MessageFault.Verb {
    guard let verb = MessageFault.Verb(rawValue: word) else { throw unknown(word, at: argument) }
    return verb
  }

  private func messageFault(_ verb: MessageFault.Verb, _ argument: Value) throws -> MessageFault {
    try reading(argument) { map in
      let api = try map.required("api") { value in
        let name = try value.string()
        guard let api = ApiKey.all.first(where: { $0.name == name }) else {
          throw value.error(
            "there is no API '\(name)'",
            remedy: nearestName(to: name, among: ApiKey.all.map(\.name)).map { "Did you mean '\($0)'?" } ?? "Write Kafka's name, such as Fetch or Produce.")
        }
        return api
      }
      let isRequest = try map.optional("request") { try $0.bool() }
      let isResponse = try map.optional("response") { try $0.bool() }
      guard isRequest == nil || isResponse == nil || isRequest != isResponse else {
        throw argument.error("request and response say the same", remedy: "Write request: true or response: true.")
      }
      let direction: MessageFault.Direction = isRequest ?? isResponse.map { !$0 } ?? true ? .request : .response
      let fault = MessageFault(
        verb: verb, api: api, direction: direction,
        from: try map.optional("from", nodes) ?? [], to: try map.optional("to", nodes) ?? [],
        nth: Int(try map.optional("nth") { try $0.integer(in: 1...1_000_000) } ?? 1),
        times: try map.optional("times") { Int(try $0.integer(in: 1...1_000_000)) },
        by: try map.optional("by") { try $0.duration() } ?? .zero)
      if verb == .delay, fault.by == .zero { throw argument.error("'by' is missing", remedy: "Add by: 200ms.") }
      if verb != .delay, fault.by != .zero { throw argument.error("'by' belongs to delay", remedy: "Leave it out, or write delay instead of \(verb.rawValue).") }
      return fault
    }
  }

  private func releasedEntry(_ argument: Value) throws -> String? {
    let text = try argument.string()
    if text == "all" { return nil }
    guard names.contains(text) else {
      throw argument.error(
        "no earlier entry is named '\(text)'",
        remedy: nearestName(to: text, among: names).map { "Did you mean '\($0)'?" } ?? "Give the hold a name, or write release: all.")
    }
    return text
  }

  private func diskFault(_ argument: Value, _ map: inout MapReader) throws -> DiskFaultPlan {
    if argument.scalar != nil {
      return DiskFaultPlan(
        kind: try argument.word(DiskFaultPlan.Kind.self), node: try map.required("node", node), files: try map.optional("files") { try $0.string() } ?? "*")
    }
    return try reading(argument) {
      DiskFaultPlan(
        kind: try $0.required("fault") { try $0.word(DiskFaultPlan.Kind.self) }, node: try $0.required("node", node),
        files: try $0.optional("files") { try $0.string() } ?? "*")
    }
  }

  private func clockFault(_ argument: Value) throws -> ClockFault {
    try reading(argument) { map in
      ClockFault(
        kind: try map.required("fault") { try $0.word(ClockFault.Kind.self) }, node: try map.required("node", node),
        by: try map.required("by") { try $0.signedDuration() })
    }
  }
}

extension Value {
  /// A duration that may be negative: `-2h`.
  fileprivate func signedDuration() throws -> Duration {
    guard let scalar, scalar.hasPrefix("-") else { return try duration() }
    var positive = self
    positive.content = .scalar(String(scalar.dropFirst()))
    return .zero - (try positive.duration())
  }
}

extension AdminAction {
  /// One word and its arguments: `{ elect-leader: { partition: t-0 } }`.
  init(_ value: Value) throws {
    var map = try MapReader(value)
    let words = ["elect-leader", "reassign", "alter-config", "create-partitions", "delete-records", "delete-topic", "create-topic"]
    guard map.keys.count == 1, let word = map.keys.first else {
      throw value.error("expected one action", remedy: "Write one of \(words.joined(separator: ", ")).")
    }
    guard words.contains(word) else {
      throw value.error("there is no action '\(word)'", remedy: nearestName(to: word, among: words).map { "Did you mean '\($0)'?" } ?? "Known: \(words.joined(separator: ", ")).")
    }
    self = try map.required(word) { argument in
      var map = try MapReader(argument)
      let action = try Self.read(word, &map)
      try map.finish()
      return action
    }
  }

  private static func read(_ word: String, _ map: inout MapReader) throws -> AdminAction {
    func partition(_ map: inout MapReader) throws -> TopicPartition { try map.required("partition") { try TopicPartition(try $0.string(), at: $0) } }
    func topic(_ map: inout MapReader) throws -> String { try map.required("topic") { try $0.string() } }
    switch word {
    case "elect-leader": return .electLeader(try partition(&map), unclean: try map.optional("unclean") { try $0.bool() } ?? false)
    case "reassign":
      return .reassign(try partition(&map), try map.required("replicas") { try $0.list { NodeID(Int32(try $0.integer(in: 1...1_000))) } })
    case "alter-config":
      return .alterTopicConfig(
        try topic(&map), try map.required("config") { try $0.settings().map { NamedValue(name: $0.name, value: $0.plainValue) } })
    case "create-partitions": return .createPartitions(try topic(&map), total: Int32(try map.required("total") { try $0.integer(in: 1...10_000) }))
    case "delete-records": return .deleteRecords(try partition(&map), before: Offset(try map.required("before") { try $0.integer() }))
    case "delete-topic": return .deleteTopic(try topic(&map))
    default:
      return .createTopic(
        try topic(&map), partitions: Int32(try map.optional("partitions") { try $0.integer(in: 1...10_000) } ?? 1),
        replicationFactor: Int16(try map.optional("replication-factor") { try $0.integer(in: 1...100) } ?? 3))
    }
  }
}

extension RandomFaults {
  /// A profile by name, or a list of words with weights.
  init(_ value: Value) throws {
    var map = try MapReader(value)
    let (words, interval) = try map.required("profile") { profile -> ([Weighted], Duration) in
      if let name = profile.scalar {
        guard let known = Self.profiles[name] else {
          throw profile.error("there is no profile '\(name)'", remedy: "Write calm, rough, harsh, or words with weights such as { kill: 2, isolate: 1 }.")
        }
        return known
      }
      let words = try profile.settings().map { setting -> Weighted in
        var name = setting.valueOf
        name.content = .scalar(setting.name)
        return Weighted(word: try name.word(Word.self), weight: try setting.valueOf.integer(in: 1...1_000))
      }
      guard !words.isEmpty else { throw profile.error("no word to draw from", remedy: "Write words with weights such as { kill: 2, isolate: 1 }.") }
      return (words, .seconds(3))
    }
    self.init(
      words: words, meanInterval: try map.optional("every") { try $0.duration() } ?? interval,
      keep: try map.optional("keep") { try $0.word(Keep.self) } ?? .oneLegalCopy)
    try map.finish()
  }
}
