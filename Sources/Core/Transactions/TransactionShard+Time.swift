import Coordination
import Primitives
import Wire

extension TransactionShard {
  public var earliestDeadline: Instant {
    if !awaiting.isEmpty || !overdue.isEmpty || !expiring.isEmpty { return .zero }
    var deadline = transactions.isEmpty ? Instant.distantFuture : nextExpiryCheck
    if timedCount > 0 { deadline = min(deadline, nextTimeoutCheck) }
    if let first = repeatedCompletions.first { deadline = min(deadline, first.due) }
    return deadline
  }

  public mutating func nextTimedDecision(at time: CoordinatorTime) -> CoordinatorDecision<TransactionShard, Void>? {
    if !awaiting.isEmpty { return awaitCommit() }
    if let decision = nextRepeatedCompletion(at: time) { return decision }
    if timedCount > 0, nextTimeoutCheck <= time.now {
      nextTimeoutCheck = check(after: time.now, every: settings.timeoutCheckInterval)
      // The wall clock decides, as in Kafka: setting it forward ends whatever is open.
      overdue = ids { $0.isOverdue(at: time.wallClock) }
      requireOverdue(at: time.wallClock)
    }
    while let id = overdue.popLast() {
      if let decision = timeOut(id, at: time) { return decision }
    }
    if !transactions.isEmpty, nextExpiryCheck <= time.now {
      nextExpiryCheck = check(after: time.now, every: settings.expiryCheckInterval)
      expiring = ids { isExpired($0, at: time.wallClock) }
    }
    return nextExpiry(at: time)
  }

  /// In reverse order, because they are taken from the end.
  private func ids(where isMeant: (TransactionMetadata) -> Bool) -> [String] {
    var ids: [String] = []
    for (id, metadata) in transactions.elements.reversed() where isMeant(metadata) { ids.append(id) }
    return ids
  }

  // MARK: Uncommitted changes

  /// Waits until everything in the log is committed, and continues from there.
  private mutating func awaitCommit() -> CoordinatorDecision<TransactionShard, Void> {
    let ids = awaiting
    awaiting = []
    return CoordinatorDecision([], (), settled: { shard, error, _ in
      guard error == nil else { return shard.awaiting += ids }
      for id in ids { shard.handleLateCommit(id) }
    })
  }

  private mutating func handleLateCommit(_ id: String) {
    guard pending[id]?.isUncommitted == true else { return }
    mark(.decisionCommittedLate)
    if let metadata = transactions[id] { handleCommitted(id, metadata) } else { pending.drop(id) }
  }

  // MARK: Timed-out transactions

  /// Kafka's `TransactionCoordinator.abortTimedOutTransactions`. Nil if the transaction must not be aborted now: a failure is retried at the next
  /// check.
  private mutating func timeOut(_ id: String, at time: CoordinatorTime) -> CoordinatorDecision<TransactionShard, Void>? {
    guard !isPending(id), let current = current(id), current.isOverdue(at: time.wallClock) else { return nil }
    guard var decision = try? abort(id, current, newProducerID: nil, (), at: time) else { return nil }
    let settled = decision.settled
    decision.settled = { shard, error, time in
      settled?(&shard, error, time)
      guard error == nil else { return }
      mark(.transactionTimedOut)
      shard.occurrences.append(.transactionTimedOut(transactionalID: id, producerID: current.producerID, producerEpoch: current.producerEpoch))
    }
    return decision
  }

  // MARK: Expired transactional ids

  private func isExpired(_ metadata: TransactionMetadata, at now: Timestamp) -> Bool {
    metadata.state.isAtRest && metadata.lastUpdateTimestamp <= now.milliseconds.saturatingSubtracting(settings.transactionalIDExpiration.milliseconds)
  }

  /// Roughly how many bytes of tombstones go into one batch. Kafka fills batches up to `max.message.bytes`.
  private static let tombstoneBytes = 16 << 10

  /// Kafka's `TransactionStateManager.removeExpiredTransactionalIds`.
  private mutating func nextExpiry(at time: CoordinatorTime) -> CoordinatorDecision<TransactionShard, Void>? {
    guard !expiring.isEmpty else { return nil }
    var ids: [String] = [], records: [CoordinatorRecord] = [], bytes = 0
    while bytes < Self.tombstoneBytes, let id = expiring.popLast() {
      guard !isPending(id), let metadata = transactions[id], isExpired(metadata, at: time.wallClock),
        let record = try? CoordinatorRecord(removing: TransactionMetadata.key(of: id))
      else { continue }
      ids.append(id)
      records.append(record)
      bytes += record.key.count
      mark(.transactionalIDExpired)
      pending[id] = .decided(.dead)
    }
    guard !ids.isEmpty else { return nil }
    return CoordinatorDecision(
      records, (), settled: { [ids] shard, error, _ in shard.handleExpired(ids, error) },
      appended: { [ids] shard, _ in for id in ids { shard.pending[id] = .written(.dead) } },
      known: { [ids] shard in
        shard.requireAtRest(ids)
        for id in ids { shard.forget(id) }
      })
  }

  private mutating func handleExpired(_ ids: [String], _ error: ErrorCode?) {
    for id in ids {
      if error != nil, pending[id] == .written(.dead) { awaiting.append(id) } else { pending.drop(id) }
    }
  }

  // MARK: Check times

  /// The first check after an instant. Checks come at whole intervals since the shard was loaded.
  func check(after now: Instant, every interval: Duration) -> Instant {
    let interval = max(interval, .milliseconds(1))
    let count = (now - beginning).nanoseconds.saturatingDivided(by: interval.nanoseconds)
    return beginning + interval * count.saturatingAdding(1)
  }

  /// Aligns the checks when there is something to check again after a pause.
  mutating func alignChecks(at now: Instant) {
    if timedCount == 1, nextTimeoutCheck < now { nextTimeoutCheck = check(after: now, every: settings.timeoutCheckInterval) }
    if transactions.count == 1, nextExpiryCheck < now { nextExpiryCheck = check(after: now, every: settings.expiryCheckInterval) }
  }
}
