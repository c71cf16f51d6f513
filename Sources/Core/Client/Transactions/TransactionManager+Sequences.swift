import Primitives
import Wire

/// The numbers of batches: which may go out, and what becomes of them when one is refused or given up.
extension TransactionManager {
  // MARK: Sending

  /// Whether the first batch of a partition must wait (`RecordAccumulator.shouldStopDrainBatchesForPartition`).
  func holdsBack(_ batch: ProducerBatch, of queue: PartitionQueue) -> Bool {
    if state == .fatalError || !identity.isKnown || isTransactional && queue.membership != .added { return true }
    let sequences = queue.sequences
    guard batch.sequence == nil else {
      // While batches are repeated, one at a time is under way: only the first in line may be what the log expects.
      return sequences.inFlight.first.map { $0 !== batch } ?? false
    }
    // A batch with the first number of a new epoch could be written before those of the former one; and nobody knows which number comes next.
    return sequences.producer != identity && !sequences.inFlight.isEmpty || sequences.unresolved != nil
  }

  /// A batch goes into a request. It keeps the number of its first attempt: under another one it could be written twice.
  func number(_ batch: ProducerBatch) {
    guard batch.sequence == nil else { return }
    let queue = batch.queue
    if queue.sequences.producer != identity, queue.sequences.inFlight.isEmpty { queue.sequences.restart(as: identity) }
    queue.sequences.assign(batch, isTransactional: isTransactional)
  }

  // MARK: Answers

  /// Whether a leader's answer says that a batch is in the log, and that nobody knows where.
  ///
  /// Leaders say DUPLICATE_SEQUENCE_NUMBER of one that they do not remember, or OUT_OF_ORDER_SEQUENCE_NUMBER: a batch whose leader does not answer is overtaken by any number of others, which go to the next
  /// one. `max.in.flight.requests.per.connection` counts requests to a broker.
  func tellsWritten(_ batch: ProducerBatch, _ error: ErrorCode) -> Bool {
    switch error {
    case .duplicateSequenceNumber: true
    case .outOfOrderSequenceNumber: switches.laterBatchTellsWritten && batch.queue.sequences.isWritten(batch)
    default: false
    }
  }

  /// Whether a batch that was refused is sent again (`TransactionManager.canRetry`).
  func mayRetry(_ batch: ProducerBatch, after error: ErrorCode, logStartOffset: Int64) -> Bool {
    let queue = batch.queue
    switch error {
    case .unknownProducerId:
      // Leaders of Kafka 2.5 and later do not say so any more. Without a log start offset, the next answer has one.
      if logStartOffset == -1 || batch.wasRenumbered { return true }
      if (queue.sequences.lastAcknowledgedOffset ?? .unknown) < Offset(logStartOffset) {
        // The log lost its head, and with it what it knew of the producer.
        if isTransactional { queue.sequences.restart(as: identity) } else { renumberWithNextEpoch(queue) }
        return true
      }
      guard !isTransactional else { return false }
      renumberWithNextEpoch(queue)
      return true
    case .outOfOrderSequenceNumber:
      let first = batch.sequence?.first ?? 0
      if queue.sequences.unresolved == nil, batch.wasRenumbered || !queue.sequences.isExpected(first) { return true }
      guard !isTransactional else { return false }
      // Without a batch of unknown fate before it, there is a gap. With one, it may still show up.
      if queue.sequences.unresolved == nil || queue.sequences.unresolved == first { renumberWithNextEpoch(queue) }
      return true
    default: return error.isRetriable
    }
  }

  func acknowledged(_ batch: ProducerBatch, at baseOffset: Offset) { batch.queue.sequences.acknowledge(batch, at: baseOffset) }

  /// A batch failed (`handleFailedBatch`).
  ///
  /// - Parameters:
  ///   - error: that of the broker, or the one of Kafka's client for what happened.
  ///   - isRefused: whether its number is free again: it was not given up by the client.
  func failed(_ batch: ProducerBatch, with error: ErrorCode, _ reason: ProduceFailure.Reason, isRefused: Bool) {
    noteNews()
    takeIntoState(error, reason)
    let queue = batch.queue
    // What kept a number of a former epoch leaves no gap in this one.
    guard !isStranded(batch) else { return }
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

  /// A record failed before it was in a batch. The transaction cannot be committed without it (`KafkaProducer.doSend`).
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

  // MARK: Unknown fates

  /// A batch was given up after attempts that nobody answered.
  func markUnresolved(_ batch: ProducerBatch) {
    guard let last = batch.lastSequence else { return }
    let next = SequenceNumber.advanced(last, by: 1)
    let queue = batch.queue
    if let unresolved = queue.sequences.unresolved, !SequenceNumber.isAfter(next, unresolved) { return }
    queue.sequences.unresolved = next
    unresolvedQueues.append(queue)
    noteNews()
  }

  /// Where everything in flight has ended, either a later batch was acknowledged, and the one in question with it, or the numbers begin anew (`maybeResolveSequences`).
  func resolveSequences() {
    guard !unresolvedQueues.isEmpty else { return }
    unresolvedQueues.removeAll { queue in
      guard queue.sequences.unresolved != nil else { return true }
      guard queue.sequences.inFlight.isEmpty else { return false }
      if !queue.sequences.isNextExpected {
        if isTransactional { failAbortablyIfPossible(.unacknowledged) } else { renumberWithNextEpoch(queue) }
      }
      queue.sequences.unresolved = nil
      return true
    }
  }

  private func renumberWithNextEpoch(_ queue: PartitionQueue) {
    needsNewEpoch = true
    if !queue.sequences.isToBeRenumbered {
      queue.sequences.isToBeRenumbered = true
      queuesToRenumber.append(queue)
    }
    noteNews()
  }

  /// Gives new numbers in a new epoch to what is in flight of the partitions in question.
  func renumberQueues() {
    let queues = queuesToRenumber
    queuesToRenumber.removeAll()
    for queue in queues where queue.sequences.isToBeRenumbered {
      let inFlight = queue.sequences.inFlight
      queue.sequences.restart(as: identity) { [switches] in !switches.renumberStored && ($0.isUnderWay || $0.mayBeWritten) }
      for batch in inFlight where isStranded(batch) && !batch.isUnderWay { producer.giveUp(batch) }
    }
  }

  /// Whether a batch kept a number of a former epoch, so that it cannot be sent again (`ProducerSwitches.renumberStored`).
  func isStranded(_ batch: ProducerBatch) -> Bool { batch.sequence.map { $0.producer != batch.queue.sequences.producer } ?? false }
}
