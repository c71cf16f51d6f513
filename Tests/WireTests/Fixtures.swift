import Foundation
import Primitives
import Wire

/// One row of a file of test vectors: a message's bytes as Kafka's own code and other implementations wrote them, and its value.
struct MessageVector: Sendable, CustomStringConvertible {
  let id: String
  let version: Int16
  let type: any Message.Type
  let bytes: Primitives.Bytes
  let value: String

  var description: String { id }
}

enum Fixtures {
  static let messageFiles = [
    "rpc-requests", "rpc-responses", "headers", "data-records", "metadata-records", "coordinator-records", "storage-records",
  ]

  static func rows(_ file: String) throws -> [Json] {
    let url = Bundle.module.url(forResource: file, withExtension: "jsonl", subdirectory: "Fixtures")!
    let rows = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { try Json(String($0)) }
    precondition(!rows.isEmpty, "\(file) has no rows")
    return rows
  }

  private static let types = Dictionary(uniqueKeysWithValues: allMessages.map { ($0.name, $0) })

  static func messages(_ file: String) throws -> [MessageVector] {
    try rows(file).map { row in
      let id = row["id"]!.string!
      let parts = id.split(separator: ".")
      return MessageVector(
        id: id, version: Int16(parts[1].dropFirst())!, type: types[String(parts[0])]!,
        bytes: Primitives.Bytes(hexadecimal: row["hex"]!.string!)!, value: row["value"]!.canonicalText)
    }
  }

  static let allMessageVectors: [MessageVector] = try! messageFiles.flatMap { try messages($0) }
}

extension Json {
  /// A text that is the same for equal values.
  var canonicalText: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let digits): digits
    case .string(let text): "\"\(text)\""
    case .array(let elements): "[" + elements.map(\.canonicalText).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.keys.sorted().map { "\"\($0)\":\(members[$0]!.canonicalText)" }.joined(separator: ",") + "}"
    }
  }
}
