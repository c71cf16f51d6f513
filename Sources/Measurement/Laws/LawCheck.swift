/// One law that the figures of a run must obey, whatever the run is about.
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
