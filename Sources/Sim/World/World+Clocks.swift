import Primitives

// Faults of wall clocks. The monotonic clock is never touched.

extension World {
  public func wallClock(of node: NodeIndex) -> Timestamp { machine(node).clock.reading(at: now) }

  /// Sets how far the node's wall clock is ahead of true time (or behind, if negative).
  public func setClockSkew(_ node: NodeIndex, _ skew: Duration) {
    machine(node).clock.setSkew(skew, at: now)
    tell(.clockChanged, of: node)
  }

  /// Lets the node's wall clock jump, in either direction.
  public func jumpClock(_ node: NodeIndex, by jump: Duration) {
    machine(node).clock.jump(by: jump)
    tell(.clockChanged, of: node)
  }

  /// Lets the node's wall clock gain this many microseconds a second from now on (or lose, if negative). 0 ends the drift and keeps what it added.
  public func setClockDrift(_ node: NodeIndex, partsPerMillion: Int64) {
    machine(node).clock.setDrift(partsPerMillion: partsPerMillion, at: now)
    tell(.clockChanged, of: node)
  }
}
