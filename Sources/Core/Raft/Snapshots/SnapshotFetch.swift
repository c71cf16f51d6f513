import Primitives

/// A snapshot on its way from the leader. It belongs to one leadership: another leader may have no such snapshot, or other bytes under its name.
final class SnapshotFetch {
  let writer: SnapshotWriter
  let leader: NodeID
  let epoch: LeaderEpoch
  /// All of it is there, and on its way to the platter.
  var isComplete = false

  init(_ writer: SnapshotWriter, leader: NodeID, epoch: LeaderEpoch) {
    self.writer = writer
    self.leader = leader
    self.epoch = epoch
  }
}
