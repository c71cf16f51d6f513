import Primitives
import Wire

/// The sequences of batches: which batches may be sent, and what happens when one is refused or dropped.
extension TransactionManager {
  // MARK: Sending

  /// Whether the first batch of a partition must wait (`RecordAccumulator.shouldStopDrainBatchesForPartition`).
  func holdsBack(_ batch: ProducerBatch, of queue: PartitionQueue) -> Bool {
    if state == .fatalError || !identity.isKnown || isTransactional && queue.membership != .added { return true }
    let sequences = queue.sequences
    guard batch.sequence == nil else {
      // While batches are retried, one at a time is in flight: only the first in line may be the one that the log expects.
      return sequences.isBehindAnother(batch)
    }
    // A batch with the first sequence of a new epoch could be written before those of the previous epoch; and it is unknown which sequence comes
    // next.
    return sequences.producer != identity && !sequences.inFlight.isEmpty || sequences.unresolved != nil
  }

  /// Assigns a sequence to a batch that goes into a request. The batch keeps it in further attempts: under another one it could be written twice.
  func number(_ batch: ProducerBatch) {
    guard batch.sequence == nil else { return }
    let queue = batch.queue
    if queue.sequences.producer != identity, queue.sequences.inFlight.isEmpty { queue.sequences.restart(as: identity) }
    queue.sequences.assign(batch, isTransactional: isTransactional)
  }

  // MARK: Answers

  /// Whether a leader's error means that a batch is in the log, at an unknown offset.
  ///
  /// Leaders report DUPLICATE_SEQUENCE_NUMBER for a batch that they do not remember, or OUT_OF_ORDER_SEQUENCE_NUMBER: a batch whose leader does not
  /// respond can be overtaken by any number of others that go to the next leader. `max.in.flight.requests.per.connection` limits the requests to one
  /// broker.
  func tellsWritten(_ batch: ProducerBatch, _ error: ErrorCode) -> Bool {
    switch error {
    case .duplicateSequenceNumber: true
    case .outOfOrderSequenceNumber: switches.laterBatchTellsWritten && batch.queue.sequences.isWritten(batch)
    default: false
    }
  }

  /// Whether a refused batch is resent (`TransactionManager.canRetry`).
  func mayRetry(_ batch: ProducerBatch, after error: ErrorCode, logStartOffset: Int64) -> Bool {
    let queue = batch.queue
    switch error {
    case .unknownProducerId:
      // Leaders since Kafka 2.5 no longer report this. If the log start offset is missing, the next response has one.
      if logStartOffset == -1 || batch.wasRenumbered { return true }
      if (queue.sequences.lastAcknowledgedOffset ?? .unknown) < Offset(logStartOffset) {
        // The log lost its head, including what it knew of the producer.
        if isTransactional { queue.sequences.restart(as: identity) } else { renumberWithNextEpoch(queue) }
        return true
      }
      guard !isTransactional else { return false }
      renumberWithNextEpoch(queue)
      return true
    case .outOfOrderSequenceNumber:
      let first = batch.sequence?.first ?? 0
      if queue.sequences.unresolved == nil, batch.wasRenumbered || !queue.sequences.isExpected(first) {
        mark(.outOfOrderBatchRetried)
        return true
      }
      guard !isTransactional else { return false }
      // Unless an earlier batch has an unknown outcome, there is a gap. Otherwise that batch may still appear.
      if queue.sequences.unresolved == nil || queue.sequences.unresolved == first {
        mark(.sequenceGapClosed)
        renumberWithNextEpoch(queue)
      }
      return true
    default: return error.isRetriable
    }
  }

  func acknowledged(_ batch: ProducerBatch, at baseOffset: Offset) { batch.queue.sequences.acknowledge(batch, at: baseOffset) }

