import Host
import Primitives
import Wire

/// A member of a classic group: joins and gives up partitions while the application polls, and sends heartbeats whether it polls or not
/// (`ConsumerCoordinator`, and the heartbeat thread of `AbstractCoordinator`).
final class ClassicMembership: GroupMembership {
  /// The current step of a rebalance.
  private enum Step {
    case idle
    /// Committing what was consumed, before partitions are given up.
    case committing
    /// Telling the application which partitions it loses.
    case revoking
    case joining
    /// As leader, waiting for metadata of topics that other members want.
    case assigning
    case syncing
    /// The next poll processes the assignment.
    case assigned(Bytes)
    /// Telling the application which partitions it loses and gets.
    case handingOver
  }

  private unowned let group: ConsumerGroup
  private let coordinator: GroupCoordinator
  private let configuration: ConsumerConfiguration
  private let reactor: Reactor
  private let rebalanceProtocol: RebalanceProtocol
  private var member: ClassicMember
  private let leader: ClassicLeader
  private var step = Step.idle
  /// The current attempt; responses to earlier attempts are ignored.
  private var attempt = 0
  private var mayJoinAt = Instant(nanoseconds: .min)
  private var last: LastAssignment?
  /// The subscribed topics when the current generation was joined; nil before.
  private var joinedTopics: [String]?
  private var hasNewMetadata = false

  private lazy var timer = EarliestTimer(reactor) { [unowned self] in heartbeatWhenDue() }
  private var lastPoll = Instant.zero
  private var sessionEnds = Instant.distantFuture
  private var nextHeartbeat = Instant.distantFuture
  private var isHeartbeatUnderWay = false
  /// Grows with every generation; responses to heartbeats of earlier ones are ignored.
  private var heartbeats = 0
  private var isClosed = false

  init(_ group: ConsumerGroup, _ configuration: ConsumerConfiguration) {
    self.group = group
    self.configuration = configuration
    coordinator = group.coordinator
    reactor = group.consumer.reactor
    rebalanceProtocol = configuration.protocolsOfAssignors.last ?? .eager
    member = ClassicMember(configuration, group: group.id)
    leader = ClassicLeader(group.consumer.cluster, configuration, rebalanceProtocol)
  }

  var standing: Result<MemberStanding, ConsumerError> {
    guard member.state == .stable else { return .failure(member.isRebalancing ? .rebalanceInProgress : .notMember) }
    return .success(MemberStanding(generation: member.generation.id, memberID: member.generation.memberID, instanceID: configuration.groupInstanceID))
  }

  var isSettled: Bool {
    if case .idle = step { member.state == .stable && !member.needsRejoin } else { false }
  }

  var withholdsRecords: Bool {
    switch step {
    case .committing: rebalanceProtocol == .eager
    case .revoking, .handingOver: true
    case .idle, .joining, .assigning, .syncing, .assigned: false
    }
  }

  // MARK: Polls

  func polled() { lastPoll = reactor.now }

  func advance() {
    guard !isClosed else { return }
    if isWaitingInPoll { lastPoll = reactor.now }
    switch step {
    case .idle:
      checkForChanges()
      guard member.needsRejoin else { return }
      guard coordinator.isKnown else { return coordinator.lookUp() }
      guard mayJoinAt <= reactor.now else { return group.consumer.wakeTimer.set(at: mayJoinAt) }
      if member.needsPreparation { prepare() } else { join() }
    case .assigned(let assignment): complete(assignment)
    case .committing, .revoking, .joining, .assigning, .syncing, .handingOver: break
    }
  }

  func metadataChanged() { hasNewMetadata = true }

  func coordinatorFound() {
    sessionEnds = reactor.now + configuration.sessionTimeout
    if member.isJoined { heartbeatWhenDue() }
  }

  /// Checks whether the subscription has changed since the member joined, or the topics since the leader assigned them.
  private func checkForChanges() {
    guard !member.needsRejoin else { return }
    defer { hasNewMetadata = false }
    if hasNewMetadata, leader.isOutdated {
      member.requestRejoin("cached metadata has changed")
    } else if let joinedTopics, joinedTopics != group.topics {
      member.requestRejoin("subscription has changed")
    }
  }

