import Groups
import Host
import Primitives
import Sim

/// Checks that each partition has an owner while a group is stable: when somebody leaves or comes, the coordinator has to let the members share anew. Only what a coordinator does while
/// it stays, and while all members that it knows of run.
struct OrphanedPartitions {
  /// How long members may take to learn what they own. A member that is cut off is removed within its session.
  private static let bound = Duration.seconds(4)

  private struct Orphan: Hashable {
    let partition: TopicPartition
    let coordinator: NodeIndex
    let epoch: LeaderEpoch
    let generation: Int32
  }

  /// Since when each was seen without an owner; only looked up.
  private var orphans: [Orphan: Instant] = [:]

  /// Called several times a second.
  ///
  /// - Parameters:
  ///   - snapshot: the group, as its coordinator knows it; nil while that cannot be asked.
  ///   - running: the ids of the members that run.
  ///   - partitions: those without an owner that every member of the group reads.
  ///   - epoch: that in which the coordinator leads the group's partition.
  mutating func look(
    at snapshot: GroupSnapshot?, of group: String, running: [String], without partitions: [TopicPartition], _ coordinator: NodeIndex, _ epoch: LeaderEpoch, in world: World,
    _ check: inout InvariantCheck
  ) {
    let former = orphans
    orphans = [:]
    guard let snapshot, snapshot.isStable, world.status(of: coordinator) == .running, !snapshot.memberIDs.isEmpty, snapshot.memberIDs.allSatisfy(running.contains) else { return }
    for partition in partitions {
      let orphan = Orphan(partition: partition, coordinator: coordinator, epoch: epoch, generation: snapshot.epoch), since = former[orphan] ?? world.now
      orphans[orphan] = since
      check.require(
        world.now - since <= max(Self.bound, snapshot.sessionTimeout * 2),
        "group \(group): \(partition) has no owner for \(world.now - since), its \(snapshot.memberIDs.count) members run, and for \(world.name(of: coordinator)) it is stable")
    }
  }
}
