import Client
import DequeModule
import Host
import Primitives

/// A client process that sends records with values of its own and notes what becomes of each.
///
/// It sends as an application with one thread does: not while a former `send` would still block for memory or metadata.
public final class ProduceApplication: ClientApplication, ProducerDelegate {
  public struct Plan: Sendable {
    /// Records go to them in turn.
    public var topics: [String]
    public var partition: Int32?
    public var load: LoadShape
    /// Which client of its entry this is, from 0, and how many there are.
    public var client: Int
    public var clients: Int
    /// Ends after so many records of this client.
    public var records: Int?
    /// The load's clock starts here; nothing is sent from `stop` on.
    public var start: Instant
    public var stop: Instant

    public init(
      topics: [String], partition: Int32? = nil, load: LoadShape, client: Int = 0, of clients: Int = 1, records: Int? = nil, start: Instant,
      stop: Instant
    ) {
      precondition(!topics.isEmpty, "records need a topic")
      self.topics = topics
      self.partition = partition
      self.load = load
      self.client = client
      self.clients = clients
      self.records = records
      self.start = start
      self.stop = stop
    }
  }

  /// Records that are sent in one event at most, so that answers and other events come in between.
  static let burst = 64
  /// Behind a record that was refused without ever being in a batch.
  private static let pauseAfterRefusal = Duration.milliseconds(1)

  private let reactor: Reactor
  private let plan: Plan
  private let recorder: HistoryRecorder
  private let log: LoadLog?
  private let process: ProcessNumber
  let producer: Producer
  private var draw: RecordDraw
  /// nil where the load depends on the answers.
  private var arrivals: ArrivalSchedule?
  /// When the schedule wants the next record; nil where none will come any more, or before the start.
  private var nextArrival: Instant?
  /// When the records that are due were intended to be sent.
  private var due: Deque<Instant> = []
  // Sends what may be sent once an instant has come. Unsafe: the timer is this application's own, and an ordinary unowned reference is counted
  // at each use.
  private lazy var workTimer = EarliestTimer(reactor) { [unowned(unsafe) self] in work() }
  /// A load without a schedule, whose record was refused at once, does not try again at once.
  private var pausedUntil = Instant.zero
  private var sent = 0

  /// - Parameters:
  ///   - pool: what is sent; shared with the other clients of the entry that run in the same thread.
  ///   - log: gets the times of each record and batch; nil where nobody measures.
  public init(
    host: any NodeHost, configuration: ProducerConfiguration, plan: Plan, pool: RecordPool, recorder: HistoryRecorder, log: LoadLog? = nil
  ) {
    reactor = Reactor(host: host)
    self.plan = plan
    self.recorder = recorder
    self.log = log
    process = recorder.newProcess()
    producer = Producer(reactor: reactor, configuration: configuration)
    let valueSeed = host.random.next(), otherSeed = host.random.next()
    draw = RecordDraw(from: pool, values: valueSeed, keys: otherSeed)
    if plan.load.isOpenLoop {
      arrivals = ArrivalSchedule(
        plan.load, client: plan.client, of: plan.clients, random: RandomStream(seed: otherSeed, purpose: "arrivals"))
    }
  }

  deinit { reactor.end() }

  public func start() {
    producer.delegate = self
    guard arrivals != nil else { return workTimer.set(at: plan.start) }
    // A process that comes back after a crash takes the schedule up, not the records it missed.
    nextArrival = arrivals?.next(from: max(.zero, reactor.now - plan.start)).map { plan.start + $0 }
    scheduleNextArrival()
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }
  public func checkInvariants(_ check: inout InvariantCheck) { producer.checkInvariants(&check) }

  public func shutdown() { producer.close { [unowned self] in reactor.host.exit() } }

  /// Whether everything that shall be sent was sent and answered.
  public var isDone: Bool { (reactor.now >= plan.stop || isExhausted) && producer.incompleteRecordCount == 0 }

  /// Records that the schedule wanted sent by the end of the load and that were not, because this process was behind then; nil where there is no schedule.
  /// Right from the end on. What the rest of the schedule holds is counted by its rate.
  public var neverSent: Int? {
    guard plan.load.isOpenLoop else { return nil }
    var count = due.count
    if let nextArrival, nextArrival < plan.stop, let rate = plan.load.averageRate(from: nextArrival - plan.start, to: plan.stop - plan.start) {
      let rest = rate.recordsPerSecond * (plan.stop - nextArrival).seconds / Double(plan.clients)
      // Rounded up, but for what is only a rest of the division: the next arrival is one of them.
      count += max(1, Int(exactly: (rest - 1e-6).rounded(.up)) ?? .max / 2)
    }
    return plan.records.map { min(count, max(0, $0 - sent)) } ?? count
  }
  /// Whether records of this process for a partition wait for their answer.
  public func isWaiting(for partition: TopicPartition) -> Bool { producer.isWaiting(for: partition) }

