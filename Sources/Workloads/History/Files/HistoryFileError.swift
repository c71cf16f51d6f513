/// What is wrong with a file of a history, and what to do about it.
public struct HistoryFileError: Error, Equatable, CustomStringConvertible {
  /// From 1; where the operation begins that it is about, or in the middle of one that cannot be read.
  public var line: Int
  public var problem: String
  public var remedy: String

  public init(line: Int, _ problem: String, remedy: String) {
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String { "line \(line): \(problem). \(remedy)." }
}

/// How a history is written.
public enum HistorySyntax: String, CaseIterable, Sendable {
  /// A map a line, as Jepsen writes its histories.
  case edn
  /// A JSON object a line.
  case jsonLines = "jsonl"

  /// What the name of a file asks for; nil where it ends otherwise.
  public init?(ofFile path: String) {
    guard let dot = path.lastIndex(of: "."), let syntax = Self(rawValue: String(path[path.index(after: dot)...])) else { return nil }
    self = syntax
  }
}
