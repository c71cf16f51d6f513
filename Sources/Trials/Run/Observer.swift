import Broker
import Controller
import Host
import Log
import Primitives
import Replication
import Results
import Sim
import Wire
import Workloads

/// Watches a trial from outside: collects the story, follows the cluster, and checks invariants on the state of the brokers as it changes.
/// Nothing here changes what happens.
final class Observer {
  let world: World
  let view = ClusterViewHolder()
  let contract = DurabilityContract()
  let committed = CommittedLog()
  private(set) var deletions = Deletions()
  private(set) var leaders = OneLeaderPerEpoch()
  private(set) var highWatermarks = HighWatermarkMonotony()
  /// Of a cluster with several controllers.
  private(set) var quorum = QuorumInvariants()
  private(set) var lives = NodeLives()
  private(set) var disturbances = Disturbances()
  /// Hears of every election of a controller.
  var onControllerElected: ((NodeIndex, LeaderEpoch) -> Void)?
  private(set) var story: [StoryLine] = []
  private(set) var sightings: [Sighting: Int] = [:]
  /// For a trial whose clients have transactions.
  private(set) var chronicle = TransactionChronicle()
  private var commits = Commits()
  private var leftBehind = LeftBehind()
  /// The partitions of producers that a leader did not know when it took a batch from the middle of their sequence.
  private var begunLate: Set<PartitionOfProducer> = []
  private(set) var clientErrors = ClientErrors()
  /// By partition, in the order of the elections; a leader is none when the partition lost its leader.
  private var elections: [TopicPartition: [(time: Instant, leader: NodeID)]] = [:]
  /// When a replica of each partition last deleted records by rule.
  private var lastDeletion: [TopicPartition: Instant] = [:]
  /// The number of times a node lost its power or its disk.
  private(set) var destructions = 0

  /// When the scenario's clock started. The story before it counts backwards.
  var origin = Instant.zero { didSet { coordination.origin = origin } }
  var nodes: NodeTable? {
    didSet {
      coordination.nodes = nodes
      voters.nodes = nodes
    }
  }
  /// What is told of groups and transactions.
  let coordination: CoordinationTeller
  /// What is told of the voters of the metadata log.
  let voters: VoterTeller
  weak var schedule: Schedule?
  weak var driver: FaultDriver?
  /// Set if invariants are checked: the invariants of several brokers together.
  var cluster: ClusterInvariants? { didSet { followBatches() } }
  /// The transactions as brokers see them; nil if no client has any.
  var transactions: TransactionInvariants? { didSet { followBatches() } }
  /// min.insync.replicas of each topic, for acknowledgements by brokers that are gone by now.
  var minimumCopies: [String: Int] = [:]
  /// Receives times that only brokers know; nil if nothing is measured.
  var log: LoadLog?
  /// Set if the causes of a violation will be asked for.
  var facts: FactLog?
  /// Set from the start of the scenario's clock on, if the trial's course will be shown over time.
  var timeline: TimelineRecorder?
  private let recorder: HistoryRecorder
  private let tellsDetails: Bool
  /// Whether the last line for the story was left out.
  private var hasLeftOut = false
  /// The index of the first line about a controller's decisions at an instant: the line about their cause may come after them.
  private var firstConsequence: Int?
  /// Up to where the changes of the metadata log were told.
  private var told = ToldMetadata()
  /// A controller that hands over a batch again of which another one, or it in a former life, has told already.
  private var repeating: NodeIndex?
  /// Whether something was reported since `clearChange`.
  private(set) var isChanged = true

