import Client
import Host
import Primitives

/// A client process that sends records with unique values and records what becomes of each.
///
/// It sends as an application with one thread does: never while an earlier `send` would still block for memory or metadata.
public final class ProduceApplication: ClientApplication, ProducerDelegate {
  public struct Plan: Sendable {
    /// Records go to these topics in rotation.
    public var topics: [String]
    public var partition: Int32?
    public var load: LoadShape
    /// The number of this client in its workload entry, from 0, and how many clients there are.
    public var client: Int
    public var clients: Int
    /// The number of records after which this client ends.
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

  /// The pause after a record that was refused before it was in a batch.
  private static let pauseAfterRefusal = Duration.milliseconds(1)

  private let reactor: Reactor
  private let plan: Plan
  private let recorder: HistoryRecorder
  private let process: ProcessNumber
  private let notes: SendNotes
  let producer: Producer
  private var draw: RecordDraw
  private var demand: RecordDemand
  // Sends what is due at an instant. `unowned(unsafe)` is safe because the timer belongs to this application; an ordinary unowned reference is counted
  // at each use.
  private lazy var workTimer = EarliestTimer(reactor) { [unowned(unsafe) self] in work() }
  /// When a load without a schedule, whose record was refused immediately, tries again.
  private var pausedUntil = Instant.zero
  private var sent = 0

  /// - Parameters:
  ///   - name: its name in evidence; nil for its number.
  ///   - pool: the payloads to send; shared with the other clients of the entry that run in the same thread.
  ///   - log: receives the times of each record and batch; nil if nothing is measured.
  public init(
    host: any NodeHost, name: String? = nil, configuration: ProducerConfiguration, plan: Plan, pool: RecordPool, recorder: HistoryRecorder, log: LoadLog? = nil
  ) {
    reactor = Reactor(host: host)
    self.plan = plan
    self.recorder = recorder
    process = recorder.newProcess(named: name)
    notes = SendNotes(reactor: reactor, recorder: recorder, process: process, log: log)
    producer = Producer(reactor: reactor, configuration: configuration)
    let valueSeed = host.random.next(), otherSeed = host.random.next()
    draw = RecordDraw(from: pool, values: valueSeed, keys: otherSeed)
    demand = RecordDemand(plan.load, client: plan.client, of: plan.clients, from: plan.start, to: plan.stop, seed: otherSeed)
  }

  deinit { reactor.end() }

  public func start() {
    producer.delegate = self
    guard demand.isScheduled else { return workTimer.set(at: plan.start) }
    demand.begin(at: reactor.now)
    scheduleNextArrival()
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }
  public var requestsUnderWay: [RequestUnderWay] { reactor.requestsUnderWay }

  public func checkInvariants(_ check: inout InvariantCheck) { producer.checkInvariants(&check) }

  public func shutdown() { producer.close { [unowned self] in reactor.host.exit() } }

  /// Whether everything that has to be sent was sent and answered.
  public var isDone: Bool { (reactor.now >= plan.stop || isExhausted) && producer.incompleteRecordCount == 0 }

  /// The number of records that the schedule wanted by the end of the load and that were not sent because this process was behind; nil without a schedule.
  /// Final once the load has ended. Records that are still in the schedule are counted by its rate.
  public var neverSent: Int? {
    guard let count = demand.neverTaken else { return nil }
    return plan.records.map { min(count, max(0, $0 - sent)) } ?? count
  }
  /// Whether records this process sent to a partition are waiting for their response.
  public func isWaiting(for partition: TopicPartition) -> Bool { producer.isWaiting(for: partition) }

  private var isExhausted: Bool { plan.records.map { sent >= $0 } ?? false }

  // MARK: When to send

  private func scheduleNextArrival() {
    guard !isExhausted, let next = demand.nextLook else { return }
    workTimer.set(at: next)
  }

  private func work() {
    let now = reactor.now
    guard now < plan.stop, producer.blockedRecordCount == 0 else { return }
    if demand.isScheduled { sendWhatIsDue(at: now) } else { sendWhatIsWanted(at: now) }
  }

  /// Sends everything that is due: an open loop that is late keeps the time that was intended for each record.
  private func sendWhatIsDue(at now: Instant) {
    demand.gather(at: now)
    // Schedule first, so that the time for the work does not delay the next record.
    scheduleNextArrival()
    while !isExhausted, producer.blockedRecordCount == 0, let intended = demand.takeDue() { sendRecord(intended: intended, at: now) }
  }

  private func sendWhatIsWanted(at now: Instant) {
    var count = 0
    while demand.wantsMore(than: producer.incompleteRecordCount), !isExhausted, producer.blockedRecordCount == 0 {
      guard pausedUntil <= now else { return workTimer.set(at: pausedUntil) }
      guard count < RecordDemand.burst else { return workTimer.set(at: now) }
      sendRecord(intended: now, at: now)
      count += 1
    }
  }

  private func sendRecord(intended: Instant, at now: Instant) {
    let topic = plan.topics.count == 1 ? plan.topics[0] : plan.topics[sent % plan.topics.count]
    sent += 1
    let key = draw.key()
    let isTombstone = draw.isTombstone()
    let value = recorder.invokeSend(by: process, at: now, key: recorder.number(of: key, in: topic), isTombstone: isTombstone)
    notes.send(value, through: producer, to: topic, partition: plan.partition, key: key, intended: intended, isTombstone ? nil : draw.value(value))
  }

  // MARK: Outcomes

  public func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch) {
    notes.add(batch, acks: producer.configuration.acks)
    if case .closed = plan.load { work() }
  }

  public func producer(_ producer: Producer, failed batch: FailedBatch) {
    notes.add(batch)
    // Refused before it was in a batch: the next one would be, too.
    if batch.life == nil { pausedUntil = reactor.now + Self.pauseAfterRefusal }
    if !plan.load.isOpenLoop { workTimer.set(at: reactor.now) }
  }

  public func producerHasRoom(_ producer: Producer) { workTimer.set(at: reactor.now) }
}
