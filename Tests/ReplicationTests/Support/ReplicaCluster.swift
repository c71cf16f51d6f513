import Host
import Log
import Primitives
import Replication
import Sim
import Testing
import Transport
import Wire

/// Three brokers with the replicas of one partition, `t-0`, in a simulated world. The test is the controller: it says who leads, and
/// who hears of it when.
final class ReplicaCluster {
  struct Options {
    var switches = ReplicationSwitches()
    var replication = ReplicationConfiguration()
    var log = LogConfiguration()
    var brokers: [NodeID] = [1, 2, 3]
    /// Every ISR proposal is committed at once, and published to everybody.
    var acceptsProposals = false

    init(_ change: (inout Options) -> Void = { _ in }) {
      log.minInsyncReplicas = 1
      change(&self)
    }
  }

  let world: World
  let options: Options
  /// The state of the partition as the controller has committed it.
  var state: PartitionState
  private(set) var occurrences: [(node: NodeID, occurrence: Occurrence)] = []
  private var epochs: [NodeID: BrokerEpoch] = [:]
  var fenced: Set<NodeID> = []
  var shuttingDown: Set<NodeID> = []
  private var indices: [NodeID: NodeIndex] = [:]

  /// Broker 1 leads epoch 0 with everybody in the ISR, and nothing has been published yet.
  init(_ options: Options = Options()) {
    self.options = options
    var worldOptions = WorldOptions()
    worldOptions.machine = .ideal
    world = World(seed: 1, options: worldOptions)
    // A rule as it was breaks what has to hold since.
    if options.switches == ReplicationSwitches() { world.onBrokenInvariant = { _, words in Issue.record("broken invariant: \(words)") } }
    state = PartitionState(
      topic: "t", topicID: Uuid(high: 1, low: 1), partition: 0, leader: 1, leaderEpoch: 0, partitionEpoch: 0,
      replicas: options.brokers, isr: options.brokers, configuration: options.log)
    for id in options.brokers {
      indices[id] = world.addNode(name: "broker\(id)", id: id) { [unowned self] host in ReplicaNode(id: id, host: host, cluster: self) }
      world.start(index(id))
    }
    world.onOccurrence = { [unowned self] _, node, occurrence in occurrences.append((world.id(of: node), occurrence)) }
    run(.milliseconds(1))
  }

  /// A cluster that has published its first state and replicates.
  static func running(_ change: (inout Options) -> Void = { _ in }) -> ReplicaCluster {
    let cluster = ReplicaCluster(Options(change))
    cluster.publish()
    cluster.run(.milliseconds(20))
    return cluster
  }

  func index(_ id: NodeID) -> NodeIndex { indices[id]! }
  func broker(_ id: NodeID) -> ReplicaNode { world.object(of: index(id)) as! ReplicaNode }
  func manager(_ id: NodeID) -> ReplicaManager { broker(id).manager }
  func partition(_ id: NodeID) -> Partition { manager(id).partition(state.id)! }
  func run(_ duration: Duration) { world.run(for: duration) }
  func brokerEpoch(of id: NodeID) -> BrokerEpoch { epochs[id] ?? BrokerEpoch(100 + Int64(id.value)) }

  // MARK: The controller

  var brokers: [ClusterBroker] {
    options.brokers.map {
      ClusterBroker(
        id: $0, epoch: brokerEpoch(of: $0), address: world.address(of: index($0)), rack: "rack\($0)", isFenced: fenced.contains($0),
        isInControlledShutdown: shuttingDown.contains($0))
    }
  }

  /// Commits another leader, in a new leader epoch.
  func elect(_ leader: NodeID, isr: [NodeID]? = nil) {
    state.leader = leader
    state.leaderEpoch = LeaderEpoch(state.leaderEpoch.value + 1)
    commit(isr: isr ?? state.isr)
  }

  /// Commits another ISR in the same leader epoch.
  func commit(isr: [NodeID]) {
    state.isr = isr
    state.partitionEpoch = PartitionEpoch(state.partitionEpoch.value + 1)
  }

  /// Delivers the present state to brokers, all by default.
  func publish(to ids: [NodeID]? = nil) {
    for id in ids ?? options.brokers where world.isRunning(index(id)) { manager(id).apply([state], brokers: brokers) }
  }

  /// Registers a broker anew after a restart.
  func register(_ id: NodeID) {
    epochs[id] = BrokerEpoch(brokerEpoch(of: id).value + 100)
    manager(id).brokerEpoch = brokerEpoch(of: id)
  }

  /// Commits the oldest open proposal of a leader and tells it.
  func accept(at leader: NodeID, publishing: Bool = true) {
    guard let proposal = broker(leader).takeProposal() else { return }
    let asked = proposal.request.topics[0].partitions[0]
    if let error = refusal(of: asked) { return proposal.answer(.success(response(isr: state.isr, error: error))) }
    commit(isr: asked.newIsrWithEpochs.map { NodeID($0.brokerId) })
    proposal.answer(.success(response(isr: state.isr, error: .none)))
    if publishing { publish() }
  }

  private func refusal(of asked: AlterPartitionRequest.PartitionData) -> ErrorCode? {
    if asked.leaderEpoch != state.leaderEpoch.value { return .fencedLeaderEpoch }
    if asked.partitionEpoch != state.partitionEpoch.value { return .invalidUpdateVersion }
    let isEligible = asked.newIsrWithEpochs.allSatisfy { asked in
      let id = NodeID(asked.brokerId)
      return !fenced.contains(id) && (asked.brokerEpoch == -1 || asked.brokerEpoch == brokerEpoch(of: id).value)
    }
    return isEligible ? nil : .ineligibleReplica
  }

  func refuse(at leader: NodeID, _ error: ErrorCode) {
    broker(leader).takeProposal()?.answer(.success(response(isr: state.isr, error: error)))
  }

  private func response(isr: [NodeID], error: ErrorCode) -> AlterPartitionResponse {
    var data = AlterPartitionResponse.PartitionData()
    data.partitionIndex = state.partition
    data.errorCode = error
    data.leaderId = state.leader.value
    data.leaderEpoch = state.leaderEpoch.value
    data.isr = isr.map(\.value)
    data.partitionEpoch = state.partitionEpoch.value
    var topic = AlterPartitionResponse.TopicData()
    topic.topicId = state.topicID
    topic.partitions = [data]
    var response = AlterPartitionResponse()
    response.topics = [topic]
    return response
  }

  // MARK: Faults

  /// Holds what a broker sends to another of the fetch API, requests or responses.
  @discardableResult
  func hold(_ kind: MessageKind, from: NodeID, to: NodeID, _ api: ApiKey = .fetch) -> FaultID {
    world.apply(MessageRule(.hold, kind, apiKey: api.rawValue, from: [index(from)], to: [index(to)]), name: "hold \(kind) \(from)-\(to)")
  }
}
