import Client
import Host
import Primitives

/// One life of a process that consumes, transforms and produces: a consumer, a producer, and the loop between them, as in Kafka's applications. It polls, works, and commits
/// what it has done; the next poll waits for all of that.
///
/// Partitions are given up once the work on them is committed or aborted (KIP-447). What can only be aborted is consumed again from the committed offsets. If only another
/// producer helps, the life is over.
final class TransformLife: ConsumerDelegate {
  private enum Phase {
    /// `initTransactions` is running.
    case preparing
    /// The consumer polls, or its next poll is about to begin.
    case polling
    /// It processes records, ends a transaction, or restores state.
    case working
    /// The life is over; nothing more is done.
    case over
  }

  /// How long a transaction that is filled by a number of records waits for more.
  private static let patience = Duration.milliseconds(100)

  let process: ProcessNumber
  let consumer: Consumer
  let output: NotedProducer
  /// Called once if the life cannot go on. `close` must then close what it holds.
  var onEnd: (_ reason: String) -> Void = { _ in }
  private let reactor: Reactor
  private let recorder: HistoryRecorder
  private let delivered: DeliveryNotes
  private let plan: TransformPlan
  /// nil if offsets are not committed in transactions.
  private let transactions: TransactionLoop?
  private let state: TransformState
  private let notes: MemberNotes

  private var phase = Phase.preparing
  private var hasPoll = false
  /// Work to do before the next poll.
  private var waiting: [() -> Void] = []
  private var uncommitted = UncommittedWork()
  /// The member for which the consumer received the uncommitted records. A classic consumer that was removed from its group keeps this until it has joined again
  /// (`ConsumerCoordinator.groupMetadata`): a coordinator would accept anything that comes without a member.
  private var membership: ConsumerGroupMetadata?
  private var lastError: ConsumerError?

  /// - Parameters:
  ///   - name: the name of the node.
  ///   - group: the number of the group for the load log, among the groups that read everything.
  init(
    _ reactor: Reactor, name: String, consumer consumerConfiguration: ConsumerConfiguration, producer: ProducerConfiguration, _ plan: TransformPlan, _ recorder: HistoryRecorder,
    group: Int32, log: LoadLog?
  ) {
    self.reactor = reactor
    self.recorder = recorder
    self.plan = plan
    process = recorder.newProcess(
      named: name, of: consumerConfiguration.groupID ?? "", mayPassOver: consumerConfiguration.autoOffsetReset.mayPassOver, isolation: consumerConfiguration.isolationLevel)
    delivered = DeliveryNotes(reactor: reactor, recorder: recorder, group: group, log: log)
    consumer = Consumer(reactor: reactor, configuration: consumerConfiguration)
    output = NotedProducer(reactor: reactor, configuration: producer, recorder: recorder, process: process, log: log)
    transactions = plan.promise == .exactlyOnce ? TransactionLoop(output, reactor, recorder) : nil
    state = TransformState(plan, reactor, recorder, consumer)
    notes = MemberNotes(reactor: reactor, recorder: recorder, process: process, consumer: consumer)
    consumer.delegate = self
  }

  /// Whether anything is under way besides a poll.
  var isWorking: Bool {
    switch phase {
    case .preparing, .working: true
    case .polling: !uncommitted.isEmpty
    case .over: false
    }
  }

  func begin() {
    recorder.assigned(by: process, at: reactor.now)
    guard let transactions else { return subscribe() }
    transactions.prepare { [weak self] failure in
      guard let self, phase == .preparing else { return }
      if let failure { end(failure) } else { subscribe() }
    }
  }

  private func subscribe() {
    consumer.subscribe(to: plan.inputs)
    pollAgain()
  }

  // MARK: The loop

  private func pollAgain() {
    guard phase != .over else { return }
    guard waiting.isEmpty else {
      phase = .working
      return waiting.removeFirst()()
    }
    phase = .polling
    guard !hasPoll else { return }
    hasPoll = true
    consumer.poll(timeout: pollTimeout) { [weak self] in self?.polled($0) }
  }

  /// The time until the next commit is due; long if nothing was done, so that an idle consumer sets few timers.
  private var pollTimeout: Duration {
    guard !uncommitted.isEmpty else { return .seconds(60) }
    return plan.commits.time.map { max(.zero, uncommitted.begun + $0 - reactor.now) } ?? Self.patience
  }

  private func polled(_ result: Result<ConsumerRecords, ConsumerError>) {
    hasPoll = false
    // A rebalance is being handled, which polls again.
    guard phase == .polling else { return }
    switch result {
    case .success(let records):
      lastError = nil
      guard records.isEmpty else { return take(records) }
      // Nothing came within the time to wait for more.
      if isCommitDue || plan.commits.time == nil { commit { [weak self] in self?.pollAgain() } } else { pollAgain() }
    case .failure(.closed): break
    case .failure(let error): take(error)
    }
  }