  // MARK: Giving up partitions

  private func prepare() {
    attempt += 1
    member.needsPreparation = false
    guard configuration.commitsAutomatically, member.state == .stable else { return revoke() }
    step = .committing
    let attempt = attempt
    group.commitConsumed(until: reactor.now + configuration.maxPollInterval) { [weak self] in
      self.map { !$0.isClosed && $0.attempt == attempt } ?? false
    } then: { [weak self] in
      self?.revoke()
    }
  }

  private func revoke() {
    let owned = group.consumer.assignment, attempt = attempt
    step = .revoking
    let isLost = !member.hasGeneration
    let keepsSome = !isLost && rebalanceProtocol == .cooperative
    let kept = keepsSome ? owned.filter { group.topics.contains($0.topic) } : []
    let given = keepsSome ? owned.filter { !group.topics.contains($0.topic) } : owned
    let then: () -> Void = { [weak self] in
      guard let self, !isClosed, self.attempt == attempt else { return }
      if !given.isEmpty { group.own(kept) }
      step = .idle
      group.goOn()
    }
    isLost ? group.lose(given, then) : group.revoke(given, then)
  }

  // MARK: Joining

  private func join() {
    attempt += 1
    let attempt = attempt, sent = member.generation
    let topics = group.topics, owned = group.consumer.assignment
    joinedTopics = topics
    leader.resign()
    step = .joining
    // Without the generation, partitions that a member owned in an outdated generation count as much as current ones.
    let generation = configuration.switches.sendGenerationInSubscription ? sent.id : -1
    let protocols = configuration.assignors.map { assignor in
      let subscription = ConsumerProtocolSubscription(
        topics: topics, userData: assignor.userData(after: last), owned: owned, generation: generation, rack: configuration.clientRack)
      return (name: assignor.name, metadata: ConsumerProtocol.encode(subscription))
    }
    // The response comes when all others have joined, which may take the whole rebalance timeout.
    let timeout = max(configuration.connection.requestTimeout, configuration.maxPollInterval + .seconds(5))
    coordinator.send(member.join(protocols), timeout: timeout) { [weak self] result in
      guard let self, !isClosed, self.attempt == attempt else { return }
      switch result {
      case .failure(let failure): failed(failure)
      case .success(let response):
        let outcome = member.take(response, to: sent)
        guard outcome == .accepted else { return failed(outcome) }
        beginHeartbeats()
        response.leader == response.memberId ? lead(response, attempt) : sync([])
      }
    }
  }

  /// Assigns partitions for all members.
  private func lead(_ response: JoinGroupResponse, _ attempt: Int) {
    guard let members = try? response.members.map({ try SubscribedMember($0) }).sorted(by: { $0.id < $1.id }) else {
      return failed(.refused(.inconsistentGroupProtocol))
    }
    step = .assigning
    leader.findTopics(of: members) { [weak self] in
      guard let self, !isClosed, self.attempt == attempt else { return }
      guard let assignments = leader.assign(to: members, by: response.protocolName, keepsAssignment: response.skipAssignment) else {
        return failed(.refused(.inconsistentGroupProtocol))
      }
      sync(assignments)
    }
  }

  private func sync(_ assignments: [(member: String, assignment: Bytes)]) {
    let attempt = attempt, sent = member.generation
    step = .syncing
    coordinator.send(member.sync(assignments)) { [weak self] result in
      guard let self, !isClosed, self.attempt == attempt else { return }
      switch result {
      case .failure(let failure): failed(failure)
      case .success(let response):
        let outcome = member.take(response, to: sent)
        guard outcome == .accepted else { return failed(outcome) }
        mustHold(
          member.generation == sent, "consumer: an assignment of generation \(sent.id) of \(group.id) is taken by \(member.generation.memberID) in generation \(member.generation.id)")
        step = .assigned(response.assignment)
        group.goOn()
      }
    }
  }

