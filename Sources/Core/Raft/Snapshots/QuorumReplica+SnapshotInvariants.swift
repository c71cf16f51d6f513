import Host
import Primitives

extension QuorumReplica {
  /// What must hold of the snapshots and the log beside them (Kafka's `RaftEventSimulationTest`: `SnapshotAtLogStart`, `LeaderNeverLoadSnapshot`,
  /// `ConsistentCommittedData`).
  func checkSnapshots(_ check: inout InvariantCheck) {
    check.require(!hasLoadedAsLeader, "\(words): it loaded a snapshot while it led")
    check.require(log.logStartOffset <= nextDelivery, "\(words): the log begins at \(log.logStartOffset), and records below \(nextDelivery) were handed over")
    if let fetching = snapshotFetch {
      check.require(
        role.leader == fetching.leader && epoch == fetching.epoch && !isLeader,
        "\(words): a snapshot is on its way from node \(fetching.leader), leader of epoch \(fetching.epoch), and it follows \(role.leader ?? .none) in epoch \(epoch)")
    }
    guard let earliest = snapshots.earliest, let latest = snapshots.latest else {
      return check.require(log.logStartOffset <= 0, "\(words): the log begins at \(log.logStartOffset), and there is no snapshot")
    }
    check.require(
      log.logStartOffset <= earliest.endOffset, "\(words): the log begins at \(log.logStartOffset), and the first snapshot holds what is below \(earliest.endOffset)")
    check.require(
      latest.endOffset <= highWatermark, "\(words): a snapshot holds what is below \(latest.endOffset), and what is below \(highWatermark) is committed")
    let position = position(of: earliest.endOffset, epoch: earliest.epoch)
    check.require(position == .valid, "\(words): the log does not go on from the snapshot up to offset \(earliest.endOffset) of epoch \(earliest.epoch): \(position)")
    guard check.isWhole else { return }
    check.requireOrder(of: snapshots.ids, <) { "\(words): the snapshot up to \($1.endOffset) stands behind that up to \($0.endOffset)" }
    check.requireOrder(of: snapshots.ids, { $0.endOffset < $1.endOffset }) { "\(words): the snapshot up to \($1.endOffset) is newer than that up to \($0.endOffset)" }
  }
}
