import Primitives
import Scenarios
import Sim
import Wire

/// Conditions on the fields of a message, as in `where`: `{ transactionalId: t1 }`, or `{ topicData: { name: t, partitionData: { index: 0 } } }`.
///
/// A field is found at any depth, and in every element of a list. The conditions in a mapping below a field must hold for the same element.
struct FieldConditions: Equatable {
  struct Condition: Equatable {
    var field: String
    var demand: Demand
  }

  indirect enum Demand: Equatable {
    case word(String)
    case fields(FieldConditions)
  }

  private var conditions: [Condition]

  func hold(in tree: FieldTree) -> Bool { conditions.allSatisfy { Self.isFound($0, in: tree) } }

  private static func isFound(_ condition: Condition, in tree: FieldTree) -> Bool {
    switch tree {
    case .structure(let fields):
      fields.contains { ($0.name == condition.field && isMet(condition.demand, by: $0.value)) || isFound(condition, in: $0.value) }
    case .list(let elements): elements.contains { isFound(condition, in: $0) }
    case .scalar, .absent, .records: false
    }
  }

  private static func isMet(_ demand: Demand, by value: FieldTree) -> Bool {
    switch (demand, value) {
    case (_, .list(let elements)): elements.contains { isMet(demand, by: $0) }
    case (.word(let word), .scalar(let text)): word == text
    case (.word(let word), .absent): word == "null"
    case (.fields(let inner), .structure): inner.hold(in: value)
    case (.word, .structure), (.word, .records), (.fields, .scalar), (.fields, .absent), (.fields, .records): false
    }
  }

  // MARK: Reading

  /// - Parameter known: the fields of the message in any version.
  init(_ value: Value, known: [String]) throws {
    guard case .map(let entries) = value.content, !entries.isEmpty else {
      throw value.error("expected fields and what they must be, found \(value.kind)", remedy: "Write where: { transactionalId: t1 }.")
    }
    conditions = try entries.map { entry in
      guard known.contains(entry.key) else {
        throw ScenarioError(
          at: entry.keyPlace, "\(value.path): the message has no field '\(entry.key.quotable)'",
          remedy: suggestion(for: entry.key, among: known, or: "It has \(known.joined(separator: ", "))."))
      }
      switch entry.value.content {
      case .map: return Condition(field: entry.key, demand: .fields(try FieldConditions(entry.value, known: known)))
      case .scalar(let text): return Condition(field: entry.key, demand: .word(try Self.word(text, of: entry)))
      case .list: throw entry.value.error("a field is compared with one value", remedy: "Write one value; a list in the message is searched for it.")
      }
    }
  }

  /// Errors may be given by name.
  private static func word(_ text: String, of entry: Value.Entry) throws -> String {
    guard entry.key.lowercased().hasSuffix("errorcode"), Int16(text) == nil else { return text }
    return String(try ErrorCode(named: entry.value).rawValue)
  }

  var written: Value {
    .map(
      conditions.map { condition in
        switch condition.demand {
        case .word(let word): Value.Entry(condition.field, .word(word))
        case .fields(let inner): Value.Entry(condition.field, inner.written)
        }
      })
  }
}

extension ErrorCode {
  /// Reads an error by Kafka's name.
  init(named value: Value) throws {
    let name = try value.string()
    let known = (Int16(-1)...200).map(ErrorCode.init(rawValue:)).filter { Int16($0.name) == nil && $0 != .none }
    guard let code = known.first(where: { $0.name == name }) else {
      throw value.error(
        "there is no error '\(name.quotable)'",
        remedy: suggestion(for: name, among: known.map(\.name), or: "Write Kafka's name, such as NOT_LEADER_OR_FOLLOWER."))
    }
    self = code
  }
}

extension FieldTree {
  /// Decodes the message in a frame; nil if it cannot be decoded.
  init?(_ frame: Frame, _ header: MessageHeader, _ kind: MessageKind) {
    func tree<Request: ApiRequest>(_ type: Request.Type) throws -> FieldTree {
      switch kind {
      case .request:
        var reader = FrameReader(frame)
        defer { withExtendedLifetime(reader) {} }
        let version = try RequestHeader(from: &reader).requestApiVersion
        return try FieldTree(Request(from: &reader, version: version), version: version)
      case .response:
        return try FieldTree(Request.Response.decodeResponse(frame, version: header.apiVersion).message, version: header.apiVersion)
      }
    }
    guard let type = ApiKey(rawValue: header.apiKey).requestType, let tree = try? tree(type) else { return nil }
    self = tree
  }
}

extension Frame {
  /// The response of a broker that refuses the request; nil if the request cannot be decoded, or expects no response.
  func refusal(_ code: ErrorCode) -> Frame? {
    func refusal<Request: RefusableRequest>(_ type: Request.Type, _ header: RequestHeader, _ reader: inout FrameReader) throws -> Frame? {
      let request = try Request(from: &reader, version: header.requestApiVersion)
      if (request as? ProduceRequest)?.acks == 0 { return nil }
      return try Frame.response(request.refused(code, nil), version: header.requestApiVersion, correlationID: header.correlationId)
    }
    var reader = FrameReader(self)
    defer { withExtendedLifetime(reader) {} }
    guard let header = try? RequestHeader(from: &reader), let type = header.apiKey.requestType as? any RefusableRequest.Type else { return nil }
    return (try? refusal(type, header, &reader)) ?? nil
  }
}
