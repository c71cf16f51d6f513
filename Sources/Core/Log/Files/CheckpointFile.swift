import Primitives

/// Kafka's text checkpoints: version 0, the number of entries, then one entry per line, with fields separated by single spaces.
///
/// Reading is strict, because a misread checkpoint loses data: readers fall back to what is safe without it.
enum CheckpointFile {
  static func text(_ entries: [String]) -> Bytes {
    var writer = ByteWriter(capacity: 16 + entries.reduce(0) { $0 + $1.utf8.count + 1 })
    writer.append(utf8: "0\n\(entries.count)\n")
    for entry in entries {
      writer.append(utf8: entry)
      writer.append(utf8: "\n")
    }
    return writer.bytes
  }

  /// The fields of every entry, `fieldCount` in each.
  static func entries(of content: Bytes, fieldCount: Int) throws(CheckpointDamage) -> [[Substring]] {
    guard let text = content.text else { throw CheckpointDamage(line: 1, reason: "not UTF-8") }
    guard text.hasSuffix("\n") else { throw CheckpointDamage(line: 1, reason: "the last line is cut off") }
    let lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
    guard lines[0] == "0" else { throw CheckpointDamage(line: 1, reason: "version '\(lines[0])'; only 0 is supported") }
    guard lines.count >= 2, let count = Int(lines[1]), count >= 0 else {
      throw CheckpointDamage(line: 2, reason: "the number of entries is missing")
    }
    guard lines.count - 2 == count else {
      throw CheckpointDamage(line: 2, reason: "\(count) entries are announced, \(lines.count - 2) are there")
    }
    var entries: [[Substring]] = []
    entries.reserveCapacity(count)
    for (index, line) in lines.enumerated().dropFirst(2) {
      let fields = line.split(separator: " ", omittingEmptySubsequences: false)
      guard fields.count == fieldCount else {
        throw CheckpointDamage(line: index + 1, reason: "\(fields.count) fields, expected \(fieldCount)")
      }
      entries.append(fields)
    }
    return entries
  }
}

/// What is wrong with a checkpoint, and in which line.
struct CheckpointDamage: Error, Hashable, CustomStringConvertible {
  var line: Int
  var reason: String
  var description: String { "line \(line): \(reason)" }
}
