import Host
import Primitives
import Replication
import Wire
import Workloads

/// The invariants of a trial's transactions, as seen at the brokers: collected while it runs, reported by the observer.
final class TransactionInvariants {
  private var committed = CommittedTransactions()
  private var recorded = RecordedTransactions()
  private(set) var stableOffsets = LastStableOffsets()
  private(set) var agreement = TransactionAgreement()
  /// Partitions with committed batches that are not known.
  private var gaps: Set<TopicIDPartition> = []

  /// Adds a batch that a replica counts as committed. Returns the evidence if something is wrong.
  ///
  /// - Parameter identify: the partition of the topic that has the name now; nil if there is none.
  func check(
    _ batch: RecordBatch, in partition: TopicPartition, _ id: TopicIDPartition, at now: Instant, identify: (TopicPartition) -> TopicIDPartition?
  ) -> String? {
    guard partition.topic != TopicName.transactionState else {
      var evidence: String?
      for record in recorded.add(batch, in: partition.partition) {
        let found = agreement.check(record) { partition in identify(partition).map { !gaps.contains($0) } ?? false }
        evidence = evidence ?? found
      }
      return evidence
    }
    guard let (marker, ended) = committed.add(batch, in: id, at: now) else { return nil }
    return agreement.check(marker, ended, in: partition)
  }

  /// Forgets a partition, because its committed batches are unknown from here on, or were given up.
  func forget(_ partition: TopicIDPartition) {
    committed.forget(partition)
    gaps.insert(partition)
  }

  /// Forgets what coordinators had recorded, because it may be gone.
  func forgetRecorded() { agreement.forget() }

  /// Checks a broker that became the leader, whose high watermark moved, or that wrote a marker. Returns the evidence if something is wrong.
  func look(at leader: Partition, of node: NodeID) -> String? {
    stableOffsets.check(
      LastStableOffsets.Look(
        partition: leader.topicPartition, topicID: leader.id.topic, leader: node, epoch: leader.leaderEpoch, logStartOffset: leader.logStartOffset,
        committedEnd: leader.committedEndOffset),
      committed.firstUnstable(in: leader.id, below: leader.highWatermark))
  }

  /// Since when a producer has had a transaction open in a partition, according to its committed batches.
  func since(_ producerID: Int64, in partition: TopicIDPartition) -> Instant? { committed.open(of: producerID, in: partition)?.since }
}
