import Host
import Log
import Primitives
import Wire

extension QuorumReplica {
  /// Appends records as one batch: they are committed together, or not at all. The completion runs after the listener got them.
  ///
  /// - Returns: The offset of the last record, or nil if this replica does not lead; the completion has run in that case.
  @discardableResult
  public func append(
    _ records: [MetadataRecord], _ completion: @escaping (Result<Offset, QuorumAppendError>) -> Void
  ) -> Offset? {
    guard let leading, leading.isAnnounced, !hasFailed, !records.isEmpty else {
      completion(.failure(.notLeader))
      return nil
    }
    var batch = RecordBatchBuilder(baseOffset: log.logEndOffset, leaderEpoch: leading.epoch, capacity: 256)
    do {
      let timestamp = reactor.wallClock
      for record in records { batch.append(timestamp: timestamp, key: nil, value: try record.encoded()) }
    } catch {
      fail("a metadata record cannot be written: \(error)")
      completion(.failure(.notLeader))
      return nil
    }
    guard let lastOffset = write(batch.build(), leading) else {
      completion(.failure(.notLeader))
      return nil
    }
    leading.appends.append(QuorumLeader.PendingCommit(lastOffset: lastOffset, completion: completion))
    sync()
    return lastOffset
  }

  /// Runs the completion when everything appended so far is committed; at once if nothing is pending.
  public func afterAppends(_ completion: @escaping (Result<Offset, QuorumAppendError>) -> Void) {
    guard let leading else { return completion(.failure(.notLeader)) }
    guard let last = leading.appends.last else { return completion(.success(highWatermark - 1)) }
    leading.appends.append(QuorumLeader.PendingCommit(lastOffset: last.lastOffset, completion: completion))
  }

  /// Starts to lead: the first batch of the epoch commits everything before it.
  func lead(_ epoch: LeaderEpoch, grantedBy granting: [NodeID]) {
    requireElection(grantedBy: granting, in: epoch)
    let leading = QuorumLeader(
      replica, epoch: epoch, startOffset: log.logEndOffset, voters: voters, decidesAlone: !configuration.switches.controllerEpochCheck, now: reactor.now)
    if kraftVersion == 0, !hasStaticVoters { leading.describedVoters = Voter(replica, listeners: ownListeners).flatMap { voters.describing($0) } }
    role = .leader(leading)
    remember(QuorumState(leader: configuration.nodeID, epoch: epoch, votedFor: votedFor))
    watchVoters(leading)
    mustHold(leaderTimer != nil || voters.count == 1, "\(words): it leads epoch \(epoch), and no timer looks after the voters \(voters.map(\.id))")
    listener?.leaderChanged(to: configuration.nodeID, epoch: epoch)
    reactor.host.report(.controllerElected(configuration.nodeID, epoch: epoch))
    var message = LeaderChangeMessage()
    message.leaderId = configuration.nodeID.value
    message.voters = voters.map { .init($0.id) }
    message.grantingVoters = granting.map { .init($0) }
    do {
      let record = ControlRecord(.leaderChange, value: try message.encoded(version: 0))
      appendControl([record] + (try votersOfNewEpoch.map { try $0.record }), leading)
    } catch {
      fail("the leader change cannot be written: \(error)")
    }
  }

  /// What the first batch of an epoch says of the voters. The set with which the directory was formatted is in no log yet: the first leader writes it there,
  /// for those that were formatted without it. So does one that has moved (`LeaderState.appendStartOfEpochControlRecords`).
  private var votersOfNewEpoch: [QuorumRecord] {
    guard kraftVersion > 0, let offset = voterSetOffset, let voter = Voter(replica, listeners: ownListeners), offset < 0 || voters.isOutdated(about: voter),
      let updated = voters.updating(voter)
    else { return [] }
    return [.kraftVersion(kraftVersion), .voters(updated)]
  }

  /// Appends control records as one batch. Returns the last offset, or nil if that failed.
  @discardableResult
  func appendControl(_ records: [ControlRecord], _ leading: QuorumLeader) -> Offset? {
    let batch = RecordBatch.controlBatch(records, timestamp: reactor.wallClock, baseOffset: log.logEndOffset, leaderEpoch: leading.epoch)
    guard let last = write(batch.bytes, leading) else { return nil }
    do { try takeUpVoters(in: batch) } catch { fail("what the leader wrote of the voters cannot be read: \(error)") }
    sync()
    return last
  }