  private func failed(_ failure: ClientRequestFailure) {
    member.requestRejoin("rebalance failed due to a broken connection")
    if case .unsupportedVersion(let api) = failure {
      group.consumer.errors.append(.unsupportedVersion(api))
      failed(.accepted)
    } else {
      failed(.againAfterBackoff)
    }
  }

  private func failed(_ outcome: ClassicMember.Outcome) {
    step = .idle
    switch outcome {
    case .accepted, .again, .rejoin: break
    case .coordinatorMoved:
      mark(.groupCoordinatorMoved)
      coordinator.forget()
      mayJoinAt = reactor.now + configuration.connection.retryBackoff
    case .againAfterBackoff: mayJoinAt = reactor.now + configuration.connection.retryBackoff
    case .refused(let error):
      mayJoinAt = reactor.now + configuration.connection.retryBackoff
      group.consumer.errors.append(.groupRefused(error))
    }
    group.goOn()
  }

  // MARK: Applying an assignment

  private func complete(_ bytes: Bytes) {
    step = .idle
    guard member.state == .stable else {
      mark(.generationOverBeforeAssignment)
      member.reset("rebalance failed since the generation was changed before the application took the assignment", forgetsMember: true)
      return advance()
    }
    member.needsPreparation = true
    group.updateMetadata()
    guard let content = try? ConsumerProtocol.decode(ConsumerProtocolAssignment.self, bytes) else {
      member.requestRejoin("received an assignment that cannot be read")
      return failed(.refused(.inconsistentGroupProtocol))
    }
    let partitions = content.partitions.withoutRepetitions.sorted()
    let topics = partitions.byTopic.map(\.topic)
    guard topics.allSatisfy(group.wants) else {
      member.requestRejoin("received assignment does not match the current subscription")
      return group.goOn()
    }
    group.add(topics: topics)
    joinedTopics = group.topics
    let owned = group.consumer.assignment
    last = LastAssignment(partitions, generation: member.generation.id)
    let kept = Set(partitions), revoked = rebalanceProtocol == .cooperative ? owned.filter { !kept.contains($0) } : []
    let had = Set(owned), added = partitions.filter { !had.contains($0) }
    let attempt = attempt
    step = .handingOver
    if !revoked.isEmpty { member.requestRejoin("need to revoke partitions and re-join") }
    group.revoke(revoked) { [weak self] in
      guard let self, !isClosed, self.attempt == attempt else { return }
      group.own(partitions)
      group.hand(over: added) { [weak self] in
        guard let self, !isClosed, self.attempt == attempt else { return }
        group.consumer.requireOwned(partitions)
        step = .idle
        group.goOn()
      }
    }
  }

  // MARK: Heartbeats

  private func beginHeartbeats() {
    let now = reactor.now
    lastPoll = now
    sessionEnds = now + configuration.sessionTimeout
    nextHeartbeat = now + configuration.heartbeatInterval
    isHeartbeatUnderWay = false
    heartbeats += 1
    heartbeatWhenDue()
  }

  private func heartbeatWhenDue() {
    guard member.isJoined, !isClosed else { return }
    let now = reactor.now
    if isWaitingInPoll { lastPoll = now }
    guard pollEnds > now else { return leaveForLackOfPolls() }
    if sessionEnds <= now {
      // The coordinator does not respond; there may be a new one.
      mark(.coordinatorSilent)
      sessionEnds = .distantFuture
      coordinator.forget()
    }
    guard coordinator.isKnown else {
      coordinator.lookUp()
      return timer.set(at: min(now + configuration.connection.retryBackoff, pollEnds))
    }
    if nextHeartbeat <= now, !isHeartbeatUnderWay { sendHeartbeat() }
    let next = isHeartbeatUnderWay ? sessionEnds : min(nextHeartbeat, sessionEnds)
    timer.set(at: max(min(next, pollEnds), now))
  }

