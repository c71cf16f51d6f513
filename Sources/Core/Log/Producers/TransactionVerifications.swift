import OrderedCollections
import Primitives
import Wire

/// Producers whose transactions are being verified with their coordinators, on one partition of one leader. In no record: it begins empty with each life.
///
/// Source: Kafka's `VerificationStateEntry`.
struct TransactionVerifications {
  struct Entry {
    let verification: VerificationGuard
    /// The producer speaks by transaction version 2: each of its transactions has an epoch of its own.
    let supportsEpochBump: Bool
    let since: Timestamp
    var epoch: Int16
    /// The smallest sequence that was to be verified in the epoch. A larger one is not written before it: the smaller one would be out of order for ever.
    var lowestSequence: Int32
  }

  private var entries: OrderedDictionary<Int64, Entry> = [:]
  private var lastGuard: UInt64 = 0

  var isEmpty: Bool { entries.isEmpty }

  subscript(producerID: Int64) -> Entry? { entries[producerID] }

  /// A verification begins, or goes on.
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
    if epoch > entry.epoch { (entry.epoch, entry.lowestSequence) = (epoch, sequence) }
    entries[producerID] = entry
    return entry.verification
  }

  /// A batch was written: the transaction has begun on the partition, or it is over. The marker of a transaction of version 2 has the epoch of the next one,
  /// whose verification may be under way (`UnifiedLog.updateProducers`).
  mutating func wrote(_ batch: RecordBatch) {
    guard batch.isTransactional, let entry = entries[batch.producerID] else { return }
    if entry.supportsEpochBump, batch.isControl, batch.producerEpoch == entry.epoch { return }
    entries[batch.producerID] = nil
  }

  /// Forgets those that began long ago and never came to a batch.
  mutating func expire(before deadline: Timestamp) {
    guard !isEmpty else { return }
    entries.removeAll { $0.value.since <= deadline }
  }
}