  init(world: World, recorder: HistoryRecorder, tellsDetails: Bool) {
    self.world = world
    self.recorder = recorder
    self.tellsDetails = tellsDetails
    coordination = CoordinationTeller(world, view, recorder)
    voters = VoterTeller(world, view)
    committed.onLostEpochStart = { [unowned self] in if origin > .zero { see(.epochStartCompacted) } }
    committed.endOfEpoch = { [unowned self] partition, epoch in
      logOfLeader(of: partition)?.endOffset(of: epoch).flatMap { $0.epoch == epoch ? $0.endOffset : nil }
    }
    world.onOccurrence = { [unowned self] _, node, occurrence in observe(occurrence, at: node) }
    world.onIncident = { [unowned self] _, node, incident in observe(incident, at: node) }
    recorder.onAcknowledged = { [unowned self] in observe($0, $1, total: self.recorder.acknowledgedCount) }
    recorder.onSendFailure = { [unowned self] in see(.sendFailure) }
    recorder.onOwnership = { [unowned self] function, partitions, process in
      if let line = coordination.ownership(function, partitions, by: process) { tell(line.who, line.what, line.weight) }
    }
  }

  /// Passes committed batches on to those who want them.
  private func followBatches() {
    let transactions = transactions, cluster = cluster
    guard transactions != nil || cluster != nil else { return }
    committed.onBatch = { [unowned self] partition, id, batch in
      if let transactions { find(transactions.check(batch, in: partition, id, at: world.now) { identify($0) }) }
      cluster?.check(committed: batch, in: partition, id)
    }
    committed.onGap = { partition in
      transactions?.forget(partition)
      cluster?.forgetBatches(of: partition)
    }
  }

  func clearChange() { isChanged = false }

  /// Whether each controller that runs knows of everything that was committed of the metadata.
  func haveControllersHeardOfAll(_ cluster: NodeTable) -> Bool {
    !hasSeveralControllers || cluster.controllers.allSatisfy { world.controller(at: $0).map { $0.committedMetadataEnd >= quorum.end } ?? true }
  }

  /// Looks at the metadata of all nodes, when everything is over.
  func lookAtMetadata(of cluster: NodeTable) {
    guard hasSeveralControllers else { return }
    var images: [(node: NodeIndex, image: MetadataImage)] = []
    for node in cluster.controllers {
      guard let controller = world.controller(at: node) else { continue }
      find(quorum.checkRest(of: world.name(of: node), committedEnd: controller.committedMetadataEnd))
      images.append((node, controller.image))
    }
    for node in cluster.brokers {
      if let image = world.broker(at: node)?.metadataImage { images.append((node, image)) }
    }
    for (place, (node, image)) in images.enumerated() {
      guard let twin = images[..<place].first(where: { $0.image.lastOffset == image.lastOffset }) else { continue }
      find(quorum.checkImages(of: world.name(of: twin.node), world.name(of: node), at: image.lastOffset, areEqual: twin.image == image))
    }
  }

  /// Whether a replica deleted records of a partition, or another replica was elected, at an instant or later.
  func hasChangedStart(of partition: TopicPartition, since instant: Instant) -> Bool {
    lastDeletion[partition].map { $0 >= instant } ?? false || elections[partition]?.last.map { $0.time >= instant } ?? false
  }

  /// Who was elected to lead a partition between two instants.
  func elections(of partition: TopicPartition, from: Instant, to: Instant) -> [(time: Instant, leader: NodeID)] {
    elections[partition]?.filter { $0.time > from && $0.time <= to && $0.leader != .none } ?? []
  }

  func see(_ sighting: Sighting, times: Int = 1) { sightings[sighting, default: 0] += times }

  func tell(_ who: String, _ what: String, _ weight: StoryLine.Weight) { tell(who, what, weight, at: world.now) }

  /// Adds a line about something that happened earlier.
  func tell(_ who: String, _ what: String, _ weight: StoryLine.Weight, at time: Instant) {
    hasLeftOut = false
    story.append(StoryLine(time: time - .zero, who: who, what: what, weight: weight))
  }

