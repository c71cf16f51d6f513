import Host
import Primitives
import Wire

/// Runs a coordinator whose state is stored in the partitions of a topic (Kafka's `CoordinatorRuntime`, KAFKA-14462). It does not depend on what is
/// coordinated.
///
/// A partition is loaded when this broker becomes its leader, and dropped when it stops leading. In between, a write makes a decision, appends its
/// records as one batch in the epoch of the leadership, replays them, and gets its response when they are committed. There are two states, as
/// docs/architecture.md explains: the decided one, on which decisions are based, and the committed one, from which reads are answered.
///
/// What it guarantees: records are appended only in the epoch in which the state was loaded; a record changes the state only if the log accepted it;
/// each write gets exactly one answer: its response after its records are committed, or an error.
public final class CoordinatorRuntime<Shard: CoordinatorShard> {
  public let configuration: CoordinatorConfiguration
  let reactor: Reactor
  // Unsafe: the log owns this object, or has the same owner.
  unowned(unsafe) let log: any CoordinatorLog
  let makeShard: (Int32) -> Shard
  private let answer: (Shard.Answer) -> Void

  /// The partitions that this broker leads, in the order of their numbers.
  var partitions: ContiguousArray<CoordinatorPartition<Shard>> = []
  /// Reported leadership changes that are still to be processed: the reporter is in the middle of a change.
  private var told: [Told] = []
  /// The partitions in which the high watermark has passed a pending decision.
  private var passed: ContiguousArray<CoordinatorPartition<Shard>> = []
  private var hasNews = false
  var isAppending = false

  private enum Told {
    case leads(Int32, LeaderEpoch)
    case leadsNoMore(CoordinatorPartition<Shard>)
  }

  /// - Parameters:
  ///   - log: Must outlive this object.
  ///   - makeShard: Makes the empty state of a partition.
  ///   - answer: Answers a request that was held.
  public init(
    reactor: Reactor, configuration: CoordinatorConfiguration, log: any CoordinatorLog, makeShard: @escaping (Int32) -> Shard,
    answer: @escaping (Shard.Answer) -> Void
  ) {
    self.reactor = reactor
    self.configuration = configuration
    self.log = log
    self.makeShard = makeShard
    self.answer = answer
  }

  // MARK: Leadership

  /// This broker became the leader of a partition in an epoch. Ignored if it is known to lead in this epoch or a later one.
  public func becameLeader(of partition: Int32, in epoch: LeaderEpoch) {
    if let known = self.partition(partition), !known.isOver {
      guard known.epoch < epoch else { return }
      mark(.coordinatorEpochRaised)
      end(known)
    }
    told.append(.leads(partition, epoch))
    wake()
  }

  /// This broker no longer leads a partition that it led in an epoch. Ignored if it leads in a later one.
  public func steppedDown(from partition: Int32, in epoch: LeaderEpoch) {
    told.removeAll { told in
      if case .leads(partition, let other) = told { other <= epoch } else { false }
    }
    if let known = self.partition(partition), !known.isOver, known.epoch <= epoch { end(known) }
  }

  private func end(_ partition: CoordinatorPartition<Shard>) {
    partition.isOver = true
    told.append(.leadsNoMore(partition))
    wake()
  }

  /// The high watermark of a partition moved.
  public func highWatermarkMoved(of partition: Int32, to highWatermark: Offset) {
    // An append checks this itself.
    guard !isAppending, let partition = self.partition(partition) else { return }
    guard !partition.isPassed, partition.hasPending, partition.pending[partition.firstPending].endOffset <= highWatermark else { return }
    partition.isPassed = true
    passed.append(partition)
    wake()
  }

  /// Processes the reported changes once the reporter is done.
  private func wake() {
    guard !hasNews else { return }
    hasNews = true
    reactor.after(.zero) { [weak self] in self?.handleNews() }
  }

  private func handleNews() {
    hasNews = false
    let news = told
    told = []
    // In the order of their numbers: which of them moved first is chance.
    let passed = self.passed.count > 1 ? ContiguousArray(self.passed.sorted { $0.number < $1.number }) : self.passed
    self.passed = []
    for partition in passed { partition.isPassed = false }
    for item in news {
      switch item {
      case .leadsNoMore(let partition): unload(partition)
      case .leads(let number, let epoch): load(number, in: epoch)
      }
    }
    for partition in passed where partition.state == .active { commit(partition) }
  }

