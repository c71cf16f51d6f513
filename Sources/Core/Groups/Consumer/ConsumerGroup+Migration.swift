import Coordination
import OrderedCollections
import Primitives
import Wire

// A group with members changes its protocol without stopping (KIP-848): to KIP-848 with the first member that uses it, and back when the last one
// leaves.

extension ConsumerGroup {
  /// The KIP-848 group that a classic one becomes, and the records that make it so (`ConsumerGroup.fromClassicGroup`). All members are stable in the
  /// epoch of their generation, with their last assignments; their protocols contain their subscriptions.
  ///
  /// If a partition was assigned to several members (a custom leader may do so), the first one counts as its owner. A group that waits for its first
  /// generation has no protocol yet, so the one that it would select is used; Kafka 4.2 answers with UNKNOWN_SERVER_ERROR.
  static func upgraded(
    _ classic: ClassicGroup, topics: any TopicsOfGroups, settings: ConsumerGroupSettings
  ) throws(Refusal) -> (group: ConsumerGroup, records: [CoordinatorRecord]) {
    let cannot = "Cannot upgrade classic group \(classic.id) to consumer group because"
    guard settings.migrationPolicy.allowsUpgrade else { throw Refusal(.groupIdNotFound, "\(cannot) online upgrade is disabled.") }
    guard classic.isOfConsumers else { throw Refusal(.groupIdNotFound, "\(cannot) the group does not use the consumer embedded protocol.") }
    guard classic.members.count <= Int(settings.maximumSize) else {
      throw Refusal(.groupIdNotFound, "\(cannot) the group size exceeds the consumer group maximum size.")
    }
    let name = classic.protocolName ?? classic.selectProtocol()
    // A group that waits for its first generation starts like any new group: no one can be a member in epoch 0.
    let epoch = max(classic.generation, firstEpoch)
    var taken: Set<TopicPartitionKey> = []
    var members: [ConsumerGroupMember] = []
    for former in classic.members.values {
      do {
        let subscription = try ConsumerProtocol.decode(ConsumerProtocolSubscription.self, former.metadata(of: name))
        var member = ConsumerGroupMember(former, subscription, epoch: epoch)
        // A member that has joined and not asked for its assignment yet has none.
        if former.assignment.count > 0 {
          let assignment = try ConsumerProtocol.decode(ConsumerProtocolAssignment.self, former.assignment)
          guard assignment.userData?.isEmpty != false else {
            throw Refusal(.groupIdNotFound, "\(cannot) an unsupported custom assignor is in use: what it tells the members would be lost.")
          }
          member.assigned = OwnedPartitions(assignment.known(in: topics).filter { taken.insert(TopicPartitionKey($0.topic, $0.partition)).inserted }.map {
            (topic: $0.topic, partition: $0.partition, epoch: epoch)
          })
        }
        members.append(member)
      } catch let refusal as Refusal {
        throw refusal
      } catch {
        throw Refusal(.groupIdNotFound, "\(cannot) the embedded consumer protocol is malformed.")
      }
    }
    mark(.groupUpgraded)
    var draft = ConsumerGroupDraft(ConsumerGroup(id: classic.id))
    for member in members { try draft.write(.member(member)) }
    try draft.write(.epoch(epoch, metadataHash: TopicsHash.hash(of: draft.group.subscribedTopics, in: topics)))
    for member in members { try draft.write(.target(member.id, member.assigned.assignment)) }
    // It is unknown when the leader assigned.
    try draft.write(.targetEpoch(epoch, at: Timestamp(milliseconds: 0)))
    for member in members { try draft.write(.assignment(member)) }
    return (draft.group, draft.records)
  }

  /// Whether the group becomes a classic one when members leave (`validateOnlineDowngradeWithFencedMembers`): there are other members, and all use
  /// the classic protocol.
  func downgrades(without leaving: [String], sizeLeft: Int? = nil, _ settings: ConsumerGroupSettings, classicMaxSize: Int) -> Bool {
    let left = members.count - leaving.count
    guard settings.migrationPolicy.allowsDowngrade, sizeLeft ?? left > 0, sizeLeft ?? left <= classicMaxSize else { return false }
    return members.values.allSatisfy { $0.usesClassicProtocol || leaving.contains($0.id) }
  }