  private func take(_ error: ConsumerError) {
    if lastError != error { reactor.host.report(.note("cannot read on: \(error)")) }
    lastError = error
    // An unexpected exception from a poll ends the application.
    if case .groupRefused = error { return end(error) }
    phase = .working
    // Do not repeat a persistent error in a tight loop.
    reactor.after(consumer.configuration.connection.retryBackoff) { [weak self] in self?.pollAgain() }
  }

  private func take(_ records: ConsumerRecords) {
    phase = .working
    var entries: ContiguousArray<History.Entry> = [], inputs: [TransformInput] = []
    for slice in records.slices {
      delivered.add(slice, &entries)
      TransformInput.append(slice, recorder.number(of: slice.partition, topicID: slice.topicID), to: &inputs)
    }
    recorder.polled(entries, by: process, at: reactor.now)
    updateMembership()
    guard plan.promise == .atMostOnce else { return work(on: inputs, of: records) }
    consumer.commitRetrying(records.nextOffsets) { [weak self] result in
      guard let self, phase == .working else { return }
      // Another member may process them.
      if case .success = result { work(on: inputs[...]) { [weak self] in self?.pollAgain() } } else { pollAgain() }
    }
  }

  private func updateMembership() {
    guard let present = consumer.groupMetadata, present.generationID >= 0 || membership == nil else { return }
    membership = present
  }

  private func work(on inputs: [TransformInput], of records: ConsumerRecords) {
    if let transactions, !transactions.isOpen {
      do throws(TransactionFailure) { try transactions.begin() } catch { return end(error) }
    }
    work(on: inputs[...]) { [weak self] in
      guard let self else { return }
      uncommitted.add(records, at: reactor.now)
      if isCommitDue { commit { [weak self] in self?.pollAgain() } } else { pollAgain() }
    }
  }

  /// Processes records one after another.
  private func work(on inputs: ArraySlice<TransformInput>, _ then: @escaping () -> Void) {
    guard plan.timePerRecord > .zero else {
      for input in inputs { transform(input) }
      return then()
    }
    guard let input = inputs.first else { return then() }
    reactor.after(plan.timePerRecord) { [weak self] in
      guard let self, phase == .working else { return }
      transform(input)
      work(on: inputs.dropFirst(), then)
    }
  }

  private func transform(_ input: TransformInput) {
    let transaction = transactions?.transaction ?? .none
    for record in state.outputs(of: input) {
      let value = output.send(to: record.topic, partition: record.partition, key: record.key, in: transaction, from: record.sources, record.bytes)
      // The count's other record is the state that will be stored for it.
      if case .number(let number) = record.content, record.partition == nil, let key = record.key {
        recorder.counted(number, of: key, in: input.source.partition, with: value)
      }
    }
    recorder.worked(on: [input.entry], in: transaction, by: process, at: reactor.now)
  }

  // MARK: Committing

  private var isCommitDue: Bool {
    guard !uncommitted.isEmpty else { return false }
    return plan.commits == .eachPoll || plan.commits.isReached(with: uncommitted.count, since: uncommitted.begun, at: reactor.now)
  }

  /// Commits what was done; if that fails, goes back to the committed offsets. Continues with `then` unless the life is over.
  /// - Parameter leaving: partitions that are given up in any case.
  private func commit(leaving: [TopicPartition] = [], _ then: @escaping () -> Void) {
    phase = .working
    guard !uncommitted.isEmpty else { return then() }
    let offsets = uncommitted.offsets
    if let transactions { commit(offsets, in: transactions, leaving, then) } else { commit(offsets, leaving, then) }
  }

  private func commit(
    _ offsets: [(partition: TopicPartition, offset: CommittedOffset)], in transactions: TransactionLoop, _ leaving: [TopicPartition], _ then: @escaping () -> Void
  ) {
    updateMembership()
    let group = membership ?? ConsumerGroupMetadata(groupID: consumer.configuration.groupID ?? "")
    transactions.commit(ConsumedOffsets(offsets: offsets, group: group, noted: offsets.map { (notes.number($0.partition), $0.offset.offset) })) { [weak self] outcome in
      guard let self, phase == .working else { return }
      uncommitted.forget()
      switch outcome {
      case .committed: then()
      case .aborted(let failure):
        if let failure { reactor.host.report(.note("aborted a transaction: \(failure)")) }
        rewind(leaving, then)
      case .fatal(let failure): end(failure)
      }
    }
  }

  private func commit(_ offsets: [(partition: TopicPartition, offset: CommittedOffset)], _ leaving: [TopicPartition], _ then: @escaping () -> Void) {
    output.producer.flush { [weak self] in
      guard let self, phase == .working else { return }
      guard output.failedCount == 0 else { return end("an output failed") }
      consumer.commitRetrying(offsets) { [weak self] result in
        guard let self, phase == .working else { return }
        uncommitted.forget()
        if case .success = result { then() } else { rewind(leaving, then) }
      }
    }
  }

