import Coordination
import Primitives
import Wire

/// A record of a consumer group (KIP-848), read or to be written.
public struct ConsumerGroupRecord: Sendable {
  public let groupId: String
  public let change: Change

  /// The new value; nil deletes the old one.
  public enum Change: Sendable {
    case epoch(ConsumerGroupMetadataValue?)
    case subscriptionMetadata(ConsumerGroupPartitionMetadataValue?)
    case member(String, ConsumerGroupMemberMetadataValue?)
    case targetEpoch(ConsumerGroupTargetAssignmentMetadataValue?)
    case target(String, ConsumerGroupTargetAssignmentMemberValue?)
    case assignment(String, ConsumerGroupCurrentMemberAssignmentValue?)
    case pattern(String, ConsumerGroupRegularExpressionValue?)
  }

  public init(groupId: String, _ change: Change) {
    self.groupId = groupId
    self.change = change
  }

  /// Whether keys of a type belong to consumer groups.
  public static func isType(_ type: Int16) -> Bool { (3...8).contains(type) || type == 16 }

  /// Whether this record deletes the group.
  public var deletesGroup: Bool {
    if case .epoch(nil) = change { true } else { false }
  }

  /// Whether this record creates a group that does not exist yet: a deletion creates nothing.
  public var createsGroup: Bool {
    switch change {
    case .epoch(let value): value != nil
    case .subscriptionMetadata(let value): value != nil
    case .member(_, let value): value != nil
    case .targetEpoch(let value): value != nil
    case .target(_, let value): value != nil
    case .assignment(_, let value): value != nil
    case .pattern(_, let value): value != nil
    }
  }
}

extension ConsumerGroupRecord {
  /// Reads a record whose type belongs to consumer groups.
  public init(type: Int16, key: Bytes, value: Bytes?) throws(WireError) {
    switch type {
    case ConsumerGroupMetadataKey.recordType:
      let key = try ConsumerGroupMetadataKey(decodingWithType: key)
      self.init(groupId: key.groupId, .epoch(try Self.decoded(value)))
    case ConsumerGroupPartitionMetadataKey.recordType:
      let key = try ConsumerGroupPartitionMetadataKey(decodingWithType: key)
      self.init(groupId: key.groupId, .subscriptionMetadata(try Self.decoded(value)))
    case ConsumerGroupMemberMetadataKey.recordType:
      let key = try ConsumerGroupMemberMetadataKey(decodingWithType: key)
      self.init(groupId: key.groupId, .member(key.memberId, try Self.decoded(value)))
    case ConsumerGroupTargetAssignmentMetadataKey.recordType:
      let key = try ConsumerGroupTargetAssignmentMetadataKey(decodingWithType: key)
      self.init(groupId: key.groupId, .targetEpoch(try Self.decoded(value)))
    case ConsumerGroupTargetAssignmentMemberKey.recordType:
      let key = try ConsumerGroupTargetAssignmentMemberKey(decodingWithType: key)
      self.init(groupId: key.groupId, .target(key.memberId, try Self.decoded(value)))
    case ConsumerGroupCurrentMemberAssignmentKey.recordType:
      let key = try ConsumerGroupCurrentMemberAssignmentKey(decodingWithType: key)
      self.init(groupId: key.groupId, .assignment(key.memberId, try Self.decoded(value)))
    default:
      let key = try ConsumerGroupRegularExpressionKey(decodingWithType: key)
      self.init(groupId: key.groupId, .pattern(key.regularExpression, try Self.decoded(value)))
    }
  }

  private static func decoded<Value: CoordinatorRecordValue>(_ bytes: Bytes?) throws(WireError) -> Value? {
    guard let bytes else { return nil }
    return try Value(decodingWithVersion: bytes)
  }

