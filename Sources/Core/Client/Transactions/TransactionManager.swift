import Host
import Primitives
import Wire

/// The state of an idempotent or transactional producer, as in Kafka's `TransactionManager`: its identity, the sequences of each partition, the state
/// of the transaction, and the requests about it, of which one is in flight at a time.
final class TransactionManager {
  unowned let producer: Producer
  /// Nil for a producer that is only idempotent.
  let transactionalID: String?
  private(set) var state = State.uninitialized
  private(set) var identity = ProducerIdentity.none
  /// The reason, if the state is one of the error states.
  private(set) var failure: TransactionFailure.Reason?

  // Requests.
  /// In the order in which they are sent.
  var pending: [TransactionalRequest] = []
  /// The request in flight, or waiting for its retry. No records are sent in the meantime.
  var current: TransactionalRequest?
  var transactionCoordinator: Address?
  var groupCoordinator: (group: String, address: Address)?
  /// Whether something happened since the last `advance`.
  private(set) var hasChanged = false

  // The transaction.
  /// Partitions that the coordinator must be told about (TV0), in the order of their first records; and those in the current request.
  var newPartitions: [PartitionQueue] = []
  var pendingPartitions: [PartitionQueue] = []
  var partitions: [PartitionQueue] = []
  /// Partitions with an unresolved batch, and those that get new sequences with the next epoch.
  var unresolvedQueues: [PartitionQueue] = []
  var queuesToRenumber: [PartitionQueue] = []
  /// Whether the coordinator knows the transaction, so that it must be told of its end.
  var hasStarted = false
  /// Whether the producer must get a new epoch before it continues: batches that were sent may still arrive (KIP-360).
  var needsNewEpoch = false
  /// Whether an attempt to commit may have succeeded.
  var mayBeCommitted = false
  /// Whether the end is left to InitProducerId (`client.reinitOnTimeout`).
  var endsByInitializing = false
  /// The call that changes the state and has not been reported as complete.
  private var transition: PendingTransition?
  private(set) var preparedTransaction: PreparedTransaction?

  // What brokers can do.
  /// Whether the coordinator raises the epoch of a producer that presents its current one (KIP-360).
  private var raisesEpochs = false
  private var featuresEpoch: Int64 = -1
  /// Whether epochs grow with every transaction, and writing to a partition adds it (KIP-890). Changes only between transactions.
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
  /// True from the start of a transaction until its end is known, or until it cannot be ended.
  var hasOpenTransaction: Bool { state == .inTransaction || isCompleting || state == .abortableError }

  func markChanged() { hasChanged = true }
  func clearChanged() { hasChanged = false }

  // MARK: Calls

