import Host
import Primitives
import Wire

/// Reads assigned partitions from their leaders (or from closer replicas), as Kafka's consumer does: incremental fetch sessions, one
/// fetch in flight to each broker, the next one under way while the application works, positions checked against leader changes.
///
/// `poll` returns records as slices of the batches that came from the broker. With a `group.id` positions begin where the group has committed, and partitions can be
/// shared with its other members (`subscribe`); without one they live here alone.
public final class Consumer {
  public weak var delegate: (any ConsumerDelegate)?
  public let configuration: ConsumerConfiguration

  let reactor: Reactor
  let cluster: Cluster
  let backoff: RetryBackoff

  var partitions: [TopicPartition: AssignedPartition] = [:]
  /// The same, in the order of their assignment.
  private(set) var assignedPartitions: ContiguousArray<AssignedPartition> = []
  private var nextTurn = 0
  /// All but those that rest in a fetch session.
  var restless = RestlessList<AssignedPartition>()
  /// All whose phase is not `fetching`, and perhaps others. In no order.
  private var unsettled: ContiguousArray<AssignedPartition> = []
  /// With something to deliver, in the order of arrival.
  var buffered: [AssignedPartition] = []
  /// In the order of their first use.
  var sources: ContiguousArray<FetchSource> = []
  /// For the next polls.
  var errors: [ConsumerError] = []

  let compressor = Compressor()

  var pendingPoll: PendingPoll?
  private var isInPoll = false
  private var pollTimer: ScheduledTimer?
  /// Looks again when a backoff ends.
  private(set) lazy var wakeTimer = EarliestTimer(reactor) { [unowned self] in progress() }
  private var isStarted = false
  private(set) var isClosed = false
  /// It leaves its group, and is closed then.
  private(set) var isClosing = false
  /// nil without a `group.id`.
  private(set) var group: ConsumerGroup?

  struct PendingPoll {
    let deadline: Instant
    let completion: (Result<ConsumerRecords, ConsumerError>) -> Void
  }

  /// A consumer of the node that `reactor` serves. It asks for metadata when partitions are assigned.
  public init(reactor: Reactor, configuration: ConsumerConfiguration, delegate: (any ConsumerDelegate)? = nil) {
    self.reactor = reactor
    self.configuration = configuration
    self.delegate = delegate
    backoff = RetryBackoff(configuration.connection)
    cluster = Cluster(
      reactor: reactor, configuration: configuration.connection, allowsAutoTopicCreation: configuration.allowsAutoCreateTopics)
    cluster.metadataChanged = { [weak self] in self?.takeMetadata() }
    cluster.becameReady = { [weak self] in self?.progress() }
    cluster.refused = { [weak self] topic, error in
      guard let self else { return }
      errors.append(.refused(nil, topic: topic, error))
      progress()
    }
    group = configuration.groupID.map { ConsumerGroup(self, id: $0) }
  }

  deinit {
    // Sessions, and the partitions that they ask for, hold each other.
    for source in sources { source.session = FetchSessionHandler() }
  }

  /// What this consumer knows of the cluster.
  public var metadata: ClusterMetadata { cluster.metadata }

  // MARK: Assignment

  /// Reads these partitions and no others. Those assigned before keep their positions.
  public func assign(_ assignment: [TopicPartition]) {
    precondition(!(group?.isSubscribed ?? false), "a consumer reads what it assigned itself, or what it subscribed to")
    replaceAssignment(assignment)
  }

  func replaceAssignment(_ assignment: [TopicPartition]) {
    let former = (byName: partitions, all: assignedPartitions)
    partitions = [:]
    assignedPartitions = []
    for partition in assignment where partitions[partition] == nil {
      let assigned = former.byName[partition] ?? enter(partition)
      if assigned.leader == nil { assigned.takeLeader(cluster.metadata.partition(partition)) }
      partitions[partition] = assigned
      assignedPartitions.append(assigned)
      moveToEnd(assigned)
    }
    for assigned in former.all where partitions[assigned.partition] == nil {
      assigned.buffered = nil
      assigned.isAssigned = false
    }
    buffered.removeAll { !$0.isAssigned }
    cluster.follow(assignment.byTopic.map(\.topic))
    resolvePositions()
    progress()
  }

