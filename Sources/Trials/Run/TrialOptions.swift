import Primitives

/// How a scenario is tried.
public struct TrialOptions {
  public var seed: UInt64
  /// Ends the scenario early, for a look at its first part.
  public var until: Duration?
  /// Ends the process on a call that would make the trial depend on the machine.
  public var guardsDeterminism = true
  /// Whether times of records and readings of stations are kept, for `measurement`. Never changes what happens.
  public var measures = false
  /// Whether invariants of the nodes are checked. Never changes what happens.
  public var invariants = InvariantChecks.usual
  /// Whether the story holds the details that come with every transaction, which take longer to be put into words than to be noted. Nothing else depends on it.
  public var tellsDetails = true
  /// Gets a line for every event that a node handles.
  public var onTraceLine: ((String) -> Void)?
  /// Gets a line for every message, for people. Nothing else depends on it.
  public var onMessageLine: ((String) -> Void)?

  public init(seed: UInt64) { self.seed = seed }
}