  /// When the application will have gone too long without a poll.
  private var pollEnds: Instant { lastPoll + configuration.maxPollInterval }

  /// Whether the application waits in a poll, which counts as polling, except while it handles a rebalance.
  private var isWaitingInPoll: Bool {
    switch step {
    case .revoking, .handingOver: false
    case .idle, .committing, .joining, .assigning, .syncing, .assigned: group.consumer.pendingPoll != nil
    }
  }

  private func sendHeartbeat() {
    isHeartbeatUnderWay = true
    nextHeartbeat = reactor.now + configuration.heartbeatInterval
    let sent = member.generation, heartbeats = heartbeats
    coordinator.send(member.heartbeat()) { [weak self] result in
      guard let self, !isClosed, member.isJoined, self.heartbeats == heartbeats else { return }
      isHeartbeatUnderWay = false
      switch (try? result.get()).map({ self.member.take($0, to: sent) }) {
      case .accepted: sessionEnds = reactor.now + configuration.sessionTimeout
      case .rejoin:
        sessionEnds = reactor.now + configuration.sessionTimeout
        group.goOn()
      case .again: lost()
      case .refused(let error):
        group.consumer.errors.append(.groupRefused(error))
        if !member.isJoined { lost() } else { group.goOn() }
      case .coordinatorMoved:
        coordinator.forget()
        nextHeartbeat = reactor.now + configuration.connection.retryBackoff
      case .againAfterBackoff, nil: nextHeartbeat = reactor.now + configuration.connection.retryBackoff
      }
      heartbeatWhenDue()
    }
  }

  /// Handles the removal of the member from its group. An assignment that it has not taken over yet is void.
  private func lost() {
    switch step {
    case .joining, .assigning, .syncing, .assigned:
      mark(.joinAbandoned)
      attempt += 1
      step = .idle
    case .idle, .committing, .revoking, .handingOver: break
    }
    group.goOn()
  }

  /// Leaves the group because the application does not poll, so that others get its partitions. It rejoins with its next poll.
  private func leaveForLackOfPolls() {
    mark(.classicMemberPolledTooLate)
    sendLeave("consumer poll timeout has expired.", .default) {}
    lost()
  }

  private func sendLeave(_ reason: String, _ operation: GroupMembershipOperation, _ completion: @escaping () -> Void) {
    guard let request = member.leave(reason, operation), coordinator.isKnown else { return completion() }
    coordinator.send(request) { [weak self] result in
      guard let self, case .failure(.unsupportedVersion) = result else { return completion() }
      coordinator.send(ClassicMember.inOldForm(request), atMost: 2) { _ in completion() }
    }
  }

  // MARK: Ending

  func commitRefused(_ error: ErrorCode, sent: MemberStanding) -> ConsumerError {
    let generation = ClassicMember.Generation(id: sent.generation, memberID: sent.memberID, protocolName: member.generation.protocolName)
    let wasJoined = member.isJoined
    let told = member.commitRefused(error, to: generation)
    if wasJoined, !member.isJoined { lost() }
    return told
  }

  func leave(_ reason: String, _ operation: GroupMembershipOperation, _ completion: @escaping () -> Void) {
    let owned = group.consumer.assignment
    let isLost = !member.hasGeneration || member.isRebalancing
    attempt += 1
    step = .revoking
    let then: () -> Void = { [weak self] in
      guard let self else { return completion() }
      group.own([])
      step = .idle
      joinedTopics = nil
      leader.resign()
      last = nil
      sendLeave(reason, operation, completion)
    }
    isLost ? group.lose(owned, then) : group.revoke(owned, then)
  }

  func close() {
    isClosed = true
    timer.cancel()
  }

  func checkInvariants(_ check: inout InvariantCheck) {
    let hasTimer = timer.due != nil
    check.require(!member.isJoined || hasTimer, "consumer: a member of \(group.id) in generation \(member.generation.id) sends no heartbeats")
    check.require(member.state != .stable || member.hasGeneration, "consumer: a member of \(group.id) is stable, and has no generation")
  }
}