  /// Gets the transactional id from its coordinator, and ends what a previous producer with that id left open.
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
    requireNothingLeft()
    mayBeCommitted = false
  }

  /// Accepts no more records; an external coordinator decides about the transaction (KIP-939).
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

  /// Drops requests to add partitions: an abort does not wait for what it cancels (librdkafka #4849).
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

  /// Commits offsets of a group as part of the transaction.
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

  /// Adds a partition when a batch was opened for it (`maybeAddPartition`).
  func add(_ queue: PartitionQueue) {
    guard isTransactional, queue.membership == .outside else { return }
    if isVersion2 {
      queue.membership = .added
      partitions.append(queue)
      hasStarted = true
    } else {
      queue.membership = .adding
      newPartitions.append(queue)
      markChanged()
      producer.schedulePump()
    }
  }

  // MARK: Errors

  func failAbortably(_ reason: TransactionFailure.Reason) {
    guard state != .aborting, state != .fatalError else { return }
    guard state.mayBecome(.abortableError) else { return failFatally(reason) }
    mark(.transactionMustAbort)
    state = .abortableError
    failure = reason
    markChanged()
  }

  func failFatally(_ reason: TransactionFailure.Reason) {
    guard state != .fatalError else { return }
    mark(.producerFailedFatally)
    state = .fatalError
    failure = reason
    transition?.result.finish(currentFailure)
    markChanged()
  }

  /// Makes the failure abortable if the next transaction gets another epoch, so that no late batch can become part of it; otherwise fatal.
  func failAbortablyIfPossible(_ reason: TransactionFailure.Reason) {
    guard mayRaiseEpoch || isVersion2 else { return failFatally(reason) }
    if mayRaiseEpoch && !isVersion2 { needsNewEpoch = true }
    failAbortably(reason)
  }

  /// What a failure means for the transaction.
  var outcome: TransactionFailure.Outcome { mayBeCommitted ? .unknown : .notCommitted }

  /// The producer's current error, as reported to the application.
  var currentFailure: TransactionFailure {
    TransactionFailure(state == .fatalError ? .fatal : .abortable, outcome, failure ?? .unacknowledged)
  }

  /// Whether the client may have its epoch raised on its own.
  var mayRaiseEpoch: Bool { raisesEpochs && switches.epochBump }

  /// Checks the coordinator's versions once they are known (`handleCoordinatorReady`).
  func updateCoordinatorVersion() {
    guard let transactionCoordinator, let version = producer.cluster.connections.version(of: InitProducerIdRequest.self, at: transactionCoordinator)
    else { return }
    raisesEpochs = version >= 3
  }

  /// Starts over: a client that never reached the coordinator of its id cannot have been authorized.
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

  /// Starts a call that changes the state, or returns the one in progress if it is the same.
  private func begin(
    _ call: String, _ target: State, _ body: () throws(TransactionFailure) -> TransactionalResult
  ) throws(TransactionFailure) -> TransactionalResult {
    guard isTransactional else { throw .noTransactionalID }
    if let transition, !transition.result.isTold {
      guard transition.target == target else {
        throw TransactionFailure(.retriable, outcome, transition.comesBefore(call))
      }
      mark(.transactionCallRepeated)
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
    markChanged()
  }

  func finishTransaction(endedBy request: TransactionalRequest) {
    let needsNewEpoch = needsNewEpoch
    finishTransaction()
    // The need may have arisen after the call: batches that were retried while the transaction was being aborted timed out.
    if needsNewEpoch { initialize(for: request) } else { request.result.finish() }
  }

  /// Ends a transaction: the next one may start, perhaps after getting a new epoch (`resetTransactionState`).
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

  /// Handles the response to InitProducerId.
  func initialized(as identity: ProducerIdentity, isEpochBump: Bool, prepared: PreparedTransaction?) {
    // Something failed in the meantime.
    guard state.mayBecome(.ready) else {
      mark(.initAnsweredTooLate)
      return
    }
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

  /// Takes the next epoch for an idempotent producer, without asking a broker, or requests a new id if there is none
  /// (`bumpIdempotentEpochAndResetIdIfNeeded`).
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
      mark(.clientEpochsUsedUp)
      identity = .none
      return enter(.uninitialized)
    }
    mark(.idempotentEpochRaised)
    identity.epoch += 1
    renumberQueues()
  }

  // MARK: Features

  /// Applies the brokers' finalized features (`maybeUpdateTransactionV2Enabled`). A producer that only now learns of version 2 must request its
  /// first new epoch itself.
  private func updateVersion(isFirst: Bool) {
    let features = producer.cluster.connections.features
    guard featuresEpoch < features.epoch else { return }
    featuresEpoch = features.epoch
    let was = isVersion2
    isVersion2 = min(features.transactionVersion, switches.transactionVersion) >= 2
    if !isFirst, !was, isVersion2 { needsNewEpoch = true }
  }

  // MARK: Closing

  /// Fails everything that is being waited for.
  func close() {
    let closed = TransactionFailure(.fatal, outcome, .closed)
    for request in pending { request.result.finish(closed) }
    pending.removeAll()
    current?.result.finish(closed)
    current = nil
    transition?.result.finish(closed)
  }
}