  /// Moves the line about a fencing before the elections that follow from it: the controller's records have them first.
  private func putCauseFirst(_ occurrence: Occurrence) {
    let place = story.count - 1
    let first = firstConsequence.flatMap { story[$0].time == story[place].time && story[$0].who == story[place].who ? $0 : nil }
    switch occurrence {
    case .leaderElected, .isrChanged: firstConsequence = first ?? place
    case .brokerFenced:
      if let first { story.insert(story.removeLast(), at: first) }
      firstConsequence = nil
    default: break
    }
  }

  /// Passes on what happened to those who were asked to keep or show it.
  private func add(_ content: @autoclosure () -> Fact.Content, at node: NodeIndex?, words: String?) {
    // Nearly always nobody was.
    guard facts != nil || timeline != nil else { return }
    let content = content()
    facts?.add(content, at: node, words: words)
    timeline?.add(content, at: node, words: words)
  }

  /// Hears of what the schedule does.
  func observe(_ deed: DeedNotice) { add(.deed(deed), at: nil, words: deed.words) }

  // MARK: What nodes report

  private func observe(_ occurrence: Occurrence, at index: NodeIndex) {
    let node = world.id(of: index)
    if case .metadataCommitted(let commit) = occurrence {
      // Comes with every batch at every node, and changes nothing that others wait for.
      if hasSeveralControllers {
        add(.occurrence(occurrence), at: index, words: nil)
        find(quorum.check(commit, by: world.name(of: index)))
        cluster?.check(commit, by: index)
      }
      if nodes?.controllers.contains(index) == true { repeating = told.hears(of: commit, by: index, isLeader: leadsMetadata(index)) }
      return
    }
    if case .voteGiven(let vote) = occurrence {
      cluster?.check(vote, by: index)
      return
    }
    if repeating == index, occurrence.isOfCommittedMetadata { return }
    isChanged = true
    if case .requestFailed(let api, let reason) = occurrence {
      if origin > .zero { clientErrors.add(world.name(of: index), api: api, reason: reason, at: world.now) }
      add(.occurrence(occurrence), at: index, words: nil)
      return
    }
    let words = tell(occurrence, of: index)
    add(.occurrence(occurrence), at: index, words: words)
    coordination.observe(occurrence, at: index)
    if origin > .zero, let sighting = occurrence.sighting { see(sighting) }
    if case .topicDeleted(let name, let id) = occurrence { recordDeletion(ofTopic: name, id) }
    let formerVoters = view.cluster.voters
    if !isAboutFormerTopic(occurrence, at: index) { view.cluster.observe(occurrence, by: node) }
    if formerVoters != view.cluster.voters { recordVoterChange(from: formerVoters) }
    if case .votersAppended = occurrence { disturbances.observeChangeOfVoters(now: world.now) }
    let sighting = view.groups.observe(occurrence, by: node) { view.cluster.coordinator(ofGroup: $0) }
    if origin > .zero, let sighting { see(sighting) }
    let transaction = view.transactions.observe(occurrence, by: node, at: world.now) { view.cluster.coordinator(ofTransaction: $0) }
    if origin > .zero, let transaction { see(transaction) }
    if origin > .zero, hasSeveralControllers, case .controllerElected = occurrence { see(.controllerElection) }
    check(occurrence, at: node, index)
    cluster?.observe(occurrence, at: index)
    if view.isAwaited { schedule?.look() }
  }

  private func recordVoterChange(from former: [NodeID]) {
    guard origin > .zero else { return }
    let voters = view.cluster.voters
    see(.votersChanged)
    if !voters.allSatisfy(former.contains) { see(.voterAdded) }
    if !former.allSatisfy(voters.contains) { see(.voterRemoved) }
  }

