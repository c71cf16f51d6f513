import Broker
import Controller
import Measurement
import Primitives
import Replication
import Sim
import Wire

/// Why something in a cluster does not come: who waits for whom, down to the node, the link, the message or the record that is missing.
///
/// Each cause is words that may stand behind a colon; nil where nothing is known to be in the way. Looks at the state of nodes as it is now, and changes nothing.
struct WaitChain {
  /// The longest chain of requests, groups and transactions that is followed.
  private static let mostLinks = 5

  let cluster: TrialCluster
  let nodes: NodeTable
  /// The requests, groups and transactions that the chain has come through.
  private var path: [String] = []

  init(cluster: TrialCluster, nodes: NodeTable) {
    self.cluster = cluster
    self.nodes = nodes
  }

  var world: World { cluster.world }

  /// Goes on to something that may wait for others in turn; nil where the chain has been there before, or is long enough.
  func following(_ link: String, _ cause: (WaitChain) -> String?) -> String? {
    guard path.count < Self.mostLinks, !path.contains(link) else { return nil }
    var next = self
    next.path.append(link)
    return cause(next)
  }

  // MARK: Links

  /// What keeps two nodes apart, or holds back what one of them sends to the other.
  func separation(_ one: NodeIndex, _ other: NodeIndex) -> String? {
    let there = world.obstacle(from: one, to: other), back = world.obstacle(from: other, to: one)
    let first = name(one), second = name(other)
    switch (there, back) {
    case (let fault?, _?): return "\(first) and \(second) cannot reach each other (\(words(fault)))"
    case (let fault?, nil): return "nothing from \(first) reaches \(second) (\(words(fault)))"
    case (nil, let fault?): return "nothing from \(second) reaches \(first) (\(words(fault)))"
    case (nil, nil): return world.stoppedMessage(between: one, and: other).map(words)
    }
  }

  func words(_ obstacle: Obstacle) -> String { "\(obstacle.word) since \(time(obstacle.since))" }

  private func words(_ stopped: StoppedMessage) -> String {
    let api = stopped.apiKey.map { "\(ApiKey(rawValue: $0).name) \(stopped.kind == .request ? "requests" : "responses")" } ?? "messages"
    return "\(api) from \(name(stopped.from)) to \(name(stopped.to)) do not arrive (\(words(stopped.obstacle)))"
  }

  func time(_ instant: Instant) -> String { "\(fixed((instant - cluster.observer.origin).seconds, places: 1)) s" }

  // MARK: Controllers

  /// The controller that decides; nil where none does.
  var activeController: NodeIndex? { nodes.controllers.first { controller($0)?.isActive == true } }

  /// Why no controller is active.
  var withoutActiveController: String? {
    guard activeController == nil else { return nil }
    var causes = nodes.controllers.filter { !world.isRunning($0) }.map { "\(name($0)) does not run" }
    for (place, one) in nodes.controllers.enumerated() where world.isRunning(one) {
      causes += nodes.controllers[..<place].filter(world.isRunning).compactMap { separation($0, one) }
    }
    if causes.isEmpty { causes = nodes.controllers.compactMap(role) }
    return "no controller is active: \(causes.joined(separator: ", "))"
  }

  private func role(of node: NodeIndex) -> String? {
    guard let controller = controller(node) else { return nil }
    let epoch = controller.quorumEpoch
    if controller.leadsMetadataLog { return "\(name(node)) was elected in epoch \(epoch), and a majority has not taken its first record" }
    if controller.isStandingForElection { return "\(name(node)) stands for election in epoch \(epoch)" }
    return controller.quorumLeader.map { "\(name(node)) waits for \(nodes.nameOfController($0, world)), the leader of epoch \(epoch)" } ?? "\(name(node)) knows no leader in epoch \(epoch)"
  }

  /// Why the active controller's change of the voters is not committed: a majority of the new voters has to have it.
  func commitOfVoters(_ voters: [NodeID], by active: NodeIndex) -> String? {
    let missing = nodes.controllers.filter { $0 != active && voters.contains(world.id(of: $0)) }.compactMap { voter($0, missingIn: active) }
    return missing.isEmpty ? nil : missing.joined(separator: ", ")
  }

  private func voter(_ node: NodeIndex, missingIn active: NodeIndex) -> String? {
    guard world.isRunning(node), let voter = controller(node) else { return "\(name(node)) does not run" }
    guard let end = controller(active)?.metadataLogEndOffset, voter.metadataLogEndOffset < end else { return nil }
    return join("the metadata log of \(name(node)) ends at \(voter.metadataLogEndOffset) of \(end)", self.voter(node, behind: active))
  }

  /// Why a voter does not follow the active controller, or lacks what that has committed.
  func voter(_ node: NodeIndex, behind active: NodeIndex) -> String? { separation(node, active) ?? diskFault(of: node) ?? role(of: node) }

  // MARK: Brokers

  /// Why a broker is fenced, or not as far as the metadata log is.
  func broker(_ node: NodeIndex) -> String? {
    guard world.isRunning(node) else { return "\(name(node)) does not run" }
    guard let broker = world.broker(at: node) else { return nil }
    let subject: String?
    if broker.brokerEpoch == .unknown {
      subject = "its registration is not answered"
    } else if world.now - broker.lastControllerContact > broker.configuration.heartbeatInterval * 2 {
      subject = "its heartbeats are not answered" + (broker.lastControllerContact == .zero ? "" : " since \(time(broker.lastControllerContact))")
    } else {
      subject = nil
    }
    if let cause = withoutActiveController ?? activeController.flatMap({ separation(node, $0) }) { return join(subject, cause) }
    return join(subject, metadata(of: node, broker))
  }

