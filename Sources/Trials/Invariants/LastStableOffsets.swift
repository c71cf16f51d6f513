import Host
import Primitives
import Workloads

/// `last-stable-offset`: no leader gives whoever reads committed records only what lies behind the first record of a transaction whose marker is not committed, nor takes back how far it
/// lets him read while it leads.
///
/// A new leader begins with the high watermark that it had as a follower, and so with an earlier last stable offset.
struct LastStableOffsets {
  /// Where the leader of a partition stands.
  struct Look {
    var partition: TopicPartition
    var topicID: Uuid
    var leader: NodeID
    var epoch: LeaderEpoch
    var logStartOffset: Offset
    /// Up to where it gives records to whoever reads committed records only.
    var committedEnd: Offset

    fileprivate var words: String { "\(partition): the last stable offset of its leader, broker \(leader)," }
  }

  private struct Leading {
    var leader: NodeID
    var epoch: LeaderEpoch
    var committedEnd: Offset
    /// Of the transaction that was passed over last: one is told once.
    var passed: Offset?
  }

  private var leading: [TopicIDPartition: Leading] = [:]
  private var findings = Findings()

  /// - Parameter unstable: the first transaction that has records below the leader's high watermark and no committed marker.
  /// - Returns: the evidence of what is wrong.
  mutating func note(_ look: Look, _ unstable: CommittedTransactions.Transaction?) -> String? {
    findings.examined += 1
    let id = TopicIDPartition(look.topicID, look.partition.partition)
    let former = leading[id].flatMap { $0.leader == look.leader && $0.epoch == look.epoch ? $0 : nil }
    var now = Leading(leader: look.leader, epoch: look.epoch, committedEnd: look.committedEnd, passed: former?.passed)
    defer { leading[id] = now }
    if let former, look.committedEnd < former.committedEnd {
      return add("\(look.words) went back from \(former.committedEnd) to \(look.committedEnd)")
    }
    guard let unstable, look.committedEnd > max(unstable.firstOffset, look.logStartOffset), former?.passed != unstable.firstOffset else { return nil }
    now.passed = unstable.firstOffset
    return add(
      "\(look.words) is \(look.committedEnd), behind the transaction that producer \(unstable.producerID), epoch \(unstable.producerEpoch), began at offset \(unstable.firstOffset) and "
        + "that has not ended")
  }

  private mutating func add(_ evidence: String) -> String {
    findings.add(evidence)
    return evidence
  }

  var verdict: Verdict { findings.verdict(on: .lastStableOffset) }
}
