import Sim

/// Whether the nodes of a trial are asked after each event what must hold of their state. Never changes what happens, and the result of a trial is the
/// same with and without as long as nothing is broken.
///
/// A scenario that switches a historic rule on breaks by it what has to hold since, and is not checked.
public enum InvariantChecks: Sendable {
  case off
  /// What is broken is a finding; that nothing is, is not told.
  case silent
  /// There is a verdict in any case.
  case told

  /// What happens without being asked for: debug builds check.
  public static let usual: InvariantChecks = WorldOptions.isDebugBuild ? .silent : .off

  /// Of the trials of a sweep one in twenty is checked in any case.
  public static func inSweep(seed: UInt64, isAsked: Bool) -> InvariantChecks {
    if isAsked { return .told }
    return seed % 20 == 0 ? .silent : usual
  }
}
