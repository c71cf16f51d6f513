import Client
import Host
import Primitives
import Wire

/// A client process that is a member of a consumer group: it subscribes, works on what it is given, commits as it was told to, and notes all of it.
public final class MemberApplication: ClientApplication, ConsumerDelegate {
  /// When offsets are committed.
  public enum Commits: Equatable, Sendable {
    /// By the consumer itself (`enable.auto.commit`).
    case automatic
    /// After the records of each poll, and the next poll waits for it.
    case waiting
    /// After the records of each poll, without waiting.
    case passing
    /// When so many records have been worked on since the last commit; the next poll waits for it.
    case every(Int)
  }

  /// What the process does.
  public struct Plan: Sendable {
    public var topics: [String]
    public var commits: Commits
    /// How long it works on a record before it polls again.
    public var timePerRecord: Duration
    /// Between two polls.
    public var pause: Duration
    public var start: Instant
    /// When it leaves the group.
    public var stop: Instant

    public init(topics: [String], commits: Commits, timePerRecord: Duration, pause: Duration, start: Instant, stop: Instant) {
      self.topics = topics
      self.commits = commits
      self.timePerRecord = timePerRecord
      self.pause = pause
      self.start = start
      self.stop = stop
    }
  }

  private let reactor: Reactor
  private let recorder: HistoryRecorder
  private let log: LoadLog?
  private let group: Int32
  private let process: ProcessNumber
  private let consumer: Consumer
  private let plan: Plan
  /// Worked on since the last commit.
  private var uncommitted = 0
  private var lastError: ConsumerError?
  private var isClosing = false

  /// - Parameters:
  ///   - group: the number of the group among those that read everything, for the log.
  ///   - log: gets the times of what was delivered; nil where nobody measures.
  public init(
    host: any NodeHost, configuration: ConsumerConfiguration, plan: Plan, recorder: HistoryRecorder, group: Int32 = 0, log: LoadLog? = nil
  ) {
    reactor = Reactor(host: host)
    self.plan = plan
    self.recorder = recorder
    self.group = group
    self.log = log
    process = recorder.newProcess()
    consumer = Consumer(reactor: reactor, configuration: configuration)
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
    reactor.after(max(.zero, plan.stop - reactor.now)) { [unowned self] in
      isClosing = true
      consumer.close()
    }
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }
  public func checkInvariants(_ check: inout InvariantCheck) { consumer.checkInvariants(&check) }

  public func shutdown() {
    guard !isClosing else { return reactor.host.exit() }
    isClosing = true
    consumer.close { [reactor] in reactor.host.exit() }
  }

  // MARK: For those who watch

  public var partitions: [TopicPartition] { consumer.assignment }
  public func position(of partition: TopicPartition) -> Offset? { consumer.position(of: partition) }
  public var isStarted: Bool { reactor.now >= plan.start }
  public var isStopped: Bool { reactor.now >= plan.stop }
  /// The number under which this process stands in the history.
  public var processNumber: ProcessNumber { process }
  /// Where it stands in its group; nil while it is no member.
  public var standing: MemberStanding? { consumer.standing }

  // MARK: Topics

  private var pattern: String?

  /// Has it subscribe to all topics that a regular expression matches, in the place of those of its plan. To be called before it starts.
  public func subscribe(toPattern pattern: String) { self.pattern = pattern }

  private func subscribe() {
    guard let pattern else { return consumer.subscribe(to: plan.topics) }
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
    for slice in records.slices { note(slice, &entries) }
    recorder.polled(entries, by: process, at: reactor.now)
    lastError = nil
    let work = plan.timePerRecord * Int64(records.count) + plan.pause
    guard work > .zero || plan.commits != .automatic else { return }
    consumer.stop()
    reactor.after(work) { [unowned self] in hasWorked(on: records.count) }
  }

  private func note(_ slice: RecordSlice, _ entries: inout ContiguousArray<History.Entry>) {
    let number = recorder.number(of: slice.partition, topicID: slice.topicID)
    recorder.noteDelivery(of: number, at: reactor.now)
    let first = entries.count
    do {
      try slice.forEachRecord { record in
        let value = Payload.value(in: record.value)
        guard value == .none else { return entries.append(History.Entry(number, value, at: record.offset)) }
        reactor.host.report(.note("\(slice.partition): the record at offset \(record.offset) was written by none of the clients"))
      }
    } catch {
      reactor.host.report(.note("\(slice.partition): a batch from offset \(slice.offsets.lowerBound) on cannot be read: \(error)"))
    }
    log?.note(
      DeliveredSlice(partition: number, offsets: slice.offsets, at: reactor.now, group: group, exchange: slice.exchange),
      values: entries[first...].lazy.map(\.value))
  }

  private func hasWorked(on count: Int) {
    uncommitted += count
    switch plan.commits {
    case .automatic: pollAgain()
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

  private func pollAgain() { if !isClosing { consumer.start() } }

  // MARK: The group

  public func consumer(_ consumer: Consumer, assigned partitions: [TopicPartition], done: @escaping () -> Void) {
    recorder.changed(.gain, partitions, by: process, at: reactor.now)
    done()
  }

  public func consumer(_ consumer: Consumer, revokes partitions: [TopicPartition], done: @escaping () -> Void) {
    let giveUp: () -> Void = { [weak self] in
      if let self { recorder.changed(.giveUp, partitions, by: process, at: reactor.now) }
      done()
    }
    guard plan.commits != .automatic else { return giveUp() }
    uncommitted = 0
    consumer.commitRetrying { _ in giveUp() }
  }

  public func consumer(_ consumer: Consumer, lost partitions: [TopicPartition], done: @escaping () -> Void) {
    recorder.changed(.lose, partitions, by: process, at: reactor.now)
    done()
  }

  public func consumer(_ consumer: Consumer, committed offsets: [(partition: TopicPartition, offset: CommittedOffset)]) {
    recorder.committed(offsets.map { ($0.partition, $0.offset.offset) }, by: process, at: reactor.now)
  }

  public func consumer(_ consumer: Consumer, failed error: ConsumerError) {
    guard lastError != error else { return }
    lastError = error
    reactor.host.report(.note("cannot read on: \(error)"))
  }

  public func consumer(_ consumer: Consumer, reset partition: TopicPartition, from former: Offset?, to position: Offset) {
    guard former != nil else { return }
    recorder.assigned(by: process, at: reactor.now)
    reactor.host.report(.note("was sent from offset \(former?.description ?? "none") of \(partition) to \(position)"))
  }

  public func consumer(_ consumer: Consumer, found truncation: LogTruncation) {
    recorder.assigned(by: process, at: reactor.now)
    reactor.host.report(.note("found that \(truncation.partition) was cut below its position \(truncation.position)"))
  }
}
