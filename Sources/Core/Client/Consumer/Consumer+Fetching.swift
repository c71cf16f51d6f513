import Host
import Primitives
import Wire

extension Consumer {
  /// Sends a fetch to every broker that has no fetch in progress, has partitions to fetch, and has none buffered here.
  func sendFetches() {
    guard !isClosed else { return }
    let now = reactor.now
    for source in sources { (source.turn, source.isWanted) = (nil, false) }
    // A broker with buffered partitions is not asked: leaving them out would remove them from the session (KAFKA-17182).
    for assigned in buffered where !assigned.isPaused {
      if let broker = assigned.source(at: now) { source(at: broker).turn = .notNow }
    }
    visitRestless { place($0, at: now) }
    for source in sources where source.isWanted || source.restingPartitions > 0 {
      switch turn(of: source) {
      case .asked: fetch(from: source)
      case .notNow: break
      case .notReady: cluster.prepare(source.broker)
      case .unknown: cluster.requestUpdate()
      }
    }
  }

  /// Adds a partition to its session, or removes it from a session, if it is the broker's turn. Returns whether it may rest then.
  private func place(_ assigned: AssignedPartition, at now: Instant) -> Bool {
    let isFetchable = assigned.isFetchable
    let wanted = isFetchable ? broker(of: assigned, at: now).map { source(at: $0) } : nil
    for source in assigned.sessions where source !== wanted && (turn(of: source) == .asked || turn(of: source) == .unknown) {
      source.session.drop(assigned)
      assigned.sessions.removeAll { $0 === source }
    }
    guard let wanted else { return !isFetchable && assigned.sessions.isEmpty && assigned.buffered == nil }
    switch turn(of: wanted) {
    case .asked:
      ask(assigned, of: wanted)
      // A closer replica is only preferred for a time, so the partition must be visited again.
      return assigned.sessions.count == 1 && !assigned.prefersReplica
    case .notNow: break
    case .notReady: wanted.isWanted = true
    case .unknown: giveUp(on: assigned)
    }
    return false
  }

  private func ask(_ assigned: AssignedPartition, of source: FetchSource) {
    guard let position = assigned.position else { return }
    let wish = FetchSessionHandler.Wish(
      topicID: cluster.usesTopicIDs ? topicID(of: assigned) : .zero, offset: position, leaderEpoch: assigned.leaderEpoch,
      maxBytes: configuration.maxPartitionFetchBytes, generation: assigned.generation)
    source.session.ask(assigned, for: wish)
    source.isWanted = true
    if !assigned.sessions.contains(where: { $0 === source }) { assigned.sessions.append(source) }
  }

  private func topicID(of assigned: AssignedPartition) -> Uuid { cluster.metadata.topic(assigned.partition.topic)?.id ?? .zero }

  private func turn(of source: FetchSource) -> FetchSource.Turn {
    if let turn = source.turn { return turn }
    let turn: FetchSource.Turn =
      cluster.address(of: source.broker) == nil ? .unknown
      : !cluster.isReady(source.broker) ? .notReady
      : source.isFetching ? .notNow : .asked
    source.turn = turn
    return turn
  }

  /// The broker to fetch a partition from now; nil if there is none, or if the backoff after an error is not over.
  private func broker(of assigned: AssignedPartition, at now: Instant) -> NodeID? {
    guard assigned.waitsUntil <= now else {
      wakeTimer.set(at: assigned.waitsUntil)
      return nil
    }
    guard let broker = assigned.source(at: now) else {
      cluster.requestUpdate()
      return nil
    }
    return broker
  }

  /// Handles a broker that is missing from the metadata. If it is the leader, newer metadata is needed; a missing replica is given up for the leader,
  /// which names the replica again if it has come back (`AbstractFetch.selectReadReplica`).
  private func giveUp(on assigned: AssignedPartition) {
    cluster.requestUpdate()
    if assigned.forgetPreferredReplica() { wakeTimer.set(at: reactor.now) }
  }

