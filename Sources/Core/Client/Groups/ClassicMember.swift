import Primitives
import Wire

/// A member of a classic group as a state machine: it makes the requests, and processes the responses (`AbstractCoordinator`). It uses neither time
/// nor connections.
struct ClassicMember {
  enum State {
    /// In no group: it has to join.
    case unjoined
    /// JoinGroup was sent.
    case joining
    /// SyncGroup was sent, or the leader is making the assignment for it.
    case syncing
    case stable
  }

  /// A member's generation. A response to a request from another generation does not apply to this one.
  struct Generation: Equatable {
    var id: Int32 = -1
    var memberID = ""
    /// The assignor that the group agreed on.
    var protocolName: String?
  }

  /// What to do after a response.
  enum Outcome: Equatable {
    /// The response was accepted.
    case accepted
    /// The coordinator is rebalancing the group, and the member has to rejoin.
    case rejoin
    /// Retry at once.
    case again
    case againAfterBackoff
    /// Another broker coordinates the group. Retry after the backoff.
    case coordinatorMoved
    /// The application needs to know.
    case refused(ErrorCode)
  }

  let group: String
  let instanceID: String?
  let sessionTimeout: Duration
  let rebalanceTimeout: Duration
  private let resetsOnSyncError: Bool
  private(set) var state = State.unjoined
  private(set) var generation = Generation()
  private(set) var needsRejoin = true
  private(set) var rejoinReason = ""
  /// Whether the application must be told of revocation or loss before the next JoinGroup.
  var needsPreparation = true

  init(_ configuration: ConsumerConfiguration, group: String) {
    self.group = group
    instanceID = configuration.groupInstanceID
    sessionTimeout = configuration.sessionTimeout
    rebalanceTimeout = configuration.maxPollInterval
    resetsOnSyncError = configuration.switches.resetOnSyncError
  }

  /// Whether the member needs heartbeats to stay in the group.
  var isJoined: Bool { state == .syncing || state == .stable }
  var isRebalancing: Bool { state == .joining || state == .syncing }
  /// Whether it has a generation in which it owns its partitions.
  var hasGeneration: Bool { generation.id >= 0 && !generation.memberID.isEmpty }

  mutating func requestRejoin(_ reason: String) {
    needsRejoin = true
    rejoinReason = reason
  }

  /// Forgets the generation, and also the member id if the coordinator does not know it.
  mutating func reset(_ reason: String, forgetsMember: Bool) {
    state = .unjoined
    generation = Generation(memberID: forgetsMember ? "" : generation.memberID)
    requestRejoin(reason)
    needsPreparation = true
  }

  // MARK: Joining

  mutating func join(_ protocols: [(name: String, metadata: Bytes)]) -> JoinGroupRequest {
    state = .joining
    var request = JoinGroupRequest()
    request.groupId = group
    request.sessionTimeoutMs = Int32(clamping: sessionTimeout.milliseconds)
    request.rebalanceTimeoutMs = Int32(clamping: rebalanceTimeout.milliseconds)
    request.memberId = generation.memberID
    request.groupInstanceId = instanceID
    request.protocolType = ConsumerProtocol.type
    request.protocols = protocols.map { name, metadata in
      var entry = JoinGroupRequest.JoinGroupRequestProtocol()
      entry.name = name
      entry.metadata = metadata
      return entry
    }
    // `JoinGroupRequest.maybeTruncateReason`
    request.reason = String(rejoinReason.prefix(255))
    return request
  }

  mutating func take(_ response: JoinGroupResponse, to sent: Generation) -> Outcome {
    let outcome = outcome(of: response, to: sent)
    if outcome != .accepted, response.errorCode != .memberIdRequired { requestRejoin("rebalance failed due to \(response.errorCode)") }
    return outcome
  }

  private mutating func outcome(of response: JoinGroupResponse, to sent: Generation) -> Outcome {
    switch response.errorCode {
    case .none:
      guard response.protocolType.map({ $0 == ConsumerProtocol.type }) ?? true else { return .refused(.inconsistentGroupProtocol) }
      // It left in the meantime.
      guard state == .joining else {
        mark(.joinAnsweredAfterLeaving)
        return .againAfterBackoff
      }
      state = .syncing
      generation = Generation(id: response.generationId, memberID: response.memberId, protocolName: response.protocolName)
      return .accepted
    case .memberIdRequired:
      // The first of the two steps of KIP-394.
      generation = Generation(memberID: response.memberId)
      requestRejoin("need to re-join with the given member-id: \(response.memberId)")
      return .again
    case .unknownMemberId:
      if generation == sent { reset("encountered \(response.errorCode) from JOIN_GROUP response", forgetsMember: true) }
      return .again
    case .rebalanceInProgress: return .again
    case .coordinatorLoadInProgress: return .againAfterBackoff
    case .coordinatorNotAvailable, .notCoordinator: return .coordinatorMoved
    default: return .refused(response.errorCode)
    }
  }

