/// What is wrong with a pattern, in RE2's words.
public struct PatternFault: Error, Equatable, Sendable {
  public let reason: String
}
