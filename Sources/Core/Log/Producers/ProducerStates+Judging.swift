import Primitives
import Wire

extension ProducerStates {
  enum Verdict: Equatable {
    case accepted
    case duplicate(ProducerState.Batch)
  }

  /// What a batch is judged by besides what is known of its producer.
  struct Circumstances {
    var origin = AppendOrigin.client
    var verification = TransactionVerification.notRequired
    /// By which a marker is judged.
    var transactionVersion: Int16 = 0
    /// A verification of the producer that is under way.
    var verifying: TransactionVerifications.Entry?
    var logStartOffset = Offset(0)
    var switches = LogSwitches()
  }

  /// Judges a batch of a producer that is about to be appended at the leader. Sequences count for clients only.
  ///
  /// Source: Kafka's `UnifiedLog.analyzeAndValidateProducerState` and `ProducerAppendInfo`.
  func judge(_ batch: RecordBatch, _ circumstances: Circumstances) throws(AppendError) -> Verdict {
    let state = self[batch.producerID]
    if batch.isControl {
      try judgeMarker(batch, state, circumstances)
      return .accepted
    }
    if circumstances.origin == .client, circumstances.switches.serverDedup,
      let duplicate = state?.duplicate(epoch: batch.producerEpoch, firstSequence: batch.baseSequence, lastSequence: batch.lastSequence),
      !isForgotten(state, circumstances) {
      return .duplicate(duplicate)
    }
    if let state, batch.producerEpoch < state.epoch {
      throw .invalidProducerEpoch(producerID: batch.producerID, current: state.epoch, received: batch.producerEpoch)
    }
    if batch.isTransactional { try judgeVerification(of: batch, state, circumstances) }
    if circumstances.origin == .client, circumstances.switches.checkSequences { try judgeSequence(batch, state, circumstances) }
    if let state, state.transactionStart != nil, !batch.isTransactional { throw .invalidTransactionState(producerID: batch.producerID) }
    return .accepted
  }

  /// Whoever begins a transaction on the partition was verified, and no marker has come since: else the coordinator may know nothing of it, and nobody would
  /// end it (KIP-890).
  private func judgeVerification(of batch: RecordBatch, _ state: ProducerState?, _ circumstances: Circumstances) throws(AppendError) {
    guard case .required(let shown) = circumstances.verification, circumstances.switches.verificationGuard else { return }
    if let state, state.transactionStart != nil, state.epoch == batch.producerEpoch { return }
    guard let shown, circumstances.verifying?.verification == shown else { throw .transactionNotVerified(producerID: batch.producerID) }
  }

  private func judgeSequence(_ batch: RecordBatch, _ state: ProducerState?, _ circumstances: Circumstances) throws(AppendError) {
    let sequence = batch.baseSequence
    func refusal(expected: Int32) -> AppendError { .outOfOrderSequence(producerID: batch.producerID, expected: expected, received: sequence) }
    if let verifying = circumstances.verifying {
      // Its transactions have epochs of their own: nothing of this one can have been deleted.
      if verifying.supportsEpochBump, sequence != 0, state?.lastBatch == nil { throw refusal(expected: 0) }
      if sequence > verifying.lowestSequence { throw refusal(expected: verifying.lowestSequence) }
    }
    guard !isForgotten(state, circumstances) else {
      if sequence != 0 { throw .unknownProducerID(producerID: batch.producerID) }
      return
    }
    // Everything of it may have been deleted, or it has expired.
    guard let state, state.epoch != ProducerState.noEpoch else { return }
    if batch.producerEpoch != state.epoch {
      if sequence != 0 { throw refusal(expected: 0) }
    } else if !ProducerState.follows(state.lastSequence, sequence) {
      throw refusal(expected: state.lastSequence == .max ? 0 : state.lastSequence + 1)
    }
  }

  /// As it was: nobody remembered producers of whom the log has no records.
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
      guard isRetry else { throw .invalidProducerEpoch(producerID: batch.producerID, current: current, received: batch.producerEpoch) }
    }
    guard let state, circumstances.switches.checkCoordinatorEpoch, let marker = EndTransactionMarker(batch),
      state.coordinatorEpoch > marker.coordinatorEpoch
    else { return }
    throw .coordinatorFenced(producerID: batch.producerID, current: state.coordinatorEpoch, received: marker.coordinatorEpoch)
  }
}
