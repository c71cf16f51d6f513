import Host
import Primitives
import Scenarios
import Sim
import Wire

/// A fault on messages on their way, by rules in Kafka's terms.
enum MessageDeed: Deed {
  case hold(MessagePattern)
  case drop(MessagePattern)
  case delay(MessagePattern, by: Duration)
  case duplicate(MessagePattern)
  /// The receiver does not get requests; their senders get an error, as from a receiver that refuses them.
  case answer(MessagePattern, ErrorCode)
  /// Releases what these entries hold, or everything that is held.
  case release([String]?)

  enum Word: String, CaseIterable { case hold, release, drop, delay, duplicate, answer }

  init(_ word: Word, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws {
    switch word {
    case .hold: self = .hold(try Self.pattern(word, argument, reader))
    case .drop: self = .drop(try Self.pattern(word, argument, reader))
    case .duplicate: self = .duplicate(try Self.pattern(word, argument, reader))
    case .delay:
      self = try reader.fields(argument) { map in
        let pattern = try MessagePattern(argument, &map, reader)
        let by = try map.optional("by") { try $0.duration() }
        try map.settle()
        guard let by, by != .zero else { throw argument.error("'by' is missing", remedy: "Add by: 200ms.") }
        return .delay(pattern, by: by)
      }
    case .answer: self = try Self.answer(argument, beside: &entry, reader)
    case .release: self = .release(argument.scalar == "all" ? nil : try argument.oneOrMore { try Self.entryName($0, reader) })
    }
  }

  private static func pattern(_ word: Word, _ argument: Value, _ reader: DeedReader) throws -> MessagePattern {
    try reader.fields(argument) { map in
      let pattern = try MessagePattern(argument, &map, reader)
      let by = try map.optional("by") { try $0.duration() } ?? .zero
      try map.settle()
      if by != .zero { throw argument.error("'by' belongs to delay", remedy: "Leave it out, or write delay instead of \(word.rawValue).") }
      return pattern
    }
  }

  /// Reads `answer: NOT_LEADER_OR_FOLLOWER` with `api`, `nth` and `where` beside it, or `answer: { error: NOT_LEADER_OR_FOLLOWER, api: Produce, from: produce }`.
  private static func answer(_ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws -> MessageDeed {
    if argument.scalar != nil {
      let pattern = try MessagePattern(answeredBeside: argument, &entry)
      return .answer(pattern, try ErrorCode(named: argument))
    }
    return try reader.fields(argument) { map in
      let error = try map.required("error", ErrorCode.init(named:))
      var pattern = try MessagePattern(answeredBeside: argument, &map)
      try pattern.readEnds(&map, reader)
      return .answer(pattern, error)
    }
  }

  private static func entryName(_ argument: Value, _ reader: DeedReader) throws -> String {
    let text = try argument.string()
    guard reader.entries.contains(text) else {
      throw argument.error(
        "no earlier entry is named '\(text.quotable)'",
        remedy: suggestion(for: text, among: reader.entries, or: "Give the hold a name, or write release: all."))
    }
    return text
  }

  var written: [Value.Entry] {
    switch self {
    case .hold(let pattern): [Value.Entry(Word.hold.rawValue, pattern.written())]
    case .drop(let pattern): [Value.Entry(Word.drop.rawValue, pattern.written())]
    case .delay(let pattern, let by): [Value.Entry(Word.delay.rawValue, pattern.written(by: by))]
    case .duplicate(let pattern): [Value.Entry(Word.duplicate.rawValue, pattern.written())]
    case .answer(let pattern, let error): [Value.Entry(Word.answer.rawValue, pattern.written(error: error))]
    case .release(let names):
      [Value.Entry(Word.release.rawValue, names.map { $0.count == 1 ? .word($0[0]) : .list($0.map(Value.word)) } ?? .word("all"))]
    }
  }

  func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> MessageDeed {
    switch self {
    case .hold(let pattern): .hold(pattern.mapNodes(other))
    case .drop(let pattern): .drop(pattern.mapNodes(other))
    case .delay(let pattern, let by): .delay(pattern.mapNodes(other), by: by)
    case .duplicate(let pattern): .duplicate(pattern.mapNodes(other))
    case .answer(let pattern, let error): .answer(pattern.mapNodes(other), error)
    case .release: self
    }
  }

  func carryOut(on stage: any Stage) -> Bool {
    switch self {
    case .hold(let pattern): return apply(.hold, to: pattern, "holds", stage)
    case .drop(let pattern): return apply(.drop, to: pattern, "drops", stage)
    case .delay(let pattern, let by): return apply(.delay(by), to: pattern, "delays", stage)
    case .duplicate(let pattern): return apply(.duplicate, to: pattern, "duplicates", stage)
    case .answer(let pattern, let error): return apply(.answer, to: pattern, "answers \(error.name) to", stage) { $0.refusal(error) }
    case .release(let names):
      let held = stage.release(names)
      stage.tell("\(held) held message\(held == 1 ? "" : "s") released")
      if held > 0 { stage.hit() }
      return held > 0
    }
  }

  private func apply(
    _ action: MessageRule.Action, to pattern: MessagePattern, _ verb: String, _ stage: any Stage, answer: ((Frame) -> Frame?)? = nil
  ) -> Bool {
    let from = stage.nodes(pattern.from), to = stage.nodes(pattern.to)
    guard pattern.from.isEmpty == from.isEmpty, pattern.to.isEmpty == to.isEmpty else { return false }
    let words =
      "\(verb) \(pattern.api.name) \(pattern.kind)s\(from.isEmpty ? "" : " from \(stage.names(from))")\(to.isEmpty ? "" : " to \(stage.names(to))")"
    stage.tell(words)
    stage.apply(
      MessageRule(
        action, pattern.kind, apiKey: pattern.api.rawValue, from: from.isEmpty ? nil : from, to: to.isEmpty ? nil : to, nth: pattern.nth, times: pattern.times,
        where: pattern.looksInto, answer: answer), end: "no longer \(words)")
    return true
  }

  /// Between real nodes there is no proxy that could distinguish messages.
  var real: RealAction? { nil }

  func takeBack(on stage: any Stage) { stage.liftFaults() }

  func ends(_ earlier: MessageDeed, of entry: String, at struck: [NodeIndex], on stage: any Stage) -> Bool {
    switch (self, earlier) {
    case (.release(let names), .hold): names?.contains(entry) ?? true
    case (.release, .drop), (.release, .delay), (.release, .duplicate), (.release, .answer), (.release, .release): false
    case (.hold, _), (.drop, _), (.delay, _), (.duplicate, _), (.answer, _): false
    }
  }

  var isRemedy: Bool {
    switch self {
    case .release: true
    case .hold, .drop, .delay, .duplicate, .answer: false
    }
  }

  var drawsFromItsKey: Bool { false }

  var lasts: Bool { !isRemedy }

  /// The entries that it releases by name.
  var released: [String]? {
    switch self {
    case .release(let names): names
    case .hold, .drop, .delay, .duplicate, .answer: nil
    }
  }

  /// The API on whose messages it acts; nil where it releases what others hold.
  var api: ApiKey? {
    switch self {
    case .hold(let pattern), .drop(let pattern), .delay(let pattern, _), .duplicate(let pattern), .answer(let pattern, _): pattern.api
    case .release: nil
    }
  }

  /// Whether it holds messages until they are released.
  var holds: Bool {
    switch self {
    case .hold: true
    case .drop, .delay, .duplicate, .answer, .release: false
    }
  }
}

/// Selects the messages of a rule.
struct MessagePattern: Equatable {
  var api: ApiKey
  var kind: MessageKind
  /// The senders; empty means all.
  var from: [NodeSelector]
  var to: [NodeSelector]
  /// The first message that counts, from 1.
  var nth: Int
  /// The number of messages from the nth on; nil means all.
  var times: Int?
  /// Conditions on the fields of a message.
  var fields: FieldConditions?

  /// The next request of an API that a node sends, or the next response to one of its requests.
  ///
  /// - Parameter node: nil for any.
  init(next api: ApiKey, _ kind: MessageKind, of node: NodeSelector?) {
    self.api = api
    self.kind = kind
    let end = node.map { [$0] } ?? []
    from = kind == .request ? end : []
    to = kind == .response ? end : []
    nth = 1
    times = 1
  }

  fileprivate init(_ argument: Value, _ map: inout MapReader, _ reader: DeedReader) throws {
    api = try map.required("api", Self.api)
    let isRequest = try map.optional("request") { try $0.bool() }
    let isResponse = try map.optional("response") { try $0.bool() }
    guard isRequest == nil || isResponse == nil || isRequest != isResponse else {
      throw argument.error("both a request and a response are named, or neither", remedy: "Write request: true or response: true.")
    }
    let kind = isRequest ?? isResponse.map { !$0 } ?? true ? MessageKind.request : .response
    self.kind = kind
    from = []
    to = []
    nth = try Self.nth(&map)
    fields = try map.optional("where") { [api] in try FieldConditions($0, known: api.fieldNames(kind)) }
    try readEnds(&map, reader)
  }

  /// For requests to be answered: the keys beside the word of an entry, whose `from`, `to` and `times` belong to the entry.
  fileprivate init(answeredBeside argument: Value, _ map: inout MapReader) throws {
    api = try map.required("api") { value in
      let api = try Self.api(value)
      guard api.requestType is any RefusableRequest.Type else {
        let known = ApiKey.all.filter { $0.requestType is any RefusableRequest.Type }.map(\.name)
        throw value.error("a \(api.name) request cannot be answered by a fault", remedy: "Those can: \(known.joined(separator: ", ")).")
      }
      return api
    }
    kind = .request
    from = []
    to = []
    nth = try Self.nth(&map)
    fields = try map.optional("where") { [api] in try FieldConditions($0, known: api.fieldNames(.request)) }
  }

  fileprivate mutating func readEnds(_ map: inout MapReader, _ reader: DeedReader) throws {
    from = try map.optional("from", reader.nodes) ?? []
    to = try map.optional("to", reader.nodes) ?? []
    times = try map.optional("times") { Int(try $0.integer(in: 1...1_000_000)) }
  }

  private static func nth(_ map: inout MapReader) throws -> Int { Int(try map.optional("nth") { try $0.integer(in: 1...1_000_000) } ?? 1) }

  private static func api(_ value: Value) throws -> ApiKey {
    let name = try value.string()
    guard let api = ApiKey.all.first(where: { $0.name == name }) else {
      throw value.error(
        "there is no API '\(name.quotable)'",
        remedy: suggestion(for: name, among: ApiKey.all.map(\.name), or: "Write Kafka's name, such as Fetch or Produce."))
    }
    return api
  }

  /// The check of a message's fields; nil if any message matches.
  fileprivate var looksInto: ((Frame, MessageHeader) -> Bool)? {
    fields.map { fields in { [kind] frame, header in FieldTree(frame, header, kind).map(fields.hold) ?? false } }
  }

  fileprivate func written(by delay: Duration? = nil, error: ErrorCode? = nil) -> Value {
    .map([
      "error": error.map { .word($0.name) },
      "api": .word(api.name), "response": kind == .response ? .word("true") : nil, "from": from.isEmpty ? nil : .nodes(from), "to": to.isEmpty ? nil : .nodes(to),
      "nth": nth == 1 ? nil : .count(nth), "times": times.map { .count($0) }, "by": delay.map(Value.time),
      "where": fields?.written,
    ])
  }

  fileprivate func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> Self {
    var pattern = self
    pattern.from = from.map(other)
    pattern.to = to.map(other)
    return pattern
  }
}

extension ApiKey {
  /// The fields of its requests or responses, in any version.
  fileprivate func fieldNames(_ kind: MessageKind) -> [String] {
    func response<Request: ApiRequest>(of type: Request.Type) -> any Message.Type { Request.Response.self }
    guard let type = requestType else { return [] }
    return FieldTree.names(of: kind == .request ? type : response(of: type))
  }
}
