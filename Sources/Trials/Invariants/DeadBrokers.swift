import Controller
import Host
import Primitives
import Sim

/// Checks that the active controller fences a broker whose process has ended, within the time of its session.
///
/// Counted from when both were first seen so: the process ended, with nothing of it under way, and the controller active. A controller that was just elected gives each broker a
/// fresh session.
struct DeadBrokers {
  /// How much later than the session a broker may be fenced: timers of a slow controller run late.
  private static let grace = Duration.milliseconds(500)

  private var deadSince: [NodeIndex: Instant] = [:]
  private var active: (node: NodeIndex, epoch: LeaderEpoch, since: Instant)?

  /// A process of a broker has started.
  mutating func recordStart(of node: NodeIndex) { deadSince[node] = nil }

  mutating func look(in world: World, _ nodes: NodeTable) {
    let now = world.now
    for broker in nodes.brokers { deadSince[broker] = world.isRunning(broker) || world.hasRequestsUnderWay(from: broker) ? nil : deadSince[broker] ?? now }
    guard let node = nodes.controllers.first(where: { world.status(of: $0) == .running && world.controller(at: $0)?.isActive == true }),
      let controller = world.controller(at: node), let decided = controller.state?.image
    else { return active = nil }
    if active?.node != node || active?.epoch != controller.quorumEpoch { active = (node, controller.quorumEpoch, now) }
    var check = InvariantCheck()
    for broker in nodes.brokers {
      guard let dead = deadSince[broker], let since = active?.since, now - max(dead, since) > controller.configuration.brokerSessionTimeout + Self.grace else { continue }
      check.require(
        decided.broker(world.id(of: broker))?.isFenced != false,
        "\(world.name(of: broker)) ended \(now - dead) ago, and \(world.name(of: node)), which is active for \(now - since), has not fenced it")
    }
    world.addFindings(of: check, at: node)
  }
}
