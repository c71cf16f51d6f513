import Broker
import Controller
import Host
import Log
import Primitives
import Replication
import Sim
import Wire
import Workloads

/// Invariants of all replicas of a partition together, which no single broker can check: every member of the ISR, and of any ISR that the
/// controller may have committed, has everything below the leader's high watermark; and what the leader takes for its epochs and its ISR was committed by the controllers.
///
/// A partition is checked when something about it was reported, at the end of that event. Where nobody asks each node after each of its events, all are asked once a second.
final class ClusterInvariants {
  // The world notifies this at the end of an event.
  unowned let world: World
  let nodes: () -> NodeTable?
  private let view: ClusterViewHolder
  private let isMetadataBroken: () -> Bool
  private let metadata: MetadataAgreement
  private var votes = Votes()
  private var deadBrokers = DeadBrokers()
  private var laggingMembers = LaggingMembers()
  private var leadersWithoutMajority = LeadersWithoutMajority()
  private var producers = ProducerEpochs()
  private var reassignments = Reassignments()
  private var logs = LogsCutShort()
  private var replicas = ChangedReplicas()
  private var requests = UnansweredRequests()
  var brokers = BrokersInMetadata()
  private var eligible = EligibleReplicas()
  var synced = SyncedLogs()
  private var majority = MetadataMajority()
  /// The topics of which every record has had to be synced so far.
  var topicsWithSyncedRecords: Set<String> = []
  /// Whether a disk has been damaged on purpose.
  var hasDamage: () -> Bool = { false }
  /// Changes of brokers in the metadata of the active controller that were told in the current event.
  private var changedBrokers: [Occurrence] = []
  /// Nodes that took a snapshot of their metadata in the current event.
  private var snapshots: [NodeIndex] = []
  /// The partitions about which something was reported in the current event.
  private var stirred = EachOnce<TopicPartition>()
  private var nextLook = Instant.zero
  /// When the high watermark of any replica of a partition last moved, or a broker began to lead it; only looked up.
  private var lastMove: [TopicPartition: Instant] = [:]
  /// Whether a leader is asked for its own invariants, too.
  private let asksLeaders: Bool

  init(_ world: World, _ view: ClusterViewHolder, asksLeaders: Bool = true, isMetadataBroken: @escaping () -> Bool = { false }, nodes: @escaping () -> NodeTable?) {
    self.asksLeaders = asksLeaders
    self.isMetadataBroken = isMetadataBroken
    self.world = world
    self.view = view
    self.nodes = nodes
    metadata = MetadataAgreement(world)
  }

  func observe(_ incident: Incident, at node: NodeIndex) {
    brokers.observe(incident, at: node)
    switch incident {
    case .started:
      deadBrokers.recordStart(of: node)
      requests.recordStart(of: node)
    case .diskReplaced:
      votes.forget(node)
      synced.forget(node)
    default: break
    }
  }

  /// Whether the high watermark of any replica has moved at an instant or later, or a broker has begun to lead the partition.
  func hasMoved(_ partition: TopicPartition, since instant: Instant) -> Bool { lastMove[partition].map { $0 >= instant } ?? true }

  /// A broker is about to lose its power.
  func recordPowerLoss(of node: NodeIndex) {
    let replicas = world.broker(at: node)?.replicaManager?.partitions ?? []
    synced.recordPowerLoss(of: node, replicas.map { ($0.topicPartition, $0.log?.flushedOffset ?? 0) })
    guard hasSoundDisk(node) else { return }
    look(at: node) { check in
      for replica in replicas { SyncedLogs.check(syncOf: replica, at: node, in: world, &check) }
    }
  }

  func check(_ commit: Occurrence.MetadataCommit, by node: NodeIndex) {
    guard let nodes = nodes() else { return }
    majority.check(commit, by: node, in: world, nodes, hasSoundDisk: hasSoundDisk)
    guard nodes.controllers.contains(node), !isMetadataBroken() else { return }
    look(at: node) { MetadataFollowers.check(in: world, nodes, &$0) }
  }

  func check(_ vote: Occurrence.MetadataVote, by voter: NodeIndex) {
    if let nodes = nodes() { votes.check(vote, by: voter, in: world, nodes, hasSoundDisk: hasSoundDisk(voter)) }
  }