  /// Handles a failed batch (`handleFailedBatch`).
  ///
  /// - Parameters:
  ///   - error: The broker's error, or the client's error for what happened.
  ///   - isRefused: Whether its sequence is free again, because the broker refused it and the client did not just drop it.
  func failed(_ batch: ProducerBatch, with error: ErrorCode, _ reason: ProduceFailure.Reason, isRefused: Bool) {
    markChanged()
    takeIntoState(error, reason)
    let queue = batch.queue
    // A batch that kept a sequence of an earlier epoch leaves no gap in this one.
    guard !isStranded(batch) else {
      mark(.strandedBatchFailed)
      return
    }
    defer { queue.sequences.remove(batch) }
    guard state != .fatalError else { return }
    switch error {
    case .outOfOrderSequenceNumber where !isTransactional: renumberWithNextEpoch(queue)
    case .unknownProducerId: queue.sequences = PartitionSequences()
    default:
      guard isRefused else { return }
      if isTransactional { queue.sequences.close(gapOf: batch) } else { renumberWithNextEpoch(queue) }
    }
  }

  /// Handles a record that failed before it was in a batch. The transaction cannot be committed without it (`KafkaProducer.doSend`).
  func recordFailed(_ reason: ProduceFailure.Reason) {
    guard state == .inTransaction || state == .committing else { return }
    switch reason {
    case .recordTooLarge, .metadataUnavailable, .bufferExhausted, .refused: takeIntoState(.requestTimedOut, reason)
    default: break
    }
  }

  /// `maybeTransitionToErrorState`
  private func takeIntoState(_ error: ErrorCode, _ reason: ProduceFailure.Reason) {
    switch error {
    case .clusterAuthorizationFailed, .transactionalIdAuthorizationFailed, .producerFenced, .unsupportedVersion, .invalidProducerIdMapping:
      failFatally(.recordsFailed(reason))
    default:
      guard isTransactional else { return }
      if mayRaiseEpoch, !isVersion2, !isCompleting { needsNewEpoch = true }
      failAbortably(.recordsFailed(reason))
    }
  }

  // MARK: Unresolved batches

  /// Handles a batch that was dropped after attempts without a response.
  func markUnresolved(_ batch: ProducerBatch) {
    guard let last = batch.lastSequence else { return }
    mark(.batchOutcomeUnknown)
    let next = SequenceNumber.advanced(last, by: 1)
    let queue = batch.queue
    if let unresolved = queue.sequences.unresolved, !SequenceNumber.isAfter(next, unresolved) { return }
    queue.sequences.unresolved = next
    unresolvedQueues.append(queue)
    markChanged()
  }

  /// Once everything in flight has ended, either a later batch was acknowledged, and so was the unresolved one, or the sequences restart
  /// (`maybeResolveSequences`).
  func resolveSequences() {
    guard !unresolvedQueues.isEmpty else { return }
    unresolvedQueues.removeAll { queue in
      guard queue.sequences.unresolved != nil else { return true }
      guard queue.sequences.inFlight.isEmpty else { return false }
      if !queue.sequences.isNextExpected {
        mark(.unresolvedBatchMissing)
        if isTransactional { failAbortablyIfPossible(.unacknowledged) } else { renumberWithNextEpoch(queue) }
      }
      queue.sequences.unresolved = nil
      return true
    }
  }

  private func renumberWithNextEpoch(_ queue: PartitionQueue) {
    mark(.epochBumpNeeded)
    needsNewEpoch = true
    if !queue.sequences.isToBeRenumbered {
      queue.sequences.isToBeRenumbered = true
      queuesToRenumber.append(queue)
    }
    markChanged()
  }

  /// Assigns new sequences in a new epoch to the batches in flight of the affected partitions.
  func renumberQueues() {
    let queues = queuesToRenumber
    queuesToRenumber.removeAll()
    for queue in queues where queue.sequences.isToBeRenumbered {
      let inFlight = queue.sequences.inFlight
      queue.sequences.restart(as: identity) { [switches] in !switches.renumberStored && ($0.isUnderWay || $0.mayBeWritten) }
      for batch in inFlight where isStranded(batch) && !batch.isUnderWay { producer.giveUp(batch) }
    }
  }

  /// Whether a batch kept a sequence of an earlier epoch, so that it cannot be resent (`ProducerSwitches.renumberStored`).
  func isStranded(_ batch: ProducerBatch) -> Bool { batch.sequence.map { $0.producer != batch.queue.sequences.producer } ?? false }
}
