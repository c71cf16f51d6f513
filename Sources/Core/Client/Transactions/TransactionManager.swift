import Host
import Primitives
import Wire

/// The state of an idempotent producer, and of a transactional one, as Kafka's `TransactionManager` keeps it: who the producer is, how far each partition
/// is numbered, where the transaction stands, and the requests about it, of which one is under way at a time.
final class TransactionManager {
  unowned let producer: Producer
  /// nil of a producer that is idempotent and no more.
  let transactionalID: String?
  private(set) var state = State.uninitialized
  private(set) var identity = ProducerIdentity.none
  /// Why the state is one of the errors.
  private(set) var failure: TransactionFailure.Reason?

  // Requests.
  /// In the order in which they go out.
  var pending: [TransactionalRequest] = []
  /// Under way, or waiting until it may be repeated. No records are sent meanwhile.
  var current: TransactionalRequest?
  var transactionCoordinator: Address?
  var groupCoordinator: (group: String, address: Address)?
  /// Whether something happened since `advance` looked.
  private(set) var hasNews = false

  // The transaction.
  /// Partitions that the coordinator is to be told of (TV0), in the order of their first records; and those that it is being told of.
  var newPartitions: [PartitionQueue] = []
  var pendingPartitions: [PartitionQueue] = []
  var partitions: [PartitionQueue] = []
  /// Partitions with a batch of unknown fate, and those that get new numbers with the next epoch.
  var unresolvedQueues: [PartitionQueue] = []
  var queuesToRenumber: [PartitionQueue] = []
  /// Whether the coordinator has heard of it, so that it must hear of its end.
  var hasStarted = false
  /// Whether the producer must ask for a new epoch before it goes on: what was sent may still arrive (KIP-360).
  var needsNewEpoch = false
  /// Whether an attempt to commit may have done so.
  var mayBeCommitted = false
  /// Whether the end is left to InitProducerId (`client.reinitOnTimeout`).
  var endsByInitializing = false
  /// The call that changes the state and is not told to have ended yet.
  private var transition: PendingTransition?
  private(set) var preparedTransaction: PreparedTransaction?

  // What brokers can do.
  /// Whether the coordinator raises the epoch of a producer that says which one it has (KIP-360).
  private var raisesEpochs = false
  private var featuresEpoch: Int64 = -1
  /// Whether epochs grow with every transaction, and partitions are added by what is written to them (KIP-890). Changes between transactions alone.
  private(set) var isVersion2 = false

  private struct PendingTransition {
    let result: TransactionalResult
    let target: State
    let call: String

    /// Why another call has to wait.
    func comesBefore(_ other: String) -> TransactionFailure.Reason { .notAllowed("\(call) timed out and must be called again before \(other)") }
  }

  init(_ producer: Producer) {
    self.producer = producer
    transactionalID = producer.configuration.transactionalID
  }

  var isTransactional: Bool { transactionalID != nil }
  var switches: ProducerSwitches { producer.configuration.switches }
  var isCompleting: Bool { state.isCompleting }
  var hasError: Bool { state == .abortableError || state == .fatalError }
  /// From its beginning until its end is known, or nothing can be done about it.
  var hasOpenTransaction: Bool { state == .inTransaction || isCompleting || state == .abortableError }

  func noteNews() { hasNews = true }
  func takeNews() { hasNews = false }

  // MARK: Calls

  /// Gets the transactional id from its coordinator, and ends what a former producer of that id left open.
  func initialize(keepsPrepared: Bool) throws(TransactionFailure) -> TransactionalResult {
    try begin("initTransactions", .initializing) { () throws(TransactionFailure) in
      try failWithError()
      try change(to: .initializing)
      return enqueueInitialization(as: .none, keepsPrepared: keepsPrepared)
    }
  }

  func beginTransaction() throws(TransactionFailure) {
    try checkMayBegin("beginTransaction")
    try change(to: .inTransaction)
    mayBeCommitted = false
  }

  /// Takes no more records; who coordinates the transaction decides what becomes of it (KIP-939).
  func prepare() throws(TransactionFailure) -> PreparedTransaction {
    try checkMayBegin("prepareTransaction")
    try change(to: .prepared)
    let prepared = PreparedTransaction(producerID: identity.id, producerEpoch: identity.epoch)
    preparedTransaction = prepared
    return prepared
  }

  func commit() throws(TransactionFailure) -> TransactionalResult {
    try begin("commitTransaction", .committing) { () throws(TransactionFailure) in
      try failWithError()
      try change(to: .committing)
      return end(commits: true)
    }
  }

  func abort() throws(TransactionFailure) -> TransactionalResult {
    try begin("abortTransaction", .aborting) { () throws(TransactionFailure) in
      if state != .abortableError { try failWithError() }
      try change(to: .aborting)
      for queue in newPartitions { queue.membership = .outside }
      newPartitions.removeAll()
      return end(commits: false)
    }
  }

