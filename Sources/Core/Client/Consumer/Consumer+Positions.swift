import Primitives
import Wire

/// Positions: sought by the application, found by ListOffsets, checked by OffsetForLeaderEpoch.
extension Consumer {
  /// Continues from an offset. If the leader epoch of the preceding record is given, the position is validated first (KIP-320).
  public func seek(_ partition: TopicPartition, to offset: Offset, leaderEpoch: LeaderEpoch = .unknown) {
    guard let assigned = partitions[partition] else { return }
    assigned.move(to: offset, epoch: leaderEpoch, phase: leaderEpoch == .unknown ? .fetching : .needsValidation)
    forgetBuffer(of: assigned)
  }

  /// Continues from the log start offset, as soon as the leader has reported it.
  public func seekToBeginning(_ partitions: [TopicPartition]) { seek(partitions, to: .earliest) }

  /// Continues from the high watermark or, with read_committed, from the last stable offset.
  public func seekToEnd(_ partitions: [TopicPartition]) { seek(partitions, to: .latest) }

  /// Continues from the first record that is not older than a timestamp, or from the end if there is none.
  public func seek(_ partitions: [TopicPartition], toTimestamp timestamp: Timestamp) { seek(partitions, to: .timestamp(timestamp)) }

  private func seek(_ partitions: [TopicPartition], to query: OffsetQuery) {
    for partition in partitions {
      guard let assigned = self.partitions[partition] else { continue }
      assigned.lose(.needsReset(query))
      forgetBuffer(of: assigned)
    }
    resolvePositions()
  }

  private func forgetBuffer(of assigned: AssignedPartition) {
    buffered.removeAll { $0 === assigned }
    progress()
  }

  /// The offset of the next record to be delivered; nil while it is being determined, and for partitions that are not assigned.
  public func position(of partition: TopicPartition) -> Offset? { partitions[partition]?.position }

  /// The first readable offset, as of the last fetch; nil before that.
  public func logStartOffset(of partition: TopicPartition) -> Offset? {
    partitions[partition].flatMap { $0.logStartOffset == .unknown ? nil : $0.logStartOffset }
  }

  /// How many offsets the position is behind the end, as of the last fetch; nil before that.
  public func lag(of partition: TopicPartition) -> Int64? {
    guard let assigned = partitions[partition], let position = assigned.position else { return nil }
    let end = configuration.isolationLevel == .readCommitted ? assigned.lastStableOffset : assigned.highWatermark
    return end == .unknown ? nil : end - position
  }

  // MARK: Leaders

  func takeMetadata() {
    group?.metadataChanged()
    for assigned in assignedPartitions { assigned.takeLeader(cluster.metadata.partition(assigned.partition)) }
    resolvePositions()
    progress()
  }

  // MARK: Resets and validation

  /// Requests whatever positions need: a starting offset, or validation against the log.
  func resolvePositions() {
    guard !isClosed else { return }
    var queries: [(partition: TopicPartition, query: OffsetQuery)] = []
    var toValidate: [AssignedPartition] = [], toRead: [AssignedPartition] = []
    for assigned in unsettledPartitions() {
      switch assigned.phase {
      case .needsReset(let query):
        assigned.phase = .resetting
        queries.append((assigned.partition, query))
      case .needsValidation where assigned.leader != nil && assigned.waitsUntil <= reactor.now:
        toValidate.append(assigned)
      case .needsValidation where assigned.leader != nil:
        wakeTimer.set(at: assigned.waitsUntil)
      case .needsCommitted where assigned.waitsUntil <= reactor.now: toRead.append(assigned)
      case .needsCommitted: wakeTimer.set(at: assigned.waitsUntil)
      default: break
      }
    }
    if !queries.isEmpty { ask(queries) }
    if !toValidate.isEmpty {
      validate(toValidate)
      requireAsked(toValidate)
    }
    if !toRead.isEmpty { group?.findPositions(of: toRead) }
  }

  private func ask(_ queries: [(partition: TopicPartition, query: OffsetQuery)]) {
    let generations = Dictionary(
      queries.map { ($0.partition, partitions[$0.partition]?.generation ?? 0) }, uniquingKeysWith: { first, _ in first })
    let isWanted = { [weak self] (partition: TopicPartition) -> Bool in
      guard let self, !isClosed, let assigned = partitions[partition], case .resetting = assigned.phase else { return false }
      return generations[partition] == assigned.generation
    }
    cluster.lookUpOffsets(queries, isolationLevel: configuration.isolationLevel, backoff: backoff, deadline: nil, isWanted: isWanted) { [weak self] answers in
      guard let self else { return }
      for (partition, result) in answers {
        guard let assigned = partitions[partition] else { continue }
        switch result {
        case .success(let found?): reset(assigned, to: found)
        // No record is that recent: continue with the next one.
        case .success(nil): assigned.phase = .needsReset(.latest)
        case .failure(let failure): stop(assigned, ConsumerError(failure, of: partition))
        }
      }
      resolvePositions()
      progress()
    }
  }

  private func reset(_ assigned: AssignedPartition, to found: OffsetAndTimestamp) {
    let former = assigned.lostPosition
    // Without an epoch, because the leader has just confirmed the offset.
    assigned.move(to: found.offset, phase: .fetching)
    tellReset(of: assigned.partition, from: former, to: found.offset)
  }