  /// In ascending order.
  public var assignment: [TopicPartition] { assignedPartitions.map(\.partition).sorted() }

  /// Keeps what was fetched, and neither delivers nor fetches until `resume`.
  public func pause(_ partitions: [TopicPartition]) {
    for partition in partitions { self.partitions[partition]?.isPaused = true }
  }

  public func resume(_ partitions: [TopicPartition]) {
    for partition in partitions { self.partitions[partition]?.isPaused = false }
    progress()
  }

  private func enter(_ partition: TopicPartition) -> AssignedPartition {
    let assigned = AssignedPartition(partition, phase: initialPhase, consumer: self)
    restless.append(assigned)
    unsettle(assigned)
    return assigned
  }

  private var initialPhase: AssignedPartition.Phase {
    group == nil ? resetQuery.map { .needsReset($0) } ?? .stopped : .needsCommitted
  }

  /// What `auto.offset.reset` asks the leader for; nil where it is none.
  var resetQuery: OffsetQuery? {
    switch configuration.autoOffsetReset {
    case .earliest: .earliest
    case .latest: .latest
    case .none: nil
    case .byDuration(let duration): .timestamp(reactor.wallClock - duration)
    }
  }

  // MARK: Polling

  /// Ends with up to `max.poll.records` records as soon as there are any, with none when `timeout` is over, or with an error. At once
  /// where something is there already. One poll at a time; the next may begin in `completion`.
  public func poll(timeout: Duration, _ completion: @escaping (Result<ConsumerRecords, ConsumerError>) -> Void) {
    precondition(pendingPoll == nil, "a consumer has one poll at a time")
    guard !isClosed, !isClosing else { return completion(.failure(.closed)) }
    group?.polled()
    noteMissingPositions()
    pendingPoll = PendingPoll(deadline: reactor.now + timeout, completion: completion)
    progress()
  }

  /// Polls on and on, and hands everything to the delegate.
  public func start() {
    guard !isStarted, !isClosed else { return }
    isStarted = true
    pollForDelegate()
  }

  /// Ends `start`. A poll under way still delivers.
  public func stop() { isStarted = false }

  private func pollForDelegate() {
    // Long, so that an idle consumer sets few timers: nothing depends on its end.
    poll(timeout: .seconds(60)) { [weak self] result in
      guard let self else { return }
      switch result {
      case .success(let records): if !records.isEmpty { delegate?.consumer(self, received: records) }
      case .failure(.closed): return
      case .failure(let error):
        delegate?.consumer(self, failed: error)
        return pollAfterError()
      }
      if isStarted && !isClosed { pollForDelegate() }
    }
  }

  /// An error that stands, as a position that is missing does, is not repeated without end.
  private func pollAfterError() {
    reactor.after(configuration.connection.retryBackoff) { [weak self] in
      guard let self, isStarted, !isClosed, pendingPoll == nil else { return }
      pollForDelegate()
    }
  }

  /// Does whatever can be done now: delivers to the poll, resolves positions, fetches.
  func progress() {
    guard !isInPoll, !isClosed else { return }
    isInPoll = true
    defer { isInPoll = false }
    // A completion that polls again is served here, not deeper down the stack.
    while let poll = pendingPoll {
      group?.advance()
      guard let result = nextResult() ?? (poll.deadline <= reactor.now ? .success(ConsumerRecords()) : nil) else { break }
      pendingPoll = nil
      // The next fetch is under way while the application works.
      sendFetches()
      group?.polled()
      poll.completion(result)
      if isClosed { return }
    }
    guard let poll = pendingPoll else { return }
    resolvePositions()
    sendFetches()
    watch(poll)
  }

  private func watch(_ poll: PendingPoll) {
    guard pollTimer == nil else { return }
    pollTimer = reactor.after(max(poll.deadline - reactor.now, .zero)) { [weak self] in
      guard let self else { return }
      pollTimer = nil
      progress()
    }
  }

