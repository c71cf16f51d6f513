/// One expectation of the scenario, and whether it was met.
public struct ExpectationResult: Codable, Sendable, Equatable {
  public enum Conclusion: String, Codable, Sendable {
    case met
    case notMet = "not met"
    case notExercised = "not exercised"
  }

  private enum CodingKeys: String, CodingKey {
    case subject
    case text = "expected"
    case conclusion = "outcome"
    case advice
  }

  /// The guarantee or sighting that it is about.
  public var subject: String
  public var text: String
  public var conclusion: Conclusion
  /// Why it was not met, and what would help; nil if nothing is known.
  public var advice: String?

  public init(_ subject: String, _ text: String, _ conclusion: Conclusion, advice: String? = nil) {
    self.subject = subject
    self.text = text
    self.conclusion = conclusion
    self.advice = advice
  }
}
