import Client
import Host
import Primitives

/// A client process that sends records with values of its own and notes what becomes of each.
public final class ProduceApplication: Node, ProducerDelegate {
  public struct Plan: Sendable {
    public enum Load: Sendable {
      /// Open loop: a record every `interval` from `start` on, whatever becomes of the former ones.
      case open(interval: Duration)
      /// Closed loop: so many records under way at any time.
      case closed(outstanding: Int)
    }

    public var topic: String
    public var partition: Int32?
    public var load: Load
    /// In bytes.
    public var valueSize: Int
    /// Keys are drawn uniformly from so many; nil sends none.
    public var keys: Int?
    /// Ends after so many records.
    public var records: Int?
    public var start: Instant
    public var stop: Instant

    public init(
      topic: String, partition: Int32? = nil, load: Load, valueSize: Int = 100, keys: Int? = nil, records: Int? = nil, start: Instant, stop: Instant
    ) {
      self.topic = topic
      self.partition = partition
      self.load = load
      self.valueSize = valueSize
      self.keys = keys
      self.records = records
      self.start = start
      self.stop = stop
    }
  }

  private let reactor: Reactor
  private let plan: Plan
  private let recorder: HistoryRecorder
  private let process: ProcessNumber
  private let producer: Producer
  private let payload: Payload
  private var keyRandom: RandomStream
  private var sent = 0

  public init(host: any NodeHost, configuration: ProducerConfiguration, plan: Plan, recorder: HistoryRecorder) {
    reactor = Reactor(host: host)
    self.plan = plan
    self.recorder = recorder
    process = recorder.newProcess()
    producer = Producer(reactor: reactor, configuration: configuration)
    var random = RandomStream(seed: host.random.next(), purpose: "payload")
    payload = Payload(size: plan.valueSize, random: &random)
    keyRandom = RandomStream(seed: host.random.next(), purpose: "keys")
  }

  public func start() {
    producer.delegate = self
    switch plan.load {
    case .open(let interval): scheduleNext(after: interval)
    case .closed(let outstanding): reactor.after(max(.zero, plan.start - reactor.now)) { [unowned self] in keepOutstanding(outstanding) }
    }
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }

  public func shutdown() { producer.close { [unowned self] in reactor.host.exit() } }

  /// Whether everything that shall be sent was sent and answered.
  public var isDone: Bool { (reactor.now >= plan.stop || isExhausted) && producer.incompleteRecordCount == 0 }

  private var isExhausted: Bool { plan.records.map { sent >= $0 } ?? false }

  /// The next arrival of the schedule that lies ahead: a process that comes back after a crash takes the schedule up, not the records it missed.
  private func scheduleNext(after interval: Duration) {
    let now = reactor.now
    let passed = max(0, (now - plan.start).nanoseconds / interval.nanoseconds)
    let next = now < plan.start ? plan.start : plan.start + interval * (passed + 1)
    sendOpenLoop(at: next, interval)
  }

  private func sendOpenLoop(at instant: Instant, _ interval: Duration) {
    guard instant < plan.stop, !isExhausted else { return }
    reactor.after(instant - reactor.now) { [unowned self] in
      sendRecord()
      sendOpenLoop(at: instant + interval, interval)
    }
  }

  private func keepOutstanding(_ outstanding: Int) {
    while producer.incompleteRecordCount < outstanding, reactor.now < plan.stop, !isExhausted { sendRecord() }
  }

  private func sendRecord() {
    sent += 1
    let value = recorder.invokeSend(by: process, at: reactor.now)
    producer.send(
      topic: plan.topic, partition: plan.partition, key: plan.keys.map(drawKey), value: payload.bytes(for: value), token: UInt64(value.number))
  }

  private func drawKey(from count: Int) -> Bytes { Bytes("key-\(keyRandom.below(Int64(count)))") }

  public func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch) {
    recorder.acknowledged(
      Acknowledgement(partition: batch.partition, baseOffset: batch.baseOffset, tokens: batch.tokens, acks: producer.configuration.acks.rawValue),
      by: process, at: reactor.now)
    goOn()
  }

  public func producer(_ producer: Producer, failed batch: FailedBatch) {
    recorder.failed(
      batch.tokens, in: batch.partition.map { TopicPartition(batch.topic, $0) }, isDefinite: batch.failure.outcome == .notWritten, by: process,
      at: reactor.now)
    goOn()
  }

  private func goOn() {
    if case .closed(let outstanding) = plan.load { keepOutstanding(outstanding) }
  }
}
