import Coordination
import Host
import Primitives
import Wire

/// What a coordinator reports to observers about its groups. None of it is recorded, and no decision depends on it.
extension GroupShard {
  private var partition: TopicPartition { TopicPartition(TopicName.consumerOffsets, number) }

  /// Reports that the groups are loaded, and the state of each.
  mutating func tellLoaded() {
    var observed = ObservedGroups()
    if !groups.isEmpty { tell([.groupsLoaded(partition)]) }
    for group in groups.values {
      switch group {
      case .classic(let classic): if classic.protocolType != nil { tell([.groupChanged(classic.standing)]) }
      case .consumer(let consumer):
        _ = observed.take(consumer)
        tell([.groupChanged(consumer.standing)])
      }
    }
    self.observed = observed
  }

  mutating func tellUnloaded() {
    observed = nil
    if !groups.isEmpty { tell([.groupsUnloaded(partition)]) }
  }

  /// Marks a KIP-848 group as changed by a record, so that there may be something to report.
  mutating func markChanged(consumerGroup id: String) { observed?.markChanged(id) }

  /// Records that a member has failed and will be removed.
  mutating func recordEviction(_ due: ConsumerGroupTimers.Due, from id: String) {
    switch due {
    case .patterns: break
    case .session(let member): observed?.recordEviction(of: member, from: id, .sessionTimeout)
    case .revocation(let member), .join(let member): observed?.recordEviction(of: member, from: id, .rebalanceTimeout)
    case .sync(let member): observed?.recordEviction(of: member, from: id, .syncTimeout)
    }
  }

  /// Reports how records have changed KIP-848 groups since the last call.
  mutating func tellChangedConsumers() {
    guard let changed = observed?.takeChanged() else { return }
    for id in changed {
      let news = if case .consumer(let group)? = groups[id] { observed?.take(group) } else { observed?.forget(id) }
      tell(news ?? [])
    }
  }

  /// Reports that a member was refused. Not every refusal means that it is no longer a member.
  mutating func tellRefusal(_ error: ErrorCode, of member: String, in group: String) {
    if error.fencesMember, !member.isEmpty { tell([.memberFenced(group: group, member: member, error: error.rawValue)]) }
  }

  /// Reports the offsets of a commit that were accepted.
  mutating func tellCommitted(_ request: OffsetCommitRequest, _ response: OffsetCommitResponse) {
    var news: [Occurrence] = []
    for (topic, results) in zip(request.topics, response.topics) {
      for (partition, result) in zip(topic.partitions, results.partitions) where result.errorCode == .none {
        news.append(
          .offsetCommitted(group: request.groupId, TopicPartition(topic.name, partition.partitionIndex), Offset(partition.committedOffset)))
      }
    }
    tell(news)
  }

  /// The offsets that count once a producer's transaction is committed, for reports, in the order of their commits.
  public func offsetsToCommit(of producerID: Int64) -> [Occurrence] {
    var news: [Occurrence] = []
    transactionalOffsets[producerID]?.forEach { group, topic, partition, offset in
      if let present = offsets[group, topic, partition], present.order > offset.order { return }
      news.append(.offsetCommitted(group: group, TopicPartition(topic, partition), Offset(offset.offset)))
    }
    return news
  }
}

extension ErrorCode {
  /// Whether the error tells a member that it is no longer one, or that its generation is over.
  var fencesMember: Bool {
    switch self {
    case .unknownMemberId, .illegalGeneration, .fencedInstanceId, .fencedMemberEpoch, .staleMemberEpoch: true
    default: false
    }
  }
}

extension ClassicGroup {
  var standing: Occurrence.GroupStanding {
    Occurrence.GroupStanding(group: id, state: state.rawValue, generation: generation, members: members.count)
  }
}

extension ConsumerGroup {
  var standing: Occurrence.GroupStanding {
    Occurrence.GroupStanding(group: id, state: state.rawValue, generation: epoch, members: members.count)
  }
}
