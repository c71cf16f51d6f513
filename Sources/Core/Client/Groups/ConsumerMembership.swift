import Host
import Primitives
import Wire

/// A member of a KIP-848 group: one heartbeat does everything, and the coordinator decides which member gets what (`ConsumerHeartbeatRequestManager`,
/// `AbstractMembershipManager`).
final class ConsumerMembership: GroupMembership {
  private enum Step {
    case idle
    /// Committing what was consumed, before partitions are given up.
    case committing
    /// Telling the application which partitions it loses.
    case revoking
    /// Telling the application which partitions it gets.
    case handingOver
  }

  private unowned let group: ConsumerGroup
  private let coordinator: GroupCoordinator
  private let configuration: ConsumerConfiguration
  private let reactor: Reactor
  private var member: ConsumerMember
  private var step = Step.idle
  /// The current attempt; steps of earlier reconciliations do not continue.
  private var attempt = 0

  private lazy var timer = EarliestTimer(reactor) { [unowned self] in heartbeatWhenDue() }
  private var lastPoll: Instant
  /// The heartbeat interval from the coordinator.
  private var interval = Duration.zero
  private var nextHeartbeat = Instant(nanoseconds: .min)
  private var lastHeartbeat = Instant.zero
  private var isHeartbeatUnderWay = false
  /// Grows when the member starts over: responses to the previous member are ignored.
  private var life = 0
  private var failures = 0
  private var isClosed = false

  init(_ group: ConsumerGroup, _ configuration: ConsumerConfiguration) {
    self.group = group
    self.configuration = configuration
    coordinator = group.coordinator
    let reactor = group.consumer.reactor
    self.reactor = reactor
    lastPoll = reactor.now
    // The client generates its own member id (KIP-1082).
    member = ConsumerMember(configuration, group: group.id, id: Uuid.random(&reactor.host.random).description)
  }

  var standing: Result<MemberStanding, ConsumerError> {
    guard member.epoch > 0 else { return .failure(.notMember) }
    return .success(MemberStanding(generation: member.epoch, memberID: member.id, instanceID: configuration.groupInstanceID))
  }

  var isSettled: Bool {
    if case .idle = step { member.epoch > 0 } else { false }
  }

  var withholdsRecords: Bool {
    switch step {
    case .revoking, .handingOver: true
    case .idle, .committing: false
    }
  }

  // MARK: Polls

  func polled() { lastPoll = reactor.now }

  func advance() {
    guard !isClosed else { return }
    if isWaitingInPoll { lastPoll = reactor.now }
    guard case .idle = step else { return }
    switch member.state {
    case .reconciling: reconcile()
    case .fenced, .stale: loseEverything(joinsAgain: true)
    case .joining, .acknowledging, .stable, .leaving, .left, .failed: heartbeatWhenDue()
    }
  }

  private var isWaitingInPoll: Bool { !withholdsRecords && group.consumer.pendingPoll != nil }

  func metadataChanged() {}
  func coordinatorFound() { heartbeatWhenDue() }

  // MARK: Reconciliation

  /// Moves to the target: commits, gives up partitions, takes over others. Topics that are still unknown follow later.
  private func reconcile() {
    let metadata = group.consumer.cluster.metadata
    var known: [ConsumerMember.Assignment.Topic] = [], partitions: [TopicPartition] = []
    for topic in member.target.topics {
      guard let name = metadata.topic(withID: topic.id)?.name else { continue }
      known.append(topic)
      partitions += topic.partitions.map { TopicPartition(name, $0) }
    }
    if known.count < member.target.topics.count {
      mark(.assignedTopicUnknown)
      group.consumer.cluster.requestUpdate()
    }
    let resolved = ConsumerMember.Assignment(number: member.target.number, known)
    if member.current.number >= 0, resolved.topics == member.current.topics {
      if resolved != member.current { member.reconciled(resolved) }
      return heartbeatWhenDue()
    }
    attempt += 1
    partitions.sort()
    guard configuration.commitsAutomatically, !group.consumer.assignedPartitions.isEmpty else { return giveUp(resolved, partitions) }
    step = .committing
    let attempt = attempt
    group.commitConsumed(until: reactor.now + configuration.maxPollInterval) { [weak self] in
      self.map { !$0.isClosed && $0.attempt == attempt } ?? false
    } then: { [weak self] in
      self?.giveUp(resolved, partitions)
    }
  }

  private func giveUp(_ resolved: ConsumerMember.Assignment, _ partitions: [TopicPartition]) {
    guard mayGoOn() else { return }
    let owned = group.consumer.assignment, attempt = attempt
    let kept = Set(partitions), had = Set(owned)
    step = .revoking
    group.revoke(owned.filter { !kept.contains($0) }) { [weak self] in
      guard let self, !isClosed, self.attempt == attempt, mayGoOn() else { return }
      step = .handingOver
      group.own(partitions)
      group.hand(over: partitions.filter { !had.contains($0) }) { [weak self] in
        guard let self, !isClosed, self.attempt == attempt, mayGoOn() else { return }
        group.consumer.requireOwned(partitions)
        step = .idle
        member.reconciled(resolved)
        heartbeatWhenDue()
        group.goOn()
      }
    }
  }

