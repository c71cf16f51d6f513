import Primitives
import Wire

extension ProducerStates {
  enum Verdict: Equatable {
    case accepted
    /// It has a sequence other than the first, and nothing is known of its producer.
    case acceptedUnknown
    case duplicate(ProducerState.Batch)
  }

  /// What decides about a batch besides what is known of its producer.
  struct Circumstances {
    var origin = AppendOrigin.client
    var verification = TransactionVerification.notRequired
    /// The version whose rules apply to a marker.
    var transactionVersion: Int16 = 0
    /// The producer's verification in progress.
    var verifying: TransactionVerifications.Entry?
    var logStartOffset = Offset(0)
    var switches = LogSwitches()
  }

  /// Decides whether a producer's batch may be appended at the leader. Sequences count only for clients.
  ///
  /// Source: Kafka's `UnifiedLog.analyzeAndValidateProducerState` and `ProducerAppendInfo`.
  func judge(_ batch: RecordBatch, _ circumstances: Circumstances) throws(AppendError) -> Verdict {
    let state = self[batch.producerID]
    if batch.isControl {
      try judgeMarker(batch, state, circumstances)
      requireMarkerFits(batch, state, circumstances)
      return .accepted
    }
    if circumstances.origin == .client, circumstances.switches.serverDedup,
      let duplicate = state?.duplicate(epoch: batch.producerEpoch, firstSequence: batch.baseSequence, lastSequence: batch.lastSequence),
      !isForgotten(state, circumstances) {
      return .duplicate(duplicate)
    }
    if let state, batch.producerEpoch < state.epoch {
      mark(.batchOfFormerProducerEpoch)
      throw .invalidProducerEpoch(producerID: batch.producerID, current: state.epoch, received: batch.producerEpoch)
    }
    if batch.isTransactional { try judgeVerification(of: batch, state, circumstances) }
    var isUnknown = false
    if circumstances.origin == .client, circumstances.switches.checkSequences { isUnknown = try judgeSequence(batch, state, circumstances) }
    if let state, state.transactionStart != nil, !batch.isTransactional {
      mark(.plainBatchInTransaction)
      throw .invalidTransactionState(producerID: batch.producerID)
    }
    requireFits(batch, state, circumstances)
    return isUnknown ? .acceptedUnknown : .accepted
  }

  /// States that an accepted batch continues what is known of its producer.
  func requireFits(_ batch: RecordBatch, _ state: ProducerState?, _ circumstances: Circumstances) {
    if batch.isTransactional, state?.transactionStart == nil, case .required(let shown) = circumstances.verification, circumstances.switches.verificationGuard {
      mustHold(
        shown != nil && circumstances.verifying?.verification == shown, "producer \(batch.producerID): a transaction begins that was not verified, or has ended since")
    }
    guard let state else { return }
    mustHold(
      batch.producerEpoch >= state.epoch, "producer \(batch.producerID): a batch of epoch \(batch.producerEpoch) is accepted, and it is in epoch \(state.epoch)")
    guard batch.producerEpoch == state.epoch else { return }
    if let last = state.lastBatch, circumstances.origin == .client, circumstances.switches.checkSequences, circumstances.switches.retainProducersAfterDeletion {
      mustHold(
        batch.baseSequence == SequenceNumber.advanced(last.lastSequence, by: 1),
        "producer \(batch.producerID): a batch from sequence \(batch.baseSequence) on is accepted behind sequence \(last.lastSequence)")
    }
    mustHold(
      state.transactionStart == nil || batch.isTransactional, "producer \(batch.producerID): a batch outside of its transaction is accepted while that is open")
  }

  /// States that an accepted marker ends a transaction of its own epoch, and comes from no coordinator that was replaced.
  func requireMarkerFits(_ batch: RecordBatch, _ state: ProducerState?, _ circumstances: Circumstances) {
    guard let state else { return }
    let hasOwnEpoch = circumstances.transactionVersion >= 2 && circumstances.switches.markerEpochStrict && state.transactionStart != nil
    mustHold(
      batch.producerEpoch > state.epoch || !hasOwnEpoch && batch.producerEpoch == state.epoch,
      "producer \(batch.producerID): a marker of epoch \(batch.producerEpoch) is accepted, and its transaction is of epoch \(state.epoch)")
    guard circumstances.switches.checkCoordinatorEpoch, let marker = EndTransactionMarker(batch) else { return }
    mustHold(
      marker.coordinatorEpoch >= state.coordinatorEpoch,
      "producer \(batch.producerID): a marker of coordinator epoch \(marker.coordinatorEpoch) is accepted behind one of \(state.coordinatorEpoch)")
  }