  /// - Parameter assignments: Of all members, if this one leads the group.
  func sync(_ assignments: [(member: String, assignment: Bytes)]) -> SyncGroupRequest {
    var request = SyncGroupRequest()
    request.groupId = group
    request.generationId = generation.id
    request.memberId = generation.memberID
    request.groupInstanceId = instanceID
    request.protocolType = ConsumerProtocol.type
    request.protocolName = generation.protocolName
    request.assignments = assignments.map { member, assignment in
      var entry = SyncGroupRequest.SyncGroupRequestAssignment()
      entry.memberId = member
      entry.assignment = assignment
      return entry
    }
    return request
  }

  mutating func take(_ response: SyncGroupResponse, to sent: Generation) -> Outcome {
    let outcome = outcome(of: response, to: sent)
    if outcome != .accepted { requestRejoin("rebalance failed due to \(response.errorCode)") }
    return outcome
  }

  private mutating func outcome(of response: SyncGroupResponse, to sent: Generation) -> Outcome {
    switch response.errorCode {
    case .none:
      let fits = (response.protocolType ?? ConsumerProtocol.type) == ConsumerProtocol.type
        && (response.protocolName ?? generation.protocolName) == generation.protocolName
      guard generation == sent, state == .syncing else {
        mark(.syncAnsweredTooLate)
        return .again
      }
      guard fits else { return .refused(.inconsistentGroupProtocol) }
      state = .stable
      needsRejoin = false
      rejoinReason = ""
      return .accepted
    case .unknownMemberId, .illegalGeneration:
      if generation == sent { lose(response.errorCode, from: "SYNC_GROUP") }
      return .again
    case .rebalanceInProgress:
      // Its partitions are from the previous generation, which it reports when it rejoins: the assignor decides whether they count.
      if resetsOnSyncError, generation == sent {
        mark(.rebalanceDuringSync)
        reset("encountered \(response.errorCode) from SYNC_GROUP response", forgetsMember: false)
      }
      return .again
    case .coordinatorNotAvailable, .notCoordinator: return .coordinatorMoved
    default: return .refused(response.errorCode)
    }
  }

  /// Handles a coordinator that has another generation, or does not know the member.
  private mutating func lose(_ error: ErrorCode, from api: String) {
    mark(.membershipLost)
    reset("encountered \(error) from \(api) response", forgetsMember: error != .illegalGeneration)
  }

  // MARK: Staying and leaving

  func heartbeat() -> HeartbeatRequest {
    var request = HeartbeatRequest()
    request.groupId = group
    request.generationId = generation.id
    request.memberId = generation.memberID
    request.groupInstanceId = instanceID
    return request
  }

  mutating func take(_ response: HeartbeatResponse, to sent: Generation) -> Outcome {
    switch response.errorCode {
    case .none: return .accepted
    case .rebalanceInProgress:
      // While it is joining, it does not have to be told.
      guard state == .stable else { return .accepted }
      requestRejoin("group is already rebalancing")
      return .rejoin
    case .illegalGeneration, .unknownMemberId, .fencedInstanceId:
      guard generation == sent else {
        mark(.heartbeatAnsweredTooLate)
        return .accepted
      }
      lose(response.errorCode, from: "HEARTBEAT")
      return response.errorCode == .fencedInstanceId ? .refused(.fencedInstanceId) : .again
    case .coordinatorNotAvailable, .notCoordinator: return .coordinatorMoved
    case .groupAuthorizationFailed: return .refused(response.errorCode)
    default: return .againAfterBackoff
    }
  }

  /// Leaves the group. Static members send nothing unless the operation requires it: they may come back (KIP-345).
  mutating func leave(_ reason: String, _ operation: GroupMembershipOperation = .default) -> LeaveGroupRequest? {
    defer { reset("consumer pro-actively leaving the group", forgetsMember: true) }
    let leaves = operation == .default ? instanceID == nil : operation == .leaveGroup
    guard leaves, state != .unjoined, !generation.memberID.isEmpty else { return nil }
    var member = LeaveGroupRequest.MemberIdentity()
    member.memberId = generation.memberID
    member.groupInstanceId = instanceID
    member.reason = reason
    var request = LeaveGroupRequest()
    request.groupId = group
    request.members = [member]
    return request
  }

  /// The request for brokers that accept only one member per request (before KIP-345).
  static func inOldForm(_ request: LeaveGroupRequest) -> LeaveGroupRequest {
    var old = LeaveGroupRequest()
    old.groupId = request.groupId
    old.memberId = request.members.first?.memberId ?? ""
    return old
  }

  /// Handles a commit that the coordinator refused.
  mutating func commitRefused(_ error: ErrorCode, to sent: Generation) -> ConsumerError {
    switch error {
    case .rebalanceInProgress:
      mark(.commitDuringRebalance)
      requestRejoin("offset commit failed since group is already rebalancing")
      return .rebalanceInProgress
    case .fencedInstanceId:
      if generation == sent { return .groupRefused(error) }
      return state == .joining ? .rebalanceInProgress : .notMember
    case .unknownMemberId, .illegalGeneration:
      if generation != sent, state == .joining {
        mark(.commitAnsweredTooLate)
        return .rebalanceInProgress
      }
      // If another generation has started in the meantime, the error does not concern it (KAFKA-19242).
      if generation == sent { lose(error, from: "OFFSET_COMMIT") }
      return .notMember
    default: return .groupRefused(error)
    }
  }
}