  /// Why a broker does not know yet what the controllers have committed.
  private func metadata(of node: NodeIndex, _ broker: BrokerNode) -> String? {
    guard let committed = image?.lastOffset, let known = broker.metadataImage?.lastOffset, known < committed else { return nil }
    let lag = "it has read the metadata log up to offset \(known), and \(committed) is committed"
    guard let leader = broker.metadataLeader, let controller = nodes.controllers.first(where: { world.id(of: $0) == leader }) else {
      return "\(lag): it knows no leader of the metadata log"
    }
    return join(lag, separation(node, controller) ?? (controller == activeController ? nil : "it asks \(name(controller)), which is not active"))
  }

  // MARK: Partitions

  /// Why a partition has no leader that knows it.
  func leader(of partition: TopicPartition) -> String? {
    guard let registration = image?.partition(partition) else { return withoutActiveController }
    guard registration.hasLeader else {
      let members = registration.isr.isEmpty ? registration.eligibleLeaderReplicas : registration.isr
      let role = registration.isr.isEmpty ? "the only eligible replica" : "the only ISR member"
      guard !members.isEmpty else { return "no replica is in its ISR or eligible; the last to lead it was \(brokers(registration.lastKnownEligibleLeaderReplicas))" }
      return members.compactMap { id in
        nodes.broker(id).flatMap { node in
          let state = isFenced(id) ? "is fenced" : "may lead"
          return join("broker \(id)\(members.count == 1 ? ", \(role)," : "") \(state)", broker(node) ?? withoutActiveController)
        }
      }.joined(separator: "; ")
    }
    guard let node = nodes.broker(registration.leader) else { return nil }
    guard let process = world.broker(at: node), world.isRunning(node) else { return "\(name(node)), which leads epoch \(registration.leaderEpoch), does not run" }
    if let replica = process.replicaManager?.partition(named: partition), replica.isLeader, replica.leaderEpoch == registration.leaderEpoch { return nil }
    return join("\(name(node)) has not heard that it leads epoch \(registration.leaderEpoch)", metadata(of: node, process) ?? broker(node))
  }

  /// Why replicas are not in the ISR of a partition.
  func isr(of leader: Partition) -> String? {
    let missing = leader.replicas.filter { !leader.isr.contains($0) }
    return missing.compactMap { replica($0, of: leader) }.first
  }

  /// Why the high watermark of a partition does not move: the ISR is too small, or one of its members has fewer records.
  func highWatermark(of leader: Partition) -> String? {
    if leader.isUnderMinimumISR { return join("its ISR is [\(list(leader.isr))], and min.insync.replicas is \(leader.minimumISRSize)", isr(of: leader)) }
    return leader.isr.compactMap { leader.follower($0) }.min { ($0.logEndOffset, $0.id) < ($1.logEndOffset, $1.id) }.flatMap { replica($0.id, of: leader) }
  }

  /// What a replica lacks that its leader has.
  private func replica(_ id: NodeID, of leader: Partition) -> String? {
    guard let node = nodes.broker(id), let own = nodes.broker(leader.leaderID) else { return nil }
    guard world.isRunning(node) else { return "\(name(node)) does not run" }
    if isFenced(id) { return join("broker \(id) is fenced", broker(node)) }
    guard let process = world.broker(at: node), let replica = process.replicaManager?.partition(named: leader.topicPartition),
      replica.leaderEpoch == leader.leaderEpoch
    else { return join("broker \(id) does not follow leader epoch \(leader.leaderEpoch) yet", broker(node)) }
    if replica.role == .offline { return "the log directory of broker \(id) has failed" }
    let next = replica.logEndOffset
    let lag = next < leader.logEndOffset ? "broker \(id) waits for offset \(next) of broker \(leader.leaderID), whose log ends at \(leader.logEndOffset)" : nil
    if let cause = separation(node, own) ?? diskFault(of: node) { return join(lag, cause) }
    if replica.hasGivenUpFetching { return join(lag, "\(name(node)) could not take what it was given, and asks for nothing more in leader epoch \(leader.leaderEpoch)") }
    if lag != nil { return join(lag, fetch(of: node, from: own)) }
    if leader.inSyncReplicas.proposal != nil {
      let proposal = "broker \(leader.leaderID) has proposed the ISR [\(list(leader.inSyncReplicas.proposed))], and waits for the controller"
      return join(proposal, withoutActiveController ?? activeController.flatMap { separation(own, $0) })
    }
    return nil
  }

  // MARK: Helpers

  /// What the controllers have committed, as far as any of them knows.
  var image: MetadataImage? { nodes.controllers.compactMap { controller($0)?.image }.max { $0.lastOffset < $1.lastOffset } }

  private func controller(_ node: NodeIndex) -> ControllerNode? { world.controller(at: node) }

  private func isFenced(_ id: NodeID) -> Bool { image?.broker(id)?.isFenced ?? true }

  func diskFault(of node: NodeIndex) -> String? { world.hasDiskFault(node) ? "a fault acts on the disk of \(name(node))" : nil }

  func name(_ node: NodeIndex) -> String { world.name(of: node) }

  func list(_ ids: [NodeID]) -> String { ids.map(\.description).joined(separator: ", ") }

  private func brokers(_ ids: [NodeID]) -> String { ids.isEmpty ? "nobody" : "broker \(list(ids))" }

  func join(_ subject: String?, _ cause: String?) -> String? {
    guard let subject else { return cause }
    return cause.map { "\(subject): \($0)" } ?? subject
  }
}
