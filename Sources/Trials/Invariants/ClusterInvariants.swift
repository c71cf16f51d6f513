import Broker
import Controller
import Host
import Log
import Primitives
import Replication
import Sim

/// Invariants of all replicas of a partition together, which no single broker can check: every member of the ISR, and of any ISR that the
/// controller may have committed, has everything below the leader's high watermark; and what the leader takes for its epochs and its ISR was committed by the controllers.
///
/// A partition is checked when something about it was reported, at the end of that event.
final class ClusterInvariants {
  // The world notifies this at the end of an event.
  private unowned let world: World
  private let nodes: () -> NodeTable?
  private let view: ClusterViewHolder
  private let isMetadataBroken: () -> Bool
  /// The partitions about which something was reported in the current event.
  private var stirred: [TopicPartition] = []
  /// Whether a leader is asked for its own invariants, too.
  private let asksLeaders: Bool

  init(_ world: World, _ view: ClusterViewHolder, asksLeaders: Bool = true, isMetadataBroken: @escaping () -> Bool = { false }, nodes: @escaping () -> NodeTable?) {
    self.asksLeaders = asksLeaders
    self.isMetadataBroken = isMetadataBroken
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

  /// Whether nobody asks nodes after their events, and so nobody calls `look(after:)`.
  var looksByItself: Bool { !asksLeaders }

  /// Called at the end of an event of any node, if it looks by itself.
  @inline(__always)
  func lookIfStirred() {
    if !stirred.isEmpty, let node = nodes()?.controllers.first { look(after: node) }
  }

  /// Called at the end of a node's event.
  func look(after node: NodeIndex) {
    guard !stirred.isEmpty else { return }
    var check = InvariantCheck()
    let active = activeController
    for partition in stirred { look(at: partition, active, &check) }
    stirred.removeAll(keepingCapacity: true)
    world.addFindings(of: check, at: node)
  }

  /// - Parameter active: the controller whose committed metadata counts; nil while none is active.
  private func look(at name: TopicPartition, _ active: ControllerNode?, _ check: inout InvariantCheck) {
    let committed = view.cluster[name]
    lookAtFencing(of: committed.leader, leading: name, active, &check)
    // A leader that was deposed and does not know it yet commits nothing, whatever it thinks its ISR is.
    guard let leader = replica(name, at: committed.leader)?.partition, leader.isLeader, leader.leaderEpoch == committed.epoch else { return }
    if asksLeaders { leader.checkInvariants(&check) }
    lookAtOrigin(of: leader, active, &check)
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

  /// A broker that is fenced leads nothing, by what the active controller has committed.
  private func lookAtFencing(of leader: NodeID, leading name: TopicPartition, _ active: ControllerNode?, _ check: inout InvariantCheck) {
    guard leader != .none, let active, active.partition(name)?.leader == leader else { return }
    check.require(active.broker(leader)?.isFenced == false, "\(name): broker \(leader) leads it, and is fenced")
  }

  private var activeController: ControllerNode? {
    guard let node = nodes()?.controllers.first(where: { world.id(of: $0) == view.cluster.activeController }), let controller = world.controller(at: node), controller.isActive
    else { return nil }
    return controller
  }

  /// A leader may know of an ISR from the controller's answer before it has read the metadata log: it is in that log all the same. Skipped while no controller is active,
  /// as the one that answered may be gone, and where replicas of the metadata log differ.
  private func lookAtOrigin(of leader: Partition, _ active: ControllerNode?, _ check: inout InvariantCheck) {
    guard !isMetadataBroken(), let committed = active?.partition(leader.id) else { return }
    var words: String { "\(leader.topicPartition): broker \(leader.leaderID) leads epoch \(leader.leaderEpoch) in partition epoch \(leader.partitionEpoch) with the ISR \(leader.isr)" }
    check.require(
      leader.partitionEpoch <= committed.partitionEpoch && leader.leaderEpoch <= committed.leaderEpoch,
      "\(words), and the controllers have committed epoch \(committed.leaderEpoch) and partition epoch \(committed.partitionEpoch)")
    check.require(
      leader.partitionEpoch != committed.partitionEpoch || leader.isr == committed.isr, "\(words), and the controllers have committed the ISR \(committed.isr)")
  }

  private func replica(_ name: TopicPartition, at id: NodeID) -> (broker: BrokerNode, partition: Partition)? {
    guard let index = nodes()?.broker(id), let broker = world.broker(at: index), let partition = broker.replicaManager?.partition(named: name)
    else { return nil }
    return (broker, partition)
  }
}