  /// Ends what depends on a leadership. The role has already changed.
  func resign(_ leading: QuorumLeader) {
    reactor.cancel(leaderTimer)
    leaderTimer = nil
    if !leading.appends.isEmpty { mark(.proposalLostWithLeadership) }
    if let change = leading.change { end(change, leading, .notLeaderOrFollower, nil) }
    for append in leading.appends { append.completion(.failure(.leadershipLost)) }
    leading.appends = []
    for waiting in leading.fetches.take(where: { _ in true }) {
      reactor.cancel(waiting.timer)
      waiting.reply(response(error: .notLeaderOrFollower))
    }
    if leading.isAnnounced { listener?.resigned(epoch: leading.epoch) }
  }

  /// Writes a batch that has its offsets and epoch. Returns the last offset, or nil if the disk failed.
  private func write(_ batch: Bytes, _ leading: QuorumLeader) -> Offset? {
    do {
      return try log.append(asFollower: batch, leaderEpoch: leading.epoch).lastOffset
    } catch {
      fail("the metadata log cannot be appended to: \(error)")
      return nil
    }
  }

  /// Counts this voter's own records once they are durable. One sync at a time; records that arrive during a sync share the next one.
  private func sync() {
    guard !isSyncing, durableEndOffset < log.logEndOffset else { return }
    isSyncing = true
    makeDurable { [unowned self] in
      isSyncing = false
      advanceAsLeader()
      if isLeader { sync() }
    }
  }

  /// Checks whether more is committed, after records became durable on another replica.
  func advanceAsLeader() {
    guard let leading else { return }
    leading.recordOwn(durableEndOffset)
    if let committed = leading.committedEnd {
      if committed > highWatermark { requireCommit(of: committed, by: leading) }
      advanceHighWatermark(to: committed)
      if !leading.isAnnounced {
        leading.isAnnounced = true
        listener?.becameLeader(epoch: leading.epoch)
      }
      for append in leading.takeAppends(committedBelow: highWatermark) {
        mustHold(append.lastOffset < highWatermark, "\(words): an append up to offset \(append.lastOffset) is answered, and what is below \(highWatermark) is committed")
        append.completion(.success(append.lastOffset))
      }
    }
    answerWaiting(leading)
    finishVoterChange(leading)
  }

  // MARK: Fetches from other replicas

  /// Serves a fetch of the metadata log. The reply comes at once if there is something new; otherwise when there is, or after the request's maximum
  /// wait.
  func handleFetch(_ request: FetchRequest, reply: @escaping (FetchResponse) -> Void) {
    if let cluster = request.clusterId, !cluster.isEmpty, cluster != configuration.clusterID {
      var refusal = FetchResponse()
      refusal.errorCode = .inconsistentClusterId
      return reply(refusal)
    }
    guard request.topics.count == 1, request.topics[0].topicId == .metadataTopic || request.topics[0].topic == Self.partition.topic,
      request.topics[0].partitions.count == 1, let wanted = request.topics[0].partitions.first, wanted.partition == 0,
      refusal(ofFetch: request, wanted) == nil
    else {
      var refusal = FetchResponse()
      refusal.errorCode = .invalidRequest
      return reply(refusal)
    }
    if let error = refusal(ofEpoch: wanted.currentLeaderEpoch) {
      mark(.metadataFetchOfOtherEpoch)
      return reply(response(error: error))
    }
    guard let leading else {
      mark(.metadataFetchAtFollower)
      return reply(response(error: .notLeaderOrFollower))
    }
    switch position(of: wanted) {
    case .valid: break
    case .diverging(let epoch, let end):
      mark(.metadataDivergenceAnswered)
      return reply(response { ($0.divergingEpoch.epoch, $0.divergingEpoch.endOffset) = (epoch.value, end.value) })
    case .snapshot(let id):
      mark(.snapshotOffered)
      return reply(response { ($0.snapshotId.epoch, $0.snapshotId.endOffset) = (id.epoch.value, id.endOffset.value) })
    }
    requirePosition(at: Offset(wanted.fetchOffset), LeaderEpoch(wanted.lastFetchedEpoch))
    let replica = request.replica(of: wanted)
    if replica.id != .none {
      leading.recordFetch(of: replica, at: Offset(wanted.fetchOffset), leaderEnd: log.logEndOffset, now: reactor.wallClock, contact: reactor.now)
      advanceAsLeader()
      // What was committed now may have removed this leader from the voters.
      guard isLeader else { return reply(response(error: .notLeaderOrFollower)) }
    }
    answerOrWait(FetchPurgatory.Wanted(request, wanted), maxWait: request.maxWaitMs, leading, reply)
  }

