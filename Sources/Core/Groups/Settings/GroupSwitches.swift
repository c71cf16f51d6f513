import Primitives

/// Which of the rules that were once missing from coordinators of groups are in force. Each is read at one place, and all are as in Kafka 4.3 where nothing is said,
/// but for `keepRebalanceOfDowngrade`.
public struct GroupSwitches: Hashable, Sendable {
  /// Which epochs a member of a group of KIP-848 may commit in.
  public enum CommitFence: String, CaseIterable, Sendable {
    /// From the epoch in which it got a partition up to its present one (KIP-1251).
    case range
    /// In its present one alone: a commit that was under way when the epoch moved is refused, and its records are read again.
    case equality
  }

  /// A commit counts only of a member of the group, in its generation or epoch.
  public var fenceCommits = true
  public var commitFence = CommitFence.range
  /// A group of KIP-848 gives a partition to its next member before the one before has said that it gave it up.
  public var releaseWithoutAck = false
  /// Who uses a group's instance id under a former member id is told that another process took it over (KIP-345).
  public var fenceStaticMembers = true
  /// A static member that came back is written down with its new member id (KAFKA-10284).
  public var persistReplacedMemberID = true
  /// A new member that was never heard of again is taken out like others (KAFKA-9752).
  public var countVanishedMember = true
  /// While a group rebalances nobody is taken to subscribe to its topics, and offsets without a commit for the retention expire (KAFKA-13636).
  public var expireDuringRebalance = false
  /// A group that became a classic one, and has to rebalance for it, does so under its next coordinator as well. That of Kafka, as far as to 4.2, finds it at rest, and what the members
  /// of KIP-848 had belongs to nobody until somebody joins or leaves (`GroupMetadataManager.convertToClassicGroup`, `onLoaded`).
  public var keepRebalanceOfDowngrade = true
  /// The end of a transaction is answered when the offsets that were committed in it count. Before, it was answered first, and the offsets of the producer's next transaction were
  /// taken for those of the ended one where they came before that was done (KAFKA-17507).
  public var markerAppliedBeforeAnswer = true
  /// Offsets that are committed in a transaction count when it is committed (KIP-98). Without it at once, whatever becomes of it. A fault that is planted: no Kafka was so.
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
