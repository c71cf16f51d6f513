import Broker
import Host
import Log
import Primitives
import Replication
import Sim

/// Invariants of all replicas of a partition together, which no single broker can check: every member of the ISR, and of any ISR that the
/// controller may have committed, has everything below the leader's high watermark.
///
/// A partition is checked when something about it was reported, at the end of that event.
final class ClusterInvariants {
  // The world notifies this at the end of an event.
  private unowned let world: World
  private let nodes: () -> NodeTable?
  private let view: ClusterViewHolder
  /// The partitions about which something was reported in the current event.
  private var stirred: [TopicPartition] = []

  init(_ world: World, _ view: ClusterViewHolder, nodes: @escaping () -> NodeTable?) {
    self.world = world
    self.view = view
    self.nodes = nodes
  }

  func observe(_ occurrence: Occurrence) {
    switch occurrence {
    case .highWatermarkMoved(let partition, _, _), .becameLeader(let partition, _, _), .truncated(let partition, _, _, _, _), .isrProposed(let partition, _),
      .isrChanged(let partition, _, _, _), .leaderElected(let partition, _, _, _, _):
      if !stirred.contains(partition) { stirred.append(partition) }
    default: break
    }
  }

  /// Called at the end of a node's event.
  func look(after node: NodeIndex) {
    guard !stirred.isEmpty else { return }
    var check = InvariantCheck()
    for partition in stirred { look(at: partition, &check) }
    stirred.removeAll(keepingCapacity: true)
    world.addFindings(of: check, at: node)
  }

  private func look(at name: TopicPartition, _ check: inout InvariantCheck) {
    let committed = view.cluster[name]
    // A leader that was deposed and does not know it yet commits nothing, whatever it thinks its ISR is.
    guard let leader = replica(name, at: committed.leader)?.partition, leader.isLeader, leader.leaderEpoch == committed.epoch else { return }
    leader.checkInvariants(&check)
    for member in leader.maximalISR where member != committed.leader {
      guard let (broker, replica) = replica(name, at: member), replica.id == leader.id, replica.role == .follower, replica.leaderEpoch == leader.leaderEpoch,
        let log = replica.log, log.failure == nil
      else { continue }
      // What a broker said in an earlier life says nothing about its present log: the controller removes it from the ISR, and the leader may not
      // have heard of that yet.
      let life = leader.follower(member)?.brokerEpoch
      guard life.map({ $0 == broker.brokerEpoch }) ?? committed.isr.contains(member) else { continue }
      check.require(
        log.logEndOffset >= leader.highWatermark,
        "\(name): broker \(member) may be in the ISR (\(leader.isr), perhaps \(leader.maximalISR)), and its log ends at \(log.logEndOffset), "
          + "below the high watermark \(leader.highWatermark) of its leader, broker \(committed.leader)")
    }
  }

  private func replica(_ name: TopicPartition, at id: NodeID) -> (broker: BrokerNode, partition: Partition)? {
    guard let index = nodes()?.broker(id), let broker = world.broker(at: index), let partition = broker.replicaManager?.partition(named: name)
    else { return nil }
    return (broker, partition)
  }
}
