import Host
import Log
import Primitives
import Transport
import Wire

extension QuorumReplica {
  /// Asks the leader for what comes next, or a voter who leads. One fetch at a time, each answer asks again.
  func fetch() {
    guard !hasFailed, !isLeader else { return }
    fetchNumber += 1
    let number = fetchNumber
    sender.send(fetchRequest(), to: leader?.address ?? takeBootstrapAddress(), timeout: configuration.requestTimeout) { [weak self] result in
      guard let self, number == self.fetchNumber, !self.hasFailed, !self.isLeader else { return }
      switch result {
      case .success(let response): self.handle(response)
      case .failure: self.retry(losingLeader: true)
      }
    }
  }

  private func takeBootstrapAddress() -> Address {
    defer { nextBootstrap = (nextBootstrap + 1) % configuration.voters.count }
    return configuration.voters[nextBootstrap].address
  }

  private func fetchRequest() -> FetchRequest {
    var partition = FetchRequest.FetchPartition()
    partition.currentLeaderEpoch = role.epoch.value
    partition.fetchOffset = log.logEndOffset.value
    partition.lastFetchedEpoch = log.latestEpoch?.value ?? 0
    partition.logStartOffset = log.logStartOffset.value
    partition.partitionMaxBytes = Int32(clamping: configuration.fetchMaxBytes)
    partition.highWatermark = highWatermark.value
    var topic = FetchRequest.FetchTopic()
    topic.topicId = .metadataTopic
    topic.partitions = [partition]
    var request = FetchRequest()
    request.clusterId = configuration.clusterID
    request.replicaState.replicaId = configuration.nodeID.value
    request.maxWaitMs = Int32(clamping: configuration.fetchMaxWait.milliseconds)
    request.maxBytes = Int32(clamping: configuration.fetchMaxBytes)
    request.topics = [topic]
    return request
  }

  private func retry(losingLeader: Bool = false) {
    if losingLeader { loseLeader() }
    fetchNumber += 1
    let number = fetchNumber
    reactor.after(configuration.retryBackoff) { [unowned self] in
      if number == fetchNumber { fetch() }
    }
  }

  private func handle(_ response: FetchResponse) {
    guard response.errorCode == .none, let partition = response.responses.first?.partitions.first else {
      if response.errorCode == .inconsistentClusterId { return fail("the quorum at \(configuration.voters[0].address) is another cluster's") }
      return retry(losingLeader: true)
    }
    learnLeader(partition.currentLeader)
    switch partition.errorCode {
    case .none: break
    // The one asked knows of a leader, or of an epoch, that it has told above.
    case .fencedLeaderEpoch: return role.leader == nil ? retry() : fetch()
    case .notLeaderOrFollower where role.leader != nil: return retry()
    default: return retry(losingLeader: true)
    }
    if partition.divergingEpoch.epoch >= 0 { return truncate(to: partition.divergingEpoch) }
    append(partition)
  }

  private func learnLeader(_ current: FetchResponse.LeaderIdAndEpoch) {
    guard current.leaderEpoch >= 0 else { return }
    follow(current.leaderId >= 0 ? NodeID(current.leaderId) : nil, in: LeaderEpoch(current.leaderEpoch))
  }

  /// The leader's log went another way: what only this replica has goes (KIP-595).
  private func truncate(to diverging: FetchResponse.EpochEndOffset) {
    let wanted = LeaderEpoch(diverging.epoch)
    var target = Offset(0)
    if let own = log.endOffset(of: wanted) {
      target = own.epoch == wanted ? min(own.endOffset, Offset(diverging.endOffset)) : own.endOffset
    }
    guard target >= highWatermark else {
      return fail("the leader's log parts from this one at \(target), below the high watermark \(highWatermark)")
    }
    let end = log.logEndOffset
    do {
      try log.truncate(to: target)
    } catch {
      return fail("the metadata log cannot be truncated to \(target): \(error)")
    }
    durableEndOffset = min(durableEndOffset, target)
    reactor.host.report(.truncated(Self.partition, from: end, to: target, highWatermark: highWatermark, reason: .quorum))
    fetch()
  }

  private func append(_ partition: FetchResponse.PartitionData) {
    if let records = partition.records, !records.isEmpty {
      do {
        _ = try log.append(asFollower: records, leaderEpoch: role.epoch)
      } catch {
        return fail("the metadata log cannot be appended to: \(error)")
      }
      // A voter's next fetch says that it has the records: they must be on the platter before (KAFKA-17332).
      if configuration.isVoter, configuration.syncBeforeCommit {
        return syncThenFetch(highWatermark: Offset(partition.highWatermark))
      }
    }
    advanceHighWatermark(to: min(Offset(partition.highWatermark), log.logEndOffset))
    fetch()
  }

  private func syncThenFetch(highWatermark: Offset) {
    let target = log.logEndOffset
    log.flush { [unowned self] error in
      if let error { return fail("the metadata log cannot be synced: \(error)") }
      durableEndOffset = max(durableEndOffset, target)
      advanceHighWatermark(to: min(highWatermark, log.logEndOffset))
      fetch()
    }
  }
}