  private func unload(_ partition: CoordinatorPartition<Shard>) {
    partition.timer = nil
    if configuration.forgetsFormerLeadership, self.partition(partition.number) === partition { partitions.remove(at: place(of: partition.number)) }
    guard partition.state == .active else { return }
    mark(.coordinatorUnloaded)
    partition.state = .failed
    partition.decided.unloaded()
    deliverAnswers(of: partition)
    let waiting = partition.pending[partition.firstPending...]
    partition.pending = []
    partition.firstPending = 0
    if !waiting.isEmpty { mark(.coordinatorUnloadedWithRequests) }
    for pending in waiting { pending.finish?(.notCoordinator) }
  }

  private func load(_ number: Int32, in epoch: LeaderEpoch) {
    if let former = partition(number) {
      guard former.epoch < epoch else { return }
      unload(former)
    }
    let partition = CoordinatorPartition(number: number, epoch: epoch, shard: makeShard(number), since: reactor.now)
    // KAFKA-9307: leftovers of an earlier leadership made loading fail with an exception, and from then on the partition counted as loading.
    guard self.partition(number) == nil else { return partitions[place(of: number)] = partition }
    partitions.insert(partition, at: place(of: number))
    partition.committedOffset = log.bounds(of: number)?.start ?? 0
    partition.writtenOffset = partition.committedOffset
    loadSlice(of: partition)
  }

  // MARK: Operations

  /// Makes a decision, appends its records, and responds when they are committed. `decide` runs at once or not at all.
  public func write<Response>(
    to number: Int32, _ decide: (inout Shard, CoordinatorTime) throws(Refusal) -> CoordinatorDecision<Shard, Response>,
    answer: @escaping (Result<Response, Refusal>) -> Void
  ) {
    let decision: CoordinatorDecision<Shard, Response>
    let partition: CoordinatorPartition<Shard>
    do throws(Refusal) {
      partition = try active(number: number)
    } catch {
      return answer(.failure(error))
    }
    do throws(Refusal) {
      decision = try decide(&partition.decided, time)
    } catch {
      reportOccurrences(in: partition)
      return answer(.failure(error))
    }
    carryOut(decision, in: partition) { result in answer(result) }
  }

  /// Reads the decided and the committed state, and responds at once.
  public func read<Response>(
    from number: Int32, _ look: (_ decided: Shard, _ committed: Shard) throws(Refusal) -> Response
  ) -> Result<Response, Refusal> {
    do throws(Refusal) {
      let partition = try active(number: number)
      return .success(try look(partition.decided, partition.committed))
    } catch {
      return .failure(error)
    }
  }

  /// Reads the committed state, once everything that was loaded is committed: before that, it may lack what an earlier coordinator has confirmed.
  /// Throws COORDINATOR_LOAD_IN_PROGRESS until then.
  public func readCommitted<Response>(from number: Int32, _ look: (_ committed: Shard) throws(Refusal) -> Response) -> Result<Response, Refusal> {
    do throws(Refusal) {
      let partition = try active(number: number)
      guard partition.committedOffset >= partition.loadedOffset else {
        mark(.offsetsReadBeforeCommit)
        throw Refusal(.coordinatorLoadInProgress)
      }
      return .success(try look(partition.committed))
    } catch {
      return .failure(error)
    }
  }

  /// The partitions that this broker leads, ascending, loaded or not.
  public var numbers: [Int32] { partitions.filter { !$0.isOver }.map(\.number) }

  /// The leader epoch in which this broker coordinates a partition; nil if it does not.
  public func epoch(ofPartition number: Int32) -> LeaderEpoch? {
    guard let partition = partition(number), partition.state == .active, !partition.isOver else { return nil }
    return partition.epoch
  }

