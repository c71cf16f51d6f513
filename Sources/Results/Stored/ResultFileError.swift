/// The error for a stored result that cannot be read: where, what is wrong, and what would be right.
public struct ResultFileError: Error, Equatable, CustomStringConvertible {
  public let file: String
  public let problem: String
  public let remedy: String

  public init(file: String, problem: String, remedy: String) {
    self.file = file
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String { "\(file): \(problem)\n  \(remedy)" }
}
