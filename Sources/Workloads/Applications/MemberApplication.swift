import Client
import Host
import Primitives

/// A client process that is a member of a consumer group: it subscribes, processes what it is given, commits as planned, and records all of it.
public final class MemberApplication: ClientApplication, ConsumerDelegate {
  /// When offsets are committed.
  public enum Commits: Equatable, Sendable {
    /// By the consumer itself (`enable.auto.commit`).
    case automatic
    /// After the records of each poll, and the next poll waits for it.
    case waiting
    /// After the records of each poll, without waiting.
    case passing
    /// Once this many records have been processed since the last commit; the next poll waits for it.
    case every(Int)
    /// Before the records of each poll are processed; if the commit fails, they are not processed.
    case before
  }

  /// What the process does.
  public struct Plan: Sendable {
    public var topics: [String]
    /// A regular expression: if set, the process subscribes to all matching topics instead of `topics`.
    public var pattern: String?
    public var commits: Commits
    /// The time it takes to process a record.
    public var timePerRecord: Duration
    /// The number of workers that it hands records to, polling and committing as if they were done; 0 if it processes records itself and polls again afterwards.
    public var workers: Int
    /// The time between two polls.
    public var pause: Duration
    public var start: Instant
    /// When it leaves the group.
    public var stop: Instant

    public init(
      topics: [String], pattern: String?, commits: Commits, timePerRecord: Duration, workers: Int, pause: Duration, start: Instant, stop: Instant
    ) {
      self.topics = topics
      self.pattern = pattern
      self.commits = commits
      self.timePerRecord = timePerRecord
      self.workers = workers
      self.pause = pause
      self.start = start
      self.stop = stop
    }
  }

  private let reactor: Reactor
  private let recorder: HistoryRecorder
  private let delivered: DeliveryNotes
  private let process: ProcessNumber
  private let consumer: Consumer
  private let notes: MemberNotes
  private let plan: Plan
  private lazy var workers = RecordWorkers(max(plan.workers, 1), timePerRecord: plan.timePerRecord, reactor) { [unowned self] entries in
    recorder.worked(on: entries, by: process, at: reactor.now)
  }
  /// The number of records processed, or handed to workers, since the last commit.
  private var uncommitted = 0
  private var lastError: ConsumerError?
  private var isClosing = false
  /// Whether the records of the last poll keep it from polling again.
  private var isOccupied = false
  /// What to do once it has processed the records it was given.
  private var afterwards: (() -> Void)?

  /// - Parameters:
  ///   - name: the name of the node.
  ///   - group: the number of the group for the load log, among the groups that read everything.
  ///   - log: receives the times of deliveries; nil if nothing is measured.
  public init(
    host: any NodeHost, name: String, configuration: ConsumerConfiguration, plan: Plan, recorder: HistoryRecorder, group: Int32 = 0, log: LoadLog? = nil
  ) {
    reactor = Reactor(host: host)
    self.plan = plan
    self.recorder = recorder
    delivered = DeliveryNotes(reactor: reactor, recorder: recorder, group: group, log: log)
    process = recorder.newProcess(
      named: name, of: configuration.groupID ?? "", mayPassOver: configuration.autoOffsetReset.mayPassOver, isolation: configuration.isolationLevel)
    consumer = Consumer(reactor: reactor, configuration: configuration)
    notes = MemberNotes(reactor: reactor, recorder: recorder, process: process, consumer: consumer)
  }

  deinit { reactor.end() }

  public func start() {
    consumer.delegate = self
    reactor.after(max(.zero, plan.start - reactor.now)) { [unowned self] in begin() }
  }

  private func begin() {
    recorder.assigned(by: process, at: reactor.now)
    subscribe()
    consumer.start()
    guard plan.stop < .distantFuture else { return }
    reactor.after(max(.zero, plan.stop - reactor.now)) { [unowned self] in leave() }
  }

  /// Leaves the group, once it has processed what it works on itself: a member that leaves commits what it was given.
  private func leave(_ completion: @escaping () -> Void = {}) {
    isClosing = true
    guard isOccupied else { return consumer.close(.default, completion) }
    afterwards = { [unowned self] in consumer.close(.default, completion) }
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }
  public var requestsUnderWay: [RequestUnderWay] { reactor.requestsUnderWay }

  public func checkInvariants(_ check: inout InvariantCheck) { consumer.checkInvariants(&check) }

  public func shutdown() {
    guard !isClosing else { return reactor.host.exit() }
    leave { [reactor] in reactor.host.exit() }
  }

  // MARK: Observation

  public var partitions: [TopicPartition] { consumer.assignment }
  public func position(of partition: TopicPartition) -> Offset? { consumer.position(of: partition) }
  public var isolation: IsolationLevel { consumer.configuration.isolationLevel }
  public var isStarted: Bool { reactor.now >= plan.start }
  public var isStopped: Bool { reactor.now >= plan.stop }
  public var isWorking: Bool { workers.isBusy }
  public var member: ProcessNumber? { process }
  public var standing: MemberStanding? { consumer.standing }