  /// Whether the target is still wanted: not after the member was removed.
  private func mayGoOn() -> Bool {
    if member.state == .reconciling { return true }
    mark(.reconciliationOvertaken)
    step = .idle
    group.goOn()
    return false
  }

  private func loseEverything(joinsAgain: Bool) {
    attempt += 1
    let attempt = attempt
    step = .revoking
    group.lose(group.consumer.assignment) { [weak self] in
      guard let self, !isClosed, self.attempt == attempt else { return }
      group.own([])
      step = .idle
      if joinsAgain { joinAgain() }
      group.goOn()
    }
  }

  private func joinAgain() {
    life += 1
    member.rejoin()
    nextHeartbeat = reactor.now
    heartbeatWhenDue()
  }

  // MARK: Heartbeats

  private func heartbeatWhenDue() {
    guard !isClosed, member.isMember else { return }
    let now = reactor.now
    if isWaitingInPoll { lastPoll = now }
    let pollEnds = lastPoll + configuration.maxPollInterval
    guard pollEnds > now else { return leaveForLackOfPolls() }
    guard coordinator.isKnown else {
      coordinator.lookUp()
      return timer.set(at: min(now + configuration.connection.retryBackoff, pollEnds))
    }
    let isDue = nextHeartbeat <= now || member.hasNews && failures == 0
    if isDue, !isHeartbeatUnderWay { sendHeartbeat() }
    timer.set(at: isHeartbeatUnderWay ? pollEnds : min(nextHeartbeat, pollEnds))
  }

  private func sendHeartbeat() {
    isHeartbeatUnderWay = true
    lastHeartbeat = reactor.now
    nextHeartbeat = lastHeartbeat + interval
    let life = life
    coordinator.send(member.heartbeat(group.topics, pattern: group.patternOfCoordinator)) { [weak self] result in
      guard let self, !isClosed else { return }
      isHeartbeatUnderWay = false
      guard self.life == life else {
        mark(.heartbeatOfFormerLife)
        return heartbeatWhenDue()
      }
      switch result {
      case .success(let response): take(response)
      case .failure(.unsupportedVersion): refuse(.unsupportedVersion)
      case .failure:
        member.heartbeatFailed()
        again()
      }
      heartbeatWhenDue()
    }
  }

  private func take(_ response: ConsumerGroupHeartbeatResponse) {
    switch member.take(response) {
    case .accepted:
      failures = 0
      group.updateMetadata()
      interval = .milliseconds(Int64(max(response.heartbeatIntervalMs, 0)))
      nextHeartbeat = lastHeartbeat + interval
      group.goOn()
    case .fenced:
      failures = 0
      nextHeartbeat = reactor.now
      group.goOn()
    case .coordinatorMoved:
      coordinator.forget()
      again()
    case .againAfterBackoff: again()
    case .refused(let error): refuse(error)
    }
  }

  private func again() {
    failures += 1
    nextHeartbeat = reactor.now + group.consumer.backoff.delay(afterAttempts: failures, &reactor.host.random)
  }

  /// Ends the membership: the application must subscribe again, or be fixed.
  private func refuse(_ error: ErrorCode) {
    member.fail()
    group.consumer.errors.append(.groupRefused(error))
    loseEverything(joinsAgain: false)
    group.goOn()
  }

  /// Leaves the group because the application does not poll, so that others get its partitions. It rejoins with its next poll.
  private func leaveForLackOfPolls() {
    mark(.consumerMemberPolledTooLate)
    life += 1
    member.leave()
    coordinator.send(member.heartbeat([])) { _ in }
    member.becameStale()
    // A notification of the application runs to its end: the loss is reported afterwards.
    guard case .committing = step else { return }
    attempt += 1
    step = .idle
  }

  // MARK: Ending

  func commitRefused(_ error: ErrorCode, sent: MemberStanding) -> ConsumerError { error == .fencedInstanceId ? .groupRefused(error) : .notMember }

  func leave(_ reason: String, _ operation: GroupMembershipOperation, _ completion: @escaping () -> Void) {
    attempt += 1
    step = .revoking
    let isIn = member.isMember && member.epoch > 0
    let wasMember = member.isMember
    let then: () -> Void = { [weak self] in
      guard let self else { return completion() }
      group.own([])
      step = .idle
      // A static member that remains announces that it may come back; a dynamic one sends nothing.
      guard wasMember, coordinator.isKnown, operation != .remainInGroup || member.instanceID != nil else { return completion() }
      life += 1
      member.leave(forGood: operation == .leaveGroup)
      coordinator.send(member.heartbeat([])) { _ in completion() }
    }
    let owned = group.consumer.assignment
    isIn ? group.revoke(owned, then) : group.lose(owned, then)
  }

  func close() {
    isClosed = true
    timer.cancel()
  }

  func checkInvariants(_ check: inout InvariantCheck) {
    check.require(
      !member.isMember || member.epoch == 0 || timer.due != nil, "consumer: a member of \(group.id) in epoch \(member.epoch) sends no heartbeats")
    check.require(member.epoch == 0 || member.isMember, "consumer: a member of \(group.id) has epoch \(member.epoch), and is in no group")
  }
}
