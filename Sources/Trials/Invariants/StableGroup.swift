import Groups
import Primitives
import Sim

/// A group that is stable, as the coordinator that runs knows it.
struct StableGroup {
  /// Within it a group stays as it is: a rebalance, or another coordinator, has times of its own.
  struct Term: Hashable {
    let coordinator: NodeIndex
    /// That in which the coordinator leads the group's partition.
    let epoch: LeaderEpoch
    let generation: Int32
  }

  let id: String
  let snapshot: GroupSnapshot
  let term: Term
  /// The coordinator's name.
  let coordinator: String

  /// nil while the group is not stable, or nobody can tell.
  init?(_ id: String, _ snapshot: GroupSnapshot?, at coordinator: NodeIndex, _ epoch: LeaderEpoch, in world: World) {
    guard let snapshot, snapshot.isStable, world.status(of: coordinator) == .running else { return nil }
    self.id = id
    self.snapshot = snapshot
    self.coordinator = world.name(of: coordinator)
    term = Term(coordinator: coordinator, epoch: epoch, generation: snapshot.epoch)
  }
}
