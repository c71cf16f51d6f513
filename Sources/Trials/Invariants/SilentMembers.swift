import Groups
import Host
import Primitives

/// Checks that the coordinator of a group removes a member that does not run, when its session is over. Only what a coordinator does while it stays, and while the group is stable.
struct SilentMembers {
  /// How much later a member may be removed: its last request was under way, and timers of a slow broker run late.
  private static let grace = Duration.seconds(2)

  private var stable = SeenSince<StableGroup.Term>()
  /// When each member was last seen to run; only looked up.
  private var seen: [String: Instant] = [:]

  mutating func recordRunning(_ member: String, at now: Instant) { seen[member] = now }

  /// Called several times a second.
  ///
  /// - Parameter group: nil while it is not stable.
  mutating func look(at group: StableGroup?, now: Instant, _ check: inout InvariantCheck) {
    stable.beginLook()
    guard let group else { return }
    let since = stable.see(group.term, at: now), timeout = group.snapshot.sessionTimeout
    for member in group.snapshot.memberIDs {
      guard let last = seen[member] else { continue }
      let silent = now - max(last, since)
      check.require(
        silent <= timeout + Self.grace,
        "group \(group.id): \(member) does not run for \(silent), its session lasts \(timeout), and its coordinator, \(group.coordinator), has it as a member")
    }
  }
}
