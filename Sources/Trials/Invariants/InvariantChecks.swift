import Sim

/// Whether the invariants of a trial's nodes are checked after each event. Checks never change what happens, and the result of a trial is the
/// same with and without them as long as nothing is broken.
///
/// A scenario that switches a historic behaviour on breaks invariants that modern behaviour ensures, and is not checked.
public enum InvariantChecks: Sendable {
  case off
  /// Only what nodes show together is checked: replicas of a partition against each other and against the metadata, and at the end the state of nodes against what a next life
  /// would read. A broken invariant is a finding; otherwise there is no verdict.
  case amongNodes
  /// A broken invariant is a finding; otherwise there is no verdict.
  case silent
  /// There is always a verdict.
  case told

  /// The default: debug builds check.
  public static let usual: InvariantChecks = WorldOptions.isDebugBuild ? .silent : .off

  /// In a sweep, one trial in twenty is always checked as a whole, and every trial of a scenario that draws for what nodes show together.
  public static func inSweep(seed: UInt64, isAsked: Bool, draws: Bool) -> InvariantChecks {
    if isAsked { return .told }
    if seed % 20 == 0 { return .silent }
    return usual == .off && draws ? .amongNodes : usual
  }

  /// Whether each node is asked after each event.
  var asksNodes: Bool { self == .silent || self == .told }
}
