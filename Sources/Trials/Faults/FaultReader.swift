import Primitives
import Scenarios
import Wire

/// Reads the entries below `faults`.
struct FaultReader {
  let names: DeclaredNames
  /// The duration of the scenario; nil if the file is wrong about it.
  let duration: Duration?
  /// All names that the file gives to entries.
  private let allGiven: [String]
  /// The names of the entries so far, which `after` and `release` may refer to.
  private(set) var entries: [String] = []
  /// Those of the names that were given explicitly rather than derived from a word.
  private var given: Set<String> = []
  /// Topics that earlier admin actions create.
  private var created: Set<String> = []
  /// The earliest time of the first entry with a name.
  private var earliest: [String: Duration] = [:]

  /// - Parameter allGiven: the names that the file gives to entries, including later ones.
  init(names: DeclaredNames, duration: Duration?, allGiven: [String]) {
    self.names = names
    self.duration = duration
    self.allGiven = allGiven
  }

  private static let words = Deeds.words + [Chance.word]

  /// The word of an entry's deed, by which it is called if it has no name; nil if it has none, or several.
  static func word(of entry: Value) -> String? {
    guard case .map(let entries) = entry.content else { return nil }
    if let word = entry["do"]?.scalar { return word }
    let present = entries.map(\.key).filter(words.contains)
    return present.count == 1 ? present[0] : nil
  }

  mutating func read(_ value: Value) throws -> FaultPlan {
    var map = try MapReader(value)
    var head: (word: String, argument: Value)?
    do {
      head = try self.head(of: value, &map)
    } catch let error as ScenarioError {
      try map.check { throw error }
    }
    let name = try map.optional("name") { try entryName($0) }
    let key = try map.optional("key") { try streamKey($0) }
    let start = try startMoment(&map, value)
    let every = try map.optional("every") { try interval($0, head?.word) }
    // For a message fault, `times` counts messages and is read with the fault itself.
    let times = try map.optional("times") { Int(try $0.integer(in: 1...1_000_000)) }
    let end = try map.optional("to") { try endMoment($0, from: start) }
    let length = try map.optional("for", length)
    let hasEnd = map.has("to"), hasLength = map.has("for")
    var action: FaultPlan.Action?
    do {
      if let head { action = try read(head.word, head.argument, &map) }
    } catch let error as ScenarioError {
      try map.check { throw error }
    }
    if times != nil, !map.has("every") {
      try map.check { throw value.error("'times' needs 'every'", remedy: "Add every: 5s, or leave times out.") }
    }
    if let start, let every { try map.check { try checkRepetitions(from: start, every: every, times: times, at: value) } }
    if hasEnd, hasLength, !map.has("every") {
      try map.check {
        throw value.error(
          "'to' and 'for' both say when this ends",
          remedy: "Write one of them. Of an entry that repeats, for says how long it lasts each time, and to when it stops repeating.")
      }
    }
    if let length, let every, length > every {
      try map.check { throw value.error("this repeats before it is over", remedy: "Write a time after for: that is not longer than the one after every:.") }
    }
    if hasLength, case .deed(let deed)? = action, !deed.lasts {
      try map.check { throw value.error("'\(head!.word)' is over at once, and nothing of it can be taken back", remedy: "Leave for out.") }
    }
    if case .chance(let chance)? = action, let start {
      try map.check { try checkWindow(of: chance, from: start, to: end, lasting: length, isOpen: !hasEnd && !hasLength, at: value) }
    }
    // Later entries may refer to this one, even if it is wrong.
    if let name { given.insert(name) }
    if let name = name ?? head?.word {
      entries.append(name)
      if let start { earliest[name] = min(earliest[name] ?? .forever, self.earliest(start)) }
    }
    // Do not report an unknown word as an unknown key, too.
    if head == nil { try map.settle() }
    try map.finish()
    let plan = FaultPlan(name: name ?? head!.word, key: key, start: start!, end: end, length: length, every: every, times: times, action: action!, place: value.place)
    if let topic = (plan.deed as? OperatorDeed)?.request.createdTopic { created.insert(topic) }
    return plan
  }

  private func entryName(_ value: Value) throws -> String {
    let name = try value.string()
    guard (1...Bounds.name).contains(name.count), !name.hasControlCharacters, !name.contains(where: { "()[]+/".contains($0) }), name != "all" else {
      throw value.error("'\(name.quotable)' cannot name an entry", remedy: "Write up to \(Bounds.name) letters, without brackets, slashes and plus signs.")
    }
    guard !given.contains(name) else { throw value.error("two entries are named '\(name)'", remedy: "Give each a different name.") }
    return name
  }

