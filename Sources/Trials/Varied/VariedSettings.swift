import Results
import Scenarios

/// Settings with the values that each takes: `vary: { acks: [0, 1, all] }` in a scenario, or `--vary acks=0,1,all`.
struct VariedSettings {
  var settings: [VariedSetting]

  init(_ value: Value) throws {
    guard case .map(let entries) = value.content else {
      throw value.error("expected settings with lists of values, found \(value.kind)", remedy: "Write vary: { acks: [0, 1, all] }.")
    }
    var mistakes = Mistakes()
    settings = try entries.compactMap { entry in
      try mistakes.collect {
        let values = try entry.value.oneOrMore { try $0.string() }
        guard !values.isEmpty else { throw value.error("\(entry.key) has no values", remedy: "Write vary: { \(entry.key): [a, b] }.") }
        _ = try VariedKey(entry.key, at: entry.keyPlace)
        return VariedSetting(key: entry.key, values: values)
      }
    }
    try mistakes.settle()
  }

  /// Checks every value of every setting in a scenario file, each separately.
  static func check(_ settings: [VariedSetting], in value: Value, file: String) throws {
    let place = value["vary"]?.place ?? value.place
    var mistakes = Mistakes()
    for setting in settings {
      let key = try VariedKey(setting.key, at: place)
      for chosen in setting.values {
        try mistakes.collect {
          do {
            var document = try ScenarioDocument(value, file: file, variant: key == .variant ? chosen : nil)
            var parsed = try Value.parse(chosen, source: file)
            parsed.place = place
            try key.set(parsed, in: &document.value)
            _ = try document.scenario()
          } catch let error as ScenarioError {
            throw ScenarioError(error.all.map { ScenarioError(at: place, "vary: \(setting.key)=\(chosen): \($0.problem)", remedy: $0.remedy) })
          }
        }
      }
    }
    try mistakes.settle()
  }
}

extension VariedSetting {
  /// Parses `KEY=V1,V2`. Commas within brackets, braces or quotes belong to a value.
  public init(option: String) throws {
    let place = Place(source: "--vary \(option)")
    guard let equals = option.firstIndex(of: "="), equals > option.startIndex else {
      throw ScenarioError(at: place, "this is not KEY=VALUE,VALUE", remedy: "Write --vary acks=0,1,all.")
    }
    let values = option[option.index(after: equals)...].splitAtOuterCommas.map(\.trimmed)
    guard values.allSatisfy({ !$0.isEmpty }) else { throw ScenarioError(at: place, "a value is missing", remedy: "Write --vary acks=0,1,all.") }
    self.init(key: String(option[..<equals]).trimmed, values: values)
    for (index, value) in values.enumerated() where values[..<index].contains(value) {
      throw ScenarioError(at: place, "the value \(value) is listed twice", remedy: "Write each value once.")
    }
  }

  /// In the format of the command-line option.
  package var option: String { "\(key)=\(values.joined(separator: ","))" }
}

extension Substring {
  fileprivate var splitAtOuterCommas: [String] {
    var parts = [""]
    var depth = 0
    var quote: Character?
    for character in self {
      switch character {
      case _ where character == quote: quote = nil
      case "\"", "'": if quote == nil { quote = character }
      case "[", "{", "(": if quote == nil { depth += 1 }
      case "]", "}", ")": if quote == nil { depth -= 1 }
      default: break
      }
      if character == ",", depth == 0, quote == nil { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    return parts
  }
}
