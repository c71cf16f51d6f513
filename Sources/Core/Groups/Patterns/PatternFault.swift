/// What is wrong with a pattern, in the words of RE2.
public struct PatternFault: Error, Equatable, Sendable {
  public let reason: String
}
