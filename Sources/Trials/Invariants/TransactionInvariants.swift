import Host
import Primitives
import Replication
import Wire
import Workloads

/// What must hold of the transactions of a trial, as brokers tell of them: gathered while it runs, told by the observer.
final class TransactionInvariants {
  private var committed = CommittedTransactions()
  private var recorded = RecordedTransactions()
  private(set) var stableOffsets = LastStableOffsets()
  private(set) var agreement = TransactionAgreement()
  /// Of these not everything is known that was committed.
  private var gaps: Set<TopicIDPartition> = []

  /// A replica counts a batch as committed. Returns the evidence of what is wrong.
  ///
  /// - Parameter identify: the partition of the topic that bears the name now; nil where none does.
  func note(
    _ batch: RecordBatch, in partition: TopicPartition, _ id: TopicIDPartition, at now: Instant, identify: (TopicPartition) -> TopicIDPartition?
  ) -> String? {
    guard partition.topic != TopicName.transactionState else {
      var evidence: String?
      for record in recorded.note(batch, in: partition.partition) {
        let found = agreement.note(record) { partition in identify(partition).map { !gaps.contains($0) } ?? false }
        evidence = evidence ?? found
      }
      return evidence
    }
    guard let (marker, ended) = committed.note(batch, in: id, at: now) else { return nil }
    return agreement.note(marker, ended, in: partition)
  }

  /// What was committed in a partition is not known from here on, or was given up.
  func forget(_ partition: TopicIDPartition) {
    committed.forget(partition)
    gaps.insert(partition)
  }

  /// Something happened that may take away what coordinators had recorded.
  func noteLoss() { agreement.forget() }

  /// A broker became the leader, its high watermark moved, or it wrote a marker. Returns the evidence of what is wrong.
  func look(at leader: Partition, of node: NodeID) -> String? {
    stableOffsets.note(
      LastStableOffsets.Look(
        partition: leader.topicPartition, topicID: leader.id.topic, leader: node, epoch: leader.leaderEpoch, logStartOffset: leader.logStartOffset,
        committedEnd: leader.committedEndOffset),
      committed.firstUnstable(in: leader.id, below: leader.highWatermark))
  }

  /// Since when a producer has a transaction open in a partition, by what is committed there.
  func since(_ producerID: Int64, in partition: TopicIDPartition) -> Instant? { committed.open(of: producerID, in: partition)?.since }
}
