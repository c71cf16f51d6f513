import Broker
import Groups
import Host
import Primitives
import Results
import Sim
import Wire
import Workloads

/// Watches the consumer groups of a trial as an operator would who polls them: what they have committed, how far they lag behind, and whether
/// they are at rest. Nothing here changes what happens.
///
/// A group is at rest when its coordinator says so and each partition of the topics that its members subscribe to has one owner among the running members.
final class GroupWatch {
  private struct Watched {
    let plan: GroupPlan
    /// The process in the history that asks.
    let process: ProcessNumber
    /// What was last reported as committed.
    var said: [TopicPartition: Offset] = [:]
    /// Since when it has been at rest; nil while it is not.
    var restedAt: Instant?
    var lag: GroupMetrics.Lag?
    /// The highest epochs seen.
    var epoch: Int32 = .min
    var memberEpochs: [String: Int32] = [:]
    var silentMembers = SilentMembers()
    var orphanedPartitions = OrphanedPartitions()
  }

  private let cluster: TrialCluster
  private let origin: Instant
  private let nodes: NodeTable
  private var groups: [Watched]
  /// When the last fault was over.
  private var healedAt: Instant?
  private var coordinators = CoordinatorStates()
  /// The number of events so far that may have destroyed committed records.
  private var losses = 0

  init(_ cluster: TrialCluster, origin: Instant, _ nodes: NodeTable) {
    self.cluster = cluster
    self.origin = origin
    self.nodes = nodes
    groups = cluster.scenario.groups.map { plan in
      Watched(plan: plan, process: cluster.recorder.newProcess(named: "the cluster", of: plan.id, as: .operator))
    }
  }

  /// Records that an operator set offsets of a group, or all of them (nil) to unknown values.
  func recordReset(_ offsets: [(partition: TopicPartition, offset: Offset)]?, of id: String) {
    guard let place = groups.firstIndex(where: { $0.plan.id == id }) else { return }
    let group = groups[place]
    for (partition, offset) in offsets ?? group.said.keys.sorted().map({ ($0, .unknown) }) {
      cluster.recorder.reset(number(of: partition), from: group.said[partition], to: offset, by: group.process, at: cluster.world.now)
      groups[place].said[partition] = offset == .unknown ? nil : offset
    }
  }

  /// Checks all groups now.
  func look() {
    forgetWhatMayBeLost()
    for place in groups.indices { look(&groups[place]) }
    if cluster.checks != .off { coordinators.look(at: cluster) }
  }

  private func forgetWhatMayBeLost() {
    let observer = cluster.observer
    let losses = observer.destructions + observer.sightings[.uncleanElection, default: 0]
    guard losses > self.losses else { return }
    self.losses = losses
    coordinators.forget()
    for place in groups.indices {
      groups[place].epoch = .min
      groups[place].memberEpochs = [:]
    }
  }

  /// Called when all faults are lifted.
  func markHealed() { healedAt = cluster.world.now }

  private func look(_ group: inout Watched) {
    let members = members(of: group.plan.id)
    var running: [String] = []
    for (node, process, application) in members {
      guard let id = application.standing?.memberID else { continue }
      cluster.observer.coordination.identify(member: id, as: process)
      if cluster.world.status(of: node) == .running { running.append(id) }
    }
    let snapshot = coordinator(of: group.plan.id)
    if let snapshot {
      let committed = Dictionary(uniqueKeysWithValues: snapshot.group.offsets.map { ($0.partition, $0.offset) })
      // While an operator changes offsets, both the old and the new ones are possible.
      if cluster.operatorApplication?.isChangingOffsets(of: group.plan.id) != true { recordCommitted(committed, &group) }
      updateLag(committed, &group)
      if cluster.checks != .off { check(snapshot.group, at: snapshot.node, &group) }
    }
    if cluster.checks != .off { lookAtMembers(of: snapshot?.group, running: running, owned: Set(members.flatMap(\.application.partitions)), &group) }
    let isMoving = membershipProblem(of: group.plan) != nil || snapshot.map { !$0.group.isStable } ?? false
    // If the coordinator cannot be asked now, the group's state counts as unchanged.
    if isMoving { group.restedAt = nil } else if snapshot != nil { group.restedAt = group.restedAt ?? cluster.world.now }
  }

  /// The state of a group at its coordinator; nil while it has none, or the coordinator's last records are not committed.
  private func coordinator(of id: String) -> (node: NodeIndex, group: GroupSnapshot)? {
    // A deposed coordinator that has not heard of it yet would give wrong answers.
    guard let node = nodes.broker(cluster.observer.view.cluster.coordinator(ofGroup: id)), let broker = cluster.world.broker(at: node),
      let group = broker.groupSnapshot(of: id)
    else { return nil }
    return (node, group)
  }

