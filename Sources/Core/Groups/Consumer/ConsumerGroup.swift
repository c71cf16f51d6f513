import Coordination
import Primitives
import Wire

/// A group of consumers of the protocol of KIP-848 (`ConsumerGroup`, `ModernGroup`): what the records in the coordinator's log say of it, and the deadlines of
/// whoever coordinates it now.
///
/// Three epochs drive it. The *group's* goes up with every change of members, subscriptions or topics. A *target* says what each member is to have in a group
/// epoch. A *member* is in the epoch of the target that it works towards, and takes partitions over only when their former owners have given them back.
///
/// A decision (`heartbeat`, `settle`) changes nothing but deadlines. What it decides are records; `apply` makes the next state of them, here and wherever
/// else they are read.
public struct ConsumerGroup: Sendable {
  public let id: String
  /// A new group begins at 1, and its first member takes it to 2, as in Kafka 4.3: a member can be in an epoch above 0 before there is a first target.
  public internal(set) var epoch: Int32 = Self.firstEpoch
  /// Sums up the topics of the subscription as they were when the epoch was set.
  public internal(set) var metadataHash: Int64 = 0
  public internal(set) var targetEpoch: Int32 = Self.firstEpoch
  /// When the target was computed; 0 where nobody knows.
  public internal(set) var targetTimestamp = Timestamp(milliseconds: 0)
  public internal(set) var members = SortedTable<ConsumerGroupMember>()
  public internal(set) var targets = SortedTable<PartitionAssignment>()
  /// What the patterns of members resolved to.
  public internal(set) var patterns = SortedTable<ResolvedPattern>()
  /// Before 4.1 a record of its own described the topics: it is taken away with the next epoch.
  var hasSubscriptionMetadataRecord = false
  /// The member of each instance id. Only looked up.
  var staticMembers: [String: String] = [:]
  /// The member that has each partition, to consume it or to give it back. Only looked up.
  var owners: [TopicPartitionKey: String] = [:]
  /// Not in the log: who leads next begins them anew.
  var timers = ConsumerGroupTimers()
  /// By which version of the metadata the topics were looked at last, and in which group epoch. Not in the log either.
  var checkedTopics: (version: Int64, epoch: Int32)?

  static let firstEpoch: Int32 = 1

  /// Whether the epoch was made from a version of the metadata. A group that went back to an earlier epoch, as what it wrote was lost, was not.
  func isMade(from version: Int64) -> Bool { checkedTopics.map { $0.version == version && $0.epoch <= epoch } == true }

  public init(id: String) { self.id = id }

  public func member(of instanceId: String) -> ConsumerGroupMember? { staticMembers[instanceId].flatMap { members[$0] } }

  /// The member that has a partition, to consume it or to give it back.
  public func owner(of partition: Int32, of topic: Uuid) -> String? { owners[TopicPartitionKey(topic, partition)] }

  /// Kafka's names of the states (`ConsumerGroup.ConsumerGroupState`).
  public enum State: String, Sendable {
    case empty = "Empty"
    /// The target lags behind the group.
    case assigning = "Assigning"
    /// Members lag behind the target.
    case reconciling = "Reconciling"
    case stable = "Stable"
  }

  public var state: State {
    if members.isEmpty { return .empty }
    if epoch > targetEpoch { return .assigning }
    return members.values.allSatisfy { $0.isReconciled(to: targetEpoch) } ? .stable : .reconciling
  }
}

/// What the log says; deadlines do not count.
extension ConsumerGroup: Equatable {
  public static func == (left: ConsumerGroup, right: ConsumerGroup) -> Bool {
    left.id == right.id && left.epoch == right.epoch && left.metadataHash == right.metadataHash && left.targetEpoch == right.targetEpoch
      && left.targetTimestamp == right.targetTimestamp && left.members == right.members && left.targets == right.targets
      && left.patterns == right.patterns && left.hasSubscriptionMetadataRecord == right.hasSubscriptionMetadataRecord
  }
}

/// What a pattern of a group resolved to, by which version of the topics, and when.
public struct ResolvedPattern: Sendable, Equatable {
  /// In order, each once.
  public var topics: [String]
  public var version: Int64
  public var timestamp: Timestamp
}
