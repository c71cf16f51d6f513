import Host
import Primitives
import Wire

extension CoordinatorRuntime {
  /// Ends a producer's transaction in a partition: writes the marker, and lets what was written in the transaction count, or not, in its turn.
  ///
  /// - Parameter answer: runs once: with NONE when the marker is committed, else with the error. NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS and
  ///   COORDINATOR_NOT_AVAILABLE say that it may be tried again, and may have been written; TRANSACTION_COORDINATOR_FENCED and INVALID_PRODUCER_EPOCH that the
  ///   log knows better.
  /// - Source: Kafka's `CoordinatorRuntime.scheduleTransactionCompletion`.
  public func endTransaction(in number: Int32, marker: TransactionMarker, answer: @escaping (ErrorCode) -> Void) {
    let partition: CoordinatorPartition<Shard>
    do throws(Refusal) {
      partition = try active(number: number)
      partition.writtenOffset = try append(marker, to: partition)
    } catch {
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
    deliverAnswers(of: partition)
    wait(until: partition.writtenOffset, for: change, in: partition) { error in answer(error ?? .none) }
    commit(partition)
    log.wakeWaiting()
  }

  private func append(_ marker: TransactionMarker, to partition: CoordinatorPartition<Shard>) throws(Refusal) -> Offset {
    isAppending = true
    defer { isAppending = false }
    return try log.append(
      marker.batch(timestamp: reactor.wallClock).bytes, to: partition.number, in: partition.epoch, verification: .notRequired,
      transactionVersion: marker.transactionVersion)
  }

  /// KAFKA-17507: what the marker does was left to a thread that had other things to do, and whatever the producer had written by then was taken for the
  /// ended transaction's.
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
