import Primitives
import Wire

extension Producer {
  /// Sends everything at once instead of waiting for `linger.ms`. `completion` runs when all records sent before have been acknowledged or have
  /// failed.
  public func flush(_ completion: @escaping () -> Void) {
    flushes.append(Flush(afterBlocked: nextBlockedNumber, completion: completion))
    startDueFlushes()
    schedulePump()
  }

  /// Accepts no more records, sends what is left and then runs `completion`. What is unfinished after `timeout` fails, with an unknown outcome for
  /// records that were sent.
  public func close(timeout: Duration = .seconds(30), _ completion: @escaping () -> Void = {}) {
    guard case .open = state else { return completion() }
    state = .closing(then: completion)
    // The producer must live until it is closed, even without other references: the caller of `close` waits for that.
    let timer = reactor.after(timeout) { [self] in closeNow() }
    flush { [weak self] in
      self?.endTransaction { [weak self] in
        guard let self else { return }
        reactor.cancel(timer)
        closeNow()
      }
    }
  }

  /// Aborts the open transaction of a producer that is being closed, unless the end of the transaction is in progress.
  private func endTransaction(_ completion: @escaping () -> Void) {
    guard let transactions, transactions.hasOpenTransaction,
      let result = try? (transactions.state == .committing ? transactions.commit() : transactions.abort())
    else { return completion() }
    schedulePump()
    _ = result.wait { _ in completion() }
  }

  var isClosing: Bool {
    if case .open = state { false } else { true }
  }

  private func closeNow() {
    guard case .closing(let completion) = state else { return }
    state = .closed
    failAllBlocked(ProduceFailure(.closed, .notWritten))
    failAllBatches(.closed)
    transactions?.close()
    pumpTimer.cancel()
    reactor.cancel(blockTimer)
    cluster.close()
    completion()
  }

  // MARK: Progress

  /// Counts the batches that a flush waits for, once no record sent before it is blocked.
  func startDueFlushes() {
    guard !flushes.isEmpty else { return }
    let oldestBlocked = oldestBlockedNumber()
    for index in flushes.indices where !flushes[index].isStarted && oldestBlocked > flushes[index].afterBlocked {
      flushes[index].isStarted = true
      flushes[index].upTo = nextBatchNumber
      flushes[index].remaining = incompleteBatches
    }
    completeFlushes()
  }

  func finishFlushes(with batch: ProducerBatch) {
    guard !flushes.isEmpty else { return }
    for index in flushes.indices where flushes[index].isStarted && batch.number <= flushes[index].upTo { flushes[index].remaining -= 1 }
    completeFlushes()
  }

  private func completeFlushes() {
    while let index = flushes.firstIndex(where: { $0.isStarted && $0.remaining == 0 }) {
      let flush = flushes.remove(at: index)
      requireFinished(upTo: flush.upTo)
      flush.completion()
    }
  }

  private func oldestBlockedNumber() -> UInt64 {
    var oldest = waitingForMemory.first?.number ?? .max
    for topic in topicsInOrder { oldest = min(oldest, topic.waiting.first?.number ?? .max) }
    return oldest
  }
}

/// A `flush` in progress.
struct Flush {
  /// The number of the last record that was blocked when `flush` was called.
  let afterBlocked: UInt64
  let completion: () -> Void
  /// Whether no earlier record is blocked, so that batches can be counted.
  var isStarted = false
  /// The newest batch that it waits for, and how many of the batches up to it are unfinished.
  var upTo: UInt64 = 0
  var remaining = 0

  init(afterBlocked: UInt64, completion: @escaping () -> Void) {
    self.afterBlocked = afterBlocked
    self.completion = completion
  }
}
