import Host
import Log
import Primitives
import Transport
import Wire

extension QuorumReplica {
  /// Fetches the next records from the leader, or asks a voter who leads. One fetch at a time; each response starts the next.
  func fetch() {
    guard !hasFailed, role.fetches else { return }
    requireFollowing()
    // Also where a leader is heard of during a sync, or the last life ended during one.
    guard mayTellOfLog else { return whenDurable { [unowned self] in fetch() } }
    if let leader, askForMembership(leader.address) { return }
    if let snapshotFetch, let leader { return fetchPiece(of: snapshotFetch, from: leader.address) }
    fetchNumber += 1
    let number = fetchNumber
    updateFetchRequest()
    sender.send(fetchRequest, to: leader?.address ?? takeBootstrapAddress(), timeout: configuration.requestTimeout) { [weak self] result in
      guard let self, number == self.fetchNumber, !self.hasFailed, self.role.fetches else { return }
      switch result {
      case .success(let response): self.handle(response)
      case .failure:
        mark(.metadataFetchUnanswered)
        self.retryElsewhere()
      }
    }
  }

  private func takeBootstrapAddress() -> Address {
    let servers = configuration.bootstrapAddresses
    defer { nextBootstrap = (nextBootstrap + 1) % servers.count }
    if servers[nextBootstrap] == configuration.address { nextBootstrap = (nextBootstrap + 1) % servers.count }
    return servers[nextBootstrap]
  }

  /// Says where this replica is now; all else in its fetches stays the same.
  private func updateFetchRequest() {
    fetchRequest.topics[0].partitions[0].currentLeaderEpoch = role.epoch.value
    fetchRequest.topics[0].partitions[0].fetchOffset = log.logEndOffset.value
    fetchRequest.topics[0].partitions[0].lastFetchedEpoch = latestEpoch.value
    fetchRequest.topics[0].partitions[0].logStartOffset = log.logStartOffset.value
    fetchRequest.topics[0].partitions[0].highWatermark = highWatermark.value
  }

  func retry() {
    fetchNumber += 1
    let number = fetchNumber
    reactor.after(configuration.retryBackoff) { [unowned self] in
      if number == fetchNumber { fetch() }
    }
  }

  /// The leader does not answer. An observer asks somebody else; a voter keeps to it until the fetch timeout, then stands for election. So does an observer
  /// that has a part of a snapshot: anybody else's would begin anew.
  func retryElsewhere() {
    let isWaited = snapshotFetch != nil && reactor.now - lastLeaderContact < configuration.fetchTimeout
    if !isVoter, !isWaited { loseLeader() }
    retry()
  }

  /// The leader has answered.
  func updateLeaderContact() {
    lastLeaderContact = reactor.now
    hasFetchedFromLeader = true
  }

  func handleRefusal(_ error: ErrorCode) {
    if error == .inconsistentClusterId { return fail("the quorum at \(configuration.bootstrapAddresses[0]) belongs to another cluster") }
    retryElsewhere()
  }

  private func handle(_ response: FetchResponse) {
    guard response.errorCode == .none, let partition = response.responses.first?.partitions.first else { return handleRefusal(response.errorCode) }
    let former = role.leader
    let leader = partition.currentLeader, address = response.nodeEndpoints.first { $0.nodeId == leader.leaderId }.map { Address(host: $0.host, port: $0.port) }
    if takeUpLeader(leader.leaderId, leader.leaderEpoch, at: address, error: partition.errorCode) { return }
    guard partition.errorCode == .none, former != nil else { return retryElsewhere() }
    mustHold(leader.leaderEpoch == epoch.value, "\(words): it takes an answer of epoch \(leader.leaderEpoch), and is in epoch \(epoch)")
    updateLeaderContact()
    if partition.divergingEpoch.epoch >= 0 {
      mark(.metadataLogDiverged)
      return truncate(to: partition.divergingEpoch)
    }
    if partition.snapshotId.epoch >= 0 || partition.snapshotId.endOffset >= 0 { return beginSnapshotFetch(partition.snapshotId) }
    append(partition)
  }

  /// Takes up what an answer tells of who leads. True where nothing else of it is of use.
  func takeUpLeader(_ leader: Int32, _ epoch: Int32, at address: Address?, error: ErrorCode) -> Bool {
    // What follows from a new leader or epoch fetches by itself.
    if hear(ofLeader: leader, inEpoch: epoch, at: address) { return true }
    if hasForgottenEpochs(epoch, error) {
      mark(.metadataEpochsForgotten)
      fail(
        "the only voter of the quorum is in leader epoch \(epoch), and this replica has known epoch \(role.epoch): "
          + "the controller's disk was emptied or replaced. \(remedyForLostLog)")
      return true
    }
    if error == .notLeaderOrFollower, leader < 0, role.leader != nil {
      // The leader has resigned.
      mark(.leaderResignedWhileFollowed)
      loseLeader()
      if mayStand { awaitLeader() }
    }
    return false
  }

