import Primitives

/// What an idempotent producer keeps of one partition (`TxnPartitionEntry`).
///
/// Kafka orders and compares by sequences alone, which fails where they begin anew from 0. Here the batches stand in the order in which they were numbered.
struct PartitionSequences {
  /// As whom the partition is written to; lags behind the producer's own while batches of the former one are under way.
  private(set) var producer = ProducerIdentity.none
  /// Of the next record.
  private(set) var next: Int32 = 0
  /// Of the last record that was acknowledged as this producer; nil before.
  private(set) var lastAcknowledged: Int32?
  /// Whether anything was acknowledged under the producer's id, in whatever epoch: the log knows it, and begins an epoch with its first number.
  private(set) var isKnown = false
  /// Where the last of them stands: it tells a log that lost its head from one that lost the producer's state.
  private(set) var lastAcknowledgedOffset: Offset?
  /// The batches that have a number and are neither acknowledged nor failed, in the order of their numbers. They are under way, or wait for another attempt.
  private(set) var inFlight: [ProducerBatch] = []
  /// The sequence behind a batch that was given up with nobody knowing whether it is written. Nothing new is sent before that is clear.
  var unresolved: Int32?
  /// Whether the batches in flight are numbered anew with the next epoch.
  var isToBeRenumbered = false

  /// Whether all numbers that were given are acknowledged: the next one is the one that the log expects.
  var isNextExpected: Bool { isExpected(next) }

  func isExpected(_ sequence: Int32) -> Bool { sequence == lastAcknowledged.map { SequenceNumber.advanced($0, by: 1) } ?? 0 }

  /// Whether the log holds a batch of which its leader says that it is out of order: it knew the producer when the batch was numbered, takes no number before its predecessor, and
  /// has taken a later one. Leaders remember five batches of a producer alone.
  func isWritten(_ batch: ProducerBatch) -> Bool {
    guard batch.isOfKnownProducer, !batch.wasRenumbered, batch.sequence?.producer == producer, let last = batch.lastSequence, let lastAcknowledged else { return false }
    return !SequenceNumber.isAfter(last, lastAcknowledged)
  }

  /// Numbers a batch that is sent for the first time.
  mutating func assign(_ batch: ProducerBatch, isTransactional: Bool) {
    batch.assign(BatchSequence(producer: producer, first: next, isTransactional: isTransactional))
    batch.isOfKnownProducer = isKnown
    next = SequenceNumber.advanced(next, by: batch.recordCount)
    inFlight.append(batch)
  }

  mutating func remove(_ batch: ProducerBatch) { inFlight.removeAll { $0 === batch } }

  /// Puts the parts of a batch into its place.
  mutating func replace(_ batch: ProducerBatch, by parts: [ProducerBatch]) {
    guard let index = inFlight.firstIndex(where: { $0 === batch }) else { return }
    inFlight.replaceSubrange(index...index, with: parts)
  }

  /// Begins anew from 0 as another producer. Batches in flight are numbered anew, those for which `isKept` does not say that they keep what they have.
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

  /// Takes the numbers of a batch back that certainly was not written: those behind it move up (`adjustSequencesDueToFailedBatch`).
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
    // The late answer about a batch of a former epoch says nothing about the numbers of this one.
    guard let last = batch.lastSequence, batch.sequence?.producer == producer else { return }
    if lastAcknowledged.map({ SequenceNumber.isAfter(last, $0) }) ?? true { lastAcknowledged = last }
    guard baseOffset != .unknown else { return }
    lastAcknowledgedOffset = max(lastAcknowledgedOffset ?? .unknown, baseOffset + Int64(batch.recordCount - 1))
  }
}
