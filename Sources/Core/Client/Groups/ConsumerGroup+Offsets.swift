import Host
import Primitives
import Wire

/// Committed offsets: written by OffsetCommit, read by OffsetFetch.
extension ConsumerGroup {
  enum CommitOutcome {
    case committed
    /// A retry may succeed.
    case again(ConsumerError)
    case failed(ConsumerError)
  }

  typealias Offsets = [(partition: TopicPartition, offset: CommittedOffset)]

  /// The consumer's position in every partition with a validated position, in ascending order.
  var consumedOffsets: Offsets {
    let offsets: Offsets = consumer.assignedPartitions.compactMap { assigned in
      guard assigned.isFetching, let position = assigned.position else { return nil }
      return (assigned.partition, CommittedOffset(position, leaderEpoch: assigned.positionEpoch))
    }.sorted { $0.partition < $1.partition }
    consumer.requireConsumed(offsets)
    return offsets
  }

  // MARK: Automatic commits

  /// Commits what polls have returned until now when the application polls again: an application that works in the same thread has then processed
  /// those records.
  func commitWhenDue() {
    guard nextAutoCommit < .distantFuture else { return }
    guard nextAutoCommit <= consumer.reactor.now else { return consumer.wakeTimer.set(at: nextAutoCommit) }
    nextAutoCommit = consumer.reactor.now + consumer.configuration.autoCommitInterval
    guard membership?.isSettled ?? true else { return }
    commitConsumed { [weak self] outcome in
      guard let self, case .again = outcome else { return }
      nextAutoCommit = min(nextAutoCommit, consumer.reactor.now + consumer.configuration.connection.retryBackoff)
    }
  }

  private func commitConsumed(_ completion: @escaping (CommitOutcome) -> Void) { commit(consumedOffsets, completion) }

  /// Commits what was consumed, before partitions are given up, and calls `then` when that has succeeded, was refused, or takes too long. Does not
  /// call it if `isWanted` has become false.
  func commitConsumed(until deadline: Instant, while isWanted: @escaping () -> Bool, then: @escaping () -> Void) {
    commitConsumed { [weak self] outcome in
      guard let self, isWanted() else { return }
      guard case .again = outcome, consumer.reactor.now < deadline else { return then() }
      consumer.reactor.after(consumer.configuration.connection.retryBackoff) { [weak self] in
        guard let self, isWanted() else { return }
        commitConsumed(until: deadline, while: isWanted, then: then)
      }
    }
  }

  // MARK: Commits

  /// Commits once. Finds the coordinator first if it is unknown.
  func commit(_ offsets: Offsets, _ completion: @escaping (CommitOutcome) -> Void) { commit(offsets, inNameOf: committer, completion) }

  private func commit(_ offsets: Offsets, inNameOf membership: (any GroupMembership)?, _ completion: @escaping (CommitOutcome) -> Void) {
    guard !offsets.isEmpty else { return completion(.committed) }
    coordinator.afterLookUp { [weak self] isKnown in
      guard let self, isKnown else { return completion(.again(.notCommitted(.coordinatorNotAvailable))) }
      send(offsets, inNameOf: membership, completion)
    }
  }

  /// Commits repeatedly until it succeeds, is refused, or takes too long. A commit that started as a member does not continue without one, because no
  /// generation would fence it.
  func commit(_ offsets: Offsets, until deadline: Instant, _ completion: @escaping (CommitOutcome) -> Void) {
    commit(offsets, inNameOf: committer, until: deadline, attempts: 1, completion)
  }

  private func commit(
    _ offsets: Offsets, inNameOf membership: (any GroupMembership)?, until deadline: Instant, attempts: Int, _ completion: @escaping (CommitOutcome) -> Void
  ) {
    commit(offsets, inNameOf: membership) { [weak self] outcome in
      guard let self, case .again = outcome else { return completion(outcome) }
      let delay = consumer.backoff.delay(afterAttempts: attempts, &consumer.reactor.host.random)
      guard consumer.reactor.now + delay < deadline, !consumer.isClosed else { return completion(.failed(.timedOut)) }
      consumer.reactor.after(delay) { [weak self] in
        guard let self else { return completion(.failed(.closed)) }
        commit(offsets, inNameOf: membership, until: deadline, attempts: attempts + 1, completion)
      }
    }
  }

  private func send(_ offsets: Offsets, inNameOf membership: (any GroupMembership)?, _ completion: @escaping (CommitOutcome) -> Void) {
    let standing: MemberStanding
    switch membership?.standing ?? .success(.simple) {
    case .success(let present): standing = present
    // Only a poll can complete a rebalance, and an application that waits for a commit does not poll (`ConsumerCoordinator.sendOffsetCommitRequest`).
    case .failure(let error): return completion(.failed(error))
    }
    consumer.delegate?.consumer(consumer, commits: offsets)
    coordinator.send(OffsetCommitRequest(offsets, group: id, standing), atMost: OffsetCommitRequest.newestVersionWithNames) { [weak self] result in
      guard let self else { return completion(.failed(.closed)) }
      switch result {
      case .failure(let failure):
        consumer.delegate?.consumer(consumer, didNotCommit: offsets, isDefinite: failure.wasNotSent)
        if case .unsupportedVersion(let api) = failure { completion(.failed(.unsupportedVersion(api))) } else { completion(.again(.notCommitted(.networkException))) }
      case .success(let response):
        let errors = response.topics.lazy.flatMap(\.partitions).map(\.errorCode)
        let error = errors.first { $0 != .none } ?? .none
        if error == .none {
          consumer.delegate?.consumer(consumer, committed: offsets)
        } else {
          consumer.delegate?.consumer(consumer, didNotCommit: offsets, isDefinite: error.fencesCommitter)
        }
        completion(outcome(of: error, sent: standing, membership))
      }
    }
  }

