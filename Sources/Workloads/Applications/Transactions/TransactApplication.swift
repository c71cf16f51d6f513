import Client
import Host
import Primitives

/// A client process that writes its own records in transactions: it begins one with the first record that is due, and commits or aborts it when it is full. If its
/// producer can do no more, it makes another one, as a supervisor would.
public final class TransactApplication: ClientApplication {
  private enum Phase {
    /// Before the start, between two lives, or while `initTransactions` runs.
    case preparing
    /// A transaction is open, or may be begun.
    case ready
    /// The transaction is being ended.
    case ending
    case closed
  }

  private let reactor: Reactor
  private let name: String?
  private let configuration: ProducerConfiguration
  private let plan: TransactPlan
  private let recorder: HistoryRecorder
  private let log: LoadLog?
  /// nil if transactions do not read.
  private let reader: TransactionReader?
  private var records: RecordDraw
  private var draw: TransactionDraw
  private var demand: RecordDemand
  /// nil before the start and between two lives.
  private var loop: TransactionLoop?
  private var phase = Phase.preparing
  /// The number of records sent in all lives.
  private var sent = 0
  private lazy var workTimer = EarliestTimer(reactor) { [unowned self] in work() }

  /// - Parameters:
  ///   - name: its name in evidence; nil for its number.
  ///   - configuration: has a `transactional.id`.
  ///   - pool: the payloads to send; shared with the other clients of the entry that run in the same thread.
  ///   - reader: settings of a consumer that reads `plan.reads`; nil if nothing is read.
  ///   - log: receives the times of each record and batch; nil if nothing is measured.
  public init(
    host: any NodeHost, name: String? = nil, configuration: ProducerConfiguration, reader: ConsumerConfiguration? = nil, plan: TransactPlan, pool: RecordPool,
    recorder: HistoryRecorder, log: LoadLog? = nil
  ) {
    let reactor = Reactor(host: host)
    self.reactor = reactor
    self.name = name
    self.configuration = configuration
    self.plan = plan
    self.recorder = recorder
    self.log = log
    self.reader = reader.map { TransactionReader(plan.reads, reactor, name: name, $0, recorder) }
    let valueSeed = host.random.next(), otherSeed = host.random.next()
    records = RecordDraw(from: pool, values: valueSeed, keys: otherSeed)
    draw = TransactionDraw(plan, seed: otherSeed)
    demand = RecordDemand(plan.load, client: plan.client, of: plan.clients, from: plan.start, to: plan.stop, seed: otherSeed)
  }

  deinit { reactor.end() }

  public func start() {
    demand.begin(at: reactor.now)
    // A process that is started after its time is over does not call `initTransactions`: others have to end what an earlier life left open.
    guard reactor.now < plan.stop else { return }
    reactor.after(max(.zero, plan.start - reactor.now)) { [unowned self] in
      reader?.start()
      beginLife()
    }
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }

  public var requestsUnderWay: [RequestUnderWay] { reactor.requestsUnderWay }

  public func checkInvariants(_ check: inout InvariantCheck) {
    loop?.output.producer.checkInvariants(&check)
    reader?.consumer.checkInvariants(&check)
  }

  public func shutdown() {
    let isEnding = phase == .ending
    phase = .closed
    reader?.consumer.close()
    guard let loop else { return reactor.host.exit() }
    let close: () -> Void = { [unowned self] in loop.close { [unowned self] in reactor.host.exit() } }
    // An open transaction is given up, as Kafka's producer does when it is closed.
    if loop.isOpen, !isEnding { loop.abort { _ in close() } } else { close() }
  }

  // MARK: Observation

  /// Whether everything that has to be sent was sent, answered, and committed or aborted.
  public var isDone: Bool {
    guard reactor.now >= plan.stop || isExhausted else { return false }
    guard let loop else { return phase == .closed || reactor.now >= plan.stop }
    return phase == .closed || (phase == .ready && !loop.isOpen && loop.output.producer.incompleteRecordCount == 0)
  }

  public var neverSent: Int? {
    guard let count = demand.neverTaken else { return nil }
    return plan.records.map { min(count, max(0, $0 - sent)) } ?? count
  }

  public var partitions: [TopicPartition] { plan.reads }
  public func position(of partition: TopicPartition) -> Offset? { reader?.consumer.position(of: partition) }
  public var isStarted: Bool { reactor.now >= plan.start }
  public var isolation: IsolationLevel { reader?.consumer.configuration.isolationLevel ?? .readUncommitted }

