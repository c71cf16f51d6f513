import Measurement
import Primitives
import Workloads

/// `durability`: each acknowledged record that is gone was deleted by a rule, or its loss was permitted; otherwise a promise was broken.
///
/// The promise follows from what was true when the record was committed. acks=0 promises nothing. acks=1 promises nothing once leadership moves or the
/// leader loses unsynced data. acks=all promises according to `min.insync.replicas` m: the record was in the ISR at least m times, and
/// the loss of up to m-1 of those copies must be survived (KIP-966), whichever replica is elected. Loss is therefore permitted if
/// at least m of the copies at that time were destroyed later, or if an unclean election in a later epoch gave the promise up, even while the
/// former leader keeps acknowledging because it has not heard of it.
///
/// A record of a compacted topic may go if a later one of its key is known.
///
/// A copy is destroyed by a new disk, and by a power loss if the record was not synced. Below the log start offset set by a rule
/// (`Deletions`) nothing is promised any more.
final class DurabilityContract {
  struct Acknowledged {
    let partition: PartitionNumber
    let baseOffset: Offset
    let tokens: ContiguousArray<UInt64>
    let acks: Int16
    let commit: Commit
  }

  /// What was true when records were committed, at the replica that acknowledged them.
  struct Commit: Equatable {
    /// The leader epoch; unknown if the brokers cannot be inspected.
    var epoch = LeaderEpoch.unknown
    /// Brokers that held the records, as far as the promise requires.
    var copies: [NodeID]
    var minimumCopies: Int
    /// `DurabilityContract.sequence` at the time.
    var sequence = 0
  }

  struct Judgement {
    var verdict: Verdict
    /// What permitted losses, with counts.
    var permitted: [ReasonCount]
    /// Which rules deleted records, with counts.
    var deleted: [ReasonCount]
    /// Losses that nothing permits.
    var violations: Int
    /// The values whose loss is permitted.
    var excused: Set<RecordValue> = []
  }

  private struct Destruction {
    let node: NodeID
    let partition: PartitionNumber
    /// Offsets from here on were only in the page cache, or on the lost disk.
    let from: Offset
    let sequence: Int
  }

  private struct UncleanElection {
    let partition: PartitionNumber
    let epoch: LeaderEpoch
    let sequence: Int
  }

  /// The reason for records that are gone because a later one of their key exists.
  static let compaction = "compaction"

  private var acknowledged: ContiguousArray<Acknowledged> = []
  private var destructions: [Destruction] = []
  private var uncleanElections: [UncleanElection] = []
  /// The number of events so far that may give promises up.
  private(set) var sequence = 0

  private func next() -> Int {
    sequence += 1
    return sequence
  }

  func recordAcknowledged(_ tokens: ContiguousArray<UInt64>, in partition: PartitionNumber, from baseOffset: Offset, acks: Int16, _ commit: Commit) {
    acknowledged.append(Acknowledged(partition: partition, baseOffset: baseOffset, tokens: tokens, acks: acks, commit: commit))
  }

  func recordDestruction(of partition: PartitionNumber, at node: NodeID, from: Offset) {
    destructions.append(Destruction(node: node, partition: partition, from: from, sequence: next()))
  }

  /// Whether a copy of records before an offset was destroyed at a node.
  func isDestroyed(_ partition: PartitionNumber, at node: NodeID, before end: Offset) -> Bool {
    destructions.contains { $0.node == node && $0.partition == partition && $0.from < end }
  }

  func recordUncleanElection(of partition: PartitionNumber, epoch: LeaderEpoch) {
    uncleanElections.append(UncleanElection(partition: partition, epoch: epoch, sequence: next()))
  }