  /// A partition in which decisions can be made. Throws COORDINATOR_LOAD_IN_PROGRESS while it is loading, NOT_COORDINATOR if this broker does not
  /// lead it.
  func active(number: Int32) throws(Refusal) -> CoordinatorPartition<Shard> {
    let isAwaited = told.contains { if case .leads(number, _) = $0 { true } else { false } }
    guard !isAwaited else {
      mark(.requestBeforeLoad)
      throw Refusal(.coordinatorLoadInProgress)
    }
    guard let partition = partition(number), !partition.isOver else {
      mark(.requestAtWrongCoordinator)
      throw Refusal(.notCoordinator)
    }
    switch partition.state {
    case .loading:
      mark(.requestWhileLoading)
      throw Refusal(.coordinatorLoadInProgress)
    case .failed: throw Refusal(.notCoordinator)
    case .active: return partition
    }
  }

  /// A partition; nil if this broker does not lead it.
  func partition(_ number: Int32) -> CoordinatorPartition<Shard>? {
    let place = place(of: number)
    return place < partitions.count && partitions[place].number == number ? partitions[place] : nil
  }

  /// The index of a partition, or where it would be inserted.
  private func place(of number: Int32) -> Int { partitions.partitioningIndex { $0.number >= number } }

  /// The current time.
  public var time: CoordinatorTime { CoordinatorTime(now: reactor.now, wallClock: reactor.wallClock) }

  // MARK: Writing

  private func carryOut<Response>(
    _ decision: CoordinatorDecision<Shard, Response>, in partition: CoordinatorPartition<Shard>, _ completion: @escaping (Result<Response, Refusal>) -> Void
  ) {
    deliverAnswers(of: partition)
    // The partition holds the pending decisions, and outlives them.
    let finish: (ErrorCode?) -> Void = { [weak self, unowned partition] error in
      if let settled = decision.settled, let self {
        settled(&partition.decided, error, time)
        deliverAnswers(of: partition)
        setTimer(of: partition)
      }
      if let error { completion(.failure(Refusal(error))) } else { completion(.success(decision.response)) }
    }
    guard !decision.records.isEmpty else {
      handleAppended(decision, in: partition)
      setTimer(of: partition)
      // It may depend on what was decided before.
      guard partition.committedOffset < partition.writtenOffset else { return finish(nil) }
      mark(.answerWaitsForEarlierDecision)
      return wait(until: partition.writtenOffset, for: .nothing, in: partition, finish)
    }
    let change: CoordinatorPartition<Shard>.Change = decision.known.map { .known($0) } ?? .batch(CoordinatorBatch(decision.records, from: decision.producer?.id ?? -1))
    do {
      partition.writtenOffset = try append(decision.records, of: decision.producer, to: partition)
    } catch {
      mark(.coordinatorAppendRefused)
      setTimer(of: partition)
      return finish(error.code.asToldByCoordinator)
    }
    if decision.isReplayed { apply(change, to: &partition.decided, of: partition) }
    // Before anything is answered: an answer may bring the next request of its connection, whose records stand behind these.
    wait(until: configuration.awaitsCommit ? partition.writtenOffset : partition.committedOffset, for: change, in: partition, finish)
    requireAwaited(partition)
    handleAppended(decision, in: partition)
    reportOccurrences(in: partition)
    setTimer(of: partition)
    commit(partition)
    log.wakeWaiting()
  }

  private func handleAppended<Response>(_ decision: CoordinatorDecision<Shard, Response>, in partition: CoordinatorPartition<Shard>) {
    guard let appended = decision.appended else { return }
    appended(&partition.decided, time)
    deliverAnswers(of: partition)
  }

  private func append(
    _ records: [CoordinatorRecord], of producer: TransactionalProducer?, to partition: CoordinatorPartition<Shard>
  ) throws(Refusal) -> Offset {
    requireActive(partition)
    let timestamp = reactor.wallClock
    var builder = RecordBatchBuilder(
      compression: configuration.compression, leaderEpoch: partition.epoch, producerID: producer?.id ?? -1, producerEpoch: producer?.epoch ?? -1,
      isTransactional: producer != nil, capacity: 512)
    for record in records { builder.append(timestamp: timestamp, key: record.key, value: record.value) }
    reactor.spend(.records(records.count))
    isAppending = true
    defer { isAppending = false }
    return try log.append(
      builder.build(), to: partition.number, in: partition.epoch, verification: producer?.verification ?? .notRequired, transactionVersion: 0)
  }

