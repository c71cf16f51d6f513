import Broker
import Controller
import Host
import Primitives
import Sim

/// The replicas of brokers as the active controller has committed them, as far as they are still valid for the running processes.
///
/// An ISR refers to the lives in which its members registered. A broker that was killed or lost its power since then may still be in it, because no controller
/// heard of that or because its session lasts; it is removed from ISR and ELR when it registers again (KIP-966), so it does not
/// count as a copy. The broker epoch identifies the life.
struct KnownReplicas {
  private let image: MetadataImage
  private let nodes: NodeTable
  private let world: World

  /// nil while no controller leads: the state is unknown then.
  init?(of nodes: NodeTable, in cluster: ClusterView, _ world: World) {
    guard let controller = world.controller(at: nodes.activeController(in: cluster, world)), controller.state != nil else { return nil }
    image = controller.image
    self.nodes = nodes
    self.world = world
  }

  /// Whether each partition of a broker has another ISR member that is still in the life in which it registered.
  func hasAnotherCopy(than broker: NodeID) -> Bool {
    partitions(of: broker).allSatisfy { $0.isr.contains { $0 != broker && isInRegisteredLife($0) } }
  }

  /// Whether a broker is, in its current life, in every ISR that it belongs to.
  func isInSync(_ broker: NodeID) -> Bool {
    isInRegisteredLife(broker) && partitions(of: broker).allSatisfy { $0.isr.contains(broker) }
  }

  private func isInRegisteredLife(_ broker: NodeID) -> Bool {
    guard let node = nodes.broker(broker), let process = world.broker(at: node) else { return false }
    return process.brokerEpoch != .unknown && process.brokerEpoch == image.broker(broker)?.epoch
  }

  private func partitions(of broker: NodeID) -> some Sequence<PartitionRegistration> {
    image.topics.values.lazy.flatMap(\.partitions).filter { $0.replicas.contains(broker) }
  }
}
