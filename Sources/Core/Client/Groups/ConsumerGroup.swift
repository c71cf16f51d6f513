import Host
import Primitives
import Wire

/// What a consumer with a `group.id` has more than others: a coordinator, committed offsets, and where it subscribes, a membership.
final class ConsumerGroup {
  unowned let consumer: Consumer
  let id: String
  let coordinator: GroupCoordinator
  private(set) var membership: (any GroupMembership)?
  /// The membership that is being given up: the application may still commit in its name, and in no other.
  private var leaving: (any GroupMembership)?
  private var subscription: Subscription?
  /// What the subscription comes to, in ascending order.
  private(set) var topics: [String] = []
  private var isAdvancing = false, isToGoOn = false
  var nextAutoCommit = Instant.distantFuture
  /// Where the consumer last stood: kept while it rebalances and when it is put out, so that the coordinator can tell that it is not the present member.
  private(set) var metadata: ConsumerGroupMetadata
  private var isClosed = false

  init(_ consumer: Consumer, id: String) {
    self.consumer = consumer
    self.id = id
    coordinator = GroupCoordinator(of: id, in: consumer.cluster)
    metadata = ConsumerGroupMetadata(groupID: id, groupInstanceID: consumer.configuration.groupInstanceID)
    if consumer.configuration.commitsAutomatically { nextAutoCommit = consumer.reactor.now + consumer.configuration.autoCommitInterval }
    coordinator.found = { [weak self] in
      guard let self, !self.isClosed else { return }
      self.membership?.coordinatorFound()
      self.consumer.resolvePositions()
      self.goOn()
    }
    coordinator.refused = { [weak self] error in
      guard let self, !self.isClosed else { return }
      self.consumer.errors.append(.groupRefused(error))
      self.goOn()
    }
  }

  var isSubscribed: Bool { subscription != nil }
  var withholdsRecords: Bool { membership?.withholdsRecords ?? false }
  /// In whose name offsets are committed; nil for a consumer that assigns partitions to itself.
  var committer: (any GroupMembership)? { membership ?? leaving }

  // MARK: Subscription

  func subscribe(_ subscription: Subscription) {
    self.subscription = subscription
    if membership == nil {
      switch consumer.configuration.groupProtocol {
      case .classic: membership = ClassicMembership(self, consumer.configuration)
      case .consumer: membership = ConsumerMembership(self, consumer.configuration)
      }
    }
    switch subscription {
    case .topics(let names):
      consumer.cluster.followAll(false)
      topics = names
      keepTopics()
      consumer.cluster.follow(names)
    case .pattern:
      topics = []
      consumer.cluster.followAll(true)
      matchPattern()
    case .patternOfCoordinator:
      // Whatever it will be given.
      topics = []
      consumer.cluster.followAll(true)
    }
    consumer.progress()
  }

  /// Leaves the group, and reads nothing any more.
  func unsubscribe(_ reason: String, _ operation: GroupMembershipOperation, _ completion: @escaping () -> Void) {
    subscription = nil
    let membership = membership
    self.membership = nil
    leaving = membership
    let then: () -> Void = { [weak self] in
      membership?.close()
      if let self, leaving === membership { leaving = nil }
      if let self, !isClosed, !isSubscribed {
        topics = []
        consumer.cluster.followAll(false)
        keepTopics()
        // `AsyncKafkaConsumer.resetGroupMetadata`. The classic consumer keeps what it was.
        if consumer.configuration.groupProtocol == .consumer {
          metadata = ConsumerGroupMetadata(groupID: id, groupInstanceID: consumer.configuration.groupInstanceID)
        }
      }
      completion()
    }
    guard let membership else { return then() }
    membership.leave(reason, operation, then)
  }

  private func keepTopics() { consumer.cluster.unfollow(allBut: Set(topics + consumer.assignment.map(\.topic))) }

  func wants(_ topic: String) -> Bool {
    switch subscription {
    case .topics(let names): names.contains(topic)
    case .pattern(let pattern): matches(topic, pattern)
    case .patternOfCoordinator: true
    case nil: false
    }
  }

