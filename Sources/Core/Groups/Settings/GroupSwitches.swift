import Primitives

/// Which rules that group coordinators once lacked are in force. Each switch is read in one place. By default they are as in Kafka 4.3, except for
/// `keepRebalanceOfDowngrade`.
public struct GroupSwitches: Hashable, Sendable {
  /// The epochs in which a member of a KIP-848 group may commit.
  public enum CommitFence: String, CaseIterable, Sendable {
    /// From the epoch in which it got a partition up to its current one (KIP-1251).
    case range
    /// Only in its current epoch: a commit that was in flight when the epoch changed is refused, and its records are read again.
    case equality
  }

  /// A commit counts only if it comes from a member of the group, in its generation or epoch.
  public var fenceCommits = true
  public var commitFence = CommitFence.range
  /// A KIP-848 group gives a partition to its next member before the previous one has confirmed that it gave it up.
  public var releaseWithoutAck = false
  /// A client that uses an instance id with an earlier member id is told that another process took it over (KIP-345).
  public var fenceStaticMembers = true
  /// A static member that came back is recorded with its new member id (KAFKA-10284).
  public var persistReplacedMemberID = true
  /// A new member that vanished is removed like any other (KAFKA-9752).
  public var countVanishedMember = true
  /// During a rebalance a group counts as not subscribed to its topics, so that offsets without a recent commit expire (KAFKA-13636).
  public var expireDuringRebalance = false
  /// A group that became a classic one, and therefore has to rebalance, also does so under its next coordinator. Kafka's coordinator, up to 4.2,
  /// considers it stable, and the partitions of the KIP-848 members belong to nobody until a member joins or leaves
  /// (`GroupMetadataManager.convertToClassicGroup`, `onLoaded`).
  public var keepRebalanceOfDowngrade = true
  /// The end of a transaction is answered once the offsets that were committed in it count. Before, it was answered first, and if the producer's next
  /// transaction committed offsets before that, they were counted towards the ended one (KAFKA-17507).
  public var markerAppliedBeforeAnswer = true
  /// Offsets that are committed in a transaction count when the transaction is committed (KIP-98). Without this, they count at once, whatever its
  /// outcome. An injected fault: no version of Kafka did this.
  public var offsetsAwaitMarker = true

  public init() {}

  /// The switches by name, as scenario files set them.
  public static let table = ConfigurationTable<GroupSwitches>(
    defaults: GroupSwitches(),
    [
      .boolean("fenceCommits", \.fenceCommits), .choice("commitFence", \.commitFence), .boolean("releaseWithoutAck", \.releaseWithoutAck),
      .boolean("fenceStaticMembers", \.fenceStaticMembers), .boolean("persistReplacedMemberID", \.persistReplacedMemberID),
      .boolean("countVanishedMember", \.countVanishedMember), .boolean("expireDuringRebalance", \.expireDuringRebalance),
      .boolean("keepRebalanceOfDowngrade", \.keepRebalanceOfDowngrade), .boolean("markerAppliedBeforeAnswer", \.markerAppliedBeforeAnswer),
      .boolean("offsetsAwaitMarker", \.offsetsAwaitMarker),
    ])
}
