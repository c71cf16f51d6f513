import Client
import Host
import Primitives

/// A client process that consumes, transforms and produces, with a supervisor that gives it another life if the current one cannot go on.
public final class TransformApplication: ClientApplication {
  private let reactor: Reactor
  private let name: String
  private let consumerConfiguration: ConsumerConfiguration
  private let producerConfiguration: ProducerConfiguration
  private let plan: TransformPlan
  private let recorder: HistoryRecorder
  private let group: Int32
  private let log: LoadLog?
  /// nil before the start, between two lives, and after the last one.
  private var life: TransformLife?
  private var isClosing = false
  /// Called when the last life is over.
  private var whenGone: () -> Void = {}

  /// - Parameters:
  ///   - name: the name of the node.
  ///   - consumer: has a `group.id`.
  ///   - producer: has a `transactional.id` if the plan promises exactly-once.
  ///   - group: the number of the group for the load log, among the groups that read everything.
  ///   - log: receives the times of what is delivered and sent; nil if nothing is measured.
  public init(
    host: any NodeHost, name: String, consumer: ConsumerConfiguration, producer: ProducerConfiguration, plan: TransformPlan, recorder: HistoryRecorder, group: Int32 = 0,
    log: LoadLog? = nil
  ) {
    reactor = Reactor(host: host)
    self.name = name
    consumerConfiguration = consumer
    producerConfiguration = producer
    self.plan = plan
    self.recorder = recorder
    self.group = group
    self.log = log
  }

  deinit { reactor.end() }

  public func start() {
    reactor.after(max(.zero, plan.start - reactor.now)) { [unowned self] in beginLife() }
    guard plan.stop < .distantFuture else { return }
    reactor.after(max(.zero, plan.stop - reactor.now)) { [unowned self] in leave {} }
  }

  private func beginLife() {
    guard !isClosing else { return }
    let life = TransformLife(
      reactor, name: name, consumer: consumerConfiguration, producer: producerConfiguration, plan, recorder, group: group, log: log)
    self.life = life
    life.onEnd = { [unowned self] in beginAnew(because: $0) }
    life.begin()
  }

  private func beginAnew(because reason: String) {
    guard let former = life else { return }
    life = nil
    reactor.host.report(.producerFailed(reason: reason))
    former.close { [unowned self] in
      recorder.ended(memberNamed: name, at: reactor.now)
      guard !isClosing else { return whenGone() }
      reactor.after(NotedProducer.pauseBetweenLives) { [unowned self] in beginLife() }
    }
  }

  private func leave(_ then: @escaping () -> Void) {
    isClosing = true
    whenGone = then
    guard let life else { return then() }
    life.leave { [unowned self] in whenGone() }
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }

  public var requestsUnderWay: [RequestUnderWay] { reactor.requestsUnderWay }

  public func checkInvariants(_ check: inout InvariantCheck) {
    life?.consumer.checkInvariants(&check)
    life?.output.producer.checkInvariants(&check)
  }

  public func shutdown() {
    guard !isClosing else { return reactor.host.exit() }
    leave { [reactor] in reactor.host.exit() }
  }

  // MARK: Observation

  public var isDone: Bool { life.map { $0.output.producer.incompleteRecordCount == 0 } ?? isClosing }
  public func isWaiting(for partition: TopicPartition) -> Bool { life?.output.producer.isWaiting(for: partition) ?? false }
  public var partitions: [TopicPartition] { life?.consumer.assignment ?? [] }
  public func position(of partition: TopicPartition) -> Offset? { life?.consumer.position(of: partition) }
  public var isStarted: Bool { reactor.now >= plan.start }
  public var isStopped: Bool { reactor.now >= plan.stop }
  public var isWorking: Bool { life.map(\.isWorking) ?? !isClosing && isStarted }
  public var member: ProcessNumber? { life?.process }
  public var standing: MemberStanding? { life?.consumer.standing }
  public var isolation: IsolationLevel { consumerConfiguration.isolationLevel }
}
