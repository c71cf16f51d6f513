import Host
import Primitives
import Replication
import Sim

extension ClusterInvariants {
  /// Looks at what has to hold in the very event in which something is reported: it may be over at the end of it.
  func lookAtOnce(_ occurrence: Occurrence, at node: NodeIndex) {
    switch occurrence {
    case .becameLeader, .becameFollower: brokers.recordReplica(at: node)
    case .logRecovered(let partition, let end, _):
      guard let words = synced.check(recovered: partition, at: node, logEndOffset: end), !hasDamage() else { return }
      look(at: node) { $0.require(false, words) }
    case .synced(let partition, _):
      guard hasSoundDisk(node), let replica = world.replica(of: partition, at: node) else { return }
      look(at: node) { SyncedLogs.check(syncOf: replica, at: node, in: world, &$0) }
    case .recordsDeleted(let partition, let from, let to, let rule, let segments):
      guard let replica = world.replica(of: partition, at: node) else { return }
      look(at: node) { DeletionsByRule.check(rule, segments, start: (from, to), in: replica, at: world.wallClock(of: node), &$0) }
    case .isrProposed(let partition, _):
      guard let replica = world.replica(of: partition, at: node) else { return }
      look(at: node) { FollowersOfLeader.check(newcomersOf: replica, &$0) }
    case .highWatermarkMoved(let partition, let from, let to):
      if to > from, topicsWithSyncedRecords.contains(partition.topic), !hasDamage() { lookAtSyncedCommit(of: partition, at: node) }
    default: break
    }
  }

  /// Something is committed in a topic of which every record has to be synced first.
  private func lookAtSyncedCommit(of partition: TopicPartition, at node: NodeIndex) {
    guard let leader = world.replica(of: partition, at: node), leader.isLeader else { return }
    // An operator may change that, and the records from before are not synced when it is changed back.
    guard leader.configuration.flushMessages == 1 else {
      topicsWithSyncedRecords.remove(partition.topic)
      return
    }
    look(at: node) { check in
      SyncedLogs.check(commitsOf: leader, in: world, &check) { id in
        guard let node = nodes()?.broker(id), hasSoundDisk(node), let broker = world.broker(at: node), let replica = world.replica(of: partition, at: node) else { return nil }
        return (node, broker, replica)
      }
    }
  }

  /// Adds what a check finds at a node.
  func look(at node: NodeIndex, _ body: (inout InvariantCheck) -> Void) {
    var check = InvariantCheck()
    body(&check)
    world.addFindings(of: check, at: node)
  }
}
