import Coordination
import OrderedCollections
import Primitives
import Wire

// A group with members changes from one protocol to the other while they go on (KIP-848): to that of KIP-848 with the first member that uses it, and back
// with the last that did.

extension ConsumerGroup {
  /// The group that a classic one becomes, and the records that make it so (`ConsumerGroup.fromClassicGroup`). All members are stable in the epoch of their generation, with what they
  /// were assigned last; what they subscribe to is in their protocols.
  ///
  /// Of a partition that several members were assigned (a leader of its own making may do so) the first is taken to have it. A group that waits for its first generation
  /// has no protocol yet: what it would select is taken, where Kafka 4.2 answers with UNKNOWN_SERVER_ERROR.
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
    // One that waits for its first generation begins like any new group: nobody can be a member in epoch 0.
    let epoch = max(classic.generation, firstEpoch)
    var taken: Set<TopicPartitionKey> = []
    var members: [ConsumerGroupMember] = []
    for former in classic.members.values {
      do {
        let subscription = try ConsumerProtocol.decode(ConsumerProtocolSubscription.self, former.metadata(of: name))
        var member = ConsumerGroupMember(former, subscription, epoch: epoch)
        // Whoever has joined and not asked for its assignment yet has none.
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
    var draft = ConsumerGroupDraft(ConsumerGroup(id: classic.id))
    for member in members { try draft.write(.member(member)) }
    try draft.write(.epoch(epoch, metadataHash: TopicsHash.hash(of: draft.group.subscribedTopics, in: topics)))
    for member in members { try draft.write(.target(member.id, member.assigned.assignment)) }
    // Nobody knows when the leader assigned.
    try draft.write(.targetEpoch(epoch, at: Timestamp(milliseconds: 0)))
    for member in members { try draft.write(.assignment(member)) }
    return (draft.group, draft.records)
  }

  /// Whether the group becomes a classic one when members go (`validateOnlineDowngradeWithFencedMembers`): all others use the classic protocol, and there are some.
  func downgrades(without leaving: [String], sizeLeft: Int? = nil, _ settings: ConsumerGroupSettings, classicMaxSize: Int) -> Bool {
    let left = members.count - leaving.count
    guard settings.migrationPolicy.allowsDowngrade, sizeLeft ?? left > 0, sizeLeft ?? left <= classicMaxSize else { return false }
    return members.values.allSatisfy { $0.usesClassicProtocol || leaving.contains($0.id) }
  }

  /// The classic group that this one becomes when members go, and the records that make it so. It has to rebalance: what the others have does not hold what those had.
  func downgraded(without leaving: [String], topics: any TopicsOfGroups) throws(Refusal) -> (group: ClassicGroup, records: [CoordinatorRecord]) {
    let classic = try ClassicGroup(self, without: leaving, topics: topics, generation: epoch, since: nil)
    return (classic, try removal() + [classic.wholeRecord()])
  }
}

extension ClassicGroup {
  /// The classic group of members that all use its protocol, with their targets as assignments (`ClassicGroup.fromConsumerGroup`). `since` is nil of one that has
  /// to rebalance.
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

  /// The record of the group with the assignments that its members have.
  func wholeRecord() throws(Refusal) -> CoordinatorRecord {
    do {
      return try record(assignments: assignments)
    } catch {
      throw Refusal(.unknownServerError, "Group \(id) cannot be written down: \(error)")
    }
  }
}

extension ConsumerGroupMember {
  /// A member of a classic group in its generation, without what it was assigned.
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
  /// The partitions of topics that there are.
  fileprivate func known(in topics: any TopicsOfGroups) -> [(topic: Uuid, partition: Int32)] {
    assignedPartitions.flatMap { entry in
      topics.topic(named: entry.topic).map { topic in entry.partitions.map { (topic: topic.id, partition: $0) } } ?? []
    }
  }
}
