import Host
import Primitives
import Wire

/// How a consumer takes part in its group. There is one type for each of the two protocols.
protocol GroupMembership: AnyObject {
  /// As it would stand in a commit now; the error where there is nothing that may be committed.
  var standing: Result<MemberStanding, ConsumerError> { get }
  /// Whether the next poll may commit on its own: not while partitions change hands.
  var isSettled: Bool { get }
  /// Whether records must wait, because partitions are being given up or the application is being told.
  var withholdsRecords: Bool { get }

  /// The application polls: it is alive.
  func polled()
  /// A poll is under way: does what only polls may do.
  func advance()
  /// Topics, partitions or their replicas may be others now.
  func metadataChanged()
  /// The coordinator was found.
  func coordinatorFound()
  /// The coordinator refused a commit that was sent in a standing. Returns what to tell the application.
  func commitRefused(_ error: ErrorCode, sent: MemberStanding) -> ConsumerError
  /// Gives everything up and leaves the group, or says nothing, as the operation asks for; `completion` runs when the coordinator has answered, or need not.
  func leave(_ reason: String, _ operation: GroupMembershipOperation, _ completion: @escaping () -> Void)
  /// Ends: no timer runs afterwards.
  func close()
  func checkInvariants(_ check: inout InvariantCheck)
}

/// What becomes of a consumer's place in its group when it is closed (KIP-1092).
public enum GroupMembershipOperation: Sendable {
  /// Dynamic members leave. Static ones may come back.
  case `default`
  /// Static members leave for good as well.
  case leaveGroup
  /// Nobody leaves: a dynamic member's partitions go on when its session ends.
  case remainInGroup
}

/// Under which a member of a group commits.
public struct MemberStanding: Equatable, Sendable {
  /// Of the classic protocol the generation, of KIP-848 the member's epoch; -1 outside of any.
  public var generation: Int32
  public var memberID: String
  public var instanceID: String?

  /// Who assigns partitions without a group, and commits in its name.
  static let simple = MemberStanding(generation: -1, memberID: "", instanceID: nil)
}

/// What a consumer subscribed to.
enum Subscription {
  /// In ascending order.
  case topics([String])
  /// Every topic whose whole name matches.
  case pattern(Regex<AnyRegexOutput>)
  /// The same in the language of RE2, which the coordinator reads (KIP-848). Who subscribes does not know the topics before it is given some.
  case patternOfCoordinator(String)
}

/// An offset of a group: the next record that it is to be given.
public struct CommittedOffset: Hashable, Sendable {
  public var offset: Offset
  /// Of the last record before it; unknown where nobody said.
  public var leaderEpoch: LeaderEpoch
  public var metadata: String

  public init(_ offset: Offset, leaderEpoch: LeaderEpoch = .unknown, metadata: String = "") {
    self.offset = offset
    self.leaderEpoch = leaderEpoch
    self.metadata = metadata
  }
}
