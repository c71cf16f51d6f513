import Primitives
import Wire

extension ConsumerGroup {
  /// As ListGroups shows it.
  var listed: ListGroupsResponse.ListedGroup {
    var entry = ListGroupsResponse.ListedGroup()
    (entry.groupId, entry.protocolType, entry.groupState, entry.groupType) = (id, ConsumerProtocol.type, state.rawValue, "consumer")
    return entry
  }

  /// The group as ConsumerGroupDescribe shows it (`ConsumerGroup.asDescribedGroup`). Topics that no longer exist are left out.
  public func description(topics: any TopicsOfGroups, settings: ConsumerGroupSettings) -> ConsumerGroupDescribeResponse.DescribedGroup {
    ConsumerGroupDescribeResponse.DescribedGroup {
      $0.groupId = id
      $0.groupState = state.rawValue
      $0.groupEpoch = epoch
      $0.assignmentEpoch = targetEpoch
      $0.assignorName = assignor(settings).rawValue
      $0.members = members.values.map { description(of: $0, topics) }
    }
  }

  private func description(of member: ConsumerGroupMember, _ topics: any TopicsOfGroups) -> ConsumerGroupDescribeResponse.Member {
    ConsumerGroupDescribeResponse.Member {
      $0.memberId = member.id
      $0.instanceId = member.instanceId
      $0.rackId = member.rackId
      $0.memberEpoch = member.epoch
      $0.clientId = member.clientId
      $0.clientHost = member.clientHost
      $0.subscribedTopicNames = member.topicNames
      $0.subscribedTopicRegex = member.pattern
      $0.assignment = Self.description(of: member.assigned.assignment, topics)
      $0.targetAssignment = Self.description(of: targets[member.id] ?? PartitionAssignment(), topics)
      $0.memberType = member.usesClassicProtocol ? 0 : 1
    }
  }

  private static func description(of assignment: PartitionAssignment, _ topics: any TopicsOfGroups) -> ConsumerGroupDescribeResponse.Assignment {
    ConsumerGroupDescribeResponse.Assignment {
      $0.topicPartitions = assignment.topics.compactMap { entry in
        topics.topic(of: entry.id).map { topic in
          ConsumerGroupDescribeResponse.TopicPartitions { $0.topicId = topic.id; $0.topicName = topic.name; $0.partitions = entry.partitions }
        }
      }
    }
  }
}
