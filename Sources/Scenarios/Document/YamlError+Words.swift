import Yams

extension YamlError {
  /// The error in our own words and with a remedy, if the mistake is a common one.
  func asScenarioError(in text: String, source: String) -> ScenarioError {
    let place = place(in: source)
    switch self {
    case .duplicatedKeysInMapping(let duplicates, _):
      let key = duplicates.first ?? ""
      guard let second = text.secondPlace(of: key, inMappingAt: place) else {
        return ScenarioError(at: place, "the key '\(key.quotable)' occurs twice in the mapping that begins here", remedy: "Keep one of the two.")
      }
      return ScenarioError(at: second, "the key '\(key.quotable)' occurs here for the second time in one mapping", remedy: "Keep one of the two.")
    case .scanner(_, let problem, _, _) where problem.contains("tab character") || text.hasTab(at: place):
      return ScenarioError(at: place, "there is a tab here, and YAML is indented with spaces", remedy: "Put spaces in the place of tabs.")
    case .composer(_, let problem, _, _) where problem.contains("another document"):
      return ScenarioError(at: place, "a second document begins here", remedy: "A file holds one: leave away the line --- and what follows, or make two files of it.")
    default:
      return ScenarioError(at: place, "this is not YAML: \(shortText)", remedy: "Mind indentation, quotes and braces.")
    }
  }

  private var shortText: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _):
      problem.hasPrefix("Maximum nesting") ? "lists and mappings are nested too deep" : problem
    case .reader(let problem, _, let value, _): "\(problem) (\(value))"
    default: "\(self)"
    }
  }

  private func place(in source: String) -> Place {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      Place(source: source, line: mark.line, column: mark.column)
    case .duplicatedKeysInMapping(_, let context):
      Place(source: source, line: context.mark.line, column: context.mark.column)
    default:
      Place(source: source)
    }
  }
}

extension String {
  /// The place of the second occurrence of a key in a block mapping; nil if the mapping is written in braces.
  fileprivate func secondPlace(of key: String, inMappingAt place: Place) -> Place? {
    let indentation = place.column - 1
    var isKnown = false
    for (index, line) in split(separator: "\n", omittingEmptySubsequences: false).enumerated().dropFirst(place.line - 1) {
      let margin = line.prefix { $0 == " " || (index == place.line - 1 && $0 == "-") }.count
      let rest = line.dropFirst(margin)
      if rest.isEmpty || rest.first == "#" { continue }
      if margin < indentation { return nil }
      guard margin == indentation, rest.hasPrefix(key + ":") else { continue }
      if isKnown { return Place(source: place.source, line: index + 1, column: place.column) }
      isKnown = true
    }
    return nil
  }

  fileprivate func hasTab(at place: Place) -> Bool {
    let lines = split(separator: "\n", maxSplits: max(0, place.line), omittingEmptySubsequences: false)
    guard lines.indices.contains(place.line - 1) else { return false }
    return lines[place.line - 1].dropFirst(max(0, place.column - 1)).first == "\t"
  }
}