  /// Refuses a batch that starts a transaction on the partition unless it was verified and no marker has come since. Otherwise the coordinator may
  /// not know the transaction, and would never end it (KIP-890).
  private func judgeVerification(of batch: RecordBatch, _ state: ProducerState?, _ circumstances: Circumstances) throws(AppendError) {
    guard case .required(let shown) = circumstances.verification, circumstances.switches.verificationGuard else { return }
    if let state, state.transactionStart != nil, state.epoch == batch.producerEpoch { return }
    guard let shown, circumstances.verifying?.verification == shown else {
      mark(.transactionNotVerified)
      throw .transactionNotVerified(producerID: batch.producerID)
    }
  }

  /// Returns whether the batch has a sequence other than the first, and nothing is known of its producer.
  private func judgeSequence(_ batch: RecordBatch, _ state: ProducerState?, _ circumstances: Circumstances) throws(AppendError) -> Bool {
    let sequence = batch.baseSequence
    func refusal(expected: Int32) -> AppendError { .outOfOrderSequence(producerID: batch.producerID, expected: expected, received: sequence) }
    if let verifying = circumstances.verifying {
      // Each of its transactions has its own epoch, so no records of this one can have been deleted.
      if verifying.supportsEpochBump, sequence != 0, state?.lastBatch == nil { throw refusal(expected: 0) }
      if sequence > verifying.lowestSequence {
        mark(.sequenceBehindVerification)
        throw refusal(expected: verifying.lowestSequence)
      }
    }
    guard !isForgotten(state, circumstances) else {
      if sequence != 0 { throw .unknownProducerID(producerID: batch.producerID) }
      return false
    }
    // All its records may have been deleted, or the producer has expired.
    guard let state, state.epoch != ProducerState.noEpoch else { return sequence != 0 }
    if batch.producerEpoch != state.epoch {
      if sequence != 0 {
        mark(.newEpochBeginsLate)
        throw refusal(expected: 0)
      }
    } else if !ProducerState.follows(state.lastSequence, sequence) {
      mark(.sequenceOutOfOrder)
      throw refusal(expected: SequenceNumber.advanced(state.lastSequence, by: 1))
    }
    return false
  }

  /// Historic: whether the log has forgotten a producer because it no longer has any of its records.
  private func isForgotten(_ state: ProducerState?, _ circumstances: Circumstances) -> Bool {
    guard !circumstances.switches.retainProducersAfterDeletion else { return false }
    guard let state else { return true }
    return state.lastBatch.map { $0.lastOffset < circumstances.logStartOffset } ?? false
  }

  /// Not every control batch is a marker: others have no producer.
  private func judgeMarker(_ batch: RecordBatch, _ state: ProducerState?, _ circumstances: Circumstances) throws(AppendError) {
    let current = state?.epoch ?? ProducerState.noEpoch
    let isStrict = circumstances.transactionVersion >= 2 && circumstances.switches.markerEpochStrict
    if isStrict ? batch.producerEpoch <= current : batch.producerEpoch < current {
      let isRetry = isStrict && batch.producerEpoch == current && state?.transactionStart == nil && circumstances.switches.markerIdempotentRetry
      guard isRetry else {
        mark(.markerOfFormerEpoch)
        throw .invalidProducerEpoch(producerID: batch.producerID, current: current, received: batch.producerEpoch)
      }
      mark(.markerRepeated)
    }
    guard let state, circumstances.switches.checkCoordinatorEpoch, let marker = EndTransactionMarker(batch),
      state.coordinatorEpoch > marker.coordinatorEpoch
    else { return }
    mark(.markerOfFormerCoordinator)
    throw .coordinatorFenced(producerID: batch.producerID, current: state.coordinatorEpoch, received: marker.coordinatorEpoch)
  }
}
