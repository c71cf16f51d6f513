import Coordination
import Host
import Primitives
import Wire

/// What a coordinator of groups of KIP-848 asks of the cluster.
public protocol ClusterOfGroups: TopicsOfGroups {
  /// The settings of a group: its own, and those of the broker for the rest.
  func settings(ofGroup id: String, over settings: ConsumerGroupSettings) -> ConsumerGroupSettings
}

/// A cluster in which there is nothing, as whoever only replays records needs it.
public struct ClusterWithoutTopics: ClusterOfGroups {
  public init() {}

  public func topic(named name: String) -> GroupTopic? { nil }
  public func topic(of id: Uuid) -> GroupTopic? { nil }
  public var names: [String] { [] }
  public var version: Int64 { 0 }
  public func settings(ofGroup id: String, over settings: ConsumerGroupSettings) -> ConsumerGroupSettings { settings }
}

extension GroupShard {
  /// ConsumerGroupHeartbeat (KIP-848). A group begins with its first member; a classic group without members makes way for it
  /// (`GroupMetadataManager.getOrMaybeCreateConsumerGroup`).
  ///
  /// - Parameter newMemberID: an id for a member that a client of version 0 left nameless.
  public mutating func heartbeat(
    _ request: ConsumerGroupHeartbeatRequest, from client: GroupClient, newMemberID: () -> String, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, ConsumerGroupHeartbeatResponse> {
    let id = request.groupId
    let settings = cluster.settings(ofGroup: id, over: self.settings.consumer)
    try ConsumerGroup.check(request, version: client.version, settings: settings)
    let former = groups[id]
    let removal = try makeWay(for: request)
    let topics = cluster
    var result: Result<Decision<CoordinatorRecord, ConsumerGroupHeartbeatResponse>, Refusal>?
    changeConsumer(id) { group in
      do throws(Refusal) {
        result = .success(try group.heartbeat(
          request, clientId: client.id, clientHost: client.host, topics: topics, settings: settings, at: time.now, wallClock: time.wallClock,
          newMemberId: newMemberID))
      } catch {
        result = .failure(error)
      }
    }
    switch result {
    case .success(let decision)?:
      if case .consumer? = former { return CoordinatorDecision(decision) }
      return CoordinatorDecision(removal + decision.records, decision.response) { shard, error, _ in
        if error != nil { shard.takeBack(id, former) }
      }
    case .failure(let refusal)?:
      takeBack(id, former)
      throw refusal
    case nil: throw Refusal(.groupIdNotFound, "Group \(id) is not a consumer group.")
    }
  }

  /// A group that was made for a member whose records the log did not take was never there.
  private mutating func takeBack(_ id: String, _ former: Group?) {
    guard case .consumer(let group)? = groups[id], group == ConsumerGroup(id: id) else { return }
    if let former { groups[id] = former } else { removeGroup(id) }
  }

  /// Makes the group that a member may join, until the records that say so are replayed. Gives the records that take a classic group without members away.
  private mutating func makeWay(for request: ConsumerGroupHeartbeatRequest) throws(Refusal) -> [CoordinatorRecord] {
    let id = request.groupId
    let joins = request.memberEpoch == 0
    switch groups[id] {
    case .consumer?: return []
    case nil:
      guard joins else { throw Refusal(.groupIdNotFound, "Consumer group \(id) not found.") }
      groups[id] = .consumer(ConsumerGroup(id: id))
      return []
    case .classic(let classic)?:
      guard joins else { throw Refusal(.groupIdNotFound, "Group \(id) is not a consumer group.") }
      guard classic.isEmpty else {
        throw Refusal(.groupIdNotFound, "Cannot upgrade classic group \(id) to consumer group: it has members.")
      }
      do {
        let removal = try CoordinatorRecord(removing: GroupMetadataKey { $0.group = id })
        groups[id] = .consumer(ConsumerGroup(id: id))
        return [removal]
      } catch {
        throw Refusal(.unknownServerError, "\(error)")
      }
    }
  }

  /// Changes a group of KIP-848 where it stands. Does nothing where there is none of this id.
  mutating func changeConsumer(_ id: String, _ change: (inout ConsumerGroup) -> Void) {
    guard let place = groups.index(forKey: id), case .consumer(var group) = groups.values[place] else { return }
    // Nobody else may hold the group while it is changed, or all of it would be copied.
    groups.values[place] = .classic(.vacant)
    change(&group)
    note(deadline: group.nextDeadline)
    groups.values[place] = .consumer(group)
  }

  /// One thing that is due in a group of KIP-848; nil where there is none. A group that cannot be written down stays as it is.
  mutating func expireConsumer(_ id: String, at time: CoordinatorTime) -> CoordinatorDecision<GroupShard, Void>? {
    var records: [CoordinatorRecord] = []
    let topics = cluster
    changeConsumer(id) { group in
      while records.isEmpty, group.nextDeadline <= time.now {
        records = (try? group.expire(topics: topics, at: time.now, wallClock: time.wallClock)) ?? []
      }
    }
    return records.isEmpty ? nil : CoordinatorDecision(records, ())
  }

  /// A record of a group of KIP-848. A simple group, which only holds offsets, makes way for it.
  mutating func replayConsumerGroup(_ record: CoordinatorRecord, type: Int16) throws(WireError) {
    let change = try ConsumerGroupRecord(type: type, key: record.key, value: record.value)
    let id = change.groupId
    if change.deletesGroup {
      if case .consumer? = groups[id] { removeGroup(id) }
      return
    }
    if change.createsGroup {
      switch groups[id] {
      case .consumer?: break
      case .classic?, nil: groups[id] = .consumer(ConsumerGroup(id: id))
      }
    }
    changeConsumer(id) { $0.apply(change) }
  }

  /// ConsumerGroupDescribe, from what is committed.
  public func describeConsumer(_ id: String) throws(Refusal) -> ConsumerGroupDescribeResponse.DescribedGroup {
    switch groups[id] {
    case .consumer(let group)?: return group.description(topics: cluster, settings: cluster.settings(ofGroup: id, over: settings.consumer))
    case .classic?: throw Refusal(.groupIdNotFound, "Group \(id) is not a consumer group.")
    case nil: throw Refusal(.groupIdNotFound, "Group \(id) not found.")
    }
  }
}

extension ConsumerGroup {
  /// As ListGroups shows it.
  var listed: ListGroupsResponse.ListedGroup {
    var entry = ListGroupsResponse.ListedGroup()
    (entry.groupId, entry.protocolType, entry.groupState, entry.groupType) = (id, ClassicGroup.consumerProtocolType, state.rawValue, "consumer")
    return entry
  }

