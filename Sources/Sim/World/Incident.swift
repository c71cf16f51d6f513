/// What happened to a node from outside, or to the world between nodes. Stories consist of these and of `Occurrence`s.
public enum Incident: Sendable, Equatable {
  case started
  /// The node exited cleanly.
  case exited
  case killed
  case lostPower
  case diskReplaced
  case paused
  case resumed
  case shutdownAsked
  /// The processor now takes this percentage of its usual time.
  case processorSlowed(percent: Int64)
  case clockChanged
  case faultApplied(FaultID)
  case faultLifted(FaultID)
}
