import Primitives
import Wire

/// What a log remembers of one producer (KIP-98): its epoch, its newest batches, and where its open transaction started.
struct ProducerState: Equatable {
  struct Batch: Equatable {
    var lastSequence: Int32
    var lastOffset: Offset
    var offsetDelta: Int32
    var timestamp: Timestamp

    var firstOffset: Offset { lastOffset - Int64(offsetDelta) }
    var firstSequence: Int32 { SequenceNumber.advanced(lastSequence, by: -Int(offsetDelta)) }
  }

  static let noEpoch: Int16 = -1
  static let noSequence: Int32 = -1

  let producerID: Int64
  var epoch = noEpoch
  /// Oldest first.
  private(set) var batches: [Batch] = []
  var coordinatorEpoch: Int32 = -1
  var lastTimestamp = Timestamp.none
  /// Where the open transaction started.
  var transactionStart: Offset?
  /// Whether what is known of its current epoch comes from a snapshot, which has only the last batch.
  var isRestored = false

  init(producerID: Int64) { self.producerID = producerID }

  /// Its newest batch in its current epoch; nil if only a marker is known.
  var lastBatch: Batch? { batches.last }

  var lastSequence: Int32 { batches.last?.lastSequence ?? Self.noSequence }

  /// The batch with exactly these sequences, if it was already appended.
  func duplicate(epoch: Int16, firstSequence: Int32, lastSequence: Int32) -> Batch? {
    guard epoch == self.epoch else { return nil }
    return batches.first { $0.lastSequence == lastSequence && $0.firstSequence == firstSequence }
  }

  mutating func raise(epoch newEpoch: Int16) {
    guard newEpoch != epoch else { return }
    batches.removeAll(keepingCapacity: true)
    epoch = newEpoch
    isRestored = false
  }

  /// Whether the log may have a batch of these sequences that was known before the producer was restored from a snapshot.
  func hasForgotten(epoch: Int16, lastSequence: Int32) -> Bool {
    guard isRestored, epoch == self.epoch, let oldest = batches.first else { return false }
    return SequenceNumber.isAfter(oldest.firstSequence, lastSequence)
  }

  /// - Parameter count: A producer may have five requests in flight, so this many batches can come again.
  mutating func add(_ batch: Batch, keeping count: Int) {
    if batches.count >= count { batches.removeFirst() }
    batches.append(batch)
    lastTimestamp = batch.timestamp
  }

  /// Whether a sequence follows the last one. Sequences wrap from 2147483647 to 0.
  static func follows(_ last: Int32, _ next: Int32) -> Bool {
    next == SequenceNumber.advanced(last, by: 1)
  }
}
