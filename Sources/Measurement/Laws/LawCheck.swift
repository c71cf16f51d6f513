/// The check of one law on the figures of a run.
public struct LawCheck: Codable, Sendable, Equatable {
  public var law: Law
  public var examined: Int
  public var holds: Bool
  /// The figures of the worst case, in words.
  public var figures: String

  public init(law: Law, examined: Int, holds: Bool, figures: String) {
    self.law = law
    self.examined = examined
    self.holds = holds
    self.figures = figures
  }
}
