import Primitives
import Wire

/// Reads the entries below `faults`.
struct FaultReader {
  let names: DeclaredNames
  /// Of the scenario; nil where the file does not say it rightly.
  let duration: Duration?
  /// Names of the entries so far: what `after` and `release` may refer to.
  private(set) var entries: [String] = []
  /// Those of them that were given, and did not come of their words.
  private var given: Set<String> = []
  /// Topics that admin actions so far create.
  private var created: Set<String> = []

  init(names: DeclaredNames, duration: Duration?) {
    self.names = names
    self.duration = duration
  }

  static let words = [
    "kill", "crash", "power-loss", "replace-disk", "restart", "pause", "resume", "slow-cpu", "shutdown", "isolate", "partition", "cut", "heal",
    "slow", "reset", "clog", "hold", "release", "drop", "delay", "duplicate", "disk", "clock", "admin", "random",
  ]

  mutating func read(_ value: Value) throws -> FaultPlan {
    var map = try MapReader(value)
    var deed: (word: String, argument: Value)?
    do {
      deed = try action(of: value, &map)
    } catch let error as ScenarioError {
      try map.check { throw error }
    }
    let name = try map.optional("name") { try entryName($0) }
    let start = try startMoment(&map, value)
    let every = try map.optional("every") { try interval($0, deed?.word) }
    // Of a message fault, `times` counts messages and is read with the fault itself.
    let times = try map.optional("times") { Int(try $0.integer(in: 1...1_000_000)) }
    let end = try map.optional("to") { try endMoment($0, from: start) }
    let hasEnd = map.has("to")
    var fault: FaultAction?
    do {
      if let deed { fault = try read(deed.word, deed.argument, &map) }
    } catch let error as ScenarioError {
      try map.check { throw error }
    }
    if times != nil, !map.has("every") {
      try map.check { throw value.error("'times' needs 'every'", remedy: "Add every: 5s, or leave times out.") }
    }
    if let start, let every { try map.check { try checkRepetitions(from: start, every: every, times: times, at: value) } }
    if case .random(let faults)? = fault, let start { try map.check { try checkWindow(of: faults, from: start, to: end, isOpen: !hasEnd, at: value) } }
    // What later entries may refer to is there whether or not this one is right.
    if let name { given.insert(name) }
    if let name = name ?? deed?.word { entries.append(name) }
    // A word that is not known is no unknown key besides.
    if deed == nil { try map.settle() }
    try map.finish()
    if case .admin(.createTopic(let topic, _, _))? = fault { created.insert(topic) }
    return FaultPlan(name: name ?? deed!.word, start: start!, end: end, every: every, times: times, action: fault!, place: value.place)
  }

  private func entryName(_ value: Value) throws -> String {
    let name = try value.string()
    guard (1...Bounds.name).contains(name.count), !name.hasControlCharacters, !name.contains(where: { "()[]+/".contains($0) }), name != "all" else {
      throw value.error("'\(name.quotable)' cannot name an entry", remedy: "Write up to \(Bounds.name) letters, without brackets, slashes and plus signs.")
    }
    guard !given.contains(name) else { throw value.error("two entries are named '\(name)'", remedy: "Give each a name of its own.") }
    return name
  }

  // MARK: Times

  private func interval(_ value: Value, _ word: String?) throws -> Duration {
    guard word != "random" else { throw value.error("random draws its times by itself", remedy: "Write every inside of it: random: { profile: calm, every: 4s }.") }
    let every = try value.duration()
    guard every >= .milliseconds(1) else { throw value.error("\(value.kind) is too short", remedy: "Write at least 1ms.") }
    return every
  }

  private func checkRepetitions(from start: Moment, every: Duration, times: Int?, at value: Value) throws {
    guard let duration else { return }
    let count = min(remaining(of: duration, from: start).nanoseconds / every.nanoseconds, Int64(times ?? .max))
    guard count <= Bounds.repetitions else {
      throw value.error("this entry would repeat \(count) times", remedy: "An entry may repeat \(Bounds.repetitions) times: write a longer time behind every, or add times: 10.")
    }
  }