  private func end(commits: Bool) -> TransactionalResult {
    if endsByInitializing { return enqueueInitialization(as: identity) }
    if !switches.endTxnWaitsForAdd, !commits { forgetAddRequests() }
    if !newPartitions.isEmpty { enqueueNewPartitions() }
    var request = EndTxnRequest()
    request.transactionalId = transactionalID ?? ""
    request.producerId = identity.id
    request.producerEpoch = identity.epoch
    request.committed = commits
    let end = TransactionalRequest(.endTransaction(request, isVersion2: isVersion2))
    updateVersion(isFirst: false)
    enqueue(end)
    return needsNewEpoch ? enqueueInitialization(as: identity) : end.result
  }

  /// An abort does not wait for what it takes back (librdkafka #4849).
  private func forgetAddRequests() {
    var forgotten = pending.filter(\.addsPartitions)
    pending.removeAll(where: \.addsPartitions)
    if let request = current, request.addsPartitions {
      forgotten.append(request)
      current = nil
    }
    for request in forgotten {
      hasStarted = hasStarted || request.wasSent
      request.result.finish(TransactionFailure(.abortable, .notCommitted, .notAllowed("the transaction is being aborted")))
    }
    for queue in pendingPartitions { queue.membership = .outside }
    pendingPartitions.removeAll()
  }

  /// Commits offsets of a group with the transaction.
  func sendOffsets(_ offsets: TransactionalOffsets, of group: ConsumerGroupMetadata) throws(TransactionFailure) -> TransactionalResult {
    try checkMayBegin("sendOffsets")
    guard state == .inTransaction else { throw .notAllowed("offsets can only be sent in a transaction") }
    let request: TransactionalRequest
    if isVersion2 {
      request = offsetCommit(offsets, of: group, result: TransactionalResult())
      hasStarted = true
    } else {
      var wire = AddOffsetsToTxnRequest()
      wire.transactionalId = transactionalID ?? ""
      wire.producerId = identity.id
      wire.producerEpoch = identity.epoch
      wire.groupId = group.groupID
      request = TransactionalRequest(.addOffsets(wire, offsets, group))
    }
    enqueue(request)
    return request.result
  }

  /// Why records cannot be sent now; nil if they can.
  func refusalOfRecords() -> ProduceFailure.Reason? {
    if hasError { return .transactionFailed }
    guard isTransactional else { return nil }
    return state == .inTransaction && identity.isKnown ? nil : .noTransaction
  }

  // MARK: Partitions of the transaction

  /// A batch was begun (`maybeAddPartition`).
  func add(_ queue: PartitionQueue) {
    guard isTransactional, queue.membership == .outside else { return }
    if isVersion2 {
      queue.membership = .added
      partitions.append(queue)
      hasStarted = true
    } else {
      queue.membership = .adding
      newPartitions.append(queue)
      noteNews()
      producer.schedulePump()
    }
  }

  // MARK: Errors

  func failAbortably(_ reason: TransactionFailure.Reason) {
    guard state != .aborting, state != .fatalError else { return }
    guard state.mayBecome(.abortableError) else { return failFatally(reason) }
    state = .abortableError
    failure = reason
    noteNews()
  }

  func failFatally(_ reason: TransactionFailure.Reason) {
    guard state != .fatalError else { return }
    state = .fatalError
    failure = reason
    transition?.result.finish(currentFailure)
    noteNews()
  }

  /// Abortable where the next transaction will have another epoch, so that nothing late can become part of it; fatal otherwise.
  func failAbortablyIfPossible(_ reason: TransactionFailure.Reason) {
    guard mayRaiseEpoch || isVersion2 else { return failFatally(reason) }
    if mayRaiseEpoch && !isVersion2 { needsNewEpoch = true }
    failAbortably(reason)
  }

  /// What a failure says of the transaction.
  var outcome: TransactionFailure.Outcome { mayBeCommitted ? .unknown : .notCommitted }

  /// As the application is told of the error that the producer is in.
  var currentFailure: TransactionFailure {
    TransactionFailure(state == .fatalError ? .fatal : .abortable, outcome, failure ?? .unacknowledged)
  }

  /// Whether the client has its epoch raised by itself.
  var mayRaiseEpoch: Bool { raisesEpochs && switches.epochBump }

  /// The coordinator's versions are known (`handleCoordinatorReady`).
  func noteCoordinatorVersion() {
    guard let transactionCoordinator, let version = producer.cluster.connections.version(of: InitProducerIdRequest.self, at: transactionCoordinator)
    else { return }
    raisesEpochs = version >= 3
  }

