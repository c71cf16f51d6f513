import Controller
import Host
import Primitives
import Sim

/// Checks that a controller which follows a leader has a beginning of the leader's metadata log, once the leader has taken it for one: until then its log may have to be cut.
enum MetadataFollowers {
  static func check(in world: World, _ nodes: NodeTable, _ check: inout InvariantCheck) {
    guard let place = nodes.controllers.first(where: { world.controller(at: $0)?.isActive == true }), let leader = world.controller(at: place) else { return }
    for node in nodes.controllers where node != place {
      guard let controller = world.controller(at: node), leader.hasServedMetadata(to: controller.replicaKey), controller.quorumLeader == world.id(of: place), controller.quorumEpoch == leader.quorumEpoch
      else { continue }
      let (end, epoch) = (controller.metadataLogEndOffset, controller.lastMetadataEpoch)
      guard let isBeginning = leader.isBeginning(of: end, epoch: epoch) else { continue }
      check.require(
        isBeginning,
        "\(world.name(of: node)) follows \(world.name(of: place)) in epoch \(leader.quorumEpoch), and its metadata log, which ends at \(end) in epoch \(epoch), is no beginning of the leader's")
    }
  }
}
