import Host
import Primitives
import Wire

extension Consumer {
  /// Sends a fetch to every broker that has none under way and has partitions of which nothing is buffered.
  func sendFetches() {
    guard !isClosed else { return }
    let now = reactor.now
    var turns: ContiguousArray<FetchTurn> = []
    // While a broker's partitions are buffered here it is not asked: leaving them out would end their place in the session (KAFKA-17182).
    for assigned in buffered where !assigned.isPaused {
      if let broker = assigned.source(at: now), !turns.contains(where: { $0.broker == broker }) { turns.append(FetchTurn(broker, .notNow)) }
    }
    var topic: (name: String, id: Uuid)?
    for assigned in partitions.values where assigned.isFetchable {
      guard let broker = source(of: assigned, at: now), let position = assigned.position else { continue }
      let turn = turns.firstIndex { $0.broker == broker } ?? turns.count
      if turn == turns.count { turns.append(FetchTurn(broker, stateOfTurn(of: broker))) }
      switch turns[turn].state {
      case .notNow: continue
      case .unknown: giveUp(on: assigned)
      case .asked:
        if topic?.name != assigned.partition.topic {
          topic = (assigned.partition.topic, cluster.metadata.topic(assigned.partition.topic)?.id ?? .zero)
        }
        let wish = FetchSession.Wish(
          topicID: topic!.id, offset: position, leaderEpoch: assigned.leaderEpoch, maxBytes: configuration.maxPartitionFetchBytes,
          generation: assigned.generation)
        turns[turn].wishes.append((assigned.partition, wish))
      }
    }
    for turn in turns where !turn.wishes.isEmpty { fetch(turn.wishes, from: source(at: turn.broker)) }
  }

  private func stateOfTurn(of broker: NodeID) -> FetchTurn.State {
    guard cluster.address(of: broker) != nil else { return .unknown }
    guard cluster.isReady(broker) else {
      cluster.prepare(broker)
      return .notNow
    }
    return source(at: broker).isFetching ? .notNow : .asked
  }

  /// The broker to fetch a partition from now; nil where there is none, or where an error is not long enough ago.
  private func source(of assigned: AssignedPartition, at now: Instant) -> NodeID? {
    guard assigned.waitsUntil <= now else {
      wake(at: assigned.waitsUntil)
      return nil
    }
    guard let broker = assigned.source(at: now) else {
      cluster.requestUpdate()
      return nil
    }
    return broker
  }

  /// A replica that is gone is left for the leader; a leader that nobody knows calls for metadata.
  private func giveUp(on assigned: AssignedPartition) {
    if assigned.forgetPreferredReplica() { wake(at: reactor.now) } else { cluster.requestUpdate() }
  }

  private func source(at broker: NodeID) -> FetchSource {
    if let source = sources[broker] { return source }
    let source = FetchSource(broker: broker)
    sources[broker] = source
    return source
  }

  private func fetch(_ wishes: [(partition: TopicPartition, wish: FetchSession.Wish)], from source: FetchSource) {
    let contents = source.session.next(wishes)
    let request = FetchRequest(contents, configuration)
    source.isFetching = true
    let timeout = configuration.connection.requestTimeout
    cluster.send(request, to: source.broker, atMost: contents.usesTopicIDs ? .max : 12, timeout: timeout) { [weak self] result in
      guard let self, !isClosed else { return }
      source.isFetching = false
      switch result {
      case .success(let response):
        cluster.throttle(source.broker, forMilliseconds: response.throttleTimeMs)
        // A session that was refused is opened anew by the next fetch.
        if source.session.take(response) { take(response, from: source) }
        if response.errorCode.isInvalidMetadata { cluster.requestUpdate() }
      case .failure(let failure):
        source.session.reopen()
        if case .unsupportedVersion(let api) = failure { errors.append(.unsupportedVersion(api)) }
        for (partition, _) in wishes { partitions[partition]?.forgetPreferredReplica() }
        cluster.requestUpdate()
      }
      progress()
    }
  }

  private func take(_ response: FetchResponse, from source: FetchSource) {
    for topic in response.responses {
      for data in topic.partitions {
        guard let (partition, wish) = source.session.wish(topic: topic.topic, topicID: topic.topicId, data.partitionIndex),
          let assigned = partitions[partition], assigned.generation == wish.generation, case .fetching = assigned.phase
        else { continue }
        take(data, of: assigned, from: source.broker, response)
      }
    }
  }