  private func tellReset(of partition: TopicPartition, from former: Offset?, to position: Offset) {
    if let group, group.isSubscribed { reactor.report(.offsetReset(group: group.id, partition, from: former, to: position)) }
    delegate?.consumer(self, reset: partition, from: former, to: position)
  }

  func stop(_ assigned: AssignedPartition, _ error: ConsumerError) {
    assigned.lose(.stopped)
    buffered.removeAll { $0 === assigned }
    errors.append(error)
  }

  private func validate(_ partitions: [AssignedPartition]) {
    guard configuration.switches.validatePosition else {
      // As before KIP-320: after a truncation, records that replaced lost ones are skipped.
      for assigned in partitions { assigned.phase = .fetching }
      return
    }
    var byLeader: [(leader: NodeID, partitions: [AssignedPartition])] = []
    for assigned in partitions {
      guard let leader = assigned.leader else { continue }
      guard cluster.address(of: leader) != nil else {
        // A leader that is missing from the metadata was fenced, or the responding broker lags behind: only newer metadata helps, which is requested
        // after the backoff (`OffsetFetcher.validatePositionsAsync`).
        mark(.leaderMissingInMetadata)
        cluster.requestUpdate()
        continue
      }
      guard cluster.isReady(leader) else {
        cluster.prepare(leader)
        continue
      }
      if let index = byLeader.firstIndex(where: { $0.leader == leader }) {
        byLeader[index].partitions.append(assigned)
      } else {
        byLeader.append((leader, [assigned]))
      }
    }
    for (leader, partitions) in byLeader { validate(partitions, at: leader) }
  }

  private func validate(_ partitions: [AssignedPartition], at leader: NodeID) {
    guard let address = cluster.address(of: leader), let version = cluster.connections.version(of: OffsetForLeaderEpochRequest.self, at: address),
      version >= 3
    else {
      // An older broker only answers replicas: the fetch itself has to suffice.
      for assigned in partitions { assigned.phase = .fetching }
      return
    }
    var request = OffsetForLeaderEpochRequest()
    request.replicaId = -1
    for assigned in partitions {
      assigned.phase = .validating
      var partition = OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
      partition.partition = assigned.partition.partition
      partition.currentLeaderEpoch = assigned.leaderEpoch.value
      partition.leaderEpoch = assigned.positionEpoch.value
      let name = assigned.partition.topic
      let topic = request.topics.group(where: { $0.topic == name }, or: .init { $0.topic = name })
      request.topics[topic].partitions.append(partition)
    }
    let asked = partitions.map { (assigned: $0, generation: $0.generation) }
    cluster.send(request, to: leader) { [weak self] result in
      guard let self, !isClosed else { return }
      let answers = (try? result.get())?.byPartition ?? [:]
      for (assigned, generation) in asked where assigned.generation == generation {
        guard case .validating = assigned.phase, self.partitions[assigned.partition] === assigned else { continue }
        take(answers[assigned.partition], for: assigned)
        requireInLog(assigned, in: generation, answers[assigned.partition])
      }
      resolvePositions()
      progress()
    }
  }

  private func take(_ answer: OffsetForLeaderEpochResponse.EpochEndOffset?, for assigned: AssignedPartition) {
    guard let answer, answer.errorCode == .none else {
      if let error = answer?.errorCode, !error.isRetriable {
        return stop(assigned, .refused(assigned.partition, topic: assigned.partition.topic, error))
      }
      mark(.validationRefused)
      assigned.phase = .needsValidation
      assigned.waitsUntil = reactor.now + backoff.delay(afterAttempts: 1, &reactor.host.random)
      return cluster.requestUpdate()
    }
    guard let position = assigned.position else { return }
    if answer.endOffset < 0 || answer.leaderEpoch < 0 {
      mark(.positionEpochUnknown)
      truncated(assigned, LogTruncation(partition: assigned.partition, position: position, divergence: nil))
    } else if answer.endOffset < position.value {
      mark(.truncationSeenByConsumer)
      let divergence = Offset(answer.endOffset)
      truncated(
        assigned, LogTruncation(partition: assigned.partition, position: position, divergence: divergence),
        epoch: LeaderEpoch(answer.leaderEpoch))
    } else {
      assigned.phase = .fetching
    }
  }

  /// Handles a log that no longer has what was read. With `auto.offset.reset` the consumer continues at the divergence; otherwise the application
  /// decides.
  private func truncated(_ assigned: AssignedPartition, _ truncation: LogTruncation, epoch: LeaderEpoch = .unknown) {
    delegate?.consumer(self, found: truncation)
    guard let query = resetQuery else { return stop(assigned, .logTruncated(truncation)) }
    guard let divergence = truncation.divergence else { return assigned.lose(.needsReset(query)) }
    assigned.move(to: divergence, epoch: epoch, phase: .fetching)
    buffered.removeAll { $0 === assigned }
    tellReset(of: assigned.partition, from: truncation.position, to: divergence)
  }
}

extension OffsetForLeaderEpochResponse {
  fileprivate var byPartition: [TopicPartition: EpochEndOffset] {
    var answers: [TopicPartition: EpochEndOffset] = [:]
    for topic in topics {
      for answer in topic.partitions { answers[TopicPartition(topic.topic, answer.partition)] = answer }
    }
    return answers
  }
}