  /// Ends everything; a poll under way ends with `.closed`. Brokers are told that their fetch sessions are over.
  ///
  /// Who is in a group commits first, where that is automatic, and leaves it, for which it takes up to 30 s (`KafkaConsumer.close`).
  /// - Parameters:
  ///   - operation: whether it leaves its group.
  ///   - completion: runs when all of this is done, perhaps at once.
  public func close(_ operation: GroupMembershipOperation = .default, _ completion: @escaping () -> Void = {}) {
    guard !isClosed, !isClosing else { return }
    guard let group else {
      end()
      return completion()
    }
    isClosing = true
    let poll = pendingPoll
    pendingPoll = nil
    poll?.completion(.failure(.closed))
    group.close(within: .seconds(30), operation) { [self] in
      end()
      completion()
    }
  }

  private func end() {
    guard !isClosed else { return }
    closeSessions()
    isClosed = true
    reactor.cancel(pollTimer)
    wakeTimer.cancel()
    let poll = pendingPoll
    pendingPoll = nil
    cluster.close()
    poll?.completion(.failure(.closed))
  }

  // MARK: Delivery

  private func nextResult() -> Result<ConsumerRecords, ConsumerError>? {
    if !errors.isEmpty { return .failure(errors.removeFirst()) }
    if let group, group.withholdsRecords { return nil }
    let records = drain()
    if !records.isEmpty { return .success(records) }
    return errors.isEmpty ? nil : .failure(errors.removeFirst())
  }

  /// Takes up to `max.poll.records` out of what was fetched.
  private func drain() -> ConsumerRecords {
    var records = ConsumerRecords()
    var index = 0
    while index < buffered.count && records.count < configuration.maxPollRecords {
      let assigned = buffered[index]
      if assigned.isPaused {
        index += 1
      } else if drain(assigned, into: &records) {
        buffered.remove(at: index)
      }
    }
    return records
  }

  /// Returns whether nothing is left of the partition's buffer.
  private func drain(_ assigned: AssignedPartition, into records: inout ConsumerRecords) -> Bool {
    guard case .fetching = assigned.phase else {
      // The leader changed: what the former one said is fetched again once the position is validated.
      assigned.buffered = nil
      return true
    }
    while records.count < configuration.maxPollRecords {
      guard let position = assigned.position, assigned.buffered != nil else { return true }
      do {
        switch try assigned.buffered?.next(from: position, limit: configuration.maxPollRecords - records.count) {
        case .slice(let slice, let position, let epoch):
          records.append(slice)
          assigned.advance(to: position, epoch: epoch)
        case .skipped(let position, let epoch):
          assigned.advance(to: position, epoch: epoch)
        case .end, nil:
          assigned.buffered = nil
          moveToEnd(assigned)
          return true
        }
      } catch {
        assigned.buffered = nil
        errors.append(.corruptBatch(assigned.partition, position, error))
        return true
      }
    }
    guard assigned.buffered?.isExhausted ?? true else { return false }
    assigned.buffered = nil
    moveToEnd(assigned)
    return true
  }

  /// One that has delivered is fetched and drained after the others.
  private func moveToEnd(_ assigned: AssignedPartition) {
    assigned.turn = nextTurn
    nextTurn += 1
  }

  // MARK: Partitions to look at

  func unsettle(_ assigned: AssignedPartition) {
    assigned.isUnsettled = true
    unsettled.append(assigned)
  }

  /// Those without a position that is known to be good, in the order of their turns. They stay unsettled.
  func unsettledPartitions() -> ContiguousArray<AssignedPartition> {
    guard !unsettled.isEmpty else { return unsettled }
    unsettled.removeAll { assigned in
      assigned.isUnsettled = assigned.isAssigned && !assigned.isFetching
      return !assigned.isUnsettled
    }
    unsettled.sort { $0.turn < $1.turn }
    return unsettled
  }

  private func noteMissingPositions() {
    for assigned in unsettledPartitions() {
      if case .stopped = assigned.phase, errors.isEmpty { errors.append(.noPosition(assigned.partition)) }
    }
  }

  /// Visits those that do not rest, in the order of their turns. Others may stir meanwhile; they are not visited.
  ///
  /// - Parameter visit: returns whether the partition rests from now on.
  func visitRestless(_ visit: (AssignedPartition) -> Bool) {
    var visited = restless.take()
    for assigned in visited {
      if visit(assigned) { assigned.rest() } else { restless.append(assigned) }
    }
    restless.giveBack(&visited)
  }
}
