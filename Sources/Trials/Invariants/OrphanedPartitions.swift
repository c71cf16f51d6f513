import Groups
import Host
import Primitives

/// Checks that each partition has an owner while a group is stable: when somebody leaves or comes, the coordinator has to let the members share anew. Only what a coordinator does while
/// it stays, and while all members that it knows of run.
struct OrphanedPartitions {
  /// How long members may take to learn what they own. A member that is cut off is removed within its session.
  private static let bound = Duration.seconds(4)

  private struct Orphan: Hashable {
    let partition: TopicPartition
    let term: StableGroup.Term
  }

  private var orphans = SeenSince<Orphan>()

  /// Called several times a second.
  ///
  /// - Parameters:
  ///   - group: nil while it is not stable.
  ///   - running: the ids of the members that run.
  ///   - partitions: those without an owner that every member of the group reads.
  mutating func look(at group: StableGroup?, running: [String], without partitions: [TopicPartition], now: Instant, _ check: inout InvariantCheck) {
    orphans.beginLook()
    guard let group, !group.snapshot.memberIDs.isEmpty, group.snapshot.memberIDs.allSatisfy(running.contains) else { return }
    for partition in partitions {
      let since = orphans.see(Orphan(partition: partition, term: group.term), at: now)
      check.require(
        now - since <= max(Self.bound, group.snapshot.sessionTimeout * 2),
        "group \(group.id): \(partition) has no owner for \(now - since), its \(group.snapshot.memberIDs.count) members run, and for \(group.coordinator) it is stable")
    }
  }
}