  private var isExhausted: Bool { plan.records.map { sent >= $0 } ?? false }

  // MARK: When to send

  private func scheduleNextArrival() {
    guard let nextArrival, nextArrival < plan.stop, !isExhausted else { return }
    workTimer.set(at: nextArrival)
  }

  private func work() {
    let now = reactor.now
    guard now < plan.stop, producer.blockedRecordCount == 0 else { return }
    if arrivals == nil { sendWhatIsWanted(at: now) } else { sendWhatIsDue(at: now) }
  }

  /// An open loop that is late sends all that is due, each record with the time that was intended for it.
  private func sendWhatIsDue(at now: Instant) {
    while let intended = nextArrival, intended <= now, due.count < Self.burst {
      due.append(intended)
      nextArrival = arrivals?.next().map { plan.start + $0 }
    }
    // Before the work, so that the time it takes does not put the next record off.
    scheduleNextArrival()
    while !isExhausted, producer.blockedRecordCount == 0, let intended = due.popFirst() { sendRecord(intended: intended, at: now) }
  }

  private func sendWhatIsWanted(at now: Instant) {
    var count = 0
    while isWanted, !isExhausted, producer.blockedRecordCount == 0 {
      guard pausedUntil <= now else { return workTimer.set(at: pausedUntil) }
      guard count < Self.burst else { return workTimer.set(at: now) }
      sendRecord(intended: now, at: now)
      count += 1
    }
  }

  /// Whether a load without a schedule wants one more record under way.
  private var isWanted: Bool {
    if case .closed(let outstanding) = plan.load { producer.incompleteRecordCount < outstanding } else { true }
  }

  private func sendRecord(intended: Instant, at now: Instant) {
    let topic = plan.topics.count == 1 ? plan.topics[0] : plan.topics[sent % plan.topics.count]
    sent += 1
    let key = draw.key()
    let isTombstone = draw.isTombstone()
    let value = recorder.invokeSend(by: process, at: now, key: recorder.number(of: key, in: topic), isTombstone: isTombstone)
    let bytes = isTombstone ? nil : draw.value(value)
    log?.noteSend(of: value, intended: intended, sent: now, bytes: (bytes?.count ?? 0) + (key?.count ?? 0))
    producer.send(
      topic: topic, partition: plan.partition, key: key, value: bytes, headers: isTombstone ? Tombstone.headers(naming: value) : [], token: UInt64(value.number))
  }

  // MARK: What became of it

  public func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch) {
    let acknowledgement = AcknowledgedRecords(
      partition: batch.partition, topicID: batch.topicID, broker: batch.broker, baseOffset: batch.baseOffset, tokens: batch.tokens,
      acks: producer.configuration.acks.rawValue)
    recorder.acknowledged(acknowledgement, by: process, at: reactor.now)
    if let log {
      var times = BatchTimes(batch.life, .acknowledged, at: reactor.now, tokens: batch.tokens)
      times.partition = recorder.number(of: batch.partition, topicID: batch.topicID)
      times.baseOffset = batch.baseOffset
      times.exchange = reactor.host.exchange
      log.note(times, tokens: batch.tokens)
    }
    if case .closed = plan.load { work() }
  }

  public func producer(_ producer: Producer, failed batch: FailedBatch) {
    // What no request ever carried stands in no partition.
    let attempted = batch.life.map { $0.attempts > 0 } == true ? batch.partition : nil
    let partition = attempted.map { recorder.number(of: TopicPartition(batch.topic, $0), topicID: batch.topicID) } ?? .unknown
    let isDefinite = batch.failure.outcome == .notWritten
    recorder.failed(batch.tokens, in: partition, isDefinite: isDefinite, by: process, at: reactor.now)
    if let life = batch.life {
      var times = BatchTimes(life, isDefinite ? .failed : .unknown, at: reactor.now, tokens: batch.tokens)
      times.partition = partition
      log?.note(times, tokens: batch.tokens)
    } else {
      pausedUntil = reactor.now + Self.pauseAfterRefusal
      for token in batch.tokens { log?.noteRefusal(of: RecordValue(UInt32(token)), at: reactor.now) }
    }
    if !plan.load.isOpenLoop { workTimer.set(at: reactor.now) }
  }

  public func producerHasRoom(_ producer: Producer) { workTimer.set(at: reactor.now) }
}

extension BatchTimes {
  /// What a producer tells of a batch that is finished now.
  fileprivate init(_ life: BatchLife, _ outcome: Outcome, at instant: Instant, tokens: ContiguousArray<UInt64>) {
    self.init()
    recordCount = Int32(tokens.count)
    sentBytes = Int32(clamping: life.sentBytes)
    plainBytes = Int32(clamping: life.plainBytes)
    attempts = life.attempts
    self.outcome = outcome
    opened = life.opened
    ready = life.ready
    firstDrained = life.firstDrained
    drained = life.drained
    finished = instant
  }
}
