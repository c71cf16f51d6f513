import Broker
import Host
import Log
import Primitives
import Replication
import Sim

/// What must hold of the replicas of a partition together, which none of their brokers can see: every member of the ISR, and of any ISR that the
/// controller may have committed, has everything below the leader's high watermark.
///
/// Looked at is a partition of which something was reported, when the event in which that happened is over.
final class ClusterInvariants {
  // The world tells this when an event is over.
  private unowned let world: World
  private let nodes: () -> NodeTable?
  private let view: ClusterViewHolder
  /// Of which something was reported in the present event.
  private var stirred: [TopicPartition] = []

  init(_ world: World, _ view: ClusterViewHolder, nodes: @escaping () -> NodeTable?) {
    self.world = world
    self.view = view
    self.nodes = nodes
  }

  func note(_ occurrence: Occurrence) {
    switch occurrence {
    case .highWatermarkMoved(let partition, _, _), .becameLeader(let partition, _, _), .truncated(let partition, _, _, _, _), .isrProposed(let partition, _),
      .isrChanged(let partition, _, _, _), .leaderElected(let partition, _, _, _, _):
      if !stirred.contains(partition) { stirred.append(partition) }
    default: break
    }
  }

  /// The event of a node is over.
  func look(after node: NodeIndex) {
    guard !stirred.isEmpty else { return }
    var check = InvariantCheck()
    for partition in stirred { look(at: partition, &check) }
    stirred.removeAll(keepingCapacity: true)
    world.note(check, of: node)
  }

  private func look(at name: TopicPartition, _ check: inout InvariantCheck) {
    let committed = view.cluster[name]
    // A leader that was deposed and does not know it yet commits nothing, whatever it takes for its ISR.
    guard let leader = replica(name, at: committed.leader)?.partition, leader.isLeader, leader.leaderEpoch == committed.epoch else { return }
    leader.checkInvariants(&check)
    for member in leader.maximalISR where member != committed.leader {
      guard let (broker, replica) = replica(name, at: member), replica.id == leader.id, replica.role == .follower, replica.leaderEpoch == leader.leaderEpoch,
        let log = replica.log, log.failure == nil
      else { continue }
      // What a broker said in a former life says nothing about what is left of its log: the controller takes it out of the ISR, and the leader may not
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
    guard let index = nodes()?.broker(id), let broker = world.object(of: index) as? BrokerNode, let partition = broker.replicaManager?.partition(named: name)
    else { return nil }
    return (broker, partition)
  }
}
