import Host
import Primitives
import Wire

/// Reads assigned partitions from their leaders (or from closer replicas), as Kafka's consumer does: incremental fetch sessions, one fetch in flight
/// to each broker, prefetching while the application works, positions validated after leader changes.
///
/// `poll` returns records as slices of the batches that came from the broker. With a `group.id` positions start at the group's committed offsets, and
/// partitions can be shared with its other members (`subscribe`); without one, positions exist only in this object.
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
  /// All partitions that do not rest (`AssignedPartition`).
  var restless = RestlessList<AssignedPartition>()
  /// All partitions whose phase is not `fetching`, and perhaps others. Unordered.
  private var unsettled: ContiguousArray<AssignedPartition> = []
  /// Partitions with something to deliver, in the order of arrival.
  var buffered: [AssignedPartition] = []
  /// In the order of their first use.
  var sources: ContiguousArray<FetchSource> = []
  /// Errors for the next polls.
  var errors: [ConsumerError] = []

  let compressor = Compressor()

  var pendingPoll: PendingPoll?
  private var isInPoll = false
  private var pollTimer: ScheduledTimer?
  /// Runs `progress` again when a backoff ends.
  private(set) lazy var wakeTimer = EarliestTimer(reactor) { [unowned self] in progress() }
  private var isStarted = false
  private(set) var isClosed = false
  /// Whether it is leaving its group, and will be closed after that.
  private(set) var isClosing = false
  /// Nil without a `group.id`.
  private(set) var group: ConsumerGroup?

  struct PendingPoll {
    let deadline: Instant
    let completion: (Result<ConsumerRecords, ConsumerError>) -> Void
  }

  /// Makes a consumer on the node that `reactor` serves. It requests metadata when partitions are assigned.
  public init(reactor: Reactor, configuration: ConsumerConfiguration, delegate: (any ConsumerDelegate)? = nil) {
    self.reactor = reactor
    self.configuration = configuration
    self.delegate = delegate
    backoff = RetryBackoff(configuration.connection)
    cluster = Cluster(
      reactor: reactor, configuration: configuration.connection, allowsAutoTopicCreation: configuration.allowsAutoCreateTopics,
      usesTopicIDs: configuration.switches.useTopicIDs)
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
    // Sessions and the partitions in them refer to each other.
    for source in sources { source.session = FetchSessionHandler() }
  }

  /// This consumer's view of the cluster.
  public var metadata: ClusterMetadata { cluster.metadata }

  // MARK: Assignment

  /// Reads these partitions and no others. Partitions that were already assigned keep their positions.
  public func assign(_ assignment: [TopicPartition]) {
    precondition(!(group?.isSubscribed ?? false), "a consumer either assigns partitions itself or subscribes to topics, not both")
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

  /// Keeps what was fetched, but neither delivers nor fetches until `resume`.
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

  /// The query for `auto.offset.reset`; nil if it is none.
  var resetQuery: OffsetQuery? {
    switch configuration.autoOffsetReset {
    case .earliest: .earliest
    case .latest: .latest
    case .none: nil
    case .byDuration(let duration): .timestamp(reactor.wallClock - duration)
    }
  }

  // MARK: Polling

  /// Completes with up to `max.poll.records` records as soon as there are any, with none when `timeout` is over, or with an error; at once if there
  /// is already something. One poll at a time; `completion` may start the next one.
  public func poll(timeout: Duration, _ completion: @escaping (Result<ConsumerRecords, ConsumerError>) -> Void) {
    precondition(pendingPoll == nil, "a consumer allows only one poll at a time")
    guard !isClosed, !isClosing else { return completion(.failure(.closed)) }
    group?.polled()
    reportMissingPositions()
    pendingPoll = PendingPoll(deadline: reactor.now + timeout, completion: completion)
    progress()
  }

  /// Polls continuously and passes everything to the delegate.
  public func start() {
    guard !isStarted, !isClosed else { return }
    isStarted = true
    pollForDelegate()
  }

  /// Ends `start`. A poll in progress still delivers.
  public func stop() { isStarted = false }

  private func pollForDelegate() {
    // Long, so that an idle consumer sets few timers: nothing depends on it.
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

  /// Delays the next poll: a persistent error, such as a missing position, must not be repeated endlessly.
  private func pollAfterError() {
    reactor.after(configuration.connection.retryBackoff) { [weak self] in
      guard let self, isStarted, !isClosed, pendingPoll == nil else { return }
      pollForDelegate()
    }
  }

  /// Does whatever is possible now: delivers to the poll, resolves positions, fetches.
  func progress() {
    guard !isInPoll, !isClosed else { return }
    isInPoll = true
    defer { isInPoll = false }
    // A completion that polls again is served here, instead of deeper on the stack.
    while let poll = pendingPoll {
      group?.advance()
      // Also where other partitions always have something to deliver (`KafkaConsumer.updateAssignmentMetadataIfNeeded` comes first in each poll).
      resolvePositions()
      guard let result = nextResult() ?? (poll.deadline <= reactor.now ? .success(ConsumerRecords()) : nil) else { break }
      pendingPoll = nil
      // The next fetch runs while the application works.
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

  /// Ends everything; a poll in progress ends with `.closed`. Brokers are told that their fetch sessions are over.
  ///
  /// A group member first commits, if it commits automatically, and leaves the group, which may take up to 30 s (`KafkaConsumer.close`).
  /// - Parameters:
  ///   - operation: Whether it leaves its group.
  ///   - completion: Runs when all of this is done, perhaps at once.
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
    mustHold(assigned.isAssigned, "consumer: records of \(assigned.partition) are delivered, which is not assigned")
    guard case .fetching = assigned.phase, let position = assigned.position, assigned.buffered?.goesOn(at: position) ?? true else {
      // The leader changed: what the previous one returned is fetched again, or the new one has returned it.
      mark(.bufferedRecordsDropped)
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
        mark(.corruptBatchReceived)
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

  /// Moves a partition that has delivered behind the others.
  private func moveToEnd(_ assigned: AssignedPartition) {
    assigned.turn = nextTurn
    nextTurn += 1
  }

  // MARK: Partitions to visit

  func unsettle(_ assigned: AssignedPartition) {
    assigned.isUnsettled = true
    unsettled.append(assigned)
  }

  /// The partitions without a validated position, in the order of their turns. They stay unsettled.
  func unsettledPartitions() -> ContiguousArray<AssignedPartition> {
    guard !unsettled.isEmpty else { return unsettled }
    unsettled.removeAll { assigned in
      assigned.isUnsettled = assigned.isAssigned && !assigned.isFetching
      return !assigned.isUnsettled
    }
    unsettled.sort { $0.turn < $1.turn }
    return unsettled
  }

  private func reportMissingPositions() {
    for assigned in unsettledPartitions() {
      if case .stopped = assigned.phase, errors.isEmpty { errors.append(.noPosition(assigned.partition)) }
    }
  }

  /// Visits the restless partitions, in the order of their turns. Partitions that become restless in the meantime are not visited.
  ///
  /// - Parameter visit: Returns whether the partition rests from now on.
  func visitRestless(_ visit: (AssignedPartition) -> Bool) {
    var visited = restless.take()
    for assigned in visited {
      if visit(assigned) { assigned.rest() } else { restless.append(assigned) }
    }
    restless.giveBack(&visited)
  }
}