  /// Returns the words of the occurrence, whether the story has a line of its own for it or not; nil where it says nothing.
  private func tell(_ occurrence: Occurrence, of index: NodeIndex) -> String? {
    if !tellsDetails, occurrence.isDetailOfTransaction {
      hasLeftOut = true
      return nil
    }
    guard let words = voters.words(of: occurrence, at: index) ?? coordination.words(of: occurrence, at: index) ?? occurrence.words else { return nil }
    switch occurrence {
    case .note, .warning, .diskFailed:
      // A node that repeatedly fails to start gives the same reason each time.
      if !lives.recordReason(words.text, of: index) { return words.text }
    case .memberFenced, .producerFenced, .producerFailed:
      // A refused client retries immediately, and a process that cannot go on restarts and fails again.
      if !hasLeftOut, let last = story.last, last.who == world.name(of: index), last.what == words.text { return words.text }
    default: break
    }
    var weight = isOfNobody(occurrence) ? min(words.weight, .detail) : words.weight
    // With one controller each of its starts is an election.
    if hasSeveralControllers, case .controllerElected = occurrence { weight = .event }
    tell(world.name(of: index), words.text, weight)
    putCauseFirst(occurrence)
    return words.text
  }

  /// Whether it is about a partition of an internal topic that has no group and no transactional id of the scenario: such topics have 50 partitions by default, and the others are
  /// empty.
  private func isOfNobody(_ occurrence: Occurrence) -> Bool {
    switch occurrence {
    case .leaderElected(let partition, _, _, _, _), .isrChanged(let partition, _, _, _), .truncated(let partition, _, _, _, _):
      return TopicName.isInternal(partition.topic) && !hasGroup(partition) && !hasTransactionalID(partition)
    default: return false
    }
  }

  private func hasGroup(_ partition: TopicPartition) -> Bool { nodes?.groups.contains { view.cluster.partition(ofGroup: $0.name) == partition } == true }

  private func hasTransactionalID(_ partition: TopicPartition) -> Bool {
    nodes?.transactions.contains { view.cluster.partition(ofTransaction: $0) == partition } == true
  }

  /// Whether it holds what a transaction wrote, or what its coordinator knows of it.
  private func isOfTransactions(_ partition: TopicPartition) -> Bool {
    guard let nodes, !nodes.transactions.isEmpty else { return false }
    return hasTransactionalID(partition) || nodes.topicsOfTransactions.contains(partition.topic) || hasGroup(partition)
  }

  /// Whether a broker reports about a deleted topic, while another topic has its name.
  private func isAboutFormerTopic(_ occurrence: Occurrence, at index: NodeIndex) -> Bool {
    guard view.cluster.hasDeletedTopics, case .highWatermarkMoved(let partition, _, _) = occurrence else { return false }
    return world.replica(of: partition, at: index)?.id.topic != view.cluster.topicID(of: partition)
  }

  private func leadsMetadata(_ index: NodeIndex) -> Bool { world.controller(at: index)?.leadsMetadataLog == true }

  private var hasSeveralControllers: Bool { (nodes?.controllers.count ?? 1) > 1 }