  /// Adds to the history what is reported now and was not before.
  private func recordCommitted(_ committed: [TopicPartition: Offset], _ group: inout Watched) {
    let news = committed.keys.filter { group.said[$0] != committed[$0] }.sorted()
    let gone = group.said.keys.filter { committed[$0] == nil }.sorted()
    guard !news.isEmpty || !gone.isEmpty else { return }
    group.said = committed
    cluster.recorder.inspected((news + gone).map { (number(of: $0), committed[$0]) }, by: group.process, at: cluster.world.now)
  }

  private func number(of partition: TopicPartition) -> PartitionNumber {
    cluster.recorder.number(of: partition, topicID: cluster.observer.view.cluster.topicID(of: partition))
  }

  private func updateLag(_ offsets: [TopicPartition: Offset], _ group: inout Watched) {
    var lag: Int64 = 0
    for partition in partitions(of: group.plan.topics) {
      guard let leader = cluster.leader(of: partition) else { continue }
      let committed = offsets[partition] ?? leader.logStartOffset
      lag += max(0, leader.highWatermark - max(committed, leader.logStartOffset))
    }
    let now = (cluster.world.now - origin).seconds
    if let former = group.lag, former.max >= lag {
      group.lag?.final = lag
    } else {
      group.lag = GroupMetrics.Lag(max: lag, maxAtSeconds: now, final: lag)
    }
  }

  /// Checks that the epochs of a group and of its members never go back, whichever broker coordinates it. This applies to KIP-848 groups:
  /// a classic group that lost its members may start again, and so may a group that was a KIP-848 group between two classic phases.
  private func check(_ snapshot: GroupSnapshot, at node: NodeIndex, _ group: inout Watched) {
    guard !snapshot.members.isEmpty, !group.plan.mixesProtocols else { return }
    var check = InvariantCheck()
    check.require(snapshot.epoch >= group.epoch, "group \(group.plan.id): its epoch went back from \(group.epoch) to \(snapshot.epoch)")
    group.epoch = max(group.epoch, snapshot.epoch)
    for member in snapshot.members where member.epoch >= 0 {
      let former = group.memberEpochs[member.id] ?? 0
      check.require(member.epoch >= former, "group \(group.plan.id): the epoch of member \(member.id) went back from \(former) to \(member.epoch)")
      group.memberEpochs[member.id] = max(former, member.epoch)
    }
    cluster.world.addFindings(of: check, at: node)
  }

  /// Looks for members that the coordinator should have removed, and for partitions that it should have given to somebody.
  private func lookAtMembers(of snapshot: GroupSnapshot?, running: [String], owned: Set<TopicPartition>, _ group: inout Watched) {
    let view = cluster.observer.view.cluster, id = group.plan.id, now = cluster.world.now
    for member in running { group.silentMembers.recordRunning(member, at: now) }
    guard let partition = view.partition(ofGroup: id), let node = nodes.broker(view[partition].leader) else { return }
    let stable = StableGroup(id, snapshot, at: node, view[partition].epoch, in: cluster.world)
    // A topic that grows is noticed when members or brokers look at the metadata again.
    let orphans = nodes.partitions.filter { group.plan.commonTopics.contains($0.topic) && view.contains($0.topic) && !owned.contains($0) }
    var check = InvariantCheck()
    group.silentMembers.look(at: stable, now: now, &check)
    group.orphanedPartitions.look(at: stable, running: running, without: orphans, now: now, &check)
    cluster.world.addFindings(of: check, at: node)
  }

  // MARK: Settling

  private func partitions(of topics: [String]) -> [TopicPartition] {
    topics.flatMap { cluster.observer.view.cluster.partitions(of: $0) }
  }

  /// The partitions of the topics that some of these members subscribe to: what only members read that have left for good needs no owner.
  private func partitions(of plan: GroupPlan, subscribedBy members: [NodeIndex]) -> [TopicPartition] {
    partitions(of: plan.topics { entry in nodes.clients(named: entry).contains(where: members.contains) })
  }

  /// The members that run, and have not left for good.
  private func members(of id: String) -> [(node: NodeIndex, process: ProcessNumber, application: any ClientApplication)] {
    nodes.members(ofGroup: id).compactMap { node in
      guard let application = cluster.application(node), application.isStarted, !application.isStopped, let process = application.member else { return nil }
      return (node, process, application)
    }
  }

