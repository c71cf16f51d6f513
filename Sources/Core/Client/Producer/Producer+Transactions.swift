import Host
import Primitives
import Wire

/// Transactions (KIP-98), as Kafka's producer has them. The calls are those of Java's `KafkaProducer`: where that one blocks, a closure runs when it is done,
/// once, never within the call. A call that takes longer than `max.block.ms` fails as `.retriable`; the same call again waits for the same end.
extension Producer {
  /// Takes the `transactional.id` over. Whatever a former producer with that id has under way is ended, and the producer fenced. Called once, before anything else.
  ///
  /// - Parameter keepsPrepared: a transaction that was prepared stays open, to be completed by this producer (KIP-939).
  public func initTransactions(keepsPrepared: Bool = false, _ completion: @escaping (TransactionFailure?) -> Void) {
    call(completion) { (manager) throws(TransactionFailure) in try manager.initialize(keepsPrepared: keepsPrepared) }
  }

  /// All records that are sent from here on are committed together, or not at all.
  public func beginTransaction() throws(TransactionFailure) { try openManager().beginTransaction() }

  /// Commits the offsets of what was consumed as part of the transaction. Where the group says that the consumer is not its member any more, the transaction can only
  /// be aborted (KIP-447).
  public func sendOffsets(
    _ offsets: TransactionalOffsets, of group: ConsumerGroupMetadata, _ completion: @escaping (TransactionFailure?) -> Void
  ) {
    guard !offsets.isEmpty else {
      reactor.after(.zero) { completion(nil) }
      return
    }
    call(completion) { (manager) throws(TransactionFailure) in try manager.sendOffsets(offsets, of: group) }
  }

  /// Sends what there is, waits for all of it, and commits. Fails as `.abortable` where any record of the transaction failed.
  public func commitTransaction(_ completion: @escaping (TransactionFailure?) -> Void) {
    // Records that wait for memory or metadata belong to the transaction. Kafka's `send` would not have returned yet.
    guard blockedRecordCount > 0 else { return commitNow(completion) }
    flush { [weak self] in self?.commitNow(completion) }
  }

  private func commitNow(_ completion: @escaping (TransactionFailure?) -> Void) {
    call(completion) { (manager) throws(TransactionFailure) in try manager.commit() }
  }

  /// Gives the transaction up. Records that were not sent yet fail, and the producer goes on with another transaction afterwards.
  public func abortTransaction(_ completion: @escaping (TransactionFailure?) -> Void) {
    call(completion) { (manager) throws(TransactionFailure) in try manager.abort() }
  }

  /// Sends what there is and leaves the decision to somebody else: `completeTransaction` carries it out, also in another process (KIP-939). Needs
  /// `transaction.two.phase.commit.enable`.
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

  /// Commits the prepared transaction where it is the one that was decided about, and aborts it otherwise (KIP-939).
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

  /// Makes a call, and tells its end within `max.block.ms`.
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
        completion(TransactionFailure(.retriable, manager?.mayStillBeCommitted ?? true ? .unknown : .notCommitted, .timedOut))
      }
    } catch {
      tell(error)
    }
  }
}