  private func streamKey(_ value: Value) throws -> String {
    let key = try value.string()
    guard (1...2 * Bounds.name).contains(key.count), !key.hasControlCharacters else {
      throw value.error("'\(key.quotable)' cannot name a random stream", remedy: "Write up to \(2 * Bounds.name) letters, such as 5 rot.")
    }
    return key
  }

  // MARK: Times

  private func interval(_ value: Value, _ word: String?) throws -> Duration {
    guard word != Chance.word else { throw value.error("random draws its times by itself", remedy: "Write every inside of it: random: { profile: calm, every: 4s }.") }
    let every = try value.duration()
    guard every >= .milliseconds(1) else { throw value.error("\(value.kind) is too short", remedy: "Write at least 1ms.") }
    return every
  }

  private func checkRepetitions(from start: Moment, every: Duration, times: Int?, at value: Value) throws {
    guard let duration else { return }
    let count = min(remaining(of: duration, from: start).nanoseconds / every.nanoseconds, Int64(times ?? .max))
    guard count <= Bounds.repetitions else {
      throw value.error("this entry would repeat \(count) times", remedy: "An entry may repeat \(Bounds.repetitions) times: write a longer time after every:, or add times: 10.")
    }
  }

  private func checkWindow(of chance: Chance, from start: Moment, to end: Duration?, lasting length: Duration?, isOpen: Bool, at value: Value) throws {
    guard !isOpen else { throw value.error("this says no end", remedy: "Faults by chance need a window: add to: 35s, or for: 30s.") }
    guard let duration, end != nil || length != nil else { return }
    let window = min(remaining(of: min(duration, end ?? duration), from: start), length ?? .forever)
    let count = window.nanoseconds / max(1, chance.meanInterval.nanoseconds)
    guard count <= Bounds.repetitions else {
      throw value.error("about \(count) faults would be drawn", remedy: "An entry may draw \(Bounds.repetitions): write a longer time after every:.")
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

  private func endMoment(_ value: Value, from start: Moment?) throws -> Duration {
    if let scalar = value.scalar, scalar.contains(" + ") || scalar.contains("(") {
      throw value.error(
        "\(value.kind) is not a time", remedy: "Write one that counts from the beginning of the scenario, such as to: 40s, or how long the entry lasts, such as for: 20s.")
    }
    let end = try value.duration()
    if let start, end <= earliest(start) {
      let isTime = if case .time = start { true } else { false }
      throw value.error(
        "the entry would end before it begins",
        remedy: """
          \(isTime ? "Write" : "It begins at \(earliest(start).words) at the earliest: write") a time above \(earliest(start).words), \
          which counts from the beginning of the scenario, or how long the entry lasts, such as for: 20s.
          """)
    }
    return end
  }

  /// The earliest possible time of a moment.
  private func earliest(_ moment: Moment) -> Duration {
    switch moment {
    case .time(let time): time
    case .instant(.entry(let name), let plus): (earliest[name] ?? .zero) + plus
    case .instant(_, let plus): plus
    }
  }

  private func length(_ value: Value) throws -> Duration {
    let length = try value.duration()
    guard length > .zero else { throw value.error("nothing would last", remedy: "Write for: 20s.") }
    return length
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
    return try map.optional(given[0]) { given[0] == "after" ? try Moment(after: $0, entries: entries, later: allGiven, names) : try time($0) }
  }

  // MARK: Words

  /// The word of an entry and its value: `kill: 2`, or `do: kill, node: 2`.
  private func head(of value: Value, _ map: inout MapReader) throws -> (String, Value) {
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
      if present.isEmpty, let stranger = map.keys.first(where: { !["at", "after", "from", "to", "for", "every", "times", "name", "key"].contains($0) }) {
        throw unknown(stranger, at: value)
      }
      throw value.error(
        present.isEmpty ? "this entry does nothing" : "this entry does several things: \(present.joined(separator: ", "))",
        remedy: "Name one of \(Self.words.joined(separator: ", ")) in each entry.")
    }
    return (present[0], try map.required(present[0]) { $0 })
  }

  private func unknown(_ word: String, at value: Value) -> ScenarioError {
    value.error("there is no fault '\(word.quotable)'", remedy: suggestion(for: word, among: Self.words))
  }

  private func read(_ word: String, _ argument: Value, _ map: inout MapReader) throws -> FaultPlan.Action {
    let reader = DeedReader(names: names, entries: entries, createdTopics: created)
    if word == Chance.word { return .chance(try Chance(argument, reader)) }
    guard let deed = try Deeds.read(word, argument, beside: &map, reader) else { throw unknown(word, at: argument) }
    return .deed(deed)
  }
}
