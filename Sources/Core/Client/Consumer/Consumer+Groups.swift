import Primitives
import Wire

/// Groups: sharing the partitions of topics, and the progress of all members.
extension Consumer {
  /// Reads only the partitions of these topics that the group assigns to this consumer. Joins the group with the next poll. Replaces any other
  /// subscription.
  ///
  /// Needs a `group.id`.
  public func subscribe(to topics: [String]) {
    guard !topics.isEmpty else { return unsubscribe() }
    subscribe(.topics(topics.withoutRepetitions.sorted()))
  }

  /// As above, for all existing and future topics whose whole names match a regular expression.
  ///
  /// - Throws: If it is not a valid regular expression.
  public func subscribe(toPattern pattern: String) throws { subscribe(.pattern(try Regex(pattern))) }

  /// As above, with an RE2 expression that the coordinator evaluates to find topics. Only for KIP-848 groups. If the coordinator finds the pattern
  /// invalid, that ends the membership like any other refusal.
  public func subscribe(toPatternOfCoordinator pattern: String) {
    precondition(configuration.groupProtocol == .consumer, "coordinators of classic groups do not support patterns")
    subscribe(.patternOfCoordinator(pattern))
  }

  private func subscribe(_ subscription: Subscription) {
    precondition(group != nil, "a subscription needs a group.id")
    precondition(group?.isSubscribed ?? false || partitions.isEmpty, "a consumer either assigns partitions itself or subscribes to topics, not both")
    guard !isClosed, !isClosing else { return }
    group?.subscribe(subscription)
  }

  /// The topics of the subscription, in ascending order; for a pattern, those that match.
  public var subscription: [String] { group?.topics ?? [] }

  /// Leaves the group, and stops reading.
  public func unsubscribe(_ completion: @escaping () -> Void = {}) {
    guard let group, group.isSubscribed else {
      replaceAssignment([])
      return completion()
    }
    group.unsubscribe("the consumer unsubscribed from all topics", .default, completion)
  }

  /// The consumer's generation and member id in its group; nil while it has no generation in which it could commit.
  public var standing: MemberStanding? { try? group?.membership?.standing.get() }

  // MARK: Offsets

  /// Commits offsets, or what the last polls returned if `offsets` is nil. Sent once: after `.notCommitted` or `.rebalanceInProgress` the caller may
  /// try again. Commits are handled in the order of the calls.
  public func commit(
    _ offsets: [(partition: TopicPartition, offset: CommittedOffset)]? = nil, _ completion: @escaping (Result<Void, ConsumerError>) -> Void = { _ in }
  ) {
    guard let group, !isClosed else { return completion(.failure(isClosed ? .closed : .noGroup)) }
    group.commit(offsets ?? group.consumedOffsets) { completion(Result($0)) }
  }

  /// As above, but retries until `default.api.timeout.ms` is over, like Kafka's `commitSync`. To wait for it, poll again only after it has completed.
  public func commitRetrying(
    _ offsets: [(partition: TopicPartition, offset: CommittedOffset)]? = nil, _ completion: @escaping (Result<Void, ConsumerError>) -> Void = { _ in }
  ) {
    guard let group, !isClosed else { return completion(.failure(isClosed ? .closed : .noGroup)) }
    group.commit(offsets ?? group.consumedOffsets, until: reactor.now + configuration.defaultAPITimeout) { completion(Result($0)) }
  }

  /// The group's committed offsets, in the order of `partitions`; nil if there is none.
  public func committed(
    _ partitions: [TopicPartition], _ completion: @escaping (Result<[(partition: TopicPartition, offset: CommittedOffset?)], ConsumerError>) -> Void
  ) {
    guard let group, !isClosed else { return completion(.failure(isClosed ? .closed : .noGroup)) }
    readCommitted(partitions, group, until: reactor.now + configuration.defaultAPITimeout, attempts: 1, completion)
  }

  private func readCommitted(
    _ partitions: [TopicPartition], _ group: ConsumerGroup, until deadline: Instant, attempts: Int,
    _ completion: @escaping (Result<[(partition: TopicPartition, offset: CommittedOffset?)], ConsumerError>) -> Void
  ) {
    group.fetchOffsets(of: partitions) { [weak self] read in
      guard let self else { return completion(.failure(.closed)) }
      switch read {
      case .found(let offsets): completion(.success(offsets))
      case .failed(let error): completion(.failure(error))
      case .again:
        let delay = backoff.delay(afterAttempts: attempts, &reactor.host.random)
        guard reactor.now + delay < deadline, !isClosed else { return completion(.failure(.timedOut)) }
        reactor.after(delay) { [weak self] in self?.readCommitted(partitions, group, until: deadline, attempts: attempts + 1, completion) }
      }
    }
  }
}

extension Result where Success == Void, Failure == ConsumerError {
  fileprivate init(_ outcome: ConsumerGroup.CommitOutcome) {
    switch outcome {
    case .committed: self = .success(())
    case .again(let error), .failed(let error): self = .failure(error)
    }
  }
}
