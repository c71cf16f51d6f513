import Primitives
import Wire

/// An idempotent producer's state for one partition (`TxnPartitionEntry`).
///
/// Kafka orders and compares only by sequence, which fails if sequences restart from 0. Here the batches are in the order in which they were
/// numbered.
struct PartitionSequences {
  /// The identity under which the partition is written; behind the producer's own while batches of the previous one are in flight.
  private(set) var producer = ProducerIdentity.none
  /// The sequence of the next record.
  private(set) var next: Int32 = 0
  /// The sequence of the last record that was acknowledged under this identity; nil before.
  private(set) var lastAcknowledged: Int32?
  /// Whether anything was acknowledged under the producer's id, in any epoch: the log then knows it, and starts an epoch with its first sequence.
  private(set) var isKnown = false
  /// The offset of the last acknowledged record: it distinguishes a log that lost its head from one that lost the producer's state.
  private(set) var lastAcknowledgedOffset: Offset?
  /// The batches that have a sequence and are neither acknowledged nor failed, in the order of their sequences. They are in flight, or wait for
  /// another attempt.
  private(set) var inFlight: [ProducerBatch] = []
  /// The sequence after a batch that was dropped with an unknown outcome. Nothing new is sent until that is resolved.
  var unresolved: Int32?
  /// Whether the batches in flight get new sequences with the next epoch.
  var isToBeRenumbered = false

  /// Whether all assigned sequences are acknowledged, so that the log expects the next one.
  var isNextExpected: Bool { isExpected(next) }

  func isExpected(_ sequence: Int32) -> Bool { sequence == lastAcknowledged.map { SequenceNumber.advanced($0, by: 1) } ?? 0 }

  /// Whether the log holds a batch that its leader reports as out of order: it knew the producer when the batch was numbered, accepts no sequence
  /// before its predecessor, and has accepted a later one. Leaders remember only five batches of a producer.
  func isWritten(_ batch: ProducerBatch) -> Bool {
    guard batch.isOfKnownProducer, !batch.wasRenumbered, batch.sequence?.producer == producer, let last = batch.lastSequence, let lastAcknowledged else { return false }
    return !SequenceNumber.isAfter(last, lastAcknowledged)
  }

  /// Assigns a sequence to a batch that is sent for the first time.
  mutating func assign(_ batch: ProducerBatch, isTransactional: Bool) {
    batch.assign(BatchSequence(producer: producer, first: next, isTransactional: isTransactional))
    batch.isOfKnownProducer = isKnown
    next = SequenceNumber.advanced(next, by: batch.recordCount)
    inFlight.append(batch)
  }

  /// Whether a batch has others ahead of it.
  func isBehindAnother(_ batch: ProducerBatch) -> Bool { inFlight.first.map { $0 !== batch } ?? false }

  mutating func remove(_ batch: ProducerBatch) { inFlight.removeAll { $0 === batch } }

  /// Replaces a batch with its parts.
  mutating func replace(_ batch: ProducerBatch, by parts: [ProducerBatch]) {
    guard let index = inFlight.firstIndex(where: { $0 === batch }) else { return }
    inFlight.replaceSubrange(index...index, with: parts)
  }

  /// Restarts from 0 under another identity. Batches in flight get new sequences, except those for which `isKept` is true.
  mutating func restart(as producer: ProducerIdentity, keeping isKept: (ProducerBatch) -> Bool = { _ in false }) {
    isKnown = isKnown && self.producer.id == producer.id
    self.producer = producer
    lastAcknowledged = nil
    unresolved = nil
    isToBeRenumbered = false
    next = 0
    inFlight.removeAll(where: isKept)
    for batch in inFlight {
      batch.renumber(as: producer, from: next)
      batch.isOfKnownProducer = isKnown
      next = SequenceNumber.advanced(next, by: batch.recordCount)
    }
  }

  /// Takes back the sequence of a batch that certainly was not written: those after it move up (`adjustSequencesDueToFailedBatch`).
  mutating func close(gapOf batch: ProducerBatch) {
    guard let index = inFlight.firstIndex(where: { $0 === batch }) else { return }
    inFlight.remove(at: index)
    next = SequenceNumber.advanced(next, by: -batch.recordCount)
    for later in inFlight[index...] {
      guard let sequence = later.sequence else { continue }
      later.renumber(as: sequence.producer, from: SequenceNumber.advanced(sequence.first, by: -batch.recordCount))
    }
  }

  mutating func acknowledge(_ batch: ProducerBatch, at baseOffset: Offset) {
    remove(batch)
    if batch.sequence?.producer.id == producer.id { isKnown = true }
    // A late response about a batch of an earlier epoch says nothing about the sequences of this one.
    guard let last = batch.lastSequence, batch.sequence?.producer == producer else { return }
    if lastAcknowledged.map({ SequenceNumber.isAfter(last, $0) }) ?? true { lastAcknowledged = last }
    guard baseOffset != .unknown else { return }
    lastAcknowledgedOffset = max(lastAcknowledgedOffset ?? .unknown, baseOffset + Int64(batch.recordCount - 1))
  }
}
