import Coordination
import Primitives
import Wire

extension GroupShard {
  /// Handles OffsetCommit. Topics have names, and ids if the request had them; the caller has already removed topics that do not exist.
  ///
  /// Source: Kafka's `OffsetMetadataManager.commitOffset`.
  public mutating func commitOffsets(
    _ request: OffsetCommitRequest, version: Int16, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, OffsetCommitResponse> {
    do throws(Refusal) {
      try checkCommit(request, version: version)
    } catch {
      mark(.commitRefused)
      tellRefusal(error.code, of: request.memberId, in: request.groupId)
      throw error
    }
    requireCommitterOwns(request.groupId, request.memberId, request.generationIdOrMemberEpoch, partitions(of: request))
    _ = changeClassic(request.groupId, at: time) { group, _ in
      // A commit counts as a heartbeat.
      if group.state == .stable || group.state == .preparingRebalance { group.extendSession(of: request.memberId, at: time.now) }
    }
    var commits = OffsetCommits(of: request.groupId, maxMetadataSize: Int(settings.offsetMetadataMaxSize))
    var response = OffsetCommitResponse()
    for topic in request.topics {
      var result = OffsetCommitResponse.OffsetCommitResponseTopic()
      (result.name, result.topicId) = (topic.name, topic.topicId)
      for partition in topic.partitions {
        var entry = OffsetCommitResponse.OffsetCommitResponsePartition()
        entry.partitionIndex = partition.partitionIndex
        let offset = CommittedOffset(partition, topicID: topic.topicId, at: time.wallClock, retention: request.retentionTimeMs)
        entry.errorCode = try commits.add(offset, topic.name, partition.partitionIndex)
        result.partitions.append(entry)
      }
      response.topics.append(result)
    }
    return CoordinatorDecision(
      commits.records, response,
      settled: { [response] shard, error, _ in
        if error == nil { shard.tellCommitted(request, response) }
      },
      known: { [commits] shard in commits.replay(into: &shard) })
  }

  /// Throws unless the sender may commit. Without a group, anyone may.
  private func checkCommit(_ request: OffsetCommitRequest, version: Int16) throws(Refusal) {
    guard let group = groups[request.groupId] else {
      guard request.generationIdOrMemberEpoch < 0 else { throw Refusal(version >= 9 ? .groupIdNotFound : .illegalGeneration) }
      return
    }
    // Before generations were checked, a delayed commit overwrote those of the partition's next owner, which then reread from there.
    guard settings.switches.fenceCommits else { return }
    switch group {
    case .classic(let classic):
      let error = classic.checkCommit(
        member: request.memberId, instance: request.groupInstanceId, generation: request.generationIdOrMemberEpoch, settings.switches)
      if error != .none { throw Refusal(error) }
    case .consumer(let consumer):
      let committer = ConsumerGroup.Committer(
        memberId: request.memberId, instanceId: request.groupInstanceId, epoch: request.generationIdOrMemberEpoch, version: version)
      try consumer.checkCommit(by: committer, for: partitions(of: request), fence: settings.switches.commitFence)
    }
  }

  /// Evaluated only if the committer's epoch is not its current one.
  private func partitions(of request: OffsetCommitRequest) -> some Sequence<(topic: Uuid?, partition: Int32)> {
    request.topics.lazy.flatMap { topic in
      let id: Uuid? = topic.topicId == .zero ? cluster.topic(named: topic.name)?.id : topic.topicId
      return topic.partitions.map { (topic: id, partition: $0.partitionIndex) }
    }
  }

  /// Handles OffsetFetch of one group, from the committed state. Unknown partitions have the offset -1 and no error.
  ///
  /// - Parameter isStable: Whether offsets that an open transaction may replace are refused with UNSTABLE_OFFSET_COMMIT (KIP-447).
  /// - Source: Kafka's `OffsetMetadataManager.fetchOffsets` and `fetchAllOffsets`.
  public func fetchOffsets(_ request: OffsetFetchRequest.OffsetFetchRequestGroup, isStable: Bool) throws(Refusal) -> OffsetFetchResponse.OffsetFetchResponseGroup {
    if case .consumer(let consumer)? = groups[request.groupId] { try consumer.checkFetch(memberId: request.memberId, epoch: request.memberEpoch) }
    var response = OffsetFetchResponse.OffsetFetchResponseGroup()
    response.groupId = request.groupId
    let known = offsets[request.groupId] ?? [:]
    func entry(_ topic: String, _ id: Uuid, _ partition: Int32) -> OffsetFetchResponse.OffsetFetchResponsePartitions {
      var entry = OffsetFetchResponse.OffsetFetchResponsePartitions()
      (entry.partitionIndex, entry.committedOffset, entry.committedLeaderEpoch) = (partition, -1, -1)
      if isStable, isUnstable(request.groupId, topic, partition) {
        entry.errorCode = .unstableOffsetCommit
        return entry
      }
      // An offset of a deleted topic does not count for a new topic of the same name.
      guard let offset = known[topic]?[partition], id == .zero || offset.topicID == .zero || id == offset.topicID else { return entry }
      (entry.committedOffset, entry.committedLeaderEpoch, entry.metadata) = (offset.offset, offset.leaderEpoch, offset.metadata)
      return entry
    }
    if let topics = request.topics {
      response.topics = topics.map { topic in
        var result = OffsetFetchResponse.OffsetFetchResponseTopics()
        (result.name, result.topicId) = (topic.name, topic.topicId)
        result.partitions = topic.partitionIndexes.map { entry(topic.name, topic.topicId, $0) }
        return result
      }
    } else {
      response.topics = known.map { topic, partitions in
        var result = OffsetFetchResponse.OffsetFetchResponseTopics()
        result.name = topic
        result.partitions = partitions.keys.map { entry(topic, .zero, $0) }
        return result
      }
    }
    if isStable { requireStable(response) }
    return response
  }

  /// Handles OffsetDelete: deletes offsets of topics to which the group does not subscribe (KIP-496). The caller has already removed topics that do
  /// not exist.
  public func deleteOffsets(_ request: OffsetDeleteRequest) throws(Refusal) -> CoordinatorDecision<GroupShard, OffsetDeleteResponse> {
    guard let group = groups[request.groupId] else { throw Refusal(.groupIdNotFound) }
    switch group {
    case .classic(let classic):
      guard classic.state != .dead else { throw Refusal(.groupIdNotFound) }
      // How groups other than consumers use their partitions is unknown here.
      guard classic.isEmpty || classic.isOfConsumers else { throw Refusal(.nonEmptyGroup) }
    case .consumer: break
    }
    var records: [CoordinatorRecord] = []
    var response = OffsetDeleteResponse()
    for topic in request.topics {
      var result = OffsetDeleteResponse.OffsetDeleteResponseTopic()
      result.name = topic.name
      let isSubscribed = subscribes(request.groupId, to: topic.name)
      for partition in topic.partitions {
        var entry = OffsetDeleteResponse.OffsetDeleteResponsePartition()
        entry.partitionIndex = partition.partitionIndex
        if isSubscribed {
          entry.errorCode = .groupSubscribedToTopic
        } else if offsets[request.groupId, topic.name, partition.partitionIndex] != nil
          || isUnstable(request.groupId, topic.name, partition.partitionIndex) {
          records += removal(of: OffsetCommitKey(request.groupId, topic.name, partition.partitionIndex))
        }
        result.partitions.append(entry)
      }
      response.topics.append(result)
    }
    return CoordinatorDecision(records, response)
  }

  private func subscribes(_ id: String, to topic: String) -> Bool {
    switch groups[id] {
    case .classic(let classic)?: classic.subscribes(to: topic)
    case .consumer(let consumer)?: consumer.subscribes(toTopic: topic)
    case nil: false
    }
  }

  /// A key that was read from a record fits into one.
  private func removal(of key: OffsetCommitKey) -> [CoordinatorRecord] { (try? CoordinatorRecord(removing: key)).map { [$0] } ?? [] }

  /// Deletes the offsets of deleted partitions.
  public func partitionsDeleted(ofTopics names: [String]) -> CoordinatorDecision<GroupShard, Void> {
    let names = Set(names)
    var records: [CoordinatorRecord] = []
    let remove: (String, String, Int32, CommittedOffset) -> Void = { group, topic, partition, _ in
      if names.contains(topic) { records += removal(of: OffsetCommitKey(group, topic, partition)) }
    }
    offsets.forEach(remove)
    for table in transactionalOffsets.values { table.forEach(remove) }
    return CoordinatorDecision(records, ())
  }

  /// Deletes all records of a group.
  func removal(ofGroup id: String) -> [CoordinatorRecord] {
    var records: [CoordinatorRecord] = []
    for (topic, partitions) in offsets[id] ?? [:] {
      for partition in partitions.keys { records += removal(of: OffsetCommitKey(id, topic, partition)) }
    }
    for table in transactionalOffsets.values {
      for (topic, partitions) in table[id] ?? [:] {
        for partition in partitions.keys where offsets[id, topic, partition] == nil {
          records += removal(of: OffsetCommitKey(id, topic, partition))
        }
      }
    }
    return records + removalOfGroupRecords(id)
  }

  /// Deletes a group's records, but not its offsets.
  func removalOfGroupRecords(_ id: String) -> [CoordinatorRecord] {
    // Data that was read from records fits into records.
    if case .consumer(let consumer)? = groups[id] { return (try? consumer.removal()) ?? [] }
    var key = GroupMetadataKey()
    key.group = id
    return (try? CoordinatorRecord(removing: key)).map { [$0] } ?? []
  }

  /// Deletes expired offsets, and groups that have nothing left (KIP-211: retention starts when a group's last member leaves).
  ///
  /// Source: Kafka's `GroupCoordinatorShard.cleanupGroupMetadata`.
  func expiredOffsets(at time: CoordinatorTime) -> [CoordinatorRecord] {
    var records: [CoordinatorRecord] = []
    for (id, group) in groups {
      var isBare = !transactionalOffsets.values.contains { $0[id] != nil }
      for (topic, partitions) in offsets[id] ?? [:] {
        for (partition, offset) in partitions {
          if isExpired(offset, of: group, topic, at: time.wallClock), !isUnstable(id, topic, partition) {
            mark(.committedOffsetExpired)
            mustHold(
              group.isEmpty || settings.switches.expireDuringRebalance || !subscribes(id, to: topic),
              "group \(id): the offset of \(topic)-\(partition) expires, and members subscribe to that topic")
            records += removal(of: OffsetCommitKey(id, topic, partition))
          } else {
            isBare = false
          }
        }
      }
      if isBare, group.isEmpty { records += removalOfGroupRecords(id) }
    }
    return records
  }

  private func isExpired(_ offset: CommittedOffset, of group: Group, _ topic: String, at now: Timestamp) -> Bool {
    guard let start = retentionStart(of: offset, of: group, topic) else { return false }
    return offset.isExpired(at: now, since: start, retention: settings.offsetRetention)
  }

  /// When the retention of an offset starts, in milliseconds of the wall clock; nil while the offset is needed.
  ///
  /// Source: `ClassicGroup.offsetExpirationCondition` and `ConsumerGroup.offsetExpirationCondition`.
  private func retentionStart(of offset: CommittedOffset, of group: Group, _ topic: String) -> Int64? {
    switch group {
    case .classic(let classic):
      guard classic.protocolType != nil else { return offset.commitTimestamp }
      let isRebalancing = classic.state == .preparingRebalance || classic.state == .completingRebalance
      // The cleanup asked the group for its subscription during a rebalance, when the group did not know it yet (KAFKA-13636).
      if settings.switches.expireDuringRebalance, isRebalancing { return offset.commitTimestamp }
      if classic.isEmpty { return classic.stateSince?.milliseconds ?? offset.commitTimestamp }
      guard classic.isOfConsumers, classic.subscribedTopics != nil, classic.state == .stable, !classic.subscribes(to: topic) else { return nil }
      return offset.commitTimestamp
    case .consumer(let consumer):
      return consumer.subscribes(toTopic: topic) ? nil : offset.commitTimestamp
    }
  }
}
