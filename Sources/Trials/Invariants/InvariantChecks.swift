import Sim

/// Whether the invariants of a trial's nodes are checked after each event. Checks never change what happens, and the result of a trial is the
/// same with and without them as long as nothing is broken.
///
/// A scenario that switches a historic behaviour on breaks invariants that modern behaviour ensures, and is not checked.
public enum InvariantChecks: Sendable {
  case off
  /// A broken invariant is a finding; otherwise there is no verdict.
  case silent
  /// There is always a verdict.
  case told

  /// The default: debug builds check.
  public static let usual: InvariantChecks = WorldOptions.isDebugBuild ? .silent : .off

  /// In a sweep, one trial in twenty is always checked.
  public static func inSweep(seed: UInt64, isAsked: Bool) -> InvariantChecks {
    if isAsked { return .told }
    return seed % 20 == 0 ? .silent : usual
  }
}
