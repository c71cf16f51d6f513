import Broker
import Host
import Primitives
import Replication
import Report
import Sim
import Workloads

/// Watches a trial from outside: gathers the story, follows the cluster, and checks invariants on the state of the brokers as it changes.
/// Nothing here changes what happens.
final class Observer {
  let world: World
  let view = ClusterViewHolder()
  let contract = DurabilityContract()
  let committed = CommittedLog()
  private(set) var leaders = OneLeaderPerEpoch()
  private(set) var highWatermarks = HighWatermarkMonotony()
  private(set) var story: [StoryLine] = []
  private(set) var sightings: [Sighting: Int] = [:]

  /// When the scenario's clock started. The story before it counts backwards.
  var origin = Instant.zero
  var nodes: NodeTable?
  weak var schedule: Schedule?
  weak var driver: FaultDriver?
  /// min.insync.replicas of each topic.
  var minimumCopies: [String: Int] = [:]
  /// Gets what only brokers know of times; nil where nobody measures.
  var log: LoadLog?
  private let recorder: HistoryRecorder
  /// Whether something was reported since `clearChange`.
  private(set) var isChanged = true

  init(world: World, recorder: HistoryRecorder) {
    self.world = world
    self.recorder = recorder
    world.onOccurrence = { [unowned self] _, node, occurrence in note(occurrence, at: node) }
    world.onIncident = { [unowned self] _, node, incident in note(incident, at: node) }
    recorder.onAcknowledged = { [unowned self] in note($0, total: self.recorder.acknowledgedCount) }
    recorder.onSendFailure = { [unowned self] in see(.sendFailure) }
  }

  func clearChange() { isChanged = false }

  func see(_ sighting: Sighting, times: Int = 1) { sightings[sighting, default: 0] += times }

  func tell(_ who: String, _ what: String, _ weight: StoryLine.Weight) {
    story.append(StoryLine(time: world.now - .zero, who: who, what: what, weight: weight))
  }

  // MARK: What nodes report

  private func note(_ occurrence: Occurrence, at index: NodeIndex) {
    isChanged = true
    let node = world.id(of: index)
    if let words = occurrence.words { tell(world.name(of: index), words.text, words.weight) }
    if origin > .zero, let sighting = occurrence.sighting { see(sighting) }
    view.cluster.note(occurrence, by: node)
    check(occurrence, at: node, index)
    schedule?.look()
  }

  private func check(_ occurrence: Occurrence, at node: NodeID, _ index: NodeIndex) {
    switch occurrence {
    case .becameLeader(let partition, let epoch, _):
      view.leading.insert(Leadership(partition: partition, epoch: epoch))
      find(leaders.note(partition, epoch, leader: node))
    case .highWatermarkMoved(let partition, let from, let to):
      guard let replica = replica(of: partition, at: index) else { return }
      if replica.isLeader {
        find(highWatermarks.noteMove(partition, at: node, from: from, to: to))
        if origin > .zero { log?.noteVisible(recorder.number(of: partition), upTo: to, at: world.now) }
      }
      find(committed.note(replica, at: node, from: from, to: to))
    case .synced(let partition, let to):
      guard let log, replica(of: partition, at: index)?.isLeader == true else { return }
      log.noteSynced(recorder.number(of: partition), upTo: to, at: world.now)
    case .truncated(let partition, _, let to, let highWatermark, let reason) where reason != .recovery:
      find(highWatermarks.noteTruncation(partition, at: node, to: to, highWatermark: highWatermark))
    case .leaderElected(let partition, let leader, _, let isr, let election):
      if election == .unclean || election == .lastKnown {
        contract.noteUncleanElection(of: partition)
        committed.forget(partition)
      }
      if leader != .none { driver?.noteInSync(isr) }
    case .isrChanged(_, _, let isr, _): driver?.noteInSync(isr)
    case .brokerRegistered(let broker, _, _): driver?.noteRegistration(of: broker)
    case .topicDeleted(let name, _):
      for partition in view.cluster.partitions.keys.sorted() where partition.topic == name { contract.noteDeletion(in: partition) }
    default: break
    }
  }

  private func replica(of partition: TopicPartition, at index: NodeIndex) -> Partition? {
    (world.object(of: index) as? BrokerNode)?.replicaManager?.partition(named: partition)
  }

  private func find(_ evidence: String?) {
    if let evidence { tell("trial", evidence, .finding) }
  }

  // MARK: What clients are told

  private func note(_ acknowledgement: Acknowledgement, total: Int) {
    let partition = acknowledgement.partition
    contract.noteAcknowledged(
      acknowledgement.tokens, in: partition, from: acknowledgement.baseOffset, acks: acknowledgement.acks, copies: copies(of: partition),
      minimumCopies: minimumCopies[partition.topic] ?? 1)
    schedule?.noteAcknowledged(total)
  }

  /// The brokers that a leader waits for before it acknowledges.
  private func copies(of partition: TopicPartition) -> [NodeID] {
    let view = view.cluster[partition]
    guard let index = nodes?.broker(view.leader), let replica = replica(of: partition, at: index), replica.isLeader else { return view.isr }
    return replica.maximalISR
  }

  // MARK: What is done to nodes

  private func note(_ incident: Incident, at node: NodeIndex?) {
    isChanged = true
    guard let node else { return }
    switch incident {
    case .started: tell(world.name(of: node), "starts", .event)
    case .exited: tell(world.name(of: node), "ends in good order", .event)
    default: break
    }
  }
}