  private func source(at broker: NodeID) -> FetchSource {
    // There are few, so that searching is faster than hashing.
    if let source = sources.first(where: { $0.broker == broker }) { return source }
    let source = FetchSource(broker: broker)
    sources.append(source)
    return source
  }

  private func fetch(from source: FetchSource) {
    let contents = source.session.next()
    let request = FetchRequest(contents, configuration)
    source.isFetching = true
    let timeout = configuration.connection.requestTimeout
    cluster.send(request, to: source.broker, atMost: contents.usesTopicIDs ? .max : 12, timeout: timeout) { [weak self] result in
      guard let self, !isClosed else { return }
      source.isFetching = false
      switch result {
      case .success(let response):
        cluster.throttle(source.broker, forMilliseconds: response.throttleTimeMs)
        // If the session was refused, the next fetch opens a new one.
        if source.session.take(response) { take(response, from: source) }
        if response.errorCode.isInvalidMetadata { cluster.requestUpdate() }
      case .failure(let failure):
        mark(.consumerFetchUnanswered)
        if configuration.switches.reopenFetchSession { source.session.reopen() } else { source.session.goOn() }
        if case .unsupportedVersion(let api) = failure { errors.append(.unsupportedVersion(api)) }
        for member in source.session.members { replicaFailed(member.assigned) }
        cluster.requestUpdate()
      }
      progress()
    }
  }

  private func take(_ response: FetchResponse, from source: FetchSource) {
    for topic in response.responses {
      for data in topic.partitions {
        guard let member = source.session.member(topic: topic.topic, topicID: topic.topicId, data.partitionIndex),
          member.assigned.generation == member.wish.generation, member.assigned.isFetching, member.assigned.isAssigned
        else {
          mark(.fetchAnswerOutdated)
          continue
        }
        take(data, of: member, in: cluster.usesTopicIDs ? member.wish.topicID : topicID(of: member.assigned), from: source.broker, response)
      }
    }
  }

  private func take(
    _ data: FetchResponse.PartitionData, of member: FetchSessionHandler.Member, in topicID: Uuid, from broker: NodeID, _ response: FetchResponse
  ) {
    let assigned = member.assigned
    guard data.errorCode == .none else { return failed(assigned, data, from: broker, response) }
    if data.highWatermark >= 0 { assigned.highWatermark = Offset(data.highWatermark) }
    if data.lastStableOffset >= 0 { assigned.lastStableOffset = Offset(data.lastStableOffset) }
    if data.logStartOffset >= 0 { assigned.logStartOffset = Offset(data.logStartOffset) }
    if data.preferredReadReplica >= 0 {
      assigned.prefer(NodeID(data.preferredReadReplica), until: reactor.now + configuration.connection.metadataMaxAge)
    }
    guard let records = data.records, !records.isEmpty else { return }
    let aborted = configuration.isolationLevel == .readCommitted
      ? AbortedTransactions(data.abortedTransactions ?? [], filtersCompressed: configuration.switches.filterAborted) : .none
    requirePresent(member)
    assigned.buffer(
      FetchedRecords(
        partition: assigned.partition, topicID: topicID, from: member.wish.offset, bytes: records, aborted: aborted, checksCRCs: configuration.checksCRCs,
        reactor: reactor, compressor: compressor))
    buffered.append(assigned)
  }

