import Host
import Primitives
import Wire

extension TransactionManager {
  /// Checks what must hold between two events.
  func checkInvariants(_ check: inout InvariantCheck) {
    check.require(state == .fatalError || !hasOpenTransaction || identity.isKnown, "producer: it is \(state.words) and has no producer id")
    check.require(hasError == (failure != nil), "producer: it is \(state.words), and \(failure == nil ? "nothing" : "something") went wrong")
    check.require(isTransactional || newPartitions.isEmpty && partitions.isEmpty, "producer: it has no transactional id, and partitions in a transaction")
    check.require(
      zip(pending, pending.dropFirst()).allSatisfy { $0.priority <= $1.priority }, "producer: \(pending.count) requests about the transaction wait out of their order")
    check.each(of: producer.topicsInOrder) { topic, check in
      check.each(of: topic.partitions) { queue, check in checkSequences(of: queue, &check) }
    }
  }

  private func checkSequences(of queue: PartitionQueue, _ check: inout InvariantCheck) {
    let sequences = queue.sequences
    // Batches that were dropped, or that get new sequences with the next epoch, leave gaps.
    let mayHaveGaps = hasError || sequences.unresolved != nil || sequences.isToBeRenumbered || producer.configuration.retries < .max
    var end: (number: Int32, producer: ProducerIdentity)?
    for batch in sequences.inFlight {
      check.require(batch.sequence != nil, "producer: a batch in flight of \(queue.words) has no number")
      guard let sequence = batch.sequence else { continue }
      if let end, end.producer == sequence.producer {
        check.require(
          sequence.first == end.number || SequenceNumber.isAfter(sequence.first, end.number) && (mayHaveGaps || sequences.isAcknowledged(before: sequence.first)),
          "producer: in flight of \(queue.words), the numbers from \(sequence.first) on follow those before \(end.number)")
      }
      end = (SequenceNumber.advanced(sequence.first, by: batch.recordCount), sequence.producer)
      check.require(
        !isTransactional || queue.membership == .added || hasError, "producer: records of \(queue.words) were sent, which is not part of the transaction")
    }
    guard let end, end.producer == sequences.producer else { return }
    check.require(
      sequences.next == end.number || SequenceNumber.isAfter(sequences.next, end.number) && (mayHaveGaps || sequences.isAcknowledged(before: sequences.next)),
      "producer: the next number of \(queue.words) is \(sequences.next), and those in flight end before \(end.number)")
  }
}

extension PartitionSequences {
  /// Whether the record before a sequence was acknowledged: a later batch may be, before an earlier one whose response was lost.
  fileprivate func isAcknowledged(before number: Int32) -> Bool {
    guard let lastAcknowledged else { return false }
    return !SequenceNumber.isAfter(number, SequenceNumber.advanced(lastAcknowledged, by: 1))
  }
}

/// What is checked in the middle of an event.
extension TransactionManager {
  /// Checks that a transaction begins with nothing of the one before.
  func requireNothingLeft() {
    let left = partitions.count + newPartitions.count + pendingPartitions.count
    mustHold(left == 0 && !hasStarted, "producer: a transaction begins with \(left) partitions of the one before, \(hasStarted ? "and" : "but not") as one that the coordinator knows")
  }

  /// Checks that each record of a transaction is acknowledged or failed before its end is sent.
  func requireComplete() { mustHold(!producer.hasIncompleteRecords, "producer: the end of a transaction is sent, and \(producer.incompleteRecordCount) records of it are under way") }
}
