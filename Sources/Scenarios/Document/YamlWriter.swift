/// Writes a document as YAML that looks handwritten: what fits is on one line, the rest on lines of its own.
///
/// Reading gives the same document again: `Value.parse(value.yaml)` has the same words, lists and mappings in the same order.
struct YamlWriter {
  /// The width of a line that can be broken.
  private static let width = 150
  /// The width of prose.
  private static let proseWidth = 140
  /// The deepest nesting of lists and mappings on one line.
  private static let depthOfLine = 4

  private(set) var lines: [String] = []

  /// Writes the top level of a document.
  mutating func write(_ value: Value) {
    switch value.content {
    case .map(let entries) where !entries.isEmpty:
      for entry in entries { write(entry.value, head: entry.key.yamlKey + ":", at: 0, mayStandOnLine: !entry.value.isListOfSeveral) }
    case .list(let elements) where !elements.isEmpty: write(elements: elements, at: 0)
    case .scalar, .list, .map: lines.append(Self.line(of: value))
    }
  }

  /// Writes a value after a key or a dash.
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
      // After a dash, the first element would be on the same line.
      if head == "-" { return lines.append(line) }
      lines.append(margin + head)
      write(elements: elements, at: indent + 2)
    case .map(let entries):
      // Show the word of an entry on its line: "- produce: { topic: t }".
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

  fileprivate static func line(of value: Value) -> String {
    switch value.content {
    case .scalar(let text): return text.yamlScalar(inLine: true)
    case .list(let elements): return "[\(elements.map(line).joined(separator: ", "))]"
    case .map(let entries):
      if entries.isEmpty { return "{}" }
      return "{ \(entries.map { "\($0.key.yamlKey): \(line(of: $0.value))" }.joined(separator: ", ")) }"
    }
  }

  // MARK: Prose

  /// Text as the lines of a folded block; nil if folding would change it.
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
  /// The value as YAML text, with a line end.
  package var yaml: String {
    var writer = YamlWriter()
    writer.write(self)
    return writer.lines.joined(separator: "\n") + "\n"
  }

  /// The value as YAML on one line, however long that gets.
  package var yamlLine: String { YamlWriter.line(of: self) }

  /// The nesting depth of lists and mappings.
  fileprivate var depth: Int {
    switch content {
    case .scalar: 0
    case .list(let elements): 1 + (elements.map(\.depth).max() ?? 0)
    case .map(let entries): 1 + (entries.map(\.value.depth).max() ?? 0)
    }
  }

  /// Whether this is a list with an element that is not a scalar: each element needs a line of its own.
  fileprivate var isListOfSeveral: Bool { elements?.contains { $0.scalar == nil } ?? false }
}

extension String {
  /// The text as it is if YAML reads it as a plain scalar, otherwise in double quotes.
  ///
  /// - Parameter inLine: whether it is in a list or mapping on one line, where brackets, braces and commas have a meaning.
  fileprivate func yamlScalar(inLine: Bool) -> String { isPlainYaml(inLine: inLine) ? self : yamlQuoted }

  /// The text as a key. The reader of scenarios accepts no key as long as YAML's limit of 1024 characters.
  fileprivate var yamlKey: String { yamlScalar(inLine: true) }

  private func isPlainYaml(inLine: Bool) -> Bool {
    guard let first = unicodeScalars.first, first.mayBeginPlainYaml, unicodeScalars.last != " " else { return false }
    // Document markers, and what could begin a list.
    if hasPrefix("---") || hasPrefix("...") || self == "-" || hasPrefix("- ") { return false }
    return unicodeScalars.allSatisfy { $0.mayStandInPlainYaml || !inLine && ",[]{}".unicodeScalars.contains($0) }
  }
}

extension Unicode.Scalar {
  fileprivate var mayBeginPlainYaml: Bool { mayStandInPlainYaml && !" %*@`'&!|>~=?;<^$".unicodeScalars.contains(self) }

  fileprivate var mayStandInPlainYaml: Bool { isYamlPrintable && !",[]{}:#&!|\"\\`".unicodeScalars.contains(self) }
}
