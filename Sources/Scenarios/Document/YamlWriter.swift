/// Writes a document as YAML that reads like a file somebody wrote by hand: what fits stands on one line, the rest below each other.
///
/// Reading gives the same document again: `Value.parse(value.yaml)` has the same words, lists and mappings in the same order.
struct YamlWriter {
  /// Columns that a line may take up where it can be broken.
  private static let width = 150
  /// Of text for people.
  private static let proseWidth = 140
  /// Lists and mappings within each other that may stand on one line.
  private static let depthOfLine = 4

  private(set) var lines: [String] = []

  /// Writes what stands at the top of a document.
  mutating func write(_ value: Value) {
    switch value.content {
    case .map(let entries) where !entries.isEmpty:
      for entry in entries { write(entry.value, head: entry.key.yamlKey + ":", at: 0, mayStandOnLine: !entry.value.isListOfSeveral) }
    case .list(let elements) where !elements.isEmpty: write(elements: elements, at: 0)
    case .scalar, .list, .map: lines.append(Self.line(of: value))
    }
  }

  /// Writes a value behind a key or a dash.
  private mutating func write(_ value: Value, head: String, at indent: Int, mayStandOnLine: Bool = true) {
    let margin = String(repeating: " ", count: indent)
    switch value.content {
    case .scalar(let text):
      let line = "\(margin)\(head) \(text.yamlScalar(inLine: false))"
      if line.count > Self.width, let folded = Self.folded(text, at: indent + 2) {
        lines += ["\(margin)\(head) >-"] + folded
      } else {
        lines.append(line)
      }
    case .list(let elements):
      let line = "\(margin)\(head) \(Self.line(of: value))"
      if elements.isEmpty || mayStandOnLine && fits(value, line) { return lines.append(line) }
      // Behind a dash the first element would stand on the same line.
      if head == "-" { return lines.append(line) }
      lines.append(margin + head)
      write(elements: elements, at: indent + 2)
    case .map(let entries):
      // An entry of one word shows its word: "- produce: { topic: t }".
      let mayStandOnLine = mayStandOnLine && !(head == "-" && entries.count == 1 && entries[0].value.scalar == nil)
      let line = "\(margin)\(head) \(Self.line(of: value))"
      if entries.isEmpty || mayStandOnLine && fits(value, line) { return lines.append(line) }
      if head != "-" { lines.append(margin + head) }
      for (index, entry) in entries.enumerated() {
        let first = lines.count
        write(entry.value, head: entry.key.yamlKey + ":", at: indent + 2)
        guard head == "-", index == 0 else { continue }
        lines[first] = "\(margin)- " + lines[first].dropFirst(indent + 2)
      }
    }
  }

  private mutating func write(elements: [Value], at indent: Int) {
    for element in elements { write(element, head: "-", at: indent) }
  }

  private func fits(_ value: Value, _ line: String) -> Bool { line.count <= Self.width && value.depth <= Self.depthOfLine }

  // MARK: On one line

  private static func line(of value: Value) -> String {
    switch value.content {
    case .scalar(let text): return text.yamlScalar(inLine: true)
    case .list(let elements): return "[\(elements.map(line).joined(separator: ", "))]"
    case .map(let entries):
      if entries.isEmpty { return "{}" }
      return "{ \(entries.map { "\($0.key.yamlKey): \(line(of: $0.value))" }.joined(separator: ", ")) }"
    }
  }

  // MARK: Prose

  /// Text in lines of a block that is folded when it is read; nil where folding would not give it back.
  private static func folded(_ text: String, at indent: Int) -> [String]? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count > 1, words.allSatisfy({ !$0.isEmpty }), text.unicodeScalars.allSatisfy(\.isYamlPrintable) else { return nil }
    let margin = String(repeating: " ", count: indent)
    var lines = [margin + words[0]]
    for word in words.dropFirst() {
      if lines[lines.count - 1].count + 1 + word.count <= proseWidth {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(margin + word)
      }
    }
    return lines
  }
}

extension Value {
  /// The value as a YAML text, with an end of line.
  package var yaml: String {
    var writer = YamlWriter()
    writer.write(self)
    return writer.lines.joined(separator: "\n") + "\n"
  }

  /// How many lists and mappings stand within each other.
  fileprivate var depth: Int {
    switch content {
    case .scalar: 0
    case .list(let elements): 1 + (elements.map(\.depth).max() ?? 0)
    case .map(let entries): 1 + (entries.map(\.value.depth).max() ?? 0)
    }
  }

  /// Whether this is a list whose elements are no single words: each wants a line of its own.
  fileprivate var isListOfSeveral: Bool { elements?.contains { $0.scalar == nil } ?? false }
}

extension String {
  /// As it is where YAML takes it for a plain word, else between double quotes.
  ///
  /// - Parameter inLine: whether it stands in a list or mapping of one line, where brackets, braces and commas mean something.
  fileprivate func yamlScalar(inLine: Bool) -> String { isPlainYaml(inLine: inLine) ? self : yamlQuoted }

  /// Nothing is longer that a reader of scenarios takes for a key; YAML itself finds keys within 1024 characters.
  fileprivate var yamlKey: String { yamlScalar(inLine: true) }

  private func isPlainYaml(inLine: Bool) -> Bool {
    guard let first = unicodeScalars.first, first.mayBeginPlainYaml, unicodeScalars.last != " " else { return false }
    // The marks between documents, and what could be the beginning of a list.
    if hasPrefix("---") || hasPrefix("...") || self == "-" || hasPrefix("- ") { return false }
    return unicodeScalars.allSatisfy { $0.mayStandInPlainYaml || !inLine && ",[]{}".unicodeScalars.contains($0) }
  }
}

extension Unicode.Scalar {
  fileprivate var mayBeginPlainYaml: Bool { mayStandInPlainYaml && !" %*@`'&!|>~=?;<^$".unicodeScalars.contains(self) }

  fileprivate var mayStandInPlainYaml: Bool { isYamlPrintable && !",[]{}:#&!|\"\\`".unicodeScalars.contains(self) }
}