  private func answerOrWait(_ wanted: FetchPurgatory.Wanted, maxWait: Int32, _ leading: QuorumLeader, _ reply: @escaping (FetchResponse) -> Void) {
    guard maxWait > 0, !hasNews(for: wanted) else { return reply(records(for: wanted)) }
    let number = leading.fetches.takeNumber()
    let timer = reactor.after(.milliseconds(Int64(maxWait))) { [unowned self, weak leading] in
      guard let waiting = leading?.fetches.remove(number) else { return }
      waiting.reply(records(for: waiting.wanted))
    }
    leading.fetches.insert(.init(number: number, wanted: wanted, reply: reply, timer: timer))
  }

  private func answerWaiting(_ leading: QuorumLeader) {
    let ready = leading.fetches.take { hasNews(for: $0) }
    for waiting in ready {
      reactor.cancel(waiting.timer)
      waiting.reply(records(for: waiting.wanted))
    }
  }

  /// Whether the leader has news for a fetch. Voters get records as soon as they are appended, because voters commit them. Observers get only committed
  /// records with kraft.version 0; those of a dynamic quorum may become voters, and get what voters get, as in Kafka. All get a high watermark that is new to
  /// them at once (KIP-1166).
  private func hasNews(for wanted: FetchPurgatory.Wanted) -> Bool {
    // Voters are looked for only where that could make a difference.
    highWatermark > wanted.offset || highWatermark > wanted.highWatermark
      || log.logEndOffset > wanted.offset && readableEnd(for: wanted.replica) > wanted.offset
  }

  private func readableEnd(for replica: ReplicaKey) -> Offset {
    kraftVersion > 0 || voters.contains(replica) ? log.logEndOffset : highWatermark
  }

  private func records(for wanted: FetchPurgatory.Wanted) -> FetchResponse {
    let end = readableEnd(for: wanted.replica)
    guard wanted.offset < end else { return response { $0.records = .empty } }
    do {
      let slice = try log.read(from: wanted.offset, upTo: end, maxBytes: wanted.maxBytes, minOneBatch: true)
      return response { $0.records = slice.records }
    } catch {
      return response(error: .kafkaStorageError)
    }
  }

  func refusal(ofEpoch epoch: Int32) -> ErrorCode? {
    if epoch < role.epoch.value { return .fencedLeaderEpoch }
    return epoch > role.epoch.value ? .unknownLeaderEpoch : nil
  }

  func response(error: ErrorCode = .none, _ fill: (inout FetchResponse.PartitionData) -> Void = { _ in }) -> FetchResponse {
    var partition = FetchResponse.PartitionData()
    partition.partitionIndex = 0
    partition.errorCode = error
    partition.highWatermark = highWatermark.value
    partition.logStartOffset = log.logStartOffset.value
    partition.currentLeader.leaderId = (role.leader ?? .none).value
    partition.currentLeader.leaderEpoch = role.epoch.value
    fill(&partition)
    var topic = FetchResponse.FetchableTopicResponse()
    topic.topicId = .metadataTopic
    topic.topic = Self.partition.topic
    topic.partitions = [partition]
    var response = FetchResponse()
    response.responses = [topic]
    // A follower that found this leader by itself may not know where it listens.
    if let leader, error != .none || !hasStaticVoters {
      var endpoint = FetchResponse.NodeEndpoint()
      endpoint.nodeId = leader.id.value
      endpoint.host = leader.address.host
      endpoint.port = leader.address.port
      response.nodeEndpoints = [endpoint]
    }
    return response
  }
}

extension LeaderChangeMessage.Voter {
  init(_ id: NodeID) {
    self.init()
    voterId = id.value
  }
}