  func hasSoundDisk(_ node: NodeIndex) -> Bool { !world.hasUnsoundDisk(node) && !hasDamage() }

  func observe(_ occurrence: Occurrence, at node: NodeIndex) {
    logs.observe(occurrence, at: node)
    if !asksLeaders { replicas.observe(occurrence, at: node) }
    lookAtOnce(occurrence, at: node)
    switch occurrence {
    case .brokerRegistered, .brokerUnfenced:
      if isOfLeadingController(node) {
        eligible.observe(occurrence)
        changedBrokers.append(occurrence)
      }
    case .isrChanged(let partition, _, _, _), .leaderElected(let partition, _, _, _, _):
      if isOfLeadingController(node) { eligible.observe(occurrence) }
      stirred.add(partition)
    case .highWatermarkMoved(let partition, _, _), .becameLeader(let partition, _, _):
      lastMove[partition] = world.now
      stirred.add(partition)
    case .truncated(let partition, _, _, _, _), .isrProposed(let partition, _): stirred.add(partition)
    case .metadataSnapshotTaken: snapshots.append(node)
    default: break
    }
  }

  /// Another controller may tell first what is committed.
  private func isOfLeadingController(_ node: NodeIndex) -> Bool { world.controller(at: node)?.leadsMetadataLog == true }

  /// Whether nobody asks nodes after their events, and so nobody calls `look(after:)`.
  var looksByItself: Bool { !asksLeaders }

  /// Called at the end of an event of any node, if it looks by itself.
  @inline(__always)
  func lookIfStirred() {
    if isStirred, let node = nodes()?.controllers.first { lookAtStirred(after: node) }
  }

  private var isStirred: Bool {
    !stirred.isEmpty || !logs.isEmpty || !replicas.isEmpty || !changedBrokers.isEmpty || !eligible.isEmpty || !snapshots.isEmpty
  }

  /// Called between two events, several times a second: looks at all nodes once a second.
  func lookFromTimeToTime() {
    guard let nodes = nodes() else { return }
    deadBrokers.look(in: world, nodes)
    laggingMembers.look(in: world, nodes)
    leadersWithoutMajority.look(in: world, nodes)
    guard world.now >= nextLook else { return }
    nextLook = world.now + .seconds(1)
    requests.look(in: world, nodes)
    guard looksByItself else { return }
    world.checkInvariants()
    for node in nodes.servers(first: \.controllers) { lookAtMetadata(after: node) }
  }

  /// A batch is committed at a replica.
  func check(committed batch: RecordBatch, in partition: TopicPartition, _ id: TopicIDPartition) {
    guard let nodes = nodes(), let node = nodes.broker(view.cluster.leader(of: partition)) ?? nodes.brokers.first else { return }
    look(at: node) { producers.look(at: batch, in: partition, id, &$0) }
  }

  /// The committed batches of a partition are unknown from here on, or do not count any more.
  func forgetBatches(of partition: TopicIDPartition) { producers.forget(partition) }

  /// Checks that records are acknowledged with acks=all when they are committed, and not before: by a replica whose high watermark was behind them, in an ISR that was large
  /// enough.
  ///
  /// - Parameters:
  ///   - commit: how that replica committed them; nil if it did not lead by then.
  ///   - highWatermark: the largest one that it had.
  func check(_ acknowledgement: AcknowledgedRecords, at node: NodeIndex, _ commit: DurabilityContract.Commit?, highWatermark: Offset) {
    var check = InvariantCheck()
    var words: String { "\(acknowledgement.partition): broker \(acknowledgement.broker) acknowledged the records from offset \(acknowledgement.baseOffset) on" }
    check.require(
      acknowledgement.baseOffset + Int64(acknowledgement.tokens.count) <= highWatermark,
      "\(words), \(acknowledgement.tokens.count) of them, and its high watermark came to \(highWatermark)")
    if let commit {
      check.require(commit.copies.count >= commit.minimumCopies, "\(words), with the ISR \(commit.copies), and \(commit.minimumCopies) have to be in sync")
    }
    world.addFindings(of: check, at: node)
  }