  private func failed(_ assigned: AssignedPartition, _ data: FetchResponse.PartitionData, from broker: NodeID, _ response: FetchResponse) {
    let partition = assigned.partition
    switch data.errorCode {
    case .offsetOutOfRange:
      // A follower may lag, or have deleted more than the leader, so the leader decides (KIP-392). A client that believes the follower applies
      // auto.offset.reset although nothing is lost.
      let isOfFollower = assigned.forgetPreferredReplica() && broker != assigned.leader
      if isOfFollower { mark(.closerReplicaStale) }
      if isOfFollower, configuration.switches.askLeaderWhenOutOfRange { return }
      outOfRange(assigned)
    case .unknownLeaderEpoch, .offsetNotAvailable, .unknownServerError:
      // The broker lags behind our metadata, or its high watermark behind its log; both are temporary.
      mark(.fetchTooEarly)
      if broker != assigned.leader { replicaFailed(assigned) }
      pause(assigned)
    case let error where error.isInvalidMetadata:
      mark(.consumerFetchAtWrongLeader)
      replicaFailed(assigned)
      pause(assigned)
      takeLeader(from: data, response, of: partition)
      cluster.requestUpdate()
    case .topicAuthorizationFailed:
      errors.append(.refused(partition, topic: partition.topic, .topicAuthorizationFailed))
      pause(assigned)
    case let error:
      errors.append(.refused(partition, topic: partition.topic, error))
      pause(assigned)
    }
  }

  /// Goes back to the leader after an error, which names the replica again if it is well (KAFKA-14379).
  private func replicaFailed(_ assigned: AssignedPartition) {
    if configuration.switches.forgetFailingReplica { assigned.forgetPreferredReplica() }
  }

  private func pause(_ assigned: AssignedPartition) {
    assigned.waitsUntil = reactor.now + backoff.delay(afterAttempts: 1, &reactor.host.random)
  }

  private func outOfRange(_ assigned: AssignedPartition) {
    guard let position = assigned.position else { return }
    mark(.positionOutOfRange)
    guard let query = resetQuery else { return stop(assigned, .offsetOutOfRange(assigned.partition, position)) }
    assigned.lose(.needsReset(query))
  }

  private func takeLeader(from data: FetchResponse.PartitionData, _ response: FetchResponse, of partition: TopicPartition) {
    guard data.currentLeader.leaderId >= 0 else { return }
    let endpoints = response.nodeEndpoints.map {
      BrokerEndpoint(id: NodeID($0.nodeId), address: Address(host: $0.host, port: $0.port), rack: $0.rack)
    }
    cluster.takeLeader(NodeID(data.currentLeader.leaderId), LeaderEpoch(data.currentLeader.leaderEpoch), of: partition, endpoints: endpoints)
  }

  /// Tells brokers that the sessions are over, as far as that is possible at once.
  func closeSessions() {
    for source in sources where source.session.id != 0 && !source.isFetching && cluster.isReady(source.broker) {
      var request = FetchRequest()
      request.sessionId = source.session.id
      request.sessionEpoch = -1
      cluster.send(request, to: source.broker) { _ in }
    }
  }
}

extension FetchRequest {
  init(_ contents: FetchSessionHandler.Contents, _ configuration: ConsumerConfiguration) {
    self.init()
    maxWaitMs = Int32(clamping: configuration.fetchMaxWait.milliseconds)
    minBytes = configuration.fetchMinBytes
    maxBytes = configuration.fetchMaxBytes
    isolationLevel = configuration.isolationLevel.code
    rackId = configuration.clientRack
    sessionId = contents.id
    sessionEpoch = contents.epoch
    for member in contents.asked {
      let partition = member.assigned.partition, wish = member.wish
      var data = FetchPartition()
      data.partition = partition.partition
      data.currentLeaderEpoch = wish.leaderEpoch.value
      data.fetchOffset = wish.offset.value
      data.partitionMaxBytes = wish.maxBytes
      let topic = topics.group(
        where: { $0.topic == partition.topic && $0.topicId == wish.topicID },
        or: .init {
          $0.topic = partition.topic
          $0.topicId = wish.topicID
        })
      topics[topic].partitions.append(data)
    }
    for member in contents.forgotten {
      let partition = member.assigned.partition, topicID = member.wish.topicID
      let topic = forgottenTopicsData.group(
        where: { $0.topic == partition.topic && $0.topicId == topicID },
        or: .init {
          $0.topic = partition.topic
          $0.topicId = topicID
        })
      forgottenTopicsData[topic].partitions.append(partition.partition)
    }
  }
}
