import Host
import Log
import Primitives

extension ReplicaManager {
  /// Applies a newer state of the metadata to this broker's replicas: what is not named stays as it is.
  ///
  /// Replicas are removed first, then leaders take over, then followers turn to their leaders. States older than what a replica knows are ignored, so
  /// the same states may come again.
  ///
  /// - Parameters:
  ///   - states: Partitions with a replica on this broker whose state or configuration may have changed.
  ///   - deleted: Partitions that no longer have a replica here. Their logs are deleted.
  ///   - brokers: All brokers of the cluster, or nil if none changed.
  public func apply(_ states: [PartitionState], deleted: [TopicIDPartition] = [], brokers: [ClusterBroker]? = nil) {
    guard !isShutDown else { return }
    if let brokers {
      replicas.brokers = ClusterBrokers(brokers)
      fetchers.brokersChanged(replicas.brokers)
    }
    for id in deleted { delete(id) }
    if !deleted.isEmpty { replicas.table.sweep() }
    let news = states.compactMap { state in replica(for: state).map { (partition: $0, state: state) } }
    for (partition, state) in news where state.leader == localID { lead(partition, state) }
    for (partition, state) in news where state.leader != localID { follow(partition, state) }
    wakeWaitingRequests()
    fetchers.fetchWhatIsReady()
  }

  /// The replica for a state, created if there is none; nil if the state contains nothing new.
  private func replica(for state: PartitionState) -> Partition? {
    if let partition = replicas.table[state.id] {
      partition.configuration = state.configuration
      partition.log?.configuration = state.configuration
      let isNews = state.partitionEpoch > partition.partitionEpoch && state.leaderEpoch >= partition.leaderEpoch
      return isNews && partition.role != .offline ? partition : nil
    }
    let partition = Partition(state, manager: self)
    replicas.table.insert(partition)
    open(partition, state)
    return partition.role == .offline ? nil : partition
  }

  private func open(_ partition: Partition, _ state: PartitionState) {
    do {
      let log = try logManager.getOrCreate(state.topicPartition, topicID: state.topicID)
      log.configuration = state.configuration
      log.onDurable = { [unowned self, unowned partition] in recordsBecameDurable(in: partition) }
      log.onStartMoved = { [unowned partition] in partition.logStartMoved() }
      partition.log = log
      partition.highWatermark = logManager.checkpointedHighWatermark(of: state.topicPartition)
    } catch {
      mark(.replicaNotOpened)
      partition.goOffline()
      // Only this partition is blocked, by another topic's log; the others are fine.
      if case .conflict = error { return reactor.host.report(.warning("\(state.topicPartition): \(error)")) }
      diskFailed(error)
    }
  }

  private func lead(_ partition: Partition, _ state: PartitionState) {
    fetchers.remove(partition)
    partition.becomeLeader(state)
  }

  private func follow(_ partition: Partition, _ state: PartitionState) {
    let isNewEpoch = partition.becomeFollower(state)
    // A broker that is shutting down does not replicate what the controller has taken from it: otherwise it would rejoin the ISR (KIP-841).
    let isLeaving = isInControlledShutdown && (state.leader == .none || !state.isr.contains(localID))
    if isLeaving || state.leader == .none {
      mark(.followerWithoutLeader)
      fetchers.remove(partition)
    } else if isNewEpoch || !fetchers.isFetching(partition) {
      fetchers.add(partition, manager: self)
    }
    mustHold(
      partition.fetching.map { $0.isActive && $0.leaderEpoch == state.leaderEpoch && $0.fetcher.leaderID == state.leader } ?? (isLeaving || state.leader == .none),
      "\(partition.topicPartition): broker \(localID) follows broker \(state.leader) in epoch \(state.leaderEpoch), and replicates in epoch "
        + "\(partition.fetching?.leaderEpoch ?? .unknown)")
  }

  private func delete(_ id: TopicIDPartition) {
    guard let partition = replicas.table[id] else { return }
    fetchers.remove(partition)
    partition.remove()
    replicas.table.remove(partition)
    partition.log?.onDurable = nil
    partition.log?.onStartMoved = nil
    partition.log = nil
    do {
      try logManager.delete(partition.topicPartition, topicID: id.topic)
    } catch {
      diskFailed(error)
    }
  }

  /// `log.flush.interval.messages`: records count only once they are on the platter.
  private func recordsBecameDurable(in partition: Partition) {
    partition.markMoved(.durableEnd)
    if partition.role == .leader {
      partition.advanceHighWatermark(at: reactor.now)
    } else {
      fetchers.fetchWhatIsReady(of: partition)
    }
    wakeWaitingRequests()
  }
}
