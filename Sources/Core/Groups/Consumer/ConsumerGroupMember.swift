import Primitives
import Wire

/// A member of a consumer group (KIP-848), as it follows from the records about it.
public struct ConsumerGroupMember: Sendable, Equatable {
  /// How far a member has come towards its target (`MemberState`). The raw values are those in the log.
  public enum State: Int8, Sendable {
    case stable = 0
    /// It has yet to give partitions back, and to say so.
    case unrevokedPartitions = 1
    /// It waits for partitions that others have not given back.
    case unreleasedPartitions = 2
    /// A later version of Kafka knows what it means.
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
  /// In order, each once.
  public var topicNames: [String] = []
  /// Empty or nil where it subscribes to no pattern: nil is what old records may say.
  public var pattern: String? = ""
  public var assignor: String?
  public var assigned = OwnedPartitions()
  public var pendingRevocation = OwnedPartitions()
  /// What a member of the classic protocol brought along; nil for a member of the consumer protocol.
  public var classic: ConsumerGroupMemberMetadataValue.ClassicMemberMetadata?

  public init(id: String) { self.id = id }

  public var usesClassicProtocol: Bool { classic != nil }

  /// The pattern, where there is one that can match something.
  public var subscribedPattern: String? { pattern?.isEmpty == false ? pattern : nil }

  /// Whether it has everything that a target of this epoch gives it, and nothing else.
  public func isReconciled(to epoch: Int32) -> Bool { state == .stable && self.epoch == epoch }

  /// The same member under another id, as a static member that comes back has it.
  func renamed(_ id: String) -> ConsumerGroupMember {
    var member = self
    member.id = id
    return member
  }

  /// Takes in what a record says of the member's subscription.
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

  /// Takes in what a record says of the member's assignment.
  mutating func take(_ value: ConsumerGroupCurrentMemberAssignmentValue) {
    epoch = value.memberEpoch
    previousEpoch = value.previousMemberEpoch
    state = State(rawValue: value.state) ?? .unknown
    assigned = Self.owned(value.assignedPartitions, epoch: value.memberEpoch)
    pendingRevocation = Self.owned(value.partitionsPendingRevocation, epoch: value.memberEpoch)
  }

  /// Records of before KIP-1251 have no epochs: the member's own stands for them.
  private static func owned(_ topics: [ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions], epoch: Int32) -> OwnedPartitions {
    OwnedPartitions(topics.flatMap { topic in
      topic.partitions.enumerated().map { index, partition in
        let epochs = topic.assignmentEpochs ?? []
        return (topic: topic.topicId, partition: partition, epoch: index < epochs.count ? epochs[index] : epoch)
      }
    })
  }
}
