import Coordination
import Primitives
import Wire

/// A consumer group of the KIP-848 protocol (`ConsumerGroup`, `ModernGroup`): its state from the records in the coordinator's log, and the deadlines
/// of its current coordinator.
///
/// Three epochs drive it. The *group's* epoch increases with every change of members, subscriptions or topics. A *target* says what each member
/// should own in a group epoch. A *member* is in the epoch of the target that it works towards, and takes over partitions only when their previous
/// owners have given them up.
///
/// A decision (`heartbeat`, `settle`) changes only deadlines. It results in records; `apply` makes the next state from them, here and wherever else
/// they are read.
public struct ConsumerGroup: Sendable {
  public let id: String
  /// A new group starts at 1, and its first member moves it to 2, as in Kafka 4.3: a member can be in an epoch above 0 before there is a first
  /// target.
  public internal(set) var epoch: Int32 = Self.firstEpoch
  /// The hash of the subscribed topics as they were when the epoch was set.
  public internal(set) var metadataHash: Int64 = 0
  public internal(set) var targetEpoch: Int32 = Self.firstEpoch
  /// When the target was computed; 0 if unknown.
  public internal(set) var targetTimestamp = Timestamp(milliseconds: 0)
  public internal(set) var members = SortedTable<ConsumerGroupMember>()
  public internal(set) var targets = SortedTable<PartitionAssignment>()
  /// The topics to which the members' patterns resolved.
  public internal(set) var patterns = SortedTable<ResolvedPattern>()
  /// Before 4.1 a separate record described the topics: it is deleted with the next epoch.
  var hasSubscriptionMetadataRecord = false
  /// The member for each instance id. Only for lookups.
  var staticMembers: [String: String] = [:]
  /// The member that owns each partition, including one that it has yet to give up. Only for lookups.
  var owners: [TopicPartitionKey: String] = [:]
  /// Not recorded: the next coordinator starts them again.
  var timers = ConsumerGroupTimers()
  /// The metadata version and the group epoch at which the topics were last checked. Not recorded either.
  var checkedTopics: (version: Int64, epoch: Int32)?

  static let firstEpoch: Int32 = 1

  /// Whether the epoch was made from a version of the metadata. False if the group fell back to an earlier epoch because its records were lost.
  func isMade(from version: Int64) -> Bool { checkedTopics.map { $0.version == version && $0.epoch <= epoch } == true }

  public init(id: String) { self.id = id }

  public func member(of instanceId: String) -> ConsumerGroupMember? { staticMembers[instanceId].flatMap { members[$0] } }

  /// The member that owns a partition, including one that it has yet to give up.
  public func owner(of partition: Int32, of topic: Uuid) -> String? { owners[TopicPartitionKey(topic, partition)] }

  /// Kafka's names of the states (`ConsumerGroup.ConsumerGroupState`).
  public enum State: String, Sendable {
    case empty = "Empty"
    /// The target is older than the group epoch.
    case assigning = "Assigning"
    /// Members have not reached the target yet.
    case reconciling = "Reconciling"
    case stable = "Stable"
  }

  public var state: State {
    if members.isEmpty { return .empty }
    if epoch > targetEpoch { return .assigning }
    return members.values.allSatisfy { $0.isReconciled(to: targetEpoch) } ? .stable : .reconciling
  }
}

/// Compares the recorded state, not the deadlines.
extension ConsumerGroup: Equatable {
  public static func == (left: ConsumerGroup, right: ConsumerGroup) -> Bool {
    left.id == right.id && left.epoch == right.epoch && left.metadataHash == right.metadataHash && left.targetEpoch == right.targetEpoch
      && left.targetTimestamp == right.targetTimestamp && left.members == right.members && left.targets == right.targets
      && left.patterns == right.patterns && left.hasSubscriptionMetadataRecord == right.hasSubscriptionMetadataRecord
  }
}

/// What a pattern of a group resolved to, with which version of the topics, and when.
public struct ResolvedPattern: Sendable, Equatable {
  /// Sorted, without repetitions.
  public var topics: [String]
  public var version: Int64
  public var timestamp: Timestamp
}
