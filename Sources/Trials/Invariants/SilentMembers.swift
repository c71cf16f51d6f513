import Groups
import Host
import Primitives
import Sim

/// Checks that the coordinator of a group removes a member that does not run, when its session is over. Only what a coordinator does while it stays, and while the group is stable:
/// a rebalance has times of its own.
struct SilentMembers {
  /// How much later a member may be removed: its last request was under way, and timers of a slow broker run late.
  private static let grace = Duration.seconds(2)

  /// Who coordinates, and since when it was seen to, with the group stable.
  private struct Watch: Equatable {
    let coordinator: NodeIndex
    let epoch: LeaderEpoch
    let generation: Int32
  }

  private var watch: (of: Watch, since: Instant)?
  /// When each member was last seen to run; only looked up.
  private var seen: [String: Instant] = [:]

  mutating func recordRunning(_ member: String, at now: Instant) { seen[member] = now }

  /// Called several times a second.
  ///
  /// - Parameters:
  ///   - snapshot: the group, as its coordinator knows it; nil while that cannot be asked.
  ///   - epoch: that in which the coordinator leads the group's partition.
  mutating func look(at snapshot: GroupSnapshot?, of group: String, _ coordinator: NodeIndex, _ epoch: LeaderEpoch, in world: World, _ check: inout InvariantCheck) {
    guard let snapshot, snapshot.isStable, world.status(of: coordinator) == .running else { return watch = nil }
    let present = Watch(coordinator: coordinator, epoch: epoch, generation: snapshot.epoch), now = world.now
    if watch?.of != present { watch = (present, now) }
    guard let since = watch?.since else { return }
    for member in snapshot.memberIDs {
      guard let last = seen[member] else { continue }
      let silent = now - max(last, since)
      check.require(
        silent <= snapshot.sessionTimeout + Self.grace,
        "group \(group): \(member) does not run for \(silent), its session lasts \(snapshot.sessionTimeout), and its coordinator, \(world.name(of: coordinator)), has it as a member")
    }
  }
}