  private func check(_ occurrence: Occurrence, at node: NodeID, _ index: NodeIndex) {
    switch occurrence {
    case .controllerElected(_, let epoch) where hasSeveralControllers:
      // Its log ends before the batch that begins the epoch, which is written after this is told.
      let log = world.controller(at: index)?.metadataLogEndOffset
      for evidence in quorum.checkElection(of: world.name(of: index), in: epoch, logEndOffset: log) { find(evidence) }
      onControllerElected?(index, epoch)
    case .becameLeader(let partition, let epoch, let start):
      let topicID = world.replica(of: partition, at: index)?.id.topic ?? view.cluster.topicID(of: partition)
      view.leading.insert(Leadership(partition: TopicIDPartition(topicID, partition.partition), epoch: epoch))
      find(leaders.check(partition, topicID: topicID, epoch, leader: node))
      if let replica = world.replica(of: partition, at: index), replica.isLeader { find(transactions?.look(at: replica, of: node)) }
      if origin > .zero, isLastReplica(node, index, of: TopicIDPartition(topicID, partition.partition), partition, lostFrom: start) { see(.lastReplicaLost) }
      if let lacking = leftBehind.led(recorder.number(of: partition, topicID: topicID), from: start, recorder.history, origin: origin) {
        tell(world.name(of: index), "leads \(partition) without \(lacking)", .event)
      }
    case .highWatermarkMoved(let partition, let from, let to):
      guard let replica = world.replica(of: partition, at: index) else { return }
      if to > from { commits.add(replica, at: node, from: from, to: to, sequence: contract.sequence) }
      if replica.isLeader {
        find(highWatermarks.checkMove(partition, at: node, from: from, to: to))
        if origin > .zero { log?.markVisible(recorder.number(of: partition, topicID: replica.id.topic), upTo: to, at: world.now) }
      }
      find(committed.check(replica, at: node, from: from, to: to))
      if replica.isLeader { find(transactions?.look(at: replica, of: node)) }
    case .markerWritten(let partition, _, _, _, _):
      guard let transactions, let replica = world.replica(of: partition, at: index), replica.isLeader else { return }
      chronicle.observe(occurrence, by: world.name(of: index), at: world.now)
      find(transactions.look(at: replica, of: node))
    case .transactionChanged:
      if transactions != nil { chronicle.observe(occurrence, by: world.name(of: index), at: world.now) }
    case .synced(let partition, let to):
      guard let log, let replica = world.replica(of: partition, at: index), replica.isLeader else { return }
      log.markSynced(recorder.number(of: partition, topicID: replica.id.topic), upTo: to, at: world.now)
    case .logRecovered(let partition, _, _): highWatermarks.recordRecovery(partition, at: node)
    case .truncated(let partition, _, let to, let highWatermark, let reason) where reason != .recovery && reason != .insideBatch:
      let evidence = highWatermarks.checkTruncation(partition, at: node, to: to, highWatermark: highWatermark, isGivenUp: isGivenUp(partition, at: node, index))
      if evidence != nil, origin > .zero, reason == .divergingEpoch, hasCompactedAway(to, of: partition) { see(.epochStartCompacted) }
      find(evidence)
      let number = recorder.number(of: partition, topicID: world.replica(of: partition, at: index)?.id.topic ?? view.cluster.topicID(of: partition))
      if let cut = leftBehind.truncated(number, at: node, to: to, origin: origin) {
        tell(world.name(of: index), "truncates with that what it acknowledged after it no longer led: \(cut)", .event)
      }
    case .recordsDeleted(let partition, _, let to, let rule, _) where rule != .belowLogStart:
      lastDeletion[partition] = world.now
      guard let replica = world.replica(of: partition, at: index) else { return }
      deletions.add(below: to, of: recorder.number(of: partition, topicID: replica.id.topic), by: .log(rule), at: world.now)
    case .leaderElected(let partition, let leader, let epoch, let isr, let election):
      if election == .unclean || election == .lastKnown { recordUncleanElection(of: partition, epoch: epoch) }
      elections[partition, default: []].append((world.now, leader))
      if leader != .none { observeInSync(isr) }
    case .isrChanged(_, _, let isr, _): observeInSync(isr)
    case .sequenceBegunLate(let partition, let producer): begunLate.insert(PartitionOfProducer(partition: partition, producer: producer))
    case .batchOvertook(let partition, let producer):
      if origin > .zero, begunLate.contains(PartitionOfProducer(partition: partition, producer: producer)) { see(.batchOvertook) }
    case .compacted(_, let compaction) where origin > .zero && compaction.tombstonesRemoved > 0: see(.tombstoneRemoval)
    default: break
    }
  }

  private func recordUncleanElection(of partition: TopicPartition, epoch: LeaderEpoch) {
    let topicID = view.cluster.topicID(of: partition)
    transactions?.forgetRecorded()
    if origin > .zero, isOfTransactions(partition) { see(.transactionsForgotten) }
    contract.recordUncleanElection(of: recorder.number(of: partition, topicID: topicID), epoch: epoch)
    committed.giveUp(TopicIDPartition(topicID, partition.partition), before: epoch)
  }

