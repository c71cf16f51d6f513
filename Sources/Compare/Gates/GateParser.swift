import Primitives
import Results

extension Gate {
  /// Parses `PATH COMPARATOR BOUND [where KEY=VALUE...]`. Blanks between the parts are optional.
  public init(parsing text: String) throws(GateError) {
    var parser = GateParser(text)
    let path = try parser.path()
    let comparator = try parser.comparator()
    let bound = try parser.bound(of: path, comparator)
    self.init(text: text, path: path.path, comparator: comparator, bound: bound, condition: try parser.condition())
  }
}

private struct GateParser {
  struct Path {
    let path: String
    let unit: MetricUnit
  }

  private let text: String
  private var rest: Substring

  init(_ text: String) {
    self.text = text
    rest = text[...]
  }

  mutating func path() throws(GateError) -> Path {
    let column = skipBlanks()
    let word = take { !$0.isWhitespace && !"<>=!".contains($0) }
    guard !word.isEmpty else { throw error(column, "a metric is missing", "Write a gate such as publish.p99 <= +2%.") }
    let path = MetricCatalogue.canonical(word)
    let units = MetricCatalogue.units(of: path)
    guard let unit = units.first else {
      let known = MetricCatalogue.fixedPaths + MetricCatalogue.aliases.map(\.alias)
      throw error(
        column, "there is no metric '\(word)'", suggestion(for: word, among: known, or: MetricCatalogue.advice(on: word)))
    }
    guard units.count == 1 else {
      throw error(column, "'\(word)' matches figures of different kinds", "Write more of the path, such as verdict.* or utilisation.*.disk.")
    }
    return Path(path: path, unit: unit)
  }

  mutating func comparator() throws(GateError) -> Gate.Comparator {
    let column = skipBlanks()
    guard let comparator = Gate.Comparator.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
      let found = rest.isEmpty ? "nothing" : "'\(rest.prefix { !$0.isWhitespace })'"
      throw error(column, "expected a comparison, found \(found)", "One of <=, >=, ==, !=, < and >.")
    }
    rest = rest.dropFirst(comparator.rawValue.count)
    return comparator
  }

  mutating func bound(of path: Path, _ comparator: Gate.Comparator) throws(GateError) -> Gate.Bound {
    let column = skipBlanks()
    let word = take { !$0.isWhitespace }
    guard !word.isEmpty else { throw error(column, "a bound is missing", "Write a value such as \(path.unit.example), a difference to the baseline such as +2%, or baseline.") }
    let bound: Gate.Bound = word == "baseline" ? .baseline : try path.unit == .word ? .word(word) : number(word, at: column, path)
    if path.unit == .word { try check(bound, comparator, at: column, path) }
    return bound
  }

  /// `where acks=all linger.ms=5`
  mutating func condition() throws(GateError) -> [ChosenSetting] {
    var column = skipBlanks()
    guard !rest.isEmpty else { return [] }
    let word = take { !$0.isWhitespace }
    guard word == "where" else { throw error(column, "'\(word)' is too much", "A gate ends after its bound, or continues with where KEY=VALUE.") }
    var settings: [ChosenSetting] = []
    column = skipBlanks()
    repeat {
      let pair = take { !$0.isWhitespace }
      guard let separator = pair.firstIndex(of: "="), separator > pair.startIndex else {
        throw error(column, pair.isEmpty ? "a setting is missing" : "'\(pair)' is not a setting with its value", "Write rows by their settings, such as where acks=all linger.ms=5.")
      }
      settings.append(ChosenSetting(key: String(pair[..<separator]), value: String(pair[pair.index(after: separator)...])))
      column = skipBlanks()
    } while !rest.isEmpty
    return settings
  }

  private func number(_ word: String, at column: Int, _ path: Path) throws(GateError) -> Gate.Bound {
    let sign = word.first.flatMap { $0 == "+" ? 1.0 : $0 == "-" ? -1.0 : nil }
    let unsigned = sign == nil ? word[...] : word.dropFirst()
    let digits = unsigned.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
    let suffix = String(unsigned.dropFirst(digits.count))
    guard digits.first?.isNumber == true, let number = Double(String(digits.filter { $0 != "_" })) else {
      throw error(column, "'\(word)' is not a number", "Write a value such as \(path.unit.example), a difference to the baseline such as +2%, or baseline.")
    }
    guard number <= BelievableFigures.largest else { throw error(column, "a bound of \(digits.count) digits is too large", "No figure of a result is above 1e15.") }
    if let sign, suffix == "%" { return .percent(sign * number) }
    // Zero needs no unit.
    if number == 0, suffix.isEmpty { return sign == nil ? .value(0) : .difference(0) }
    guard let unit = path.unit.suffixes.first(where: { $0.text == suffix }) else {
      let remedy =
        suffix == "%" ? "A difference to the baseline has a sign: +\(digits)% or -\(digits)%." : "Write a number with its unit, such as \(path.unit.example)."
      let problem = suffix.isEmpty ? "'\(word)' has no unit" : "'\(suffix)' is not a unit of '\(path.path)'"
      throw error(column + word.count - suffix.count, problem, remedy)
    }
    return sign.map { .difference($0 * number * unit.size) } ?? .value(number * unit.size)
  }

  /// Words are either equal or not; better or worse makes sense only relative to the baseline.
  private func check(_ bound: Gate.Bound, _ comparator: Gate.Comparator, at column: Int, _ path: Path) throws(GateError) {
    let isOrdered = MetricCatalogue.isOrdered(path.path)
    switch (comparator, bound) {
    case (.equal, .word(let word)), (.notEqual, .word(let word)):
      guard let words = MetricCatalogue.words(of: path.path), !words.contains(word) else { return }
      throw error(
        column, "'\(path.path)' is never '\(word)'",
        suggestion(for: word, among: words, or: "One of \(words.joined(separator: ", ")), or baseline."))
    case (.equal, .baseline), (.notEqual, .baseline): return
    case (.atMost, .baseline) where isOrdered: return
    default:
      throw error(
        column, "'\(path.path)' is a word, not a number",
        isOrdered ? "Write \(path.path) == \(MetricCatalogue.words(of: path.path)?.first ?? "0"), or \(path.path) <= baseline for no worse than it." : "Write \(path.path) == baseline.")
    }
  }

  /// Skips blanks and returns the column of what follows.
  private mutating func skipBlanks() -> Int {
    rest = rest.drop(while: \.isWhitespace)
    return text.distance(from: text.startIndex, to: rest.startIndex) + 1
  }

  private mutating func take(while belongs: (Character) -> Bool) -> String {
    let word = rest.prefix(while: belongs)
    rest = rest[word.endIndex...]
    return String(word)
  }

  private func error(_ column: Int, _ problem: String, _ remedy: String) -> GateError {
    GateError(gate: text, column: column, problem: problem, remedy: remedy)
  }
}
