import Host
import Primitives
import Wire

/// Transactions (KIP-98), as in Kafka's producer. The calls are those of Java's `KafkaProducer`: where that one blocks, this one calls a closure when
/// it is done, once, and never within the call. A call that takes longer than `max.block.ms` fails as `.retriable`; repeating it waits for the same
/// result.
extension Producer {
  /// Takes over the `transactional.id`. Open transactions of a previous producer with that id are ended, and that producer is fenced. Call it once,
  /// before anything else.
  ///
  /// - Parameter keepsPrepared: Whether a prepared transaction stays open, for this producer to complete (KIP-939).
  public func initTransactions(keepsPrepared: Bool = false, _ completion: @escaping (TransactionFailure?) -> Void) {
    call(completion) { (manager) throws(TransactionFailure) in try manager.initialize(keepsPrepared: keepsPrepared) }
  }

  /// Starts a transaction: all records sent from here on are committed together, or not at all.
  public func beginTransaction() throws(TransactionFailure) { try openManager().beginTransaction() }

  /// Commits the offsets of what was consumed as part of the transaction. If the group says that the consumer is no longer a member, the transaction
  /// can only be aborted (KIP-447).
  public func sendOffsets(
    _ offsets: TransactionalOffsets, of group: ConsumerGroupMetadata, _ completion: @escaping (TransactionFailure?) -> Void
  ) {
    guard !offsets.isEmpty else {
      reactor.after(.zero) { completion(nil) }
      return
    }
    call(completion) { (manager) throws(TransactionFailure) in try manager.sendOffsets(offsets, of: group) }
  }

  /// Sends the remaining records, waits for all of them, and commits. Fails as `.abortable` if any record of the transaction failed.
  public func commitTransaction(_ completion: @escaping (TransactionFailure?) -> Void) {
    // Records that wait for memory or metadata belong to the transaction. Kafka's `send` would not have returned yet.
    guard blockedRecordCount > 0 else { return commitNow(completion) }
    flush { [weak self] in self?.commitNow(completion) }
  }

  private func commitNow(_ completion: @escaping (TransactionFailure?) -> Void) {
    call(completion) { (manager) throws(TransactionFailure) in try manager.commit() }
  }

  /// Aborts the transaction. Records that were not sent yet fail, and the producer can start another transaction afterwards.
  public func abortTransaction(_ completion: @escaping (TransactionFailure?) -> Void) {
    call(completion) { (manager) throws(TransactionFailure) in try manager.abort() }
  }

  /// Sends the remaining records and leaves the decision to an external coordinator: `completeTransaction` carries it out, possibly in another
  /// process (KIP-939). Needs `transaction.two.phase.commit.enable`.
  public func prepareTransaction(_ completion: @escaping (Result<PreparedTransaction, TransactionFailure>) -> Void) {
    flush { [weak self] in
      guard let self else { return }
      let result = Result { () throws(TransactionFailure) in try prepareNow() }
      reactor.after(.zero) { completion(result) }
    }
  }

  private func prepareNow() throws(TransactionFailure) -> PreparedTransaction {
    let manager = try openManager()
    guard configuration.isTwoPhaseCommit else { throw .notAllowed("transaction.two.phase.commit.enable is false") }
    return try manager.prepare()
  }

  /// Commits the prepared transaction if it is the given one, and aborts it otherwise (KIP-939).
  public func completeTransaction(_ decided: PreparedTransaction, _ completion: @escaping (TransactionFailure?) -> Void) {
    call(completion) { (manager) throws(TransactionFailure) in
      guard manager.state == .prepared else { throw .notAllowed("no transaction is prepared") }
      return manager.preparedTransaction == decided ? try manager.commit() : try manager.abort()
    }
  }

  /// The transaction that `initTransactions(keepsPrepared: true)` found, or `prepareTransaction` made.
  public var preparedTransaction: PreparedTransaction? { transactions?.preparedTransaction }

  private func openManager() throws(TransactionFailure) -> TransactionManager {
    guard case .open = state else { throw TransactionFailure(.fatal, .notCommitted, .closed) }
    guard let transactions else { throw .noTransactionalID }
    return transactions
  }

  /// Makes a call, and reports its result within `max.block.ms`.
  private func call(
    _ completion: @escaping (TransactionFailure?) -> Void, _ body: (TransactionManager) throws(TransactionFailure) -> TransactionalResult
  ) {
    let tell: (TransactionFailure?) -> Void = { [reactor] failure in reactor.after(.zero) { completion(failure) } }
    do throws(TransactionFailure) {
      let manager = try openManager()
      let result = try body(manager)
      schedulePump()
      guard !result.isDone else {
        _ = result.wait(tell)
        return
      }
      var timer: ScheduledTimer?
      let number = result.wait { [reactor] failure in
        reactor.cancel(timer)
        tell(failure)
      }
      timer = reactor.after(configuration.maxBlock) { [weak manager] in
        guard result.giveUp(number) else { return }
        mark(.transactionCallTimedOut)
        completion(TransactionFailure(.retriable, manager?.mayStillBeCommitted ?? true ? .unknown : .notCommitted, .timedOut))
      }
    } catch {
      tell(error)
    }
  }
}
