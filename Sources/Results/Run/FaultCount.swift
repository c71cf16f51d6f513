/// An entry of the schedule: how often it was planned to happen, and how often it took effect.
public struct FaultCount: Codable, Sendable, Equatable {
  public var name: String
  public var planned: Int
  public var hit: Int

  public init(name: String, planned: Int, hit: Int) {
    self.name = name
    self.planned = planned
    self.hit = hit
  }
}