  private func checkWindow(of faults: RandomFaults, from start: Moment, to end: Moment?, isOpen: Bool, at value: Value) throws {
    guard !isOpen else { throw value.error("this says no end", remedy: "Faults by chance need a window: add to: 35s.") }
    guard let duration, case .time(let stop)? = end else { return }
    let count = remaining(of: min(duration, stop), from: start).nanoseconds / max(1, faults.meanInterval.nanoseconds)
    guard count <= Bounds.repetitions else {
      throw value.error("about \(count) faults would be drawn", remedy: "An entry may draw \(Bounds.repetitions): write a longer time behind every.")
    }
  }

  private func remaining(of whole: Duration, from start: Moment) -> Duration {
    guard case .time(let start) = start else { return whole }
    return max(.zero, whole - start)
  }

  private func time(_ value: Value) throws -> Moment {
    let time = try value.duration()
    if let duration, time >= duration {
      throw value.error("\(value.kind) comes when the scenario is over", remedy: "Write a time below its duration of \(duration.words), or a longer duration.")
    }
    return .time(time)
  }

  private func endMoment(_ value: Value, from start: Moment?) throws -> Moment {
    let end = try value.duration()
    if case .time(let start)? = start, end <= start {
      throw value.error("the entry would end before it begins", remedy: "Write a time above \(start.words); times count from the beginning of the scenario.")
    }
    return .time(end)
  }

  private func startMoment(_ map: inout MapReader, _ value: Value) throws -> Moment? {
    let given = ["at", "from", "after"].filter { map.has($0) }
    guard given.count == 1 else {
      try map.check {
        throw value.error(
          given.isEmpty ? "this entry says no time" : "this entry says more than one time",
          remedy: "Write one of at: 2s, from: 2s, or after: election(t-0).")
      }
      return nil
    }
    return try map.optional(given[0]) { given[0] == "after" ? try Moment(after: $0, entries: entries, names) : try time($0) }
  }

