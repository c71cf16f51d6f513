import Log
import Primitives
import Replication
import Wire
import Workloads

/// `replica-divergence`: two replicas hold different batches below both of their high watermarks.
///
/// The first replica whose high watermark passes an offset fixes what is committed there. Whenever another replica's high
/// watermark moves, its newly committed batches are compared with that: same bounds, same leader epoch, same checksum. What lies below the log start
/// offset nobody can read. A topic that was deleted and made again under its name is another one.
final class CommittedLog {
  /// What is committed in one partition. A class, so that it is looked up once for each move and grows in place.
  private final class History {
    var batches = CommittedBatches()
  }

  private var committed: [TopicIDPartition: History] = [:]
  /// The epoch of the last unclean election of each partition that had one.
  private var givenUpBefore: [TopicIDPartition: LeaderEpoch] = [:]
  private var findings = Findings()
  /// Partitions with a finding: one is told, the others follow from it.
  private var diverged: Set<TopicIDPartition> = []

  /// Looks at what a replica newly counts as committed. Returns the evidence where it differs from what was committed before.
  func note(_ partition: Partition, at node: NodeID, from: Offset, to: Offset) -> String? {
    guard to > from, let log = partition.log, partition.leaderEpoch >= uncleanEpoch(of: partition.id) ?? .unknown else { return nil }
    let name = partition.topicPartition
    let history = history(of: partition.id)
    var evidence: String?
    forEachBatch(of: log, from: max(from, log.logStartOffset), to: to) { batch in
      findings.examined += 1
      guard evidence == nil, let difference = compare(batch, with: history, of: name, at: node) else { return }
      evidence = difference
    }
    guard let evidence, diverged.insert(partition.id).inserted else { return nil }
    findings.add(evidence)
    return evidence
  }

  /// An unclean election gives up what was committed before, and what the former leader commits as long as it has not heard of it: from now on, what
  /// the new leader commits counts.
  func giveUp(_ partition: TopicIDPartition, before epoch: LeaderEpoch) {
    committed[partition] = nil
    givenUpBefore[partition] = epoch
  }

  /// The epoch of a partition's last unclean election; nil where there was none.
  func uncleanEpoch(of partition: TopicIDPartition) -> LeaderEpoch? { givenUpBefore.isEmpty ? nil : givenUpBefore[partition] }

  var verdict: Verdict { findings.verdict(on: .replicaDivergence) }

  private func history(of partition: TopicIDPartition) -> History {
    if let history = committed[partition] { return history }
    let history = History()
    committed[partition] = history
    return history
  }

  private func compare(_ batch: CommittedBatch, with history: History, of partition: TopicPartition, at node: NodeID) -> String? {
    switch history.batches.note(batch) {
    case nil: nil
    case .bounds:
      "\(partition): broker \(node) holds a batch \(batch.baseOffset)-\(batch.lastOffset) below its high watermark that others committed with other bounds"
    case .content(let epoch):
      "\(partition): at offset \(batch.baseOffset) broker \(node) holds a record of epoch \(batch.epoch) below its high watermark, "
        + "where one of epoch \(epoch) was committed before"
    }
  }

  private func forEachBatch(of log: PartitionLog, from: Offset, to: Offset, _ body: (CommittedBatch) -> Void) {
    var next = from
    while next < to, let slice = try? log.read(from: next, upTo: to, maxBytes: 1 << 20, minOneBatch: true), slice.nextOffset > next {
      for batch in (try? RecordBatch.splitting(slice.records)) ?? [] where batch.lastOffset < to {
        body(CommittedBatch(baseOffset: batch.baseOffset, lastOffset: batch.lastOffset, epoch: batch.partitionLeaderEpoch, checksum: batch.checksum))
      }
      next = slice.nextOffset
    }
  }
}
