import Controller
import Host
import Primitives
import Sim

/// Checks that a leader of the metadata log gives up when a majority of the voters has ended: it hears from too few (KIP-595's check of the quorum).
struct LeadersWithoutMajority {
  private struct Leader: Hashable {
    let node: NodeIndex
    let epoch: LeaderEpoch
  }

  /// How much later it may be: timers of a slow controller run late.
  private static let grace = Duration.seconds(1)

  private var alone = SeenSince<Leader>()

  /// Called several times a second.
  mutating func look(in world: World, _ nodes: NodeTable) {
    let running = nodes.controllers.filter { world.isRunning($0) }
    alone.beginLook()
    guard running.count <= nodes.controllers.count / 2 else { return }
    for node in running where world.status(of: node) == .running {
      guard let controller = world.controller(at: node), controller.leadsMetadataLog, controller.kraftVersion == 0, controller.voters.count == nodes.controllers.count else { continue }
      let leader = Leader(node: node, epoch: controller.quorumEpoch), since = alone.see(leader, at: world.now), timeout = controller.configuration.quorum.fetchTimeout
      var check = InvariantCheck()
      check.require(
        world.now - since <= timeout * 2 + Self.grace,
        "\(world.name(of: node)) leads epoch \(leader.epoch) of the metadata log, and for \(world.now - since) no more than \(running.count) of \(nodes.controllers.count) voters run")
      world.addFindings(of: check, at: node)
    }
  }
}