  // MARK: Topics

  private func subscribe() {
    guard let pattern = plan.pattern else { return consumer.subscribe(to: plan.topics) }
    guard consumer.configuration.groupProtocol == .classic else { return consumer.subscribe(toPatternOfCoordinator: pattern) }
    do {
      try consumer.subscribe(toPattern: pattern)
    } catch {
      reactor.host.report(.warning("cannot subscribe to \(pattern): \(error)"))
    }
  }

  // MARK: Records

  public func consumer(_ consumer: Consumer, received records: ConsumerRecords) {
    var entries: ContiguousArray<History.Entry> = []
    for slice in records.slices { delivered.add(slice, &entries) }
    recorder.polled(entries, by: process, at: reactor.now)
    lastError = nil
    let takesTime = plan.timePerRecord > .zero && plan.workers == 0
    guard takesTime || plan.pause > .zero || plan.commits != .automatic else { return workers.take(entries) }
    consumer.stop()
    isOccupied = true
    if plan.commits == .before {
      let offsets = records.nextOffsets
      reactor.after(plan.pause) { [unowned self] in workOnceCommitted(entries, offsets) }
    } else {
      workAndCommit(entries)
    }
  }

  private func workAndCommit(_ entries: ContiguousArray<History.Entry>) {
    work(on: entries) { [unowned self] in
      reactor.after(plan.pause) { [unowned self] in hasWorked(on: entries.count) }
    }
  }

  /// Processes records, or hands them to workers, which takes no time.
  private func work(on entries: ContiguousArray<History.Entry>, _ then: @escaping () -> Void) {
    guard plan.workers > 0 else { return workers.take(entries, whenDone: then) }
    workers.take(entries)
    then()
  }

  /// Commits what it was given, even if it lost the partitions meanwhile: for a lost partition the consumer would commit nothing and report success.
  private func workOnceCommitted(_ entries: ContiguousArray<History.Entry>, _ offsets: [(partition: TopicPartition, offset: CommittedOffset)]) {
    consumer.commitRetrying(offsets) { [weak self] result in
      guard let self else { return }
      // Another member may process them.
      guard case .success = result else { return pollAgain() }
      work(on: entries) { [unowned self] in pollAgain() }
    }
  }

  private func hasWorked(on count: Int) {
    uncommitted += count
    switch plan.commits {
    case .automatic, .before: pollAgain()
    case .passing:
      consumer.commit()
      pollAgain()
    case .waiting: commitAndPollAgain()
    case .every(let limit): uncommitted >= limit ? commitAndPollAgain() : pollAgain()
    }
  }

  private func commitAndPollAgain() {
    uncommitted = 0
    consumer.commitRetrying { [weak self] _ in self?.pollAgain() }
  }

  private func pollAgain() {
    isOccupied = false
    guard let then = afterwards else {
      if !isClosing { consumer.start() }
      return
    }
    afterwards = nil
    then()
  }

  // MARK: The group

  public func consumer(_ consumer: Consumer, assigned partitions: [TopicPartition], done: @escaping () -> Void) {
    notes.changed(.gain, partitions)
    done()
  }

  public func consumer(_ consumer: Consumer, revokes partitions: [TopicPartition], done: @escaping () -> Void) {
    let giveUp: () -> Void = { [weak self] in
      if let self { notes.changed(.giveUp, partitions) }
      done()
    }
    guard plan.commits != .automatic, plan.commits != .before else { return giveUp() }
    uncommitted = 0
    consumer.commitRetrying { _ in giveUp() }
  }

  public func consumer(_ consumer: Consumer, lost partitions: [TopicPartition], done: @escaping () -> Void) {
    notes.changed(.lose, partitions)
    done()
  }

  public func consumer(_ consumer: Consumer, commits offsets: [(partition: TopicPartition, offset: CommittedOffset)]) { notes.commit(.invoke, offsets) }
  public func consumer(_ consumer: Consumer, committed offsets: [(partition: TopicPartition, offset: CommittedOffset)]) { notes.commit(.ok, offsets) }

  public func consumer(_ consumer: Consumer, didNotCommit offsets: [(partition: TopicPartition, offset: CommittedOffset)], isDefinite: Bool) {
    notes.commit(isDefinite ? .fail : .info, offsets)
  }

  public func consumer(_ consumer: Consumer, failed error: ConsumerError) {
    guard lastError != error else { return }
    lastError = error
    reactor.host.report(.note("cannot read on: \(error)"))
    // An unexpected exception from a poll ends the application: it stays a member until its session expires, or is none already.
    if case .groupRefused = error, !isClosing {
      isClosing = true
      consumer.close(.remainInGroup) { [reactor] in reactor.host.exit() }
    }
  }

  public func consumer(_ consumer: Consumer, reset partition: TopicPartition, from former: Offset?, to position: Offset) {
    notes.reset(partition, from: former, to: position)
  }

  public func consumer(_ consumer: Consumer, found truncation: LogTruncation) {
    notes.found(truncation)
  }
}