  /// Whether a leader without eligible leader replicas beside it, and alone in the ISR, has lost what was committed with its page cache or its disk.
  private func isLastReplica(_ node: NodeID, _ index: NodeIndex, of id: TopicIDPartition, _ partition: TopicPartition, lostFrom start: Offset) -> Bool {
    guard start < commits.highest(id), view.cluster[partition].isr == [node],
      world.broker(at: index)?.metadataImage?.features.hasEligibleLeaderReplicas == false
    else { return false }
    return contract.isDestroyed(recorder.number(of: partition, topicID: id.topic), at: node, before: commits.highest(id))
  }

  private func logOfLeader(of partition: TopicPartition) -> PartitionLog? {
    nodes?.broker(view.cluster.leader(of: partition)).flatMap { world.replica(of: partition, at: $0)?.log }
  }

  /// Whether the leader of a compacted topic has no record of an offset any more, and with the records may have lost what it knew of their epoch.
  private func hasCompactedAway(_ offset: Offset, of partition: TopicPartition) -> Bool {
    guard let log = logOfLeader(of: partition), log.configuration.cleanupPolicy.contains(.compact), offset >= log.logStartOffset, offset < log.logEndOffset,
      let read = try? log.read(from: offset, upTo: log.logEndOffset, maxBytes: 1, minOneBatch: true), let first = try? RecordBatch.next(in: read.records, at: 0)
    else { return false }
    return first.baseOffset > offset
  }

  private func recordDeletion(ofTopic name: String, _ id: Uuid) {
    for partition in view.cluster.partitions(of: name) where view.cluster.topicID(of: partition) == id {
      deletions.addTopicDeletion(of: recorder.number(of: partition, topicID: id), at: world.now)
    }
  }

  private func observeInSync(_ members: [NodeID]) {
    guard let driver, !driver.tainted.isEmpty, let replicas = driver.knownReplicas else { return }
    driver.tainted.removeInSync(members, replicas)
  }

  /// Whether an unclean election of a later epoch gave up what a replica counts as committed.
  private func isGivenUp(_ partition: TopicPartition, at node: NodeID, _ index: NodeIndex) -> Bool {
    guard let id = world.replica(of: partition, at: index)?.id, let epoch = committed.uncleanEpoch(of: id) else { return false }
    return commits.raised(id, at: node) < epoch
  }

  /// The partition of the topic that has the name now; nil if there is none.
  private func identify(_ partition: TopicPartition) -> TopicIDPartition? {
    view.cluster.contains(partition.topic) ? TopicIDPartition(view.cluster.topicID(of: partition), partition.partition) : nil
  }

  private func find(_ evidence: String?) {
    guard let evidence else { return }
    tell("trial", evidence, .finding)
    add(.finding(evidence), at: nil, words: evidence)
  }

  // MARK: Responses to clients

  private func observe(_ acknowledgement: AcknowledgedRecords, _ number: PartitionNumber, total: Int) {
    contract.recordAcknowledged(
      acknowledgement.tokens, in: number, from: acknowledgement.baseOffset, acks: acknowledgement.acks, commit(of: acknowledgement))
    if let cluster, acknowledgement.acks == -1 { checkCommit(of: acknowledgement, cluster) }
    leftBehind.observe(acknowledgement, number, leader: view.cluster.leader(of: acknowledgement.partition), at: world.now)
    view.acknowledged = total
    if view.isAwaited { schedule?.look() }
  }

