/// A period of the scenario in which an entry of the schedule was active.
public struct FaultBand: Codable, Sendable, Equatable {
  public var fault: String
  /// The start, on the scenario's clock.
  public var fromSeconds: Double
  /// nil if nothing ended it within the scenario.
  public var toSeconds: Double?

  public init(fault: String, fromSeconds: Double, toSeconds: Double?) {
    self.fault = fault
    self.fromSeconds = fromSeconds
    self.toSeconds = toSeconds
  }

  /// Whether it was active at an instant of the scenario's clock.
  public func contains(_ seconds: Double) -> Bool { fromSeconds <= seconds && seconds < toSeconds ?? .infinity }
}