  private func take(_ data: FetchResponse.PartitionData, of assigned: AssignedPartition, from broker: NodeID, _ response: FetchResponse) {
    guard data.errorCode == .none else { return failed(assigned, data, from: broker, response) }
    if data.highWatermark >= 0 { assigned.highWatermark = Offset(data.highWatermark) }
    if data.lastStableOffset >= 0 { assigned.lastStableOffset = Offset(data.lastStableOffset) }
    if data.logStartOffset >= 0 { assigned.logStartOffset = Offset(data.logStartOffset) }
    if data.preferredReadReplica >= 0 {
      assigned.prefer(NodeID(data.preferredReadReplica), until: reactor.now + configuration.connection.metadataMaxAge)
    }
    guard let records = data.records, !records.isEmpty else { return }
    let aborted = configuration.isolationLevel == .readCommitted ? AbortedTransactions(data.abortedTransactions ?? []) : .none
    assigned.buffered = FetchedRecords(
      partition: assigned.partition, bytes: records, aborted: aborted, checksCRCs: configuration.checksCRCs, host: reactor.host,
      compressor: compressor)
    buffered.append(assigned)
  }

  private func failed(_ assigned: AssignedPartition, _ data: FetchResponse.PartitionData, from broker: NodeID, _ response: FetchResponse) {
    let partition = assigned.partition
    switch data.errorCode {
    case .offsetOutOfRange:
      // A follower may lag, or have deleted more: the leader knows (KIP-392).
      if assigned.forgetPreferredReplica() && broker != assigned.leader { return }
      outOfRange(assigned)
    case .unknownLeaderEpoch, .offsetNotAvailable, .unknownServerError:
      // The broker lags behind our metadata, or its high watermark behind its log: soon it will not.
      if broker != assigned.leader { assigned.forgetPreferredReplica() }
      pause(assigned)
    case let error where error.isInvalidMetadata:
      assigned.forgetPreferredReplica()
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

  private func pause(_ assigned: AssignedPartition) {
    assigned.waitsUntil = reactor.now + backoff.delay(afterAttempts: 1, &reactor.host.random)
  }

  private func outOfRange(_ assigned: AssignedPartition) {
    guard let position = assigned.position else { return }
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

  /// Tells brokers that the sessions are over, as far as that can be said at once.
  func closeSessions() {
    for source in sources.values where source.session.id != 0 && !source.isFetching && cluster.isReady(source.broker) {
      var request = FetchRequest()
      request.sessionId = source.session.id
      request.sessionEpoch = -1
      cluster.send(request, to: source.broker) { _ in }
    }
  }
}

extension FetchRequest {
  init(_ contents: FetchSession.Contents, _ configuration: ConsumerConfiguration) {
    self.init()
    maxWaitMs = Int32(clamping: configuration.fetchMaxWait.milliseconds)
    minBytes = configuration.fetchMinBytes
    maxBytes = configuration.fetchMaxBytes
    isolationLevel = configuration.isolationLevel.code
    rackId = configuration.clientRack
    sessionId = contents.id
    sessionEpoch = contents.epoch
    for (partition, wish) in contents.wishes {
      var data = FetchPartition()
      data.partition = partition.partition
      data.currentLeaderEpoch = wish.leaderEpoch.value
      data.fetchOffset = wish.offset.value
      data.partitionMaxBytes = wish.maxBytes
      if let index = topics.lastIndex(where: { $0.topic == partition.topic && $0.topicId == wish.topicID }) {
        topics[index].partitions.append(data)
      } else {
        var topic = FetchTopic()
        topic.topic = partition.topic
        topic.topicId = wish.topicID
        topic.partitions = [data]
        topics.append(topic)
      }
    }
    for (partition, topicID) in contents.forgotten {
      if let index = forgottenTopicsData.lastIndex(where: { $0.topic == partition.topic && $0.topicId == topicID }) {
        forgottenTopicsData[index].partitions.append(partition.partition)
      } else {
        var topic = ForgottenTopic()
        topic.topic = partition.topic
        topic.topicId = topicID
        topic.partitions = [partition.partition]
        forgottenTopicsData.append(topic)
      }
    }
  }
}

/// What becomes of one broker while fetches are put together: decided once, not for each of its partitions.
private struct FetchTurn {
  enum State {
    case asked
    /// Buffered partitions, a connection that is not ready, a fetch under way.
    case notNow
    /// Not in the metadata.
    case unknown
  }

  let broker: NodeID
  let state: State
  var wishes: [(partition: TopicPartition, wish: FetchSession.Wish)] = []

  init(_ broker: NodeID, _ state: State) {
    self.broker = broker
    self.state = state
  }
}
