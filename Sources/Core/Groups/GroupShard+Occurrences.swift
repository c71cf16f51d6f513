import Coordination
import Host
import Primitives
import Wire

/// What a coordinator tells observers of its groups. None of it is recorded, and nothing is decided by it.
extension GroupShard {
  private var partition: TopicPartition { TopicPartition(TopicName.consumerOffsets, number) }

  /// The groups are known from now on, and where each stands.
  mutating func tellLoaded() {
    guard !groups.isEmpty else { return }
    tell([.groupsLoaded(partition)])
    for id in groups.keys {
      if let classic = groups[id]?.classic, classic.protocolType != nil { tell([.groupChanged(classic.standing)]) }
      tellStanding(ofConsumer: id)
    }
  }

  mutating func tellUnloaded() {
    if !groups.isEmpty { tell([.groupsUnloaded(partition)]) }
  }

  /// A member was refused. Not all that a member is refused with says that it is none any more.
  mutating func tellRefusal(_ error: ErrorCode, of member: String, in group: String) {
    if error.fencesMember, !member.isEmpty { tell([.memberFenced(group: group, member: member, error: error.rawValue)]) }
  }

  /// What a decision about a group of KIP-848 has brought about, once it is committed.
  mutating func tell(_ news: [Occurrence], andStandingOf id: String) {
    tell(news)
    tellStanding(ofConsumer: id)
  }

  /// Where a group of KIP-848 stands, unless that was told.
  mutating func tellStanding(ofConsumer id: String) {
    var news: [Occurrence] = []
    changeConsumer(id) { group in
      let standing = group.standing
      guard standing != group.told else { return }
      group.told = standing
      news.append(.groupChanged(standing))
    }
    tell(news)
  }

  /// The offsets of a commit that were taken.
  mutating func tellCommitted(_ request: OffsetCommitRequest, _ response: OffsetCommitResponse) {
    for (topic, results) in zip(request.topics, response.topics) {
      for (partition, result) in zip(topic.partitions, results.partitions) where result.errorCode == .none {
        tell([
          .offsetCommitted(
            group: request.groupId, TopicPartition(topic.name, partition.partitionIndex), Offset(partition.committedOffset))
        ])
      }
    }
  }
}

extension ErrorCode {
  /// Whether it says to a member that it is none any more, or that its generation is over.
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