  /// What the records say, in lines.
  var recordedState: [String] {
    var lines = ["consumer group \(id): epoch \(epoch), topics \(metadataHash), target of epoch \(targetEpoch) at \(targetTimestamp.milliseconds)"]
    for member in members.values {
      lines.append(
        "consumer group \(id), member \(member.id): instance \(member.instanceId ?? "-") rack \(member.rackId ?? "-") client \(member.clientId) \(member.clientHost) "
          + "topics \(member.topicNames) pattern \(member.pattern ?? "-") assignor \(member.assignor ?? "-") timeout \(member.rebalanceTimeout.milliseconds) ms")
      lines.append(
        "consumer group \(id), member \(member.id): epoch \(member.epoch) after \(member.previousEpoch) state \(member.state.rawValue) "
          + "has \(member.assigned.line) gives back \(member.pendingRevocation.line)")
    }
    for (member, target) in targets.entries {
      lines.append("consumer group \(id), target of \(member): \(target.topics.map { "\($0.id) \($0.partitions)" })")
    }
    for (pattern, resolved) in patterns.entries {
      lines.append("consumer group \(id), pattern \(pattern): \(resolved.topics) by version \(resolved.version) at \(resolved.timestamp.milliseconds)")
    }
    return lines
  }

  func checkInvariants(_ check: inout InvariantCheck, _ name: String) {
    check.require(targetEpoch <= epoch, "\(name): its target is of epoch \(targetEpoch), it is in \(epoch)")
    let isStable = state == .stable
    for member in members.values {
      if isStable {
        check.require(
          member.assigned.assignment == targets[member.id] ?? PartitionAssignment(),
          "\(name): it is stable, and \(member.id) has not what its target says")
      }
      for entry in member.assigned.entries + member.pendingRevocation.entries {
        let owner = owner(of: entry.partition, of: entry.topic)
        check.require(owner == member.id, "\(name): \(member.id) has \(entry.topic)-\(entry.partition), which is \(owner ?? "nobody")'s")
      }
    }
  }
}

extension OwnedPartitions {
  fileprivate var line: String { "\(topics.map { "\($0.id) \($0.partitions) since \($0.epochs)" })" }
}
