import Host
import Primitives
import Wire

extension CoordinatorRuntime {
  /// Ends a producer's transaction in a partition: writes the marker and, once it is the marker's turn, applies or discards what the transaction
  /// wrote.
  ///
  /// - Parameter answer: Runs once: with NONE when the marker is committed, otherwise with the error. After NOT_COORDINATOR,
  ///   COORDINATOR_LOAD_IN_PROGRESS and COORDINATOR_NOT_AVAILABLE the caller may retry, and the marker may have been written;
  ///   TRANSACTION_COORDINATOR_FENCED and INVALID_PRODUCER_EPOCH mean that the log has newer information.
  /// - Source: Kafka's `CoordinatorRuntime.scheduleTransactionCompletion`.
  public func endTransaction(in number: Int32, marker: TransactionMarker, answer: @escaping (ErrorCode) -> Void) {
    let partition: CoordinatorPartition<Shard>
    do throws(Refusal) {
      partition = try active(number: number)
      partition.writtenOffset = try append(marker, to: partition)
    } catch {
      mark(.markerAtFormerCoordinator)
      return answer(error.code.asToldByCoordinator)
    }
    let change: CoordinatorPartition<Shard>.Change
    if let delay = configuration.markerApplication {
      change = .nothing
      applyLater(marker, after: delay, in: partition)
    } else {
      change = .batch(CoordinatorBatch(marker))
      apply(change, to: &partition.decided, of: partition)
    }
    wait(until: partition.writtenOffset, for: change, in: partition) { error in answer(error ?? .none) }
    requireAwaited(partition)
    deliverAnswers(of: partition)
    commit(partition)
    log.wakeWaiting()
  }

  private func append(_ marker: TransactionMarker, to partition: CoordinatorPartition<Shard>) throws(Refusal) -> Offset {
    requireActive(partition)
    isAppending = true
    defer { isAppending = false }
    return try log.append(
      marker.batch(timestamp: reactor.wallClock).bytes, to: partition.number, in: partition.epoch, verification: .notRequired,
      transactionVersion: marker.transactionVersion)
  }

  /// KAFKA-17507: another, busy thread applied the marker's effect, and everything that the producer had written by then was counted towards the
  /// ended transaction.
  private func applyLater(_ marker: TransactionMarker, after delay: Duration, in partition: CoordinatorPartition<Shard>) {
    reactor.after(delay) { [weak self, weak partition] in
      guard let self, let partition, partition.state == .active, !partition.isOver else { return }
      let change = CoordinatorPartition<Shard>.Change.batch(CoordinatorBatch(marker))
      apply(change, to: &partition.decided, of: partition)
      apply(change, to: &partition.committed, of: partition)
      deliverAnswers(of: partition)
      setTimer(of: partition)
    }
  }
}