  public func isWaiting(for partition: TopicPartition) -> Bool { loop?.output.producer.isWaiting(for: partition) ?? false }

  // MARK: Lives

  private func beginLife() {
    guard phase != .closed else { return }
    let output = NotedProducer(reactor: reactor, configuration: configuration, recorder: recorder, process: recorder.newProcess(named: name), log: log)
    let loop = TransactionLoop(output, reactor, recorder)
    self.loop = loop
    output.onAnswer = { [unowned self] in workTimer.set(at: reactor.now) }
    loop.prepare { [unowned self] failure in
      if let failure { return beginAnew(because: failure) }
      phase = .ready
      work()
    }
  }

  private func beginAnew(because failure: TransactionFailure) {
    guard phase != .closed, let former = loop else { return }
    phase = .preparing
    loop = nil
    reactor.host.report(.producerFailed(reason: "\(failure)"))
    former.close { [unowned self] in
      reactor.after(NotedProducer.pauseBetweenLives) { [unowned self] in beginLife() }
    }
  }

  // MARK: The loop

  private var isExhausted: Bool { plan.records.map { sent >= $0 } ?? false }

  private func work() {
    guard phase == .ready, let loop else { return }
    let now = reactor.now
    if loop.isOpen, isFull(loop, at: now) { return end(loop) }
    guard now < plan.stop, !isExhausted else { return }
    demand.gather(at: now)
    // Schedule first, so that the time for the work does not delay the next record.
    if let next = demand.nextLook { workTimer.set(at: next) }
    if loop.isOpen { workTimer.set(at: latestEnd(of: loop)) }
    var count = 0
    while !isExhausted, loop.output.producer.blockedRecordCount == 0, let intended = nextIntended(loop, at: now) {
      guard send(in: loop, intended: intended) else { return }
      if isFull(loop, at: now) { return end(loop) }
      count += 1
      guard count < RecordDemand.burst else { return workTimer.set(at: now) }
    }
  }

  /// When the record to send now was due; nil if there is none.
  private func nextIntended(_ loop: TransactionLoop, at now: Instant) -> Instant? {
    guard demand.isScheduled else { return demand.wantsMore(than: loop.output.producer.incompleteRecordCount) ? now : nil }
    return demand.takeDue()
  }

  /// Whether the open transaction has to be ended, also because no more records will come.
  private func isFull(_ loop: TransactionLoop, at now: Instant) -> Bool {
    plan.commits.isReached(with: loop.sent, since: loop.begun, at: now) || now >= plan.stop || isExhausted
  }

  private func latestEnd(of loop: TransactionLoop) -> Instant { min(plan.commits.time.map { loop.begun + $0 } ?? plan.stop, plan.stop) }

  /// Returns whether the producer accepted the record.
  private func send(in loop: TransactionLoop, intended: Instant) -> Bool {
    if !loop.isOpen {
      do throws(TransactionFailure) { try loop.begin() } catch {
        beginAnew(because: error)
        return false
      }
      draw.begin()
      workTimer.set(at: latestEnd(of: loop))
    }
    let item = draw.next(at: loop.sent, &records)
    sent += 1
    loop.send(to: item.topic, partition: item.partition, key: item.key, intended: intended, item.isTombstone ? nil : { [unowned self] in bytes(of: item, $0) })
    return true
  }

  private func bytes(of item: TransactionDraw.Item, _ value: RecordValue) -> Bytes {
    guard let posting = item.posting else { return records.value(value) }
    recorder.posted(posting.amount, to: posting.account, with: value)
    return Payload.bytes(naming: value, number: posting.amount)
  }

  private func end(_ loop: TransactionLoop) {
    phase = .ending
    reader?.recordReads(of: loop.transaction)
    let then: (TransactionLoop.Outcome) -> Void = { [unowned self] outcome in
      guard phase == .ending else { return }
      phase = .ready
      switch outcome {
      case .committed, .aborted(nil): break
      case .aborted(let failure?): reactor.host.report(.note("aborted a transaction: \(failure)"))
      case .fatal(let failure): return beginAnew(because: failure)
      }
      work()
    }
    let isWanted = !draw.isAborted()
    // Half a transfer must not be committed.
    if isWanted, plan.content.isWhole(with: loop.sent) { loop.commit(nil, then) } else { loop.abort(then) }
  }
}
