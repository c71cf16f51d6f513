/// What is wrong with a scenario file, an override, or another input file: where, what, and what to write instead.
///
/// It is the first mistake by place; `others` has the remaining ones.
public struct ScenarioError: Error, Equatable, CustomStringConvertible {
  public let place: Place
  public let problem: String
  public let remedy: String
  public private(set) var others: [ScenarioError] = []

  public init(at place: Place, _ problem: String, remedy: String) {
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  /// Combines the mistakes of a file into one error, in the order of their places, without repetitions. There must be at least one.
  public init(_ mistakes: [ScenarioError]) {
    var sources: [String: Int] = [:]
    var distinct: [ScenarioError] = []
    for mistake in mistakes.flatMap(\.all) where !distinct.contains(mistake) {
      distinct.append(mistake)
      if sources[mistake.place.source] == nil { sources[mistake.place.source] = sources.count }
    }
    func order(_ place: Place) -> (Int, Int, Int) { (sources[place.source] ?? 0, place.line, place.column) }
    let sorted = distinct.enumerated().sorted { order($0.element.place) == order($1.element.place) ? $0.offset < $1.offset : order($0.element.place) < order($1.element.place) }
    self = sorted[0].element
    others = sorted.dropFirst().map(\.element)
  }

  /// All mistakes, one by one.
  public var all: [ScenarioError] {
    var first = self
    first.others = []
    return [first] + others
  }

  /// The same error with a prefix that says which part of a file it is about.
  package func prefixed(_ words: String) -> ScenarioError { ScenarioError(at: place, "\(words): \(problem)", remedy: remedy) }

  /// The number of mistakes printed.
  private static let shown = 50

  public var description: String {
    let texts = all.prefix(Self.shown).map { "\($0.place): \($0.problem)\n  \($0.remedy)" }
    return texts.joined(separator: "\nerror: ") + (all.count > Self.shown ? "\nand \(all.count - Self.shown) more" : "")
  }
}

/// The place of a value: a line and column of a file, or an option of the command line.
public struct Place: Equatable, Sendable, CustomStringConvertible {
  public var source: String
  public var line: Int
  public var column: Int

  public init(source: String, line: Int = 0, column: Int = 0) {
    self.source = source
    self.line = line
    self.column = column
  }

  public var description: String { line > 0 ? "\(source):\(line):\(column)" : source }
}