  /// The record as it is stored.
  public func encoded() throws(WireError) -> CoordinatorRecord {
    switch change {
    case .epoch(let value): try Self.record(ConsumerGroupMetadataKey { $0.groupId = groupId }, value)
    case .subscriptionMetadata(let value): try Self.record(ConsumerGroupPartitionMetadataKey { $0.groupId = groupId }, value)
    case .member(let member, let value):
      try Self.record(ConsumerGroupMemberMetadataKey { $0.groupId = groupId; $0.memberId = member }, value)
    case .targetEpoch(let value): try Self.record(ConsumerGroupTargetAssignmentMetadataKey { $0.groupId = groupId }, value)
    case .target(let member, let value):
      try Self.record(ConsumerGroupTargetAssignmentMemberKey { $0.groupId = groupId; $0.memberId = member }, value)
    case .assignment(let member, let value):
      try Self.record(ConsumerGroupCurrentMemberAssignmentKey { $0.groupId = groupId; $0.memberId = member }, value)
    case .pattern(let pattern, let value):
      try Self.record(ConsumerGroupRegularExpressionKey { $0.groupId = groupId; $0.regularExpression = pattern }, value)
    }
  }

  private static func record<Key: CoordinatorRecordKey, Value: CoordinatorRecordValue>(_ key: Key, _ value: Value?) throws(WireError) -> CoordinatorRecord {
    guard let value else { return try CoordinatorRecord(removing: key) }
    return try CoordinatorRecord(key, value)
  }
}

// The records about a group, as in `GroupCoordinatorRecordHelpers`.
extension ConsumerGroupRecord.Change {
  static func epoch(_ epoch: Int32, metadataHash: Int64) -> Self {
    .epoch(ConsumerGroupMetadataValue { $0.epoch = epoch; $0.metadataHash = metadataHash })
  }

  static func member(_ member: ConsumerGroupMember) -> Self {
    .member(member.id, ConsumerGroupMemberMetadataValue {
      $0.instanceId = member.instanceId
      $0.rackId = member.rackId
      $0.clientId = member.clientId
      $0.clientHost = member.clientHost
      $0.subscribedTopicNames = member.topicNames
      $0.subscribedTopicRegex = member.pattern
      $0.rebalanceTimeoutMs = Int32(clamping: member.rebalanceTimeout.milliseconds)
      $0.serverAssignor = member.assignor
      $0.classicMemberMetadata = member.classic
    })
  }

  static func targetEpoch(_ epoch: Int32, at time: Timestamp) -> Self {
    .targetEpoch(ConsumerGroupTargetAssignmentMetadataValue { $0.assignmentEpoch = epoch; $0.assignmentTimestamp = time.milliseconds })
  }

  static func target(_ member: String, _ assignment: PartitionAssignment) -> Self {
    .target(member, ConsumerGroupTargetAssignmentMemberValue {
      $0.topicPartitions = assignment.topics.map { topic in
        ConsumerGroupTargetAssignmentMemberValue.TopicPartition { $0.topicId = topic.id; $0.partitions = topic.partitions }
      }
    })
  }

  static func assignment(_ member: ConsumerGroupMember) -> Self {
    .assignment(member.id, ConsumerGroupCurrentMemberAssignmentValue {
      $0.memberEpoch = member.epoch
      $0.previousMemberEpoch = member.previousEpoch
      $0.state = member.state.rawValue
      $0.assignedPartitions = topics(member.assigned)
      $0.partitionsPendingRevocation = topics(member.pendingRevocation)
    })
  }

  private static func topics(_ owned: OwnedPartitions) -> [ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions] {
    owned.topics.map { topic in
      ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions {
        $0.topicId = topic.id
        $0.partitions = topic.partitions
        $0.assignmentEpochs = topic.epochs
      }
    }
  }

  static func pattern(_ pattern: String, _ resolved: ResolvedPattern) -> Self {
    .pattern(pattern, ConsumerGroupRegularExpressionValue {
      $0.topics = resolved.topics
      $0.version = resolved.version
      $0.timestamp = resolved.timestamp.milliseconds
    })
  }
}
