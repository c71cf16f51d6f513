/// What is wrong with a file of a history, and what to do about it.
public struct HistoryFileError: Error, Equatable, CustomStringConvertible {
  /// Counted from 1: the start of the operation in question, or a place inside one that cannot be read.
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

/// The syntax of a history file.
public enum HistorySyntax: String, CaseIterable, Sendable {
  /// One map per line, as Jepsen writes its histories.
  case edn
  /// One JSON object per line.
  case jsonLines = "jsonl"

  /// The syntax for the extension of a file name; nil if it has another extension.
  public init?(ofFile path: String) {
    guard let dot = path.lastIndex(of: "."), let syntax = Self(rawValue: String(path[path.index(after: dot)...])) else { return nil }
    self = syntax
  }
}
