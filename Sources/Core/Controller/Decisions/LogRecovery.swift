import Primitives
import Wire

/// A partition for which the controller cannot choose a leader, and the replicas whose logs it has to ask about.
struct UnrecoveredPartition {
  let id: TopicIDPartition
  let name: TopicPartition
  let partitionEpoch: PartitionEpoch
  /// The replicas whose directory is still the assigned one, in the order of preference. All are active.
  let replicas: [NodeID]
}

/// The end of a replica's log.
struct ReplicaLogEnd: Comparable {
  /// The epoch of the last record.
  let epoch: LeaderEpoch
  let offset: Offset

  static func < (left: ReplicaLogEnd, right: ReplicaLogEnd) -> Bool { (left.epoch, left.offset) < (right.epoch, right.offset) }
}

extension MetadataImage {
  /// Whether a broker still has the directory of a replica, according to its registration (`ClusterControlManager.hasOnlineDir`).
  func hasDirectory(of replica: NodeID, in partition: PartitionRegistration) -> Bool {
    guard let broker = broker(replica), let directory = partition.directory(of: replica) else { return false }
    return directory == DirectoryID.unassigned || directory == DirectoryID.migrating || broker.logDirectories.isEmpty
      || broker.logDirectories.contains(directory)
  }

  /// Whether a replica may have records. A replica with a replaced disk must not lead while another may have the records
  /// (`ReplicationControlManager.LeaderAcceptor`). If no directory is left, there is nothing more to lose.
  func mayHaveRecords(_ replica: NodeID, of partition: PartitionRegistration) -> Bool {
    hasDirectory(of: replica, in: partition)
      || !partition.replicas.contains { $0 != replica && hasDirectory(of: $0, in: partition) }
  }
}

extension ControllerState {
  /// Partitions whose leader only the logs can determine: no replica of the ISR and the ELR is left, and the last known leader came back with a
  /// replaced disk, or has no priority over the others (`electMostCompleteLog`). Partitions with a missing replica are left out: it may have the
  /// longest log (KIP-966, balanced recovery).
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

  /// Makes the replica with the longest log the leader. Nil if the partition has changed since the survey.
  func elect(_ leader: NodeID, of unrecovered: UnrecoveredPartition) -> MetadataRecord? {
    guard let topic = image.topic(unrecovered.id.topic), let partition = topic[unrecovered.id.partition],
      partition.partitionEpoch == unrecovered.partitionEpoch, image.isActive(leader)
    else { return nil }
    mark(.leaderChosenBySurvey)
    var change = PartitionChange(of: partition, unrecovered.id.partition, of: topic, in: self, isAcceptableLeader: image.isActive)
    change.chosen = leader
    return change.record().map { .partitionChange($0) }
  }
}