  /// What became of the records, as far as `judge` needs it.
  struct Findspots {
    var deletions = Deletions()
    /// Whether the audit received a value.
    var isPresent: (RecordValue) -> Bool
    /// Whether compaction may have removed a value, because a later one of its key is known.
    var isSuperseded: (RecordValue) -> Bool = { _ in false }
    /// The offset of a value that was acknowledged without one; unknown if no client saw it.
    var place: (RecordValue) -> Offset = { _ in .unknown }
    /// Partitions that no broker could serve. What was acknowledged there is not examined.
    var unreadable: Set<PartitionNumber> = []
    var words: (PartitionNumber) -> String
    /// The partition, for whoever looks for the cause of a loss.
    var name: (PartitionNumber) -> TopicPartition? = { _ in nil }
    /// The whereabouts of a value that the audit did not receive, in words.
    var whereabouts: (_ partition: PartitionNumber, _ offset: Offset, RecordValue) -> String
  }

  /// Judges every acknowledged value that the audit did not receive.
  func judge(_ findspots: Findspots) -> Judgement {
    var findings = Findings()
    var permitted: [String: Int] = [:], deleted: [String: Int] = [:]
    var excused: Set<RecordValue> = []
    for batch in acknowledged where !findspots.unreadable.contains(batch.partition) {
      for (index, token) in batch.tokens.enumerated() {
        findings.examined += 1
        let value = RecordValue(UInt32(token))
        guard !findspots.isPresent(value) else { continue }
        let offset = batch.baseOffset == .unknown ? findspots.place(value) : batch.baseOffset + Int64(index)
        if let rule = findspots.deletions.rule(at: offset, of: batch.partition) {
          deleted[rule.words, default: 0] += 1
        } else if findspots.isSuperseded(value) {
          deleted[Self.compaction, default: 0] += 1
        } else if let reason = permission(for: batch, at: offset) {
          permitted[reason, default: 0] += 1
          excused.insert(value)
        } else {
          findings.add(
            "\(findspots.words(batch.partition)): value \(token), acknowledged at offset \(offset) with acks=\(batch.acks == -1 ? "all" : String(batch.acks)) "
              + "on brokers \(batch.commit.copies.map(\.description).joined(separator: ", ")), \(findspots.whereabouts(batch.partition, offset, value))",
            about: .record(ViolationSubject.Record(findspots.name(batch.partition), at: offset, value)))
        }
      }
    }
    return Judgement(
      verdict: findings.verdict(on: .durability), permitted: reasons(permitted), deleted: reasons(deleted), violations: findings.count, excused: excused)
  }

  private func reasons(_ counts: [String: Int]) -> [ReasonCount] {
    counts.sorted { $0.key < $1.key }.map { ReasonCount(reason: $0.key, count: $0.value) }
  }

  private func permission(for batch: Acknowledged, at offset: Offset) -> String? {
    switch batch.acks {
    case 0: return "acks=0"
    case 1: return "acks=1"
    default: break
    }
    let commit = batch.commit
    let isGivenUp = uncleanElections.contains { election in
      election.partition == batch.partition
        && (commit.epoch == .unknown ? election.sequence > commit.sequence : election.epoch > commit.epoch)
    }
    if isGivenUp { return "unclean leader election" }
    let destroyed = commit.copies.filter { node in
      destructions.contains { $0.node == node && $0.partition == batch.partition && $0.sequence > commit.sequence && $0.from <= offset }
    }
    guard destroyed.count >= commit.minimumCopies else { return nil }
    return "\(destroyed.count) of \(commit.copies.count) copies destroyed before they were synced, with min.insync.replicas=\(commit.minimumCopies)"
  }
}

extension Delivery {
  /// Adds what became of acknowledged records.
  mutating func take(_ judgement: DurabilityContract.Judgement) {
    permittedBy = judgement.permitted
    permittedLoss = judgement.permitted.reduce(0) { $0 + $1.count }
    lost = judgement.violations + permittedLoss
    deletedBy = judgement.deleted
    deleted = judgement.deleted.reduce(0) { $0 + $1.count }
  }
}
