import Broker
import Glibc
import Host
import NIOConcurrencyHelpers
import Primitives
import Raft

/// All nodes of a cluster in one process, on real sockets and files, each on a thread of its own.
///
/// ```swift
/// let cluster = try LiveCluster(settings, directory: "/var/lib/trial")
/// try cluster.waitUntilReady()
/// ...
/// cluster.shutDown()
/// try cluster.waitUntilEnded()
/// ```
///
/// The directory keeps everything from one run to the next: `broker-1`, `broker-2`, ..., `controller-1`, ..., and the cluster's id.
public final class LiveCluster: Sendable {
  public let clusterID: String
  /// Where the brokers listen, in the order of their numbers.
  public let addresses: [Address]

  /// Brokers first, then the controllers that are nothing else.
  private let nodes: [LiveNode]
  private let notes: LastNotes

  private var brokers: [LiveNode] { nodes.filter { $0.plan.broker != nil } }
  var controllers: [LiveNode] { nodes.filter { $0.plan.controller != nil } }

  /// Opens files and sockets, and starts all nodes. If it throws, nothing is left open.
  ///
  /// - Parameter watchesClients: whether the observer is told about client requests that fail.
  public init(
    _ settings: LiveClusterSettings, directory: String, watchesClients: Bool = false, observer: @escaping @Sendable (String, Occurrence) -> Void = { _, _ in }
  ) throws {
    try ForeignDirectories.refuse(in: directory)
    try FormerNodes(in: directory).refuse(settings, in: directory)
    DescriptorBudget.raiseLimit()
    let descriptors = try DescriptorBudget.ofNodes(settings.nodes.count)
    let notes = LastNotes()
    var nodes: [LiveNode] = []
    do {
      for plan in settings.nodes {
        nodes.append(
          try LiveNode(
            opening: plan, of: settings, directory: "\(directory)/\(plan.name)", descriptors: descriptors, notes: notes, watchesClients: watchesClients,
            observer: observer))
      }
      let id = try ClusterIdentity.ofDirectory(directory)
      try MetadataSurvey(nodes, directory: directory).check()
      for node in nodes where try node.mustRecover() { observer(node.plan.name, .note(RecoveryAhead.words)) }
      for index in nodes.indices { try nodes[index].listen() }
      let controllers = nodes.indices.filter { nodes[$0].plan.controller != nil }
      // A controller that comes to others later, or without what it knew, has to be added.
      if settings.isDynamic, try !controllers.contains(where: { try nodes[$0].isFormatted() }) {
        for index in controllers { nodes[index].becomeFirstVoter() }
      }
      let plans = controllers.map { nodes[$0].plan }
      // Controllers first: brokers ask for them at once.
      for index in nodes.indices where nodes[index].plan.broker == nil { try nodes[index].start(among: plans, clusterID: id, sharesProcess: true) }
      for index in nodes.indices where nodes[index].plan.broker != nil { try nodes[index].start(among: plans, clusterID: id, sharesProcess: true) }
      for index in controllers { try Self.check(try nodes[index].voters(), listenAt: plans) }
      clusterID = id
      addresses = nodes.compactMap(\.plan.broker)
      self.notes = notes
      self.nodes = nodes
    } catch {
      for node in nodes {
        node.kill()
        try? node.waitUntilEnded()
      }
      throw error
    }
  }

  /// Voters ask each other for votes where the log says that they listen, and only a leader writes there that one of them has moved.
  private static func check(_ voters: VoterSet, listenAt plans: [NodePlan]) throws(LiveError) {
    let moved = voters.filter { voter in plans.first { $0.id == voter.id }?.controller != voter.address }
    guard voters.count > 1, voters.count - moved.count < voters.majority, let one = moved.first else { return }
    throw .unusable(
      reason: "the voters of the metadata stand in its log, controller \(one.id) at \(one.address), and too many of them would listen elsewhere to elect one of them: "
        + "start with the --port with which the data was written")
  }

  /// Waits until every broker serves clients and knows that all others do.
  public func waitUntilReady(within limit: Duration = .seconds(120)) throws {
    let deadline = Instant.ofMachine + limit
    let count = brokers.count
    for broker in brokers {
      while true {
        let answer = try broker.host.ask { node in
          guard let broker = node.brokerRole else { return false }
          return broker.state == .running && broker.metadataImage.map { $0.brokers.lazy.filter(\.isActive).count >= count } == true
        }
        guard let isReady = answer else { throw broker.reasonForItsEnd }
        if isReady { break }
        for controller in controllers {
          guard try controller.host.ask({ _ in true }) != nil else { throw controller.reasonForItsEnd }
        }
        guard Instant.ofMachine < deadline else { throw LiveError.notReady(after: limit, reason: broker.lastNote) }
        usleep(10_000)
      }
    }
  }

  /// What each node has used so far: the brokers in the order of their numbers, then the controllers that are nothing else.
  public func usage() throws -> [(node: String, usage: HostUsage)] {
    try nodes.map { ($0.plan.name, try $0.host.usage()) }
  }

  /// Asks for a controlled shutdown of the brokers; the controllers follow when none of these needs them any more. Does not wait.
  public func shutDown() {
    let combined = nodes.filter { $0.plan.broker != nil && $0.plan.controller != nil }
    for broker in brokers where broker.plan.controller == nil { broker.shutDown() }
    let waiting = NIOLockedValueBox(Set(combined.map(\.plan.id)))
    for node in combined {
      // A controller that left with its broker would leave the last brokers without a majority of controllers.
      let released: @Sendable () -> Void = {
        let isLast = waiting.withLockedValue { $0.remove(node.plan.id) != nil && $0.isEmpty }
        if isLast { for node in combined { node.shutDown() } }
      }
      node.host.whenEnded(released)
      node.host.tell { node in
        if let node = node as? CombinedNode { node.giveUpLeaderships(released) }
      }
    }
  }

  /// Ends everything immediately, as if the process had ended.
  public func kill() {
    for node in nodes { node.kill() }
  }

  /// Ends one controller alone, as the end of its process would.
  func killController(_ number: Int = 1) { controllers[number - 1].kill() }

  /// The number of the controller that is active, and has committed something in its epoch; nil where none is.
  ///
  /// - Parameter ended: one that is not asked, since it has ended.
  func activeController(besides ended: Int = 0) throws -> Int? {
    for (index, node) in controllers.enumerated() where index + 1 != ended {
      if try node.host.ask({ $0.controllerRole?.isActive == true }) == true { return index + 1 }
    }
    return nil
  }

  /// The voters as the active controller knows them; none where nobody is active.
  func voters() throws -> VoterSet {
    guard let active = try activeController() else { return [] }
    return try controllers[active - 1].voters()
  }

  /// Waits until all nodes have ended. Controllers whose brokers are gone are asked to end too.
  public func waitUntilEnded() throws {
    for broker in brokers { try broker.waitUntilEnded() }
    for controller in controllers { controller.shutDown() }
    for controller in controllers { try controller.waitUntilEnded() }
  }

  /// The last note of each broker: the reason, if it ended by itself.
  public var lastNotes: String { brokers.map { "\($0.plan.name): \($0.lastNote)" }.joined(separator: "; ") }
}