  /// Truncates the log where it diverges from the leader's: records that only this replica has are removed (KIP-595).
  private func truncate(to diverging: FetchResponse.EpochEndOffset) {
    let wanted = LeaderEpoch(diverging.epoch)
    var target = Offset(0)
    if let own = log.endOffset(of: wanted) {
      target = own.epoch == wanted ? min(own.endOffset, Offset(diverging.endOffset)) : own.endOffset
    }
    let committed = endOfCommitted
    guard target >= committed || mayCutCommitted else {
      mark(.committedMetadataLost)
      return fail(
        "the leader's log parts from this one at offset \(target), and everything below \(committed) was committed: "
          + "the controller lost committed records (a damaged, emptied or replaced log). \(remedyForLostLog)")
    }
    do {
      try log.truncate(to: target, reason: .quorum, highWatermark: highWatermark)
    } catch {
      return fail("the metadata log cannot be truncated to \(target): \(error)")
    }
    durableEndOffset = min(durableEndOffset, target)
    takeBackVoters(behind: target)
    requireCut(at: wanted, Offset(diverging.endOffset))
    // What was handed over cannot be taken back: the next life reads the log anew.
    if target < nextDelivery { return fail("what a former leader decided alone, from offset \(target) on, is cut off, and this node starts again") }
    fetch()
  }

  /// Up to where this replica knows its log to be committed. With kraft.version 0, everything that an observer receives is; with an upgrade that is taken back,
  /// more may have come.
  var endOfCommitted: Offset { kraftVersion == 0 && !hasTakenUpgradeBack && !isVoter ? log.logEndOffset : highWatermark }

  /// A broker of ZooKeeper's time believed whichever controller spoke last.
  private var mayCutCommitted: Bool { !configuration.switches.controllerEpochCheck && !isVoter }

  /// A lone voter writes its epoch down before it leads: one that names a lower epoch than it had has lost its disk.
  private func hasForgottenEpochs(_ epoch: Int32, _ error: ErrorCode) -> Bool {
    error == .unknownLeaderEpoch && kraftVersion == 0 && !isVoter && (0..<role.epoch.value).contains(epoch) && configuration.bootstrapAddresses.count == 1
  }

  /// Compare `KafkaMetadataLog.truncateToEndOffset`, which ends the process as well rather than cut below the high watermark.
  var remedyForLostLog: String {
    "Nothing was cut here. Stop all nodes, put a copy of this node's directory \(configuration.directory) in the place of the controller's, and start again"
  }

  private func append(_ partition: FetchResponse.PartitionData) {
    if let records = partition.records, !records.isEmpty {
      do {
        _ = try log.append(asFollower: records, leaderEpoch: role.epoch)
        try takeUpVoters(in: records)
      } catch {
        return fail("the metadata log cannot be appended to: \(error)")
      }
    }
    let committed = Offset(partition.highWatermark)
    guard mayTellOfLog else { return whenDurable { [unowned self] in takeUp(committed) } }
    takeUp(committed)
  }

  /// Takes up the leader's high watermark, and fetches what comes next.
  private func takeUp(_ committed: Offset) {
    advanceHighWatermark(to: min(committed, log.logEndOffset))
    fetch()
  }

  /// Whether everything in the log is on the platter. A voter's fetch says that it has what is below its offset: the leader counts it (KAFKA-17332). The leader may take an
  /// observer for a voter before it knows of that itself.
  private var mayTellOfLog: Bool { !configuration.canBecomeVoter || durableEndOffset >= log.logEndOffset }

  /// Syncs the log and goes on, unless something else has made this replica fetch meanwhile.
  private func whenDurable(_ goOn: @escaping () -> Void) {
    fetchNumber += 1
    let number = fetchNumber
    makeDurable { [unowned self] in
      guard number == fetchNumber else {
        mark(.metadataSyncOvertaken)
        return
      }
      goOn()
    }
  }
}

extension FetchRequest {
  /// What a replica's fetches of the metadata log always say.
  init(from configuration: QuorumConfiguration) {
    self.init()
    let most = Int32(clamping: configuration.fetchMaxBytes)
    clusterId = configuration.clusterID
    replicaState.replicaId = configuration.nodeID.value
    (maxWaitMs, maxBytes) = (Int32(clamping: configuration.fetchMaxWait.milliseconds), most)
    topics = [
      FetchTopic { topic in
        topic.topicId = .metadataTopic
        topic.partitions = [
          FetchPartition {
            $0.partitionMaxBytes = most
            $0.replicaDirectoryId = configuration.replica.directoryID
          }
        ]
      }
    ]
  }
}
