import Primitives

/// Another future for a trial: up to an instant it is what its seed makes it, and from there on all random streams are others.
public struct Reseeding: Sendable, Equatable {
  /// On the scenario's clock, from 0 on; behind the end of the scenario it is the end.
  public var instant: Duration
  /// Each number gives another future, the same one every time. 0 leaves everything as it is.
  public var number: UInt64

  public init(at instant: Duration, number: UInt64) {
    self.instant = instant
    self.number = number
  }
}