  /// What keeps a group from being at rest.
  struct Problem {
    let group: String
    let words: String
    /// The processes that it is about.
    var members: [NodeIndex] = []
  }

  /// Why a problem does not pass.
  func cause(of problem: Problem) -> String? {
    let chain = WaitChain(cluster: cluster, nodes: nodes)
    return chain.group(problem.group) ?? problem.members.lazy.compactMap(chain.member).first
  }

  /// A member that has not joined yet, or a partition that does not have exactly one owner; nil if there is neither, or if no member runs.
  private func membershipProblem(of plan: GroupPlan) -> Problem? {
    let members = members(of: plan.id)
    guard !members.isEmpty else { return nil }
    // The others may be at rest until it comes.
    if let outside = members.first(where: { $0.application.standing == nil }) {
      let name = cluster.recorder.history.member(outside.process)?.name ?? "a member"
      return Problem(group: plan.id, words: "group \(plan.id): \(name) has not joined", members: [outside.node])
    }
    var owners: [TopicPartition: Int] = [:]
    for member in members { for partition in member.application.partitions { owners[partition, default: 0] += 1 } }
    guard let partition = partitions(of: plan, subscribedBy: members.map(\.node)).first(where: { owners[$0] != 1 }) else { return nil }
    let count = owners[partition] ?? 0
    return Problem(
      group: plan.id, words: "group \(plan.id): \(partition) has \(count) owners",
      members: members.filter { count == 0 || $0.application.partitions.contains(partition) }.map(\.node))
  }

  /// What keeps groups from being at rest now. A group without running members is at rest.
  var problems: [Problem] { groups.compactMap { problem(of: $0.plan) } }

  private func problem(of plan: GroupPlan) -> Problem? {
    if let problem = membershipProblem(of: plan) { return problem }
    guard !members(of: plan.id).isEmpty else { return nil }
    guard let snapshot = coordinator(of: plan.id)?.group else { return Problem(group: plan.id, words: "group \(plan.id) has no coordinator that has committed everything") }
    return snapshot.isStable ? nil : Problem(group: plan.id, words: "group \(plan.id) is \(snapshot.state)")
  }

  // MARK: The end

  /// The findings by which the groups are judged. Call once, when all is over.
  func findings() -> [GroupFindings] {
    look()
    return groups.map { group in
      var findings = GroupFindings(group.plan.id, on: group.plan.guarantees)
      let members = members(of: group.plan.id)
      findings.partitions = partitions(of: group.plan, subscribedBy: members.map(\.node))
      if coordinator(of: group.plan.id) != nil, cluster.operatorApplication?.isChangingOffsets(of: group.plan.id) != true { findings.committed = group.said }
      findings.outputs = group.plan.outputs
      findings.running = Set(members.map(\.process))
      findings.working = Set(members.filter(\.application.isWorking).map(\.process))
      if let healedAt, !members.isEmpty {
        findings.settling = GroupFindings.Settling(taken: group.restedAt.map { max(.zero, $0 - healedAt) }, bound: group.plan.settleBound)
      }
      if let problem = problem(of: group.plan) { findings.wait = cause(of: problem) }
      return findings
    }
  }

  /// How the groups fared, until the end of healing; nil where there are none.
  ///
  /// - Parameter ledger: of a group; nil where it makes nothing, and where nobody wants to look at it.
  func report(on analysis: Analysis, until end: Instant, _ ledger: (String) -> LedgerReport?) -> GroupsReport? {
    guard !groups.isEmpty else { return nil }
    let statistics = cluster.world.statistics
    return GroupsReport(
      coordinationRequests: Self.coordinationApis.reduce(0) { $0 + Int(clamping: statistics.requests(ofApi: $1.rawValue)) },
      groups: groups.map { group in
        let told = GroupAnalysis(of: group.plan.id, in: analysis)
        let facts = GroupFacts(told, until: members(of: group.plan.id).isEmpty ? nil : end)
        let owners = GroupOwnership(GroupOwners(told), generations: cluster.observer.coordination.generations[group.plan.id] ?? [], origin: origin)
        return GroupMetrics(group.plan.id, facts, lag: group.lag, owners: owners, ledger: ledger(group.plan.id))
      })
  }

  private static let coordinationApis: [ApiKey] = [
    .findCoordinator, .joinGroup, .syncGroup, .heartbeat, .leaveGroup, .consumerGroupHeartbeat, .offsetCommit, .offsetFetch,
  ]
}
