import Host
import Primitives
import Workloads

/// `last-stable-offset`: a leader never gives `read_committed` readers anything past the first record of a transaction whose marker is not committed, and never lowers the offset
/// up to which they may read while it leads.
///
/// A new leader starts with the high watermark it had as a follower, and so with an earlier last stable offset.
struct LastStableOffsets {
  /// The state of a partition's leader.
  struct Look {
    var partition: TopicPartition
    var topicID: Uuid
    var leader: NodeID
    var epoch: LeaderEpoch
    var logStartOffset: Offset
    /// The offset up to which `read_committed` readers receive records.
    var committedEnd: Offset

    fileprivate var words: String { "\(partition): the last stable offset of its leader, broker \(leader)," }
  }

  private struct Leading {
    var leader: NodeID
    var epoch: LeaderEpoch
    var committedEnd: Offset
    /// The first offset of the transaction that was passed last: each is reported once.
    var passed: Offset?
  }

  private var leading: [TopicIDPartition: Leading] = [:]
  private var findings = Findings()

  /// - Parameter unstable: the first transaction that has records below the leader's high watermark and no committed marker.
  /// - Returns: the evidence of what is wrong.
  mutating func check(_ look: Look, _ unstable: CommittedTransactions.Transaction?) -> String? {
    findings.examined += 1
    let id = TopicIDPartition(look.topicID, look.partition.partition)
    let former = leading[id].flatMap { $0.leader == look.leader && $0.epoch == look.epoch ? $0 : nil }
    var now = Leading(leader: look.leader, epoch: look.epoch, committedEnd: look.committedEnd, passed: former?.passed)
    defer { leading[id] = now }
    if let former, look.committedEnd < former.committedEnd {
      return add("\(look.words) went back from \(former.committedEnd) to \(look.committedEnd)", about: look)
    }
    guard let unstable, look.committedEnd > max(unstable.firstOffset, look.logStartOffset), former?.passed != unstable.firstOffset else { return nil }
    now.passed = unstable.firstOffset
    return add(
      "\(look.words) is \(look.committedEnd), behind the transaction that producer \(unstable.producerID), epoch \(unstable.producerEpoch), began at offset \(unstable.firstOffset) and "
        + "that has not ended", about: look)
  }

  private mutating func add(_ evidence: String, about look: Look) -> String {
    findings.add(evidence, about: .partition(look.partition, epoch: look.epoch, offset: look.committedEnd))
    return evidence
  }

  var verdict: Verdict { findings.verdict(on: .lastStableOffset) }
}
