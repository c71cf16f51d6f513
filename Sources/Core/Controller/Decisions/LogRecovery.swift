import Primitives
import Wire

/// A partition that nobody may lead by what the controller knows, and the replicas that have to be asked what their logs hold.
struct UnrecoveredPartition {
  let id: TopicIDPartition
  let name: TopicPartition
  let partitionEpoch: PartitionEpoch
  /// Those whose directory is still the one that they were given, in the order of preference. All of them are at work.
  let replicas: [NodeID]
}

/// Where a replica's log ends.
struct ReplicaLogEnd: Comparable {
  /// Of the last record.
  let epoch: LeaderEpoch
  let offset: Offset

  static func < (left: ReplicaLogEnd, right: ReplicaLogEnd) -> Bool { (left.epoch, left.offset) < (right.epoch, right.offset) }
}

extension MetadataImage {
  /// Whether a broker still has the directory that a replica was in, as far as it told when it registered (`ClusterControlManager.hasOnlineDir`).
  func hasDirectory(of replica: NodeID, in partition: PartitionRegistration) -> Bool {
    guard let broker = broker(replica), let directory = partition.directory(of: replica) else { return false }
    return directory == DirectoryID.unassigned || directory == DirectoryID.migrating || broker.logDirectories.isEmpty
      || broker.logDirectories.contains(directory)
  }

  /// A replica whose disk was replaced must not lead while another one may have the records (`ReplicationControlManager.LeaderAcceptor`).
  /// Where no directory is left there is nothing more to lose.
  func mayHaveRecords(_ replica: NodeID, of partition: PartitionRegistration) -> Bool {
    hasDirectory(of: replica, in: partition)
      || !partition.replicas.contains { $0 != replica && hasDirectory(of: $0, in: partition) }
  }
}

extension ControllerState {
  /// Partitions that only the logs themselves can tell who should lead: nobody of the ISR and the ELR is left, and the last known leader
  /// came back on a replaced disk, or counts for no more than the others (`electMostCompleteLog`). Those are left out of which a replica is
  /// still away: it may have the longest log (KIP-966, a balanced recovery).
  func unrecoveredPartitions() -> [UnrecoveredPartition] {
    var found: [UnrecoveredPartition] = []
    forEachPartition { topic, number, partition in
      guard !partition.hasLeader, needsRecovery(partition) else { return }
      let replicas = partition.replicas.filter { image.hasDirectory(of: $0, in: partition) }
      guard !replicas.isEmpty, replicas.allSatisfy(image.isActive) else { return }
      found.append(
        UnrecoveredPartition(
          id: TopicIDPartition(topic.id, number), name: TopicPartition(topic.name, number), partitionEpoch: partition.partitionEpoch,
          replicas: replicas))
    }
    return found
  }

  private func needsRecovery(_ partition: PartitionRegistration) -> Bool {
    let members = partition.isr + partition.eligibleLeaderReplicas
    guard !members.contains(where: { image.hasDirectory(of: $0, in: partition) }) else { return false }
    if switches.electMostCompleteLog, members.isEmpty { return true }
    let lastKnown = partition.lastKnownEligibleLeaderReplicas
    return !(members + lastKnown).isEmpty && !lastKnown.contains { image.hasDirectory(of: $0, in: partition) }
  }

  /// Gives a partition to the replica with the longest log. Nil where the partition has changed since it was looked at.
  func elect(_ leader: NodeID, of unrecovered: UnrecoveredPartition) -> MetadataRecord? {
    guard let topic = image.topic(unrecovered.id.topic), let partition = topic[unrecovered.id.partition],
      partition.partitionEpoch == unrecovered.partitionEpoch, image.isActive(leader)
    else { return nil }
    var change = PartitionChange(of: partition, unrecovered.id.partition, of: topic, in: self, isAcceptableLeader: image.isActive)
    change.chosen = leader
    return change.record().map { .partitionChange($0) }
  }
}
