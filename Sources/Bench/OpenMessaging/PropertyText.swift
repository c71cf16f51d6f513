import Primitives
import Scenarios

/// Settings in the form of Java's property files, as the driver files of the OpenMessaging Benchmark hold them within a YAML value, or as a YAML mapping.
struct PropertyText {
  /// In the order of the file, each with the place of its line.
  let settings: [WrittenSetting]

  init(_ value: Value) throws {
    if case .map = value.content {
      settings = try value.settings()
      return
    }
    // The lines of a block (`key: |`) stand below the value's own place.
    let first = value.place.line + 1
    var settings: [WrittenSetting] = []
    var mistakes = Mistakes()
    for (index, line) in try value.string().split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let text = String(line).trimmed
      guard let start = text.first, start != "#", start != "!" else { continue }
      let place = Place(source: value.place.source, line: first + index, column: 1 + line.prefix { $0 == " " }.count)
      guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }), separator > text.startIndex else {
        try mistakes.add(ScenarioError(at: place, "'\(text.quotable)' is not a property", remedy: "Write name=value, one a line."))
        continue
      }
      let name = String(text[..<separator]).trimmed
      let plain = String(text[text.index(after: separator)...]).trimmed
      guard !settings.contains(where: { $0.name == name }) else {
        try mistakes.add(ScenarioError(at: place, "\(name.quotable) is given twice", remedy: "Keep one of them."))
        continue
      }
      settings.append(WrittenSetting(name: name, place: place, value: plain, valueOf: Value(content: .scalar(plain), place: place, path: name)))
    }
    try mistakes.settle()
    self.settings = settings
  }
}