  /// What the coordinator finds topics by; nil if it is told their names.
  var patternOfCoordinator: String? {
    if case .patternOfCoordinator(let pattern) = subscription { pattern } else { nil }
  }

  private func matches(_ topic: String, _ pattern: Regex<AnyRegexOutput>) -> Bool { ((try? pattern.wholeMatch(in: topic)) ?? nil) != nil }

  /// Topics that the leader assigned partitions of and that this consumer has not heard of yet.
  func add(topics names: [String]) {
    guard case .pattern = subscription else { return }
    topics = (topics + names).withoutRepetitions.sorted()
  }

  private var isPattern: Bool {
    if case .pattern = subscription { true } else { false }
  }

  func metadataChanged() {
    matchPattern()
    membership?.metadataChanged()
  }

  private func matchPattern() {
    guard case .pattern(let pattern) = subscription else { return }
    let hidesInternal = consumer.configuration.excludesInternalTopics
    topics = consumer.cluster.metadata.topics.filter { !(hidesInternal && $0.isInternal) && matches($0.name, pattern) }.map(\.name)
  }

  // MARK: Polls

  func polled() { membership?.polled() }

  /// Does what only polls may do: takes part in rebalances, and commits when it is time.
  func advance() {
    // Without the topics that there are, nobody knows what a pattern asks for.
    if let membership, !isPattern || consumer.cluster.knowsAll {
      isAdvancing = true
      repeat {
        isToGoOn = false
        membership.advance()
      } while isToGoOn && !isClosed
      isAdvancing = false
    }
    commitWhenDue()
  }

  /// Something changed that a poll under way may go on from.
  func goOn() {
    if isAdvancing { isToGoOn = true } else { consumer.progress() }
  }

  // MARK: Partitions

  /// The consumer has a new generation or epoch.
  func noteStanding() {
    guard case .success(let standing)? = membership?.standing else { return }
    metadata.generationID = standing.generation
    metadata.memberID = standing.memberID
  }

  func own(_ partitions: [TopicPartition]) {
    nextAutoCommit = consumer.configuration.commitsAutomatically ? consumer.reactor.now + consumer.configuration.autoCommitInterval : .distantFuture
    consumer.replaceAssignment(partitions)
  }

  func hand(over partitions: [TopicPartition], _ done: @escaping () -> Void) {
    guard let delegate = consumer.delegate else { return done() }
    delegate.consumer(consumer, assigned: partitions, done: once(done))
  }

  func revoke(_ partitions: [TopicPartition], _ done: @escaping () -> Void) {
    guard !partitions.isEmpty, let delegate = consumer.delegate else { return done() }
    delegate.consumer(consumer, revokes: partitions, done: once(done))
  }

  func lose(_ partitions: [TopicPartition], _ done: @escaping () -> Void) {
    guard !partitions.isEmpty, let delegate = consumer.delegate else { return done() }
    delegate.consumer(consumer, lost: partitions, done: once(done))
  }

  private func once(_ body: @escaping () -> Void) -> () -> Void {
    var isDone = false
    return {
      guard !isDone else { return }
      isDone = true
      body()
    }
  }

  // MARK: Ending

  /// Commits where that is automatic, gives everything up and leaves; all of it within a time.
  func close(within timeout: Duration, _ operation: GroupMembershipOperation, _ completion: @escaping () -> Void) {
    var timer: ScheduledTimer?
    let finish = once { [weak self] in
      if let self {
        consumer.reactor.cancel(timer)
        isClosed = true
        membership?.close()
        coordinator.close()
      }
      completion()
    }
    timer = consumer.reactor.after(timeout, finish)
    let leave: () -> Void = { [weak self] in
      guard let self, isSubscribed else { return finish() }
      unsubscribe("the consumer is being closed", operation, finish)
    }
    guard consumer.configuration.commitsAutomatically, mayCommit else { return leave() }
    commit(consumedOffsets, until: consumer.reactor.now + timeout) { _ in leave() }
  }

  private var mayCommit: Bool {
    if case .failure? = membership?.standing { false } else { true }
  }

  func checkInvariants(_ check: inout InvariantCheck) { membership?.checkInvariants(&check) }
}
