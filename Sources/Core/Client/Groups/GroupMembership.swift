import Host
import Primitives
import Wire

/// A consumer's membership in its group. There is one type for each of the two protocols.
protocol GroupMembership: AnyObject {
  /// The membership for a commit now, or the error if nothing may be committed.
  var standing: Result<MemberStanding, ConsumerError> { get }
  /// Whether the next poll may commit automatically: not while partitions change owners.
  var isSettled: Bool { get }
  /// Whether records must wait because partitions are being given up or the application is being notified.
  var withholdsRecords: Bool { get }

  /// The application has called poll, so it is alive.
  func polled()
  /// Does what only polls may do, while a poll is in progress.
  func advance()
  /// Topics, partitions or their replicas may have changed.
  func metadataChanged()
  /// The coordinator was found.
  func coordinatorFound()
  /// The coordinator refused a commit that was sent under a membership. Returns the error for the application.
  func commitRefused(_ error: ErrorCode, sent: MemberStanding) -> ConsumerError
  /// Gives up everything and leaves the group, or sends nothing, as the operation requires; `completion` runs when the coordinator has responded, or
  /// no response is needed.
  func leave(_ reason: String, _ operation: GroupMembershipOperation, _ completion: @escaping () -> Void)
  /// Ends the membership: no timer runs afterwards.
  func close()
  func checkInvariants(_ check: inout InvariantCheck)
}

/// What happens to a consumer's membership when it is closed (KIP-1092).
public enum GroupMembershipOperation: Sendable {
  /// Dynamic members leave. Static ones may come back.
  case `default`
  /// Static members also leave for good.
  case leaveGroup
  /// No member leaves: a dynamic member's partitions are reassigned when its session ends.
  case remainInGroup
}

/// The membership under which a consumer commits.
public struct MemberStanding: Equatable, Sendable {
  /// The generation in the classic protocol, the member epoch in KIP-848; -1 outside a group.
  public var generation: Int32
  public var memberID: String
  public var instanceID: String?

  /// A consumer that assigns its own partitions, and commits for the group.
  static let simple = MemberStanding(generation: -1, memberID: "", instanceID: nil)
}

/// What a consumer has subscribed to.
enum Subscription {
  /// In ascending order.
  case topics([String])
  /// Every topic whose whole name matches.
  case pattern(Regex<AnyRegexOutput>)
  /// As `pattern`, in RE2 syntax and evaluated by the coordinator (KIP-848). The consumer does not know the topics until it is assigned some.
  case patternOfCoordinator(String)
}

/// A committed offset of a group: the next record to read.
public struct CommittedOffset: Hashable, Sendable {
  public var offset: Offset
  /// The epoch of the preceding record; unknown if the commit did not state it.
  public var leaderEpoch: LeaderEpoch
  public var metadata: String

  public init(_ offset: Offset, leaderEpoch: LeaderEpoch = .unknown, metadata: String = "") {
    self.offset = offset
    self.leaderEpoch = leaderEpoch
    self.metadata = metadata
  }
}
