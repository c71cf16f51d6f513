import Primitives
import Wire

/// A member of a consumer group (KIP-848), as its records describe it.
public struct ConsumerGroupMember: Sendable, Equatable {
  /// How far a member has come towards its target (`MemberState`). The raw values are those in the log.
  public enum State: Int8, Sendable {
    case stable = 0
    /// It has yet to give up partitions, and to confirm that.
    case unrevokedPartitions = 1
    /// It waits for partitions that others have not given up.
    case unreleasedPartitions = 2
    /// A state that a later version of Kafka defines.
    case unknown = 127
  }

  /// The epoch of a static member that has left for a while.
  public static let staticLeaveEpoch: Int32 = -2
  /// The epoch with which a member leaves for good.
  public static let leaveEpoch: Int32 = -1

  public private(set) var id: String
  public var epoch: Int32 = 0
  public var previousEpoch: Int32 = 0
  public var state = State.stable
  public var instanceId: String?
  public var rackId: String?
  public var clientId = ""
  public var clientHost = ""
  public var rebalanceTimeout: Duration = .milliseconds(-1)
  /// Sorted, without repetitions.
  public var topicNames: [String] = []
  /// Empty or nil if it subscribes to no pattern; nil occurs in old records.
  public var pattern: String? = ""
  public var assignor: String?
  public var assigned = OwnedPartitions()
  public var pendingRevocation = OwnedPartitions()
  /// The classic metadata of a member of the classic protocol; nil for a member of the consumer protocol.
  public var classic: ConsumerGroupMemberMetadataValue.ClassicMemberMetadata?

  public init(id: String) { self.id = id }

  public var usesClassicProtocol: Bool { classic != nil }

  /// The pattern; nil if there is none that can match anything.
  public var subscribedPattern: String? { pattern?.isEmpty == false ? pattern : nil }

  /// Whether it owns exactly what the target of this epoch gives it.
  public func isReconciled(to epoch: Int32) -> Bool { state == .stable && self.epoch == epoch }

  /// The same member under another id, for a static member that returns.
  func renamed(_ id: String) -> ConsumerGroupMember {
    var member = self
    member.id = id
    return member
  }

  /// Applies a record of the member's subscription.
  mutating func take(_ value: ConsumerGroupMemberMetadataValue) {
    instanceId = value.instanceId
    rackId = value.rackId
    clientId = value.clientId
    clientHost = value.clientHost
    rebalanceTimeout = .milliseconds(Int64(value.rebalanceTimeoutMs))
    topicNames = value.subscribedTopicNames.sortedOnce
    pattern = value.subscribedTopicRegex
    assignor = value.serverAssignor
    classic = value.classicMemberMetadata
  }

  /// Applies a record of the member's assignment.
  mutating func take(_ value: ConsumerGroupCurrentMemberAssignmentValue) {
    epoch = value.memberEpoch
    previousEpoch = value.previousMemberEpoch
    state = State(rawValue: value.state) ?? .unknown
    assigned = Self.owned(value.assignedPartitions, epoch: value.memberEpoch)
    pendingRevocation = Self.owned(value.partitionsPendingRevocation, epoch: value.memberEpoch)
  }

  /// Records from before KIP-1251 have no epochs: the member's own epoch is used instead.
  private static func owned(_ topics: [ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions], epoch: Int32) -> OwnedPartitions {
    OwnedPartitions(topics.flatMap { topic in
      topic.partitions.enumerated().map { index, partition in
        let epochs = topic.assignmentEpochs ?? []
        return (topic: topic.topicId, partition: partition, epoch: index < epochs.count ? epochs[index] : epoch)
      }
    })
  }
}
