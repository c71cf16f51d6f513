import Host
import Primitives
import Raft
import Sim
import Testing
import Transport
import Wire

@testable import Controller

/// What a controller sees of a broker: it observes the metadata log, registers, and sends heartbeats.
final class BrokerStub: Node, QuorumListener {
  let reactor: Reactor
  private let id: NodeID
  private let configuration: QuorumConfiguration
  private var snapshots: SnapshotGenerator?
  private(set) var loaded: [SnapshotID] = []
  private(set) var quorum: QuorumReplica!
  private(set) var sender: RequestSender!
  private(set) var image = MetadataImage(clusterID: "test")
  private var epoch: Int64?
  private var incarnationID: Uuid
  var wantsShutDown = false
  private(set) var lastHeartbeat: BrokerHeartbeatResponse?

  init(_ host: any NodeHost, _ id: NodeID, _ configuration: QuorumConfiguration) {
    reactor = Reactor(host: host)
    self.id = id
    self.configuration = configuration
    incarnationID = Uuid.random(&host.random)
  }

  func start() {
    quorum = try! QuorumReplica(configuration: configuration, reactor: reactor)
    snapshots = SnapshotGenerator(quorum: quorum, reactor: reactor)
    quorum.listener = self
    sender = RequestSender(reactor: reactor, clientID: "broker-\(id)")
    quorum.start()
    beat()
  }

  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { wantsShutDown = true }

  func committed(_ batch: CommittedBatch) {
    var delta = MetadataDelta()
    _ = image.apply(batch, recording: &delta)
    snapshots?.committed(batch, image)
  }
  func load(_ snapshot: CommittedSnapshot) throws {
    image = try MetadataImage(snapshot, clusterID: "test")
    loaded.append(snapshot.id)
    snapshots?.loaded()
  }
  func leaderChanged(to leader: NodeID?, epoch: LeaderEpoch) {}
  func becameLeader(epoch: LeaderEpoch) {}
  func resigned(epoch: LeaderEpoch) {}
  func failed(_ failure: QuorumFailure) { fatalError(failure.description) }

  func send<Request: ApiRequest>(_ request: Request, _ completion: @escaping (Request.Response) -> Void) {
    guard let leader = quorum.leader else { return }
    sender.send(request, to: leader.address, timeout: .seconds(5)) { result in
      if case .success(let response) = result { completion(response) }
    }
  }

  private func beat() {
    if epoch == nil { register() } else { heartbeat() }
    reactor.after(epoch == nil || lastHeartbeat?.isFenced != false || wantsShutDown ? .milliseconds(100) : .seconds(2)) { [unowned self] in beat() }
  }

  private func register() {
    var request = BrokerRegistrationRequest()
    (request.brokerId, request.clusterId, request.incarnationId) = (id.value, "test", incarnationID)
    request.features = FeatureLevels.supported.map {
      var feature = BrokerRegistrationRequest.Feature()
      (feature.name, feature.minSupportedVersion, feature.maxSupportedVersion) = ($0.name, $0.levels.lowerBound, $0.levels.upperBound)
      return feature
    }
    request.logDirs = [Uuid(high: UInt64(id.value), low: 1000)]
    send(request) { [unowned self] response in
      if response.errorCode == .none { epoch = response.brokerEpoch }
    }
  }

  private func heartbeat() {
    var request = BrokerHeartbeatRequest()
    (request.brokerId, request.brokerEpoch, request.currentMetadataOffset) = (id.value, epoch!, image.lastOffset.value)
    request.wantShutDown = wantsShutDown
    send(request) { [unowned self] response in
      lastHeartbeat = response
      if response.shouldShutDown { reactor.host.exit() }
    }
  }
}

/// One controller and some brokers.
struct SimulatedCluster {
  let world: World
  let controllers: [NodeIndex]
  let brokers: [NodeIndex]
  let story = Story()

  final class Story {
    var occurrences: [Occurrence] = []
  }

  init(controllers controllerCount: Int32 = 1, brokers brokerCount: Int32, seed: UInt64 = 1, configure: @escaping (inout ControllerConfiguration) -> Void = { _ in }) {
    let world = World(seed: seed)
    let voters = VoterSet((1...controllerCount).map { Voter(id: NodeID(100 + $0), address: Address(host: "controller-\($0)", port: 9093)) })
    self.world = world
    controllers = voters.map { voter in
      var configuration = ControllerConfiguration(nodeID: voter.id, clusterID: "test", voters: voters)
      configure(&configuration)
      let fixed = configuration
      return world.addNode(name: voter.address.host, id: voter.id, port: 9093) { ControllerNode(host: $0, configuration: fixed) }
    }
    brokers = (1...brokerCount).map { id in
      var configuration = ControllerConfiguration(nodeID: NodeID(id), clusterID: "test", voters: voters)
      configure(&configuration)
      let quorum = configuration.quorum
      return world.addNode(name: "broker-\(id)", id: NodeID(id)) { BrokerStub($0, NodeID(id), quorum) }
    }
    world.onBrokenInvariant = { _, words in Issue.record("broken invariant: \(words)") }
    world.onOccurrence = { [story] _, _, occurrence in story.occurrences.append(occurrence) }
    for node in controllers + brokers { world.start(node) }
  }

  func controller(_ index: Int = 0) -> ControllerNode { world.object(of: controllers[index]) as! ControllerNode }

  /// The one that is active, if one is.
  var active: ControllerNode? {
    controllers.lazy.compactMap { world.object(of: $0) as? ControllerNode }.first { $0.state != nil }
  }

  /// A broker by its number, from 1.
  func broker(_ number: Int) -> BrokerStub { world.object(of: brokers[number - 1]) as! BrokerStub }

  func run(_ milliseconds: Int64) { world.run(for: .milliseconds(milliseconds)) }

  /// Runs until every broker is at work; false where that takes more than ten seconds.
  func settle() -> Bool {
    world.runUntil(world.now + .seconds(10)) { active?.image.brokers.count(where: \.isActive) == brokers.count }
  }

  func createTopic(_ name: String, partitions: Int32 = 1, replicationFactor: Int16 = 3, by broker: Int = 1) -> CreateTopicsResponse? {
    var topic = CreateTopicsRequest.CreatableTopic()
    (topic.name, topic.numPartitions, topic.replicationFactor) = (name, partitions, replicationFactor)
    var request = CreateTopicsRequest()
    request.topics = [topic]
    return answer(to: request, by: broker)
  }

  /// What the controller answers to a broker's request; nil where there is no answer within five seconds.
  func answer<Request: ApiRequest>(to request: Request, by broker: Int = 1) -> Request.Response? {
    var answer: Request.Response?
    self.broker(broker).send(request) { answer = $0 }
    _ = world.runUntil(world.now + .seconds(5)) { answer != nil }
    return answer
  }
}