  private func outcome(of error: ErrorCode, sent: MemberStanding, _ membership: (any GroupMembership)?) -> CommitOutcome {
    switch error {
    case .none: return .committed
    case .coordinatorLoadInProgress, .unknownTopicOrPartition: return .again(.notCommitted(error))
    case .coordinatorNotAvailable, .notCoordinator, .requestTimedOut:
      mark(.commitCoordinatorMoved)
      coordinator.forget()
      return .again(.notCommitted(error))
    case .staleMemberEpoch:
      // The epoch has advanced in the meantime, or the next heartbeat will report a new one (KIP-848).
      if case .success(let present)? = membership?.standing, present.memberID == sent.memberID {
        mark(.commitRepeatedInNewerEpoch)
        return .again(.notCommitted(error))
      }
      return .failed(.notMember)
    case .rebalanceInProgress, .fencedInstanceId, .unknownMemberId, .illegalGeneration:
      return .failed(membership?.commitRefused(error, sent: sent) ?? .notMember)
    default: return .failed(.groupRefused(error))
    }
  }

  // MARK: Reading

  enum Read {
    /// The offset is nil if nothing is committed for a partition.
    case found([(partition: TopicPartition, offset: CommittedOffset?)])
    case again
    case failed(ConsumerError)
  }

  /// Asks once. Finds the coordinator first if it is unknown.
  func fetchOffsets(of partitions: [TopicPartition], _ completion: @escaping (Read) -> Void) {
    coordinator.afterLookUp { [weak self] isKnown in
      guard let self, isKnown else { return completion(.again) }
      fetch(partitions, inOldForm: false, completion)
    }
  }

  private func fetch(_ partitions: [TopicPartition], inOldForm: Bool, _ completion: @escaping (Read) -> Void) {
    let request = OffsetFetchRequest(partitions, group: id, requiresStable: consumer.configuration.switches.requireStable, inOldForm: inOldForm)
    coordinator.send(request, atMost: OffsetFetchRequest.newestVersion(inOldForm: inOldForm)) { [weak self] result in
      guard let self else { return completion(.failed(.closed)) }
      switch result {
      case .failure(.unsupportedVersion) where !inOldForm: fetch(partitions, inOldForm: true, completion)
      case .failure(.unsupportedVersion(let api)): completion(.failed(.unsupportedVersion(api)))
      case .failure: completion(.again)
      case .success(let response): completion(read(response, about: partitions))
      }
    }
  }

  private func read(_ response: OffsetFetchResponse, about partitions: [TopicPartition]) -> Read {
    switch response.error(of: id) {
    case .none: break
    // A client that takes a loading coordinator for one without offsets resets its positions, as if the group had never committed.
    case .coordinatorLoadInProgress where !consumer.configuration.switches.retryOnLoadInProgress: return .found(partitions.map { ($0, nil) })
    case .coordinatorNotAvailable, .notCoordinator:
      coordinator.forget()
      return .again
    case let error: return error.isRetriable ? .again : .failed(.groupRefused(error))
    }
    let answers = response.answers(of: id)
    var found: [(partition: TopicPartition, offset: CommittedOffset?)] = []
    for partition in partitions {
      guard let answer = answers[partition] else { continue }
      switch answer.error {
      case .none: found.append((partition, answer.offset))
      // A transaction that commits offsets is not over (KIP-447).
      case .unstableOffsetCommit:
        mark(.unstableOffsetAwaited)
        return .again
      case let error: return .failed(.refused(partition, topic: partition.topic, error))
      }
    }
    return .found(found)
  }

  /// Gives partitions without a position the group's committed offset, or the one that `auto.offset.reset` yields.
  func findPositions(of partitions: [AssignedPartition]) {
    let asked = partitions.map { (assigned: $0, generation: $0.generation) }
    for assigned in partitions { assigned.phase = .readingCommitted }
    fetchOffsets(of: partitions.map(\.partition)) { [weak self] read in
      guard let self, !consumer.isClosed else { return }
      let waiting = asked.filter { assigned, generation in
        guard case .readingCommitted = assigned.phase else { return false }
        return assigned.isAssigned && assigned.generation == generation
      }.map(\.assigned)
      take(read, for: waiting)
      consumer.resolvePositions()
      consumer.progress()
    }
  }

  private func take(_ read: Read, for waiting: [AssignedPartition]) {
    var found: [TopicPartition: CommittedOffset?] = [:]
    switch read {
    case .found(let offsets): for (partition, offset) in offsets { found[partition] = .some(offset) }
    case .again: break
    case .failed(let error): consumer.errors.append(error)
    }
    // Partitions that were requested together are requested together again, in one request (`ConsumerCoordinator.fetchCommittedOffsets`).
    lazy var nextAttempt = consumer.reactor.now + consumer.backoff.delay(afterAttempts: 1, &consumer.reactor.host.random)
    for assigned in waiting {
      switch found[assigned.partition] {
      case .some(.some(let committed)):
        assigned.move(
          to: committed.offset, epoch: committed.leaderEpoch, phase: committed.leaderEpoch == .unknown ? .fetching : .needsValidation)
      case .some(.none):
        if let query = consumer.resetQuery { assigned.lose(.needsReset(query)) } else { consumer.stop(assigned, .noPosition(assigned.partition)) }
      case .none:
        assigned.phase = .needsCommitted
        assigned.waitsUntil = nextAttempt
      }
    }
  }
}

extension ErrorCode {
  /// Whether a commit was refused because of its sender, and is in no log.
  fileprivate var fencesCommitter: Bool {
    switch self {
    case .rebalanceInProgress, .fencedInstanceId, .unknownMemberId, .illegalGeneration, .staleMemberEpoch: true
    default: false
    }
  }
}
