import Primitives
import Wire

/// Groups: who shares the partitions of topics with others, and where all of them have got to.
extension Consumer {
  /// Reads the partitions of these topics that the group gives to this consumer, and no others. Joins the group with the next poll. In place of any other
  /// subscription.
  ///
  /// Needs a `group.id`.
  public func subscribe(to topics: [String]) {
    guard !topics.isEmpty else { return unsubscribe() }
    subscribe(.topics(topics.withoutRepetitions.sorted()))
  }

  /// The same, of all topics whose whole names match a regular expression, and of those to come.
  ///
  /// - Throws: where it is no regular expression.
  public func subscribe(toPattern pattern: String) throws { subscribe(.pattern(try Regex(pattern))) }

  /// The same, by a regular expression of RE2 that the coordinator reads and looks for topics by. Of groups of KIP-848 alone: what the coordinator says of a pattern that is
  /// none ends the membership as any refusal does.
  public func subscribe(toPatternOfCoordinator pattern: String) {
    precondition(configuration.groupProtocol == .consumer, "coordinators of classic groups read no patterns")
    subscribe(.patternOfCoordinator(pattern))
  }

  private func subscribe(_ subscription: Subscription) {
    precondition(group != nil, "who subscribes needs a group.id")
    precondition(group?.isSubscribed ?? false || partitions.isEmpty, "a consumer reads what it assigned itself, or what it subscribed to")
    guard !isClosed, !isClosing else { return }
    group?.subscribe(subscription)
  }

  /// The topics of the subscription, in ascending order: of a pattern those that match.
  public var subscription: [String] { group?.topics ?? [] }

  /// Leaves the group, and reads nothing any more.
  public func unsubscribe(_ completion: @escaping () -> Void = {}) {
    guard let group, group.isSubscribed else {
      replaceAssignment([])
      return completion()
    }
    group.unsubscribe("the consumer unsubscribed from all topics", .default, completion)
  }

  /// Where this consumer stands in its group; nil while it has no generation in which it could commit.
  public var standing: MemberStanding? { try? group?.membership?.standing.get() }

  // MARK: Offsets

  /// Commits offsets, or what the last polls returned up to where `offsets` is nil. Sent once: where it fails with `.notCommitted` or `.rebalanceInProgress`, it may be
  /// tried again. Commits are handled in the order of the calls.
  public func commit(
    _ offsets: [(partition: TopicPartition, offset: CommittedOffset)]? = nil, _ completion: @escaping (Result<Void, ConsumerError>) -> Void = { _ in }
  ) {
    guard let group, !isClosed else { return completion(.failure(isClosed ? .closed : .noGroup)) }
    group.commit(offsets ?? group.consumedOffsets) { completion(Result($0)) }
  }

  /// The same, and tries again until `default.api.timeout.ms` is over: what Kafka's `commitSync` does. Whoever wants to wait for it polls when it is done.
  public func commitRetrying(
    _ offsets: [(partition: TopicPartition, offset: CommittedOffset)]? = nil, _ completion: @escaping (Result<Void, ConsumerError>) -> Void = { _ in }
  ) {
    guard let group, !isClosed else { return completion(.failure(isClosed ? .closed : .noGroup)) }
    group.commit(offsets ?? group.consumedOffsets, until: reactor.now + configuration.defaultAPITimeout) { completion(Result($0)) }
  }

  /// What the group has committed, in the order of `partitions`; nil where there is nothing.
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
