import Host
import Primitives
import Wire

// A static quorum becomes a dynamic one while it runs: kraft.version goes from 0 to 1, and the voters of the configuration into the log (KIP-853).

extension QuorumReplica {
  /// Why kraft.version cannot be raised to 1 now: all voters must have told this leader that they support it, and which directories they have. Nil where it can
  /// (`LeaderState.maybeAppendUpgradedKRaftVersion`).
  public var objectionToUpgrade: String? {
    guard let leading, !hasFailed else { return "this controller does not lead the metadata log" }
    guard let voters = leading.describedVoters else { return "the voters of this quorum are static" }
    let behind = voters.filter { !$0.kraftVersions.contains(1) }
    if !behind.isEmpty { return "not all of the voters support it, as far as the leader has heard: \(behind.map(\.id.description).joined(separator: ", "))" }
    let unknown = voters.filter { $0.directory == nil }
    return unknown.isEmpty ? nil : "the directories of voters are not known: \(unknown.map(\.id.description).joined(separator: ", "))"
  }

  /// Raises kraft.version to 1, where nothing speaks against it: one batch with the version and the voters as they described themselves, which is in force from
  /// here on. It may be lost with the leadership, like everything that is not committed.
  public func upgradeKRaftVersion() {
    guard objectionToUpgrade == nil, let leading, let voters = leading.describedVoters else { return }
    leading.describedVoters = nil
    _ = append([.kraftVersion(1), .voters(voters)], leading)
  }
}
