import Primitives
import Report
import Workloads

/// `durability`: each acknowledged record that is gone was either permitted to go, or a promise was broken.
///
/// The promise follows from what was true at the acknowledgement. acks=0 promises nothing. acks=1 promises nothing once leadership moves or the
/// leader loses unsynced data. acks=all promises as much as `min.insync.replicas` m: the record was in the ISR at least m times, and
/// the loss of up to m-1 of those copies must be survived (KIP-966), whatever is elected. Loss is therefore permitted when
/// at least m of the copies at the time were destroyed later, or when an unclean election, which gives the promise up, came after.
///
/// A copy is destroyed by a new disk, and by a power loss where the record was not synced.
final class DurabilityContract {
  struct Acknowledged {
    let partition: TopicPartition
    let baseOffset: Offset
    let tokens: ContiguousArray<UInt64>
    let acks: Int16
    /// Brokers that held the records, as far as the promise goes.
    let copies: [NodeID]
    let minimumCopies: Int
    /// Position in the order of everything noted here.
    let sequence: Int
  }

  private struct Destruction {
    let node: NodeID
    let partition: TopicPartition
    /// Offsets from here on were only in the page cache, or on the disk that is gone.
    let from: Offset
    let sequence: Int
  }

  private var acknowledged: ContiguousArray<Acknowledged> = []
  private var destructions: [Destruction] = []
  private var uncleanElections: [(partition: TopicPartition, sequence: Int)] = []
  private var deletions: [(partition: TopicPartition, sequence: Int)] = []
  private var sequence = 0

  private func next() -> Int {
    sequence += 1
    return sequence
  }

  func noteAcknowledged(
    _ tokens: ContiguousArray<UInt64>, in partition: TopicPartition, from baseOffset: Offset, acks: Int16, copies: [NodeID], minimumCopies: Int
  ) {
    acknowledged.append(
      Acknowledged(
        partition: partition, baseOffset: baseOffset, tokens: tokens, acks: acks, copies: copies, minimumCopies: minimumCopies, sequence: next()))
  }

  func noteDestruction(of partition: TopicPartition, at node: NodeID, from: Offset) {
    destructions.append(Destruction(node: node, partition: partition, from: from, sequence: next()))
  }

  func noteUncleanElection(of partition: TopicPartition) { uncleanElections.append((partition, next())) }

  /// An operator or a retention took records away on purpose.
  func noteDeletion(in partition: TopicPartition) { deletions.append((partition, next())) }

  /// Judges every acknowledged value that `isPresent` does not find.
  func judge(isPresent: (RecordValue) -> Bool) -> (verdict: Verdict, permitted: [PermittedLoss], violations: Int) {
    var findings = Findings()
    var permitted: [String: Int] = [:]
    for batch in acknowledged {
      for (index, token) in batch.tokens.enumerated() {
        findings.examined += 1
        guard !isPresent(RecordValue(UInt32(token))) else { continue }
        let offset = batch.baseOffset == .unknown ? .unknown : batch.baseOffset + Int64(index)
        if let reason = permission(for: batch, at: offset) {
          permitted[reason, default: 0] += 1
        } else {
          findings.add(
            "\(batch.partition): value \(token), acknowledged at offset \(offset) with acks=\(batch.acks == -1 ? "all" : String(batch.acks)) "
              + "on brokers \(batch.copies.map(\.description).joined(separator: ", ")), is gone")
        }
      }
    }
    let reasons = permitted.sorted { $0.key < $1.key }.map { PermittedLoss(reason: $0.key, count: $0.value) }
    return (findings.verdict(on: .durability), reasons, findings.count)
  }

  private func permission(for batch: Acknowledged, at offset: Offset) -> String? {
    if deletions.contains(where: { $0.partition == batch.partition && $0.sequence > batch.sequence }) { return "deleted on purpose" }
    switch batch.acks {
    case 0: return "acks=0"
    case 1: return "acks=1"
    default: break
    }
    if uncleanElections.contains(where: { $0.partition == batch.partition && $0.sequence > batch.sequence }) { return "unclean leader election" }
    let destroyed = batch.copies.filter { node in
      destructions.contains { $0.node == node && $0.partition == batch.partition && $0.sequence > batch.sequence && $0.from <= offset }
    }
    guard destroyed.count >= batch.minimumCopies else { return nil }
    return "\(destroyed.count) of \(batch.copies.count) copies destroyed before they were synced, with min.insync.replicas=\(batch.minimumCopies)"
  }
}
