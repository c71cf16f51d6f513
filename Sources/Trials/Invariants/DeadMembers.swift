import Groups
import Host
import Primitives
import Sim
import Workloads

/// Checks that the coordinator of a group removes a member whose process has ended, within the time of its session.
///
/// Counted from when the process, or anything of it under way, was last seen. A new coordinator gives each member a fresh session, and so does each rebalance of a classic group.
struct DeadMembers {
  /// The state of a group at its coordinator.
  struct Look {
    var group: String
    var snapshot: GroupSnapshot
    var coordinator: NodeIndex
    /// In which the coordinator leads the partition that holds the group.
    var epoch: LeaderEpoch
    /// The processes that run, or are paused, each with its id in the group as far as it takes itself for a member.
    var running: [(process: ProcessNumber, node: NodeIndex, member: String?)]
  }

  private struct Term: Equatable {
    var coordinator: NodeIndex
    var epoch: LeaderEpoch
    /// Of a classic group; of another one, sessions go on whatever its epoch.
    var generation: Int32?
  }

  /// How much later than its session a member may be removed: timers of a slow coordinator run late.
  private static let grace = Duration.seconds(1)

  private var term: Term?
  /// The processes of members, by their ids; the coordinator knows others that no process ever heard of. Only looked up.
  private var processes: [String: (number: ProcessNumber, node: NodeIndex)] = [:]
  /// When the process of each member was last seen, or the present term of the coordinator began; only looked up.
  private var seen: [String: Instant] = [:]

  mutating func look(_ look: Look, in world: World) {
    let now = world.now, isClassic = look.snapshot.members.isEmpty
    let term = Term(coordinator: look.coordinator, epoch: look.epoch, generation: isClassic ? look.snapshot.epoch : nil)
    if term != self.term || world.status(of: look.coordinator) != .running {
      self.term = term
      seen = [:]
    }
    var check = InvariantCheck()
    for (process, node, id) in look.running { if let id { processes[id] = (process, node) } }
    for session in look.snapshot.sessions {
      guard let process = processes[session.member] else { continue }
      let isSeen = look.running.contains { $0.process == process.number } || world.hasRequestsUnderWay(from: process.node)
      let since = isSeen ? now : seen[session.member] ?? now
      seen[session.member] = since
      check.require(
        now - since <= session.timeout + Self.grace,
        "group \(look.group): the process of member \(session.member) ended \(now - since) ago at least, and it is still a member, with a session of \(session.timeout)")
    }
    world.addFindings(of: check, at: look.coordinator)
  }
}
