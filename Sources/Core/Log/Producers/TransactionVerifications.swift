import OrderedCollections
import Primitives
import Wire

/// Producers whose transactions are being verified with their coordinators, on one partition of one leader. It is stored nowhere and starts empty in
/// each life.
///
/// Source: Kafka's `VerificationStateEntry`.
struct TransactionVerifications {
  struct Entry {
    let verification: VerificationGuard
    /// The producer uses transaction version 2: each of its transactions has its own epoch.
    let supportsEpochBump: Bool
    let since: Timestamp
    var epoch: Int16
    /// The smallest sequence that was to be verified in the epoch. A larger one is not written before it: the smaller one would then be out of order
    /// forever.
    var lowestSequence: Int32
  }

  private var entries: OrderedDictionary<Int64, Entry> = [:]
  private var lastGuard: UInt64 = 0

  var isEmpty: Bool { entries.isEmpty }

  subscript(producerID: Int64) -> Entry? { entries[producerID] }

  /// Starts a verification, or continues one.
  mutating func begin(
    _ producerID: Int64, epoch: Int16, sequence: Int32, supportsEpochBump: Bool, at now: Timestamp
  ) -> VerificationGuard {
    guard var entry = entries[producerID] else {
      lastGuard += 1
      let verification = VerificationGuard(lastGuard)
      entries[producerID] = Entry(
        verification: verification, supportsEpochBump: supportsEpochBump, since: now, epoch: epoch, lowestSequence: sequence)
      return verification
    }
    if epoch == entry.epoch, sequence < entry.lowestSequence { entry.lowestSequence = sequence }
    if epoch > entry.epoch {
      mark(.verificationOvertaken)
      (entry.epoch, entry.lowestSequence) = (epoch, sequence)
    }
    entries[producerID] = entry
    return entry.verification
  }

  /// Records that a batch was written: the transaction has started on the partition, or it is over. The marker of a version 2 transaction has the
  /// epoch of the next one, whose verification may be in progress (`UnifiedLog.updateProducers`).
  mutating func wrote(_ batch: RecordBatch) {
    guard batch.isTransactional, let entry = entries[batch.producerID] else { return }
    if entry.supportsEpochBump, batch.isControl, batch.producerEpoch == entry.epoch { return }
    entries[batch.producerID] = nil
  }

  /// Forgets verifications that started long ago without a batch following.
  mutating func expire(before deadline: Timestamp) {
    guard !isEmpty else { return }
    entries.removeAll { $0.value.since <= deadline }
  }
}
