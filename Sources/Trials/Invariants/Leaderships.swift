import Host
import Primitives
import Workloads

/// `one-leader-per-epoch`: no two brokers start to lead a partition in the same epoch. A topic that was deleted and created again under its
/// name has other partitions, whose epochs start again.
struct OneLeaderPerEpoch {
  private var leaders: [Leadership: NodeID] = [:]
  private var findings = Findings()

  /// Returns the evidence if another broker already leads in this epoch.
  mutating func check(_ partition: TopicPartition, topicID: Uuid, _ epoch: LeaderEpoch, leader: NodeID) -> String? {
    let leadership = Leadership(partition: TopicIDPartition(topicID, partition.partition), epoch: epoch)
    guard let known = leaders[leadership] else {
      leaders[leadership] = leader
      findings.examined += 1
      return nil
    }
    guard known != leader else { return nil }
    let evidence = "\(partition): brokers \(known) and \(leader) both lead in epoch \(epoch)"
    findings.add(evidence, about: .partition(partition, epoch: epoch))
    return evidence
  }

  var verdict: Verdict { findings.verdict(on: .oneLeaderPerEpoch) }
}

/// `high-watermark-regression`: a leader's high watermark goes back while it leads, or a replica truncates records below its own.
///
/// A replica that starts again uses the high watermark of its checkpoint, a new leader the one it had as a follower, and
/// followers adopt what their leader says: all of these may lag behind what was committed, and none is a regression (KIP-207). Truncating
/// what an unclean election gave up is no regression either, nor the first truncation of a log that lost its power: Kafka does not sync truncations (`LocalLog.truncateTo`), so a tail that was cut may be back,
/// below the high watermark of the checkpoint.
struct HighWatermarkMonotony {
  private struct Replica: Hashable {
    var partition: TopicPartition
    var node: NodeID
  }

  private var findings = Findings()
  /// Nodes whose last life ended with a power loss.
  private var withoutPower: Set<NodeID> = []
  /// Logs that were recovered after a power loss, and not truncated since.
  private var recovered: Set<Replica> = []

  mutating func recordPowerLoss(at node: NodeID) { withoutPower.insert(node) }
  mutating func recordKill(of node: NodeID) { withoutPower.remove(node) }
  mutating func recordRecovery(_ partition: TopicPartition, at node: NodeID) {
    if withoutPower.contains(node) { recovered.insert(Replica(partition: partition, node: node)) }
  }

  mutating func checkMove(_ partition: TopicPartition, at node: NodeID, from: Offset, to: Offset) -> String? {
    findings.examined += 1
    guard to < from else { return nil }
    let evidence = "\(partition): the high watermark of its leader, broker \(node), went back from \(from) to \(to)"
    findings.add(evidence, about: .partition(partition, offset: to))
    return evidence
  }

  /// - Parameter isGivenUp: whether an unclean election gave up what this replica knew to be committed.
  mutating func checkTruncation(_ partition: TopicPartition, at node: NodeID, to: Offset, highWatermark: Offset, isGivenUp: Bool = false) -> String? {
    findings.examined += 1
    let isRecovered = recovered.remove(Replica(partition: partition, node: node)) != nil
    guard to < highWatermark, !isGivenUp, !isRecovered else { return nil }
    let evidence = "\(partition): broker \(node) cut its log to \(to), below its own high watermark \(highWatermark)"
    findings.add(evidence, about: .partition(partition, offset: to))
    return evidence
  }

  var verdict: Verdict { findings.verdict(on: .highWatermarkRegression) }
}
