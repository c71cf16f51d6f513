import Broker
import Controller
import Host
import Primitives
import Sim
import Transport
import Wire

/// Checks that each request gets an answer: when everything is over, none waits any more but those that wait for something new, or for a node that was asked and has gone.
struct UnansweredRequests {
  /// How long a request may be under way at rest.
  private static let bound = Duration.seconds(6)
  /// How long a broker waits for another node that it has asked because of a request: `request.timeout.ms`.
  private static let requestTimeout = Duration.seconds(30)
  /// What is answered when there is something new, when other members of a group have come, or when its own time is over.
  private static let longPolls: [ApiKey] = [.fetch, .joinGroup, .syncGroup, .deleteRecords]

  private struct Open {
    let node: NodeIndex
    let isController: Bool
    let request: RequestServer.OpenRequest
    let since: Instant
  }

  private var open: [Open] = []

  /// A process has started: it has no request of the one before.
  mutating func recordStart(of node: NodeIndex) { open.removeAll { $0.node == node } }

  /// Notes the requests that are under way.
  mutating func look(in world: World, _ nodes: NodeTable) {
    var now: [Open] = []
    for node in nodes.brokers { for request in world.broker(at: node)?.openRequests ?? [] { now.append(known(request, at: node, isController: false, world.now)) } }
    for node in nodes.controllers { for request in world.controller(at: node)?.openRequests ?? [] { now.append(known(request, at: node, isController: true, world.now)) } }
    open = now
  }

  private func known(_ request: RequestServer.OpenRequest, at node: NodeIndex, isController: Bool, _ now: Instant) -> Open {
    open.first { $0.node == node && $0.isController == isController && $0.request == request } ?? Open(node: node, isController: isController, request: request, since: now)
  }

  /// Everything is at rest: tells the requests that should have been answered.
  mutating func check(in world: World, _ nodes: NodeTable) {
    look(in: world, nodes)
    var check = InvariantCheck()
    for open in open where !Self.longPolls.contains(open.request.apiKey) && !waitsForAnother(open, in: world) {
      check.require(
        world.now - open.since <= Self.bound,
        "\(world.name(of: open.node)): \(open.request.apiKey.name) on \(open.request.connection), number \(open.request.correlationID), has no answer for "
          + "\(world.now - open.since), and everything is at rest")
    }
    if let node = nodes.controllers.first { world.addFindings(of: check, at: node) }
  }

  /// Whether a request waits for one that its broker has made because of it.
  private func waitsForAnother(_ open: Open, in world: World) -> Bool {
    switch world.broker(at: open.node)?.wait(ofRequest: open.request.correlationID, on: open.request.connection) {
    case .verification: hasAsked(.addPartitionsToTxn, open.node, in: world)
    case .controller(let api): hasAsked(api, open.node, in: world)
    default: false
    }
  }

  private func hasAsked(_ api: ApiKey, _ node: NodeIndex, in world: World) -> Bool {
    world.object(of: node)?.requestsUnderWay.contains { $0.apiKey == api.rawValue && world.now - $0.since <= Self.requestTimeout } ?? false
  }
}