  /// Sends the consumer back to the committed offsets of its group, which may have to wait for the end of a transaction, and restores the state there.
  private func rewind(_ leaving: [TopicPartition], _ then: @escaping () -> Void) {
    guard plan.switches.rewindOnAbort else { return then() }
    let partitions = consumer.assignment.filter { !leaving.contains($0) }
    guard !partitions.isEmpty else { return then() }
    state.findCommitted(with: partitions) { [weak self] found in
      guard let self else { return }
      for (partition, offset) in found where consumer.assignment.contains(partition) { seek(partition, to: offset) }
      state.restore(found, then)
    }
  }

  private func seek(_ partition: TopicPartition, to committed: CommittedOffset?) {
    guard let committed else {
      return if case .latest = consumer.configuration.autoOffsetReset { consumer.seekToEnd([partition]) } else { consumer.seekToBeginning([partition]) }
    }
    let former = consumer.position(of: partition)
    guard former != committed.offset else { return }
    // A consumer without a position does not go back: it would have started there anyway.
    if let former { notes.set(partition, from: former, to: committed.offset) }
    consumer.seek(partition, to: committed.offset, leaderEpoch: committed.leaderEpoch)
  }

  // MARK: The group

  /// Does something between two polls: now, or when the current work is done. `body` must end with `pollAgain`.
  private func betweenPolls(_ body: @escaping () -> Void) {
    guard phase == .polling else { return waiting.append(body) }
    phase = .working
    body()
  }

  /// Continues a rebalance, which may immediately ask for more, and polls.
  private func goOn(_ done: () -> Void) {
    guard phase != .over else { return done() }
    phase = .polling
    done()
    if phase == .polling { pollAgain() }
  }

  func consumer(_ consumer: Consumer, assigned partitions: [TopicPartition], done: @escaping () -> Void) {
    notes.changed(.gain, partitions)
    guard plan.work.hasState, !partitions.isEmpty else { return done() }
    betweenPolls { [weak self] in
      // The search for committed offsets would wait for an open transaction.
      self?.commit { [weak self] in
        guard let self else { return }
        state.findCommitted(with: partitions) { [weak self] found in self?.state.restore(found) { self?.goOn(done) } }
      }
    }
  }

  func consumer(_ consumer: Consumer, revokes partitions: [TopicPartition], done: @escaping () -> Void) {
    guard phase != .over else { return giveUp(partitions, .giveUp, done) }
    betweenPolls { [weak self] in
      guard let self else { return done() }
      commit(leaving: partitions) { [weak self] in
        guard let self else { return done() }
        goOn { giveUp(partitions, .giveUp, done) }
      }
    }
  }

  /// The work on lost partitions can only be aborted.
  func consumer(_ consumer: Consumer, lost partitions: [TopicPartition], done: @escaping () -> Void) {
    guard phase != .over else { return giveUp(partitions, .lose, done) }
    betweenPolls { [weak self] in
      guard let self else { return done() }
      uncommitted.forget()
      guard let transactions, transactions.isOpen else { return goOn { giveUp(partitions, .lose, done) } }
      transactions.abort { [weak self] outcome in
        guard let self, phase == .working else { return done() }
        if case .fatal(let failure) = outcome {
          giveUp(partitions, .lose, done)
          return end(failure)
        }
        goOn { giveUp(partitions, .lose, done) }
      }
    }
  }

  private func giveUp(_ partitions: [TopicPartition], _ function: History.Operation.Function, _ done: () -> Void) {
    state.forget(partitions)
    notes.changed(function, partitions)
    done()
  }

  func consumer(_ consumer: Consumer, commits offsets: [(partition: TopicPartition, offset: CommittedOffset)]) { notes.commit(.invoke, offsets) }
  func consumer(_ consumer: Consumer, committed offsets: [(partition: TopicPartition, offset: CommittedOffset)]) { notes.commit(.ok, offsets) }

  func consumer(_ consumer: Consumer, didNotCommit offsets: [(partition: TopicPartition, offset: CommittedOffset)], isDefinite: Bool) {
    notes.commit(isDefinite ? .fail : .info, offsets)
  }

  func consumer(_ consumer: Consumer, reset partition: TopicPartition, from former: Offset?, to position: Offset) {
    notes.reset(partition, from: former, to: position)
  }

  func consumer(_ consumer: Consumer, found truncation: LogTruncation) {
    notes.found(truncation)
  }

  // MARK: The end

  private func end(_ failure: some CustomStringConvertible) { end("\(failure)") }

  private func end(_ reason: String) {
    guard phase != .over else { return }
    phase = .over
    onEnd(reason)
  }

  /// Commits what was done, leaves the group, and closes everything.
  func leave(_ then: @escaping () -> Void) {
    guard phase != .over, phase != .preparing else { return close(then) }
    betweenPolls { [weak self] in
      self?.commit { [weak self] in self?.close(then) }
    }
  }

  /// Closes everything; an open transaction is left to the coordinators.
  func close(_ then: @escaping () -> Void) {
    phase = .over
    waiting = []
    state.cancel()
    consumer.close(.default) { [self] in
      if let transactions { transactions.close(then) } else { output.close(then) }
    }
  }
}