  /// Checks that the replica which acknowledged records with acks=all had committed them.
  private func checkCommit(of acknowledgement: AcknowledgedRecords, _ cluster: ClusterInvariants) {
    guard acknowledgement.topicID != .zero, acknowledgement.baseOffset != .unknown, let node = nodes?.broker(acknowledgement.broker) else { return }
    let id = TopicIDPartition(acknowledgement.topicID, acknowledgement.partition.partition), end = acknowledgement.baseOffset + Int64(acknowledgement.tokens.count)
    // A replica begins with the high watermark of its checkpoint.
    let present = world.replica(of: acknowledgement.partition, at: node).flatMap { $0.id == id ? $0.highWatermark : nil } ?? 0
    cluster.check(
      acknowledgement, at: node, commits.commit(of: end - 1, in: id, at: acknowledgement.broker), highWatermark: max(present, commits.highest(id, at: acknowledgement.broker)))
  }

  /// What the replica that answered knew: its ISR when it committed the last of the records.
  private func commit(of acknowledgement: AcknowledgedRecords) -> DurabilityContract.Commit {
    let partition = acknowledgement.partition
    let id = TopicIDPartition(acknowledgement.topicID, partition.partition)
    let last = acknowledgement.baseOffset + Int64(max(acknowledgement.tokens.count, 1) - 1)
    if acknowledgement.baseOffset != .unknown, let commit = commits.commit(of: last, in: id, at: acknowledgement.broker) { return commit }
    // With acks=0 and 1, clients do not wait for a commit.
    let replica = nodes?.broker(acknowledgement.broker).flatMap { world.replica(of: partition, at: $0) }
    if let replica, replica.isLeader, replica.id == id {
      return DurabilityContract.Commit(
        epoch: replica.leaderEpoch, copies: replica.maximalISR, minimumCopies: Commits.minimumCopies(of: replica), sequence: contract.sequence)
    }
    let view = view.cluster[partition]
    return DurabilityContract.Commit(copies: view.isr, minimumCopies: minimumCopies[partition.topic] ?? 1, sequence: contract.sequence)
  }

  // MARK: Incidents

  private func observe(_ incident: Incident, at node: NodeIndex?) {
    isChanged = true
    disturbances.observe(incident, at: node, now: world.now)
    add(.incident(incident), at: node, words: nil)
    guard let node else { return }
    cluster?.observe(incident, at: node)
    switch incident {
    case .started:
      if lives.recordStart(of: node) { tell(world.name(of: node), "starts", .event) }
    case .shutdownAsked: lives.recordShutdown(of: node)
    case .killed:
      tellStop(of: node, "is killed")
      recordKill(of: node)
      highWatermarks.recordKill(of: world.id(of: node))
    case .lostPower:
      tellStop(of: node, "loses power")
      recordDestruction()
      recordKill(of: node)
      highWatermarks.recordPowerLoss(at: world.id(of: node))
    case .paused: tellStop(of: node, "is paused")
    case .diskReplaced: recordDestruction()
    case .exited:
      recorder.ended(memberNamed: world.name(of: node), at: world.now)
      if let words = lives.recordEnd(of: node) { tell(world.name(of: node), words, .event) }
    default: break
    }
  }

  private func tellStop(of node: NodeIndex, _ how: String) {
    if let words = coordination.stopping(node, how) { tell(world.name(of: node), words, .event) }
  }

  private func recordDestruction() {
    destructions += 1
    transactions?.forgetRecorded()
  }

  private func recordKill(of node: NodeIndex) {
    lives.recordKill(of: node)
    recorder.ended(memberNamed: world.name(of: node), at: world.now)
  }

  /// Reports the nodes that repeatedly failed to start. Call once, when no more starts will come.
  func tellFailedStarts() {
    for node in world.nodes {
      guard let failure = lives.failure(of: node), failure.count > 1 else { continue }
      tell(world.name(of: node), "was started \(failure.count) times, and ended by itself each time: \(failure.reason)", .finding)
    }
  }
}

/// What a producer writes to a partition.
private struct PartitionOfProducer: Hashable {
  let partition: TopicPartition
  let producer: Int64
}