  // MARK: Words

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
      "there is no fault '\(word.quotable)'",
      remedy: nearestName(to: word, among: Self.words).map { "Did you mean '\($0)'?" } ?? "Known: \(Self.words.joined(separator: ", ")).")
  }

  private func node(_ value: Value) throws -> NodeSelector { try NodeSelector(value, names) }

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
      for (index, group) in groups.enumerated() {
        for node in group where groups[..<index].contains(where: { $0.contains { $0.overlaps(node) } }) {
          throw argument.error("\(node) stands in two groups", remedy: "Write each node in one group, such as [[1, 2], [3]].")
        }
      }
      return .partition(groups)
    case "cut": return try reading(argument) { .cut(from: try $0.required("from", nodes), to: try $0.required("to", nodes)) }
    case "heal":
      _ = try nodes(argument)
      return .heal
    case "slow":
      return try reading(argument) {
        let fault = FaultAction.slow(
          from: try $0.required("from", nodes), to: try $0.required("to", nodes), latency: try $0.optional("latency") { try $0.duration(upTo: Bounds.slowness) },
          bandwidth: try $0.optional("bandwidth") { try $0.bandwidth(atLeast: 1_000) })
        try $0.settle()
        if case .slow(_, _, nil, nil) = fault { throw argument.error("nothing gets slow", remedy: "Add latency: 50ms or bandwidth: 1MB/s.") }
        return fault
      }
    case "reset": return try reading(argument) { .reset(from: try $0.required("from", nodes), to: try $0.required("to", nodes)) }
    case "clog": return try reading(argument) { .clog(from: try $0.required("from", nodes), to: try $0.required("to", nodes)) }
    case "release": return .release(try releasedEntry(argument))
    case "disk": return .disk(try diskFault(argument, &map))
    case "clock": return .clock(try clockFault(argument))
    case "admin": return .admin(try AdminReader(names: names, created: created).read(argument))
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
            "there is no API '\(name.quotable)'",
            remedy: nearestName(to: name, among: ApiKey.all.map(\.name)).map { "Did you mean '\($0)'?" } ?? "Write Kafka's name, such as Fetch or Produce.")
        }
        return api
      }
      let isRequest = try map.optional("request") { try $0.bool() }
      let isResponse = try map.optional("response") { try $0.bool() }
      guard isRequest == nil || isResponse == nil || isRequest != isResponse else {
        throw argument.error("both a request and a response are named, or neither", remedy: "Write request: true or response: true.")
      }
      let direction: MessageFault.Direction = isRequest ?? isResponse.map { !$0 } ?? true ? .request : .response
      let fault = MessageFault(
        verb: verb, api: api, direction: direction,
        from: try map.optional("from", nodes) ?? [], to: try map.optional("to", nodes) ?? [],
        nth: Int(try map.optional("nth") { try $0.integer(in: 1...1_000_000) } ?? 1),
        times: try map.optional("times") { Int(try $0.integer(in: 1...1_000_000)) },
        by: try map.optional("by") { try $0.duration() } ?? .zero)
      try map.settle()
      if verb == .delay, fault.by == .zero { throw argument.error("'by' is missing", remedy: "Add by: 200ms.") }
      if verb != .delay, fault.by != .zero { throw argument.error("'by' belongs to delay", remedy: "Leave it out, or write delay instead of \(verb.rawValue).") }
      return fault
    }
  }

  private func releasedEntry(_ argument: Value) throws -> String? {
    let text = try argument.string()
    if text == "all" { return nil }
    guard entries.contains(text) else {
      throw argument.error(
        "no earlier entry is named '\(text.quotable)'",
        remedy: nearestName(to: text, among: entries).map { "Did you mean '\($0)'?" } ?? "Give the hold a name, or write release: all.")
    }
    return text
  }

  private func diskFault(_ argument: Value, _ map: inout MapReader) throws -> DiskFaultPlan {
    if argument.scalar != nil {
      let node = try map.needed("node", node)
      let files = try map.optional("files") { try $0.string() }
      let kind = try argument.word(DiskFaultPlan.Kind.self)
      try map.settle()
      return DiskFaultPlan(kind: kind, node: node!, files: files ?? "*")
    }
    return try reading(argument) {
      DiskFaultPlan(
        kind: try $0.required("fault") { try $0.word(DiskFaultPlan.Kind.self) }, node: try $0.required("node", node),
        files: try $0.optional("files") { try $0.string() } ?? "*")
    }
  }

  private func clockFault(_ argument: Value) throws -> ClockFault {
    try reading(argument) { map in
      let kind = try map.required("fault") { try $0.word(ClockFault.Kind.self) }
      return ClockFault(
        kind: kind, node: try map.required("node", node),
        by: try map.required("by") { value in
          let by = try value.signedDuration(upTo: Bounds.clockJump)
          // A clock that loses a second a second stands still.
          guard kind != .drift || (-1_000_000_000...1_000_000_000).contains(by.nanoseconds) else {
            throw value.error("a clock cannot drift by \(value.kind) a second", remedy: "Write what it gains in each second, from -1s to 1s, such as 50us.")
          }
          return by
        })
    }
  }
}

extension NodeSelector {
  /// Whether both mean a node that is known to be the same, whatever happens.
  fileprivate func overlaps(_ other: NodeSelector) -> Bool {
    switch (self, other) {
    case (.all, .broker), (.broker, .all), (.all, .any), (.any, .all): true
    case (.controller, .activeController), (.activeController, .controller): true
    default: self == other && self != .any
    }
  }
}

extension Value {
  /// A duration that may be negative: `-2h`.
  fileprivate func signedDuration(upTo limit: Duration) throws -> Duration {
    guard let scalar, scalar.hasPrefix("-") else { return try duration(upTo: limit) }
    var positive = self
    positive.content = .scalar(String(scalar.dropFirst()))
    return .zero - (try positive.duration(upTo: limit))
  }
}

extension RandomFaults {
  /// A profile by name, or a list of words with weights.
  init(_ value: Value) throws {
    var map = try MapReader(value)
    let (words, interval) = try map.required("profile") { profile -> ([Weighted], Duration) in
      if let name = profile.scalar {
        guard let known = Self.profiles[name] else {
          throw profile.error("there is no profile '\(name.quotable)'", remedy: "Write calm, rough, harsh, or words with weights such as { kill: 2, isolate: 1 }.")
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
      words: words, meanInterval: try map.optional("every") { value in
        let every = try value.duration()
        guard every >= .milliseconds(1) else { throw value.error("\(value.kind) is too short", remedy: "Write at least 1ms.") }
        return every
      } ?? interval,
      keep: try map.optional("keep") { try $0.word(Keep.self) } ?? .oneLegalCopy)
    try map.finish()
  }
}
