import Broker
import Host
import Primitives
import Sim

/// Checks that a new coordinator of groups or transactions derives the same state from the log as its predecessor: compared when both have reached the same offset.
struct CoordinatorStates {
  private struct State {
    let broker: NodeID
    let upTo: Offset
    let lines: [String]
  }

  /// The last states seen.
  private var states: [TopicPartition: State] = [:]

  /// Forgets all states, because committed records may be gone.
  mutating func forget() { states = [:] }

  mutating func look(at cluster: TrialCluster) {
    look(at: cluster, TopicName.consumerOffsets) { broker, partition in broker.committedGroups(ofPartition: partition) }
    look(at: cluster, TopicName.transactionState) { broker, partition in broker.committedTransactions(ofPartition: partition) }
  }

  private mutating func look(at cluster: TrialCluster, _ topic: String, _ committed: (BrokerNode, Int32) -> (upTo: Offset, lines: [String])?) {
    guard cluster.observer.view.cluster.contains(topic) else { return }
    for partition in cluster.observer.view.cluster.partitions(of: topic) {
      let leader = cluster.observer.view.cluster[partition].leader
      guard let node = cluster.nodes.broker(leader), let broker = cluster.world.broker(at: node),
        let (upTo, lines) = committed(broker, partition.partition)
      else { continue }
      if let former = states[partition], former.broker != leader {
        if upTo == former.upTo {
          var check = InvariantCheck()
          let differing = zip(former.lines, lines).first { $0 != $1 }
          check.require(
            lines == former.lines,
            "\(partition): up to \(upTo) broker \(former.broker) had '\(differing?.0 ?? "\(former.lines.count) lines")', broker \(leader), which coordinates now, has "
              + "'\(differing?.1 ?? "\(lines.count) lines")'")
          cluster.world.addFindings(of: check, at: node)
        }
      }
      states[partition] = State(broker: leader, upTo: upTo, lines: lines)
    }
  }
}