  /// Called once, when everything is at rest.
  func lookAtRest() {
    if let nodes = nodes() { requests.check(in: world, nodes) }
  }

  /// Called at the end of a node's event.
  func look(after node: NodeIndex) {
    lookAtStirred(after: node)
    lookAtMetadata(after: node)
  }

  /// Where nodes were given different batches, they have different metadata.
  private func lookAtMetadata(after node: NodeIndex) { if !isMetadataBroken() { metadata.look(after: node) } }

  private func lookAtStirred(after node: NodeIndex) {
    if !logs.isEmpty { logs.look(in: world) }
    if !replicas.isEmpty { replicas.look(in: world) }
    lookAtDecisions(after: node)
    guard !stirred.isEmpty else { return }
    var check = InvariantCheck()
    let active = activeController
    stirred.take { look(at: $0, active, &check) }
    world.addFindings(of: check, at: node)
  }

  /// Looks at what the active controller has committed in this event, and at snapshots that were taken in it.
  private func lookAtDecisions(after node: NodeIndex) {
    var check = InvariantCheck()
    for taker in snapshots {
      world.controller(at: taker)?.checkMetadataReplay(&check)
      world.broker(at: taker)?.checkMetadataReplay(&check)
    }
    snapshots.removeAll(keepingCapacity: true)
    if !changedBrokers.isEmpty || !eligible.isEmpty {
      if let controller = activeController, let nodes = nodes() {
        eligible.look(in: controller.image, minimum: { controller.state?.effectiveMinInSyncReplicas(of: $0, replicas: $1) }, &check)
        for occurrence in changedBrokers { look(at: occurrence, in: controller.image, nodes, &check) }
      }
      changedBrokers.removeAll(keepingCapacity: true)
    }
    if check.examined > 0 { world.addFindings(of: check, at: node) }
  }

  private func look(at occurrence: Occurrence, in image: MetadataImage, _ nodes: NodeTable, _ check: inout InvariantCheck) {
    switch occurrence {
    case .brokerRegistered(let id, _, _):
      if let node = nodes.broker(id) { brokers.check(registrationOf: id, world.broker(at: node), at: node, in: image, &check) }
    case .brokerUnfenced(let id):
      if let node = nodes.broker(id) { brokers.check(unfencingOf: id, world.broker(at: node), in: image, &check) }
    default: break
    }
  }

  /// - Parameter active: the controller whose committed metadata counts; nil while none is active.
  private func look(at name: TopicPartition, _ active: ControllerNode?, _ check: inout InvariantCheck) {
    let committed = view.cluster[name]
    if let registration = active?.partition(name) { reassignments.look(at: registration, name, &check) }
    lookAtFencing(of: committed.leader, leading: name, active, &check)
    // A leader that was deposed and does not know it yet commits nothing, whatever it thinks its ISR is.
    guard let leader = replica(name, at: committed.leader)?.partition, leader.isLeader, leader.leaderEpoch == committed.epoch else { return }
    if asksLeaders { leader.checkInvariants(&check) }
    lookAtOrigin(of: leader, active, &check)
    FollowersOfLeader.check(leader, &check) { replica(name, at: $0) }
    // The controller may have taken somebody out, who lost its log, and the leader not heard of it yet.
    let decided = active?.partition(leader.id), isOutdated = decided.map { $0.partitionEpoch > leader.partitionEpoch } ?? false
    for member in leader.maximalISR where member != committed.leader && !(isOutdated && decided?.isr.contains(member) == false) {
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
    // KIP-497: a member that does not count for the high watermark could be elected without what was acknowledged.
    check.require(
      leader.leaderEpoch != committed.leaderEpoch || committed.isr.allSatisfy(leader.maximalISR.contains),
      "\(words), at most \(leader.maximalISR), and the controllers have committed the ISR \(committed.isr)")
  }

  private func replica(_ name: TopicPartition, at id: NodeID) -> (broker: BrokerNode, partition: Partition)? {
    guard let index = nodes()?.broker(id), let broker = world.broker(at: index), let partition = broker.replicaManager?.partition(named: name)
    else { return nil }
    return (broker, partition)
  }
}