  /// The classic group that this one becomes when members leave, and its records. It has to rebalance: the remaining members do not own what the
  /// leaving members had.
  func downgraded(without leaving: [String], topics: any TopicsOfGroups) throws(Refusal) -> (group: ClassicGroup, records: [CoordinatorRecord]) {
    mark(.groupDowngraded)
    let classic = try ClassicGroup(self, without: leaving, topics: topics, generation: epoch, since: nil)
    return (classic, try removal() + [classic.wholeRecord()])
  }
}

extension ClassicGroup {
  /// The classic group of members that all use its protocol, with their targets as assignments (`ClassicGroup.fromConsumerGroup`). `since` is nil if
  /// it has to rebalance.
  init(
    _ group: ConsumerGroup, without leaving: [String] = [], topics: any TopicsOfGroups, generation: Int32, since: Timestamp?
  ) throws(Refusal) {
    self.init(id: group.id, state: .stable, generation: generation, since: since)
    for former in group.members.values where !leaving.contains(former.id) {
      guard let classic = former.classic else { continue }
      add(
        ClassicMember(
          id: former.id, instanceID: former.instanceId, clientID: former.clientId, clientHost: former.clientHost,
          rebalanceTimeout: Int32(clamping: former.rebalanceTimeout.milliseconds), sessionTimeout: classic.sessionTimeoutMs,
          protocols: classic.supportedProtocols.map { known in
            var choice = JoinGroupRequest.JoinGroupRequestProtocol()
            (choice.name, choice.metadata) = (known.name, known.metadata)
            return choice
          }),
        protocolType: ConsumerProtocol.type)
    }
    guard let name = selectProtocol() else {
      throw Refusal(.groupIdNotFound, "Cannot downgrade consumer group \(id): its members have no protocol in common.")
    }
    protocolName = name
    subscribedTopics = readSubscriptions()
    for id in members.keys {
      guard let version = try? ConsumerProtocol.version(of: members[id]?.metadata(of: name) ?? .empty) else {
        throw Refusal(.groupIdNotFound, "Cannot downgrade consumer group \(self.id): the subscription of \(id) is malformed.")
      }
      members[id]?.assignment = ConsumerProtocol.encode(
        ConsumerProtocolAssignment(group.targets[id] ?? PartitionAssignment(), topics), version: version)
    }
  }

  /// The record of the group with its members' current assignments.
  func wholeRecord() throws(Refusal) -> CoordinatorRecord {
    do {
      return try record(assignments: assignments)
    } catch {
      throw Refusal(.unknownServerError, "Group \(id) cannot be written down: \(error)")
    }
  }
}

extension ConsumerGroupMember {
  /// A member of a classic group in its generation, without its assignment.
  fileprivate init(_ former: ClassicMember, _ subscription: ConsumerProtocolSubscription, epoch: Int32) {
    self.init(id: former.id)
    self.epoch = epoch
    previousEpoch = epoch
    instanceId = former.instanceID
    rackId = subscription.rackId
    (clientId, clientHost) = (former.clientID, former.clientHost)
    rebalanceTimeout = .milliseconds(Int64(former.rebalanceTimeout))
    topicNames = subscription.topics.sortedOnce
    classic = ConsumerGroupMemberMetadataValue.ClassicMemberMetadata(former.sessionTimeout, former.protocols)
  }
}

extension ConsumerProtocolAssignment {
  /// The partitions of existing topics.
  fileprivate func known(in topics: any TopicsOfGroups) -> [(topic: Uuid, partition: Int32)] {
    assignedPartitions.flatMap { entry in
      topics.topic(named: entry.topic).map { topic in entry.partitions.map { (topic: topic.id, partition: $0) } } ?? []
    }
  }
}
