import Host
import Primitives
import Wire

/// The additional parts of a consumer with a `group.id`: a coordinator, committed offsets and, if it subscribes, a membership.
final class ConsumerGroup {
  unowned let consumer: Consumer
  let id: String
  let coordinator: GroupCoordinator
  private(set) var membership: (any GroupMembership)?
  /// The membership that is being given up: until then, the application may commit under it, and under no other.
  private var leaving: (any GroupMembership)?
  private var subscription: Subscription?
  /// The subscribed topics, in ascending order.
  private(set) var topics: [String] = []
  private var isAdvancing = false, isToGoOn = false
  var nextAutoCommit = Instant.distantFuture
  /// The last membership: kept during rebalances and after a removal, so that the coordinator can tell that it is not current.
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
  /// The membership under which offsets are committed; nil for a consumer that assigns partitions to itself.
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
      // Any topics: the coordinator decides.
      topics = []
      consumer.cluster.followAll(true)
    }
    consumer.progress()
  }

  /// Leaves the group, and stops reading.
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
        // `AsyncKafkaConsumer.resetGroupMetadata`. The classic consumer keeps its metadata.
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

  /// The pattern by which the coordinator finds topics; nil if the member sends their names.
  var patternOfCoordinator: String? {
    if case .patternOfCoordinator(let pattern) = subscription { pattern } else { nil }
  }

  private func matches(_ topic: String, _ pattern: Regex<AnyRegexOutput>) -> Bool { ((try? pattern.wholeMatch(in: topic)) ?? nil) != nil }

  /// Adds topics that the leader assigned partitions of and that this consumer does not know yet.
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

  /// Does what only polls may do: takes part in rebalances, and commits when that is due.
  func advance() {
    // Without a list of all topics, it is unknown which topics a pattern matches.
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

  /// Lets a poll in progress continue after a change.
  func goOn() {
    if isAdvancing { isToGoOn = true } else { consumer.progress() }
  }

  // MARK: Partitions

  /// Records that the consumer has a new generation or epoch.
  func updateMetadata() {
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

  /// Commits if commits are automatic, gives up everything and leaves, all within a timeout.
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