  func wait(
    until offset: Offset, for change: CoordinatorPartition<Shard>.Change, in partition: CoordinatorPartition<Shard>, _ finish: @escaping (ErrorCode?) -> Void
  ) {
    let deadline = reactor.now + configuration.commitTimeout
    partition.pending.append(CoordinatorPartition.Pending(endOffset: offset, change: change, deadline: deadline, finish: finish))
    setTimer(of: partition)
  }

  /// Applies and answers the decisions that the high watermark has passed.
  func commit(_ partition: CoordinatorPartition<Shard>) {
    guard !partition.isOver, let highWatermark = log.bounds(of: partition.number)?.highWatermark else { return }
    while let pending = partition.takeCommitted(upTo: highWatermark) {
      mustHold(
        pending.endOffset <= highWatermark || !configuration.awaitsCommit,
        "coordinator of partition \(partition.number): what ends at \(pending.endOffset) counts as committed, and the high watermark is \(highWatermark)")
      apply(pending.change, to: &partition.committed, of: partition)
      partition.committedOffset = max(partition.committedOffset, pending.endOffset)
      pending.finish?(nil)
    }
    // The remaining decisions have a deadline.
    setTimer(of: partition)
  }

  func apply(_ change: CoordinatorPartition<Shard>.Change, to shard: inout Shard, of partition: CoordinatorPartition<Shard>) {
    switch change {
    case .nothing: break
    case .known(let change): change(&shard)
    case .batch(let batch): replay(batch, into: &shard, of: partition)
    }
  }

  /// A record that cannot be decoded is skipped and reported: another program wrote it (`CoordinatorLoaderImpl` also skips unknown types).
  func replay(_ batch: CoordinatorBatch, into shard: inout Shard, of partition: CoordinatorPartition<Shard>) {
    shard.replay(batch) { reactor.report(.warning("the coordinator leaves a record of partition \(partition.number) out: \($0)")) }
  }

  func deliverAnswers(of partition: CoordinatorPartition<Shard>) {
    for answer in partition.decided.takeAnswers() { self.answer(answer) }
    reportOccurrences(in: partition)
  }

  private func reportOccurrences(in partition: CoordinatorPartition<Shard>) {
    for occurrence in partition.decided.takeOccurrences() { reactor.report(occurrence) }
  }

  // MARK: Time

  func setTimer(of partition: CoordinatorPartition<Shard>) {
    guard partition.state == .active, !partition.isOver else { return }
    let deadline = min(earliestDeadline(of: &partition.decided), partition.commitDeadline ?? .distantFuture)
    guard deadline < .distantFuture else { return }
    if partition.timer == nil {
      partition.timer = EarliestTimer(reactor) { [unowned self, unowned partition] in timePassed(in: partition) }
    }
    partition.timer?.set(at: deadline)
  }

  /// `inout`, because only reading a shard of a class would copy it, with everything that it holds.
  private func earliestDeadline(of shard: inout Shard) -> Instant { shard.earliestDeadline }

  private func timePassed(in partition: CoordinatorPartition<Shard>) {
    let now = reactor.now
    while !partition.isOver, let finish = partition.takeOverdue(at: now) {
      mark(.coordinatorCommitTimedOut)
      finish(ErrorCode.requestTimedOut.asToldByCoordinator)
    }
    while partition.state == .active, !partition.isOver, let decision = partition.decided.nextTimedDecision(at: time) {
      carryOut(decision, in: partition) { _ in }
    }
    deliverAnswers(of: partition)
    setTimer(of: partition)
  }

  /// Everything is loaded, so decisions can start.
  func began(_ partition: CoordinatorPartition<Shard>) {
    requireWhole(partition)
    partition.state = .active
    partition.loadedOffset = partition.writtenOffset
    // Shared until one of them changes.
    if !partition.hasPending { partition.decided = partition.committed }
    partition.decided.loaded(at: time)
    deliverAnswers(of: partition)
    setTimer(of: partition)
    commit(partition)
  }
}
