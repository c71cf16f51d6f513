/// A scenario file, or an override of it, that cannot be run: where, what is wrong, and what would be right.
public struct ScenarioError: Error, Equatable, CustomStringConvertible {
  public let place: Place
  public let problem: String
  public let remedy: String

  public init(at place: Place, _ problem: String, remedy: String) {
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String { "\(place): \(problem)\n  \(remedy)" }
}

/// Where a value stands: a line and column of a file, or an option of the command line.
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