  /// A client that never heard of the coordinator of its id could not be authorized: it may begin anew.
  func beginAnew() {
    let reason = currentFailure
    guard state.mayBecome(.uninitialized) else { return }
    state = .uninitialized
    transition?.result.finish(reason)
    failure = nil
  }

  // MARK: States

  private func checkMayBegin(_ call: String) throws(TransactionFailure) {
    guard isTransactional else { throw .noTransactionalID }
    if let transition {
      guard transition.result.isTold else {
        throw TransactionFailure(.retriable, .notCommitted, transition.comesBefore(call))
      }
      self.transition = nil
    }
    try failWithError()
  }

  private func failWithError() throws(TransactionFailure) {
    if hasError { throw currentFailure }
  }

  /// A call that changes the state, or the one under way where it is the same one.
  private func begin(
    _ call: String, _ target: State, _ body: () throws(TransactionFailure) -> TransactionalResult
  ) throws(TransactionFailure) -> TransactionalResult {
    guard isTransactional else { throw .noTransactionalID }
    if let transition, !transition.result.isTold {
      guard transition.target == target else {
        throw TransactionFailure(.retriable, outcome, transition.comesBefore(call))
      }
      return transition.result
    }
    transition = nil
    let result = try body()
    transition = PendingTransition(result: result, target: target, call: call)
    return result
  }

  private func change(to target: State) throws(TransactionFailure) {
    guard state.mayBecome(target) else { throw .notAllowed("a producer that is \(state.words) cannot become one that is \(target.words)") }
    enter(target)
  }

  private func enter(_ target: State) {
    state = target
    failure = nil
    noteNews()
  }

  func finishTransaction(endedBy request: TransactionalRequest) {
    let needsNewEpoch = needsNewEpoch
    finishTransaction()
    // The need may have come up after the call: batches that were repeated while the transaction was being aborted timed out.
    if needsNewEpoch { initialize(for: request) } else { request.result.finish() }
  }

  /// A transaction has ended: the next one may begin, perhaps after a new epoch was got (`resetTransactionState`).
  private func finishTransaction() {
    guard state != .fatalError else { return }
    enter(needsNewEpoch ? .initializing : .ready)
    needsNewEpoch = false
    hasStarted = false
    endsByInitializing = false
    for queue in newPartitions + pendingPartitions + partitions { queue.membership = .outside }
    newPartitions.removeAll()
    pendingPartitions.removeAll()
    partitions.removeAll()
    preparedTransaction = nil
  }

  // MARK: Identity

  func take(_ identity: ProducerIdentity) { self.identity = identity }

  /// InitProducerId was answered.
  func initialized(as identity: ProducerIdentity, isEpochBump: Bool, prepared: PreparedTransaction?) {
    // Something failed meanwhile.
    guard state.mayBecome(.ready) else { return }
    if endsByInitializing { finishTransaction() }
    take(identity)
    if let prepared {
      enter(.prepared)
      preparedTransaction = prepared
    } else {
      enter(.ready)
    }
    if isEpochBump { producer.forgetSequences() } else { updateVersion(isFirst: true) }
    if !isTransactional { renumberQueues() }
  }

  /// An idempotent producer takes the next epoch by itself, and a new id where there is none (`bumpIdempotentEpochAndResetIdIfNeeded`).
  func renewIdempotentIdentity() {
    guard !isTransactional else { return }
    if needsNewEpoch { raiseIdempotentEpoch() }
    guard !identity.isKnown, state.mayBecome(.initializing), producer.hasIncompleteRecords else { return }
    enter(.initializing)
    _ = enqueueInitialization(as: .none)
  }

  private func raiseIdempotentEpoch() {
    needsNewEpoch = false
    guard identity.isKnown else { return }
    guard identity.epoch < .max else {
      identity = .none
      return enter(.uninitialized)
    }
    identity.epoch += 1
    renumberQueues()
  }

  // MARK: Features

  /// Takes over what the brokers have agreed on (`maybeUpdateTransactionV2Enabled`). Who only now hears of version 2 gets the first new epoch by itself.
  private func updateVersion(isFirst: Bool) {
    let features = producer.cluster.connections.features
    guard featuresEpoch < features.epoch else { return }
    featuresEpoch = features.epoch
    let was = isVersion2
    isVersion2 = min(features.transactionVersion, switches.transactionVersion) >= 2
    if !isFirst, !was, isVersion2 { needsNewEpoch = true }
  }

  // MARK: Closing

  /// Fails what is waited for.
  func close() {
    let closed = TransactionFailure(.fatal, outcome, .closed)
    for request in pending { request.result.finish(closed) }
    pending.removeAll()
    current?.result.finish(closed)
    current = nil
    transition?.result.finish(closed)
  }
}
