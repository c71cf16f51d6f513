import Host
import Primitives
import Sim
import Transport
import Wire

@testable import Raft

/// A node that is nothing but a replica of the metadata log, and remembers what it was told.
final class QuorumNode: Node, QuorumListener {
  let reactor: Reactor
  let configuration: QuorumConfiguration
  private(set) var quorum: QuorumReplica!
  private var server: RequestServer?

  /// Those that came behind the snapshot that was loaded last.
  var batches: [CommittedBatch] = []
  var loaded: [SnapshotID] = []
  private var topicsOfSnapshot: [String] = []
  var leaderships: [LeaderEpoch] = []
  var resignations: [LeaderEpoch] = []
  var failure: String?
  var onRequest: ((ApiKey) -> Void)?
  /// What it says of itself to a leader that would add it to the voters.
  var kraftVersions = KRaftVersion.supported

  init(_ host: any NodeHost, _ configuration: QuorumConfiguration) {
    reactor = Reactor(host: host)
    self.configuration = configuration
  }

  func start() {
    do {
      quorum = try QuorumReplica(configuration: configuration, reactor: reactor)
    } catch {
      failure = "\(error)"
      return
    }
    quorum.listener = self
    if configuration.canBecomeVoter {
      let apis = QuorumReplica.apis + QuorumReplica.apisOfDynamicQuorum + [.apiVersions]
      server = RequestServer(reactor: reactor, apis: apis.map { OfferedApi($0, advertised: $0.validVersions) }) { [unowned self] request in
        onRequest?(request.apiKey)
        if request.apiKey == .apiVersions { return request.respond(versions) }
        if !quorum.handle(request) { request.closeConnection() }
      }
    }
    quorum.start()
  }

  private var versions: ApiVersionsResponse {
    var feature = ApiVersionsResponse.SupportedFeatureKey()
    (feature.name, feature.minVersion, feature.maxVersion) = (KRaftVersion.featureName, kraftVersions.lowerBound, kraftVersions.upperBound)
    var response = ApiVersionsResponse()
    response.supportedFeatures = [feature]
    return response
  }

  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }

  func committed(_ batch: CommittedBatch) { batches.append(batch) }
  func load(_ snapshot: CommittedSnapshot) throws {
    loaded.append(snapshot.id)
    batches = []
    topicsOfSnapshot = []
    try snapshot.forEachBatch { topicsOfSnapshot += names(in: $0) }
  }
  func leaderChanged(to leader: NodeID?, epoch: LeaderEpoch) {}
  func becameLeader(epoch: LeaderEpoch) { leaderships.append(epoch) }
  func resigned(epoch: LeaderEpoch) { resignations.append(epoch) }
  func failed(_ failure: QuorumFailure) { self.failure = failure.description }

  /// The names of the topics that committed records made, in the order of the log.
  var topics: [String] { topicsOfSnapshot + names(in: batches.flatMap(\.records)) }

  private func names(in records: [MetadataRecord]) -> [String] {
    records.compactMap { record in
      if case .topic(let topic) = record { return topic.name }
      return nil
    }
  }

  private func record(_ name: String) -> MetadataRecord {
    var topic = TopicRecord()
    topic.name = name
    return .topic(topic)
  }

  /// Begins a snapshot of everything that was committed.
  func takeSnapshot() {
    guard let last = batches.last else { return }
    var records = topics.map(record).makeIterator()
    quorum?.takeSnapshot(endOffset: last.lastOffset + 1, epoch: last.epoch, timestamp: last.timestamp) { records.next() }
  }

  func append(_ name: String, _ completion: @escaping (Result<Offset, QuorumAppendError>) -> Void = { _ in }) {
    quorum.append([record(name)], completion)
  }
}

extension QuorumReplica {
  /// Answers DescribeQuorum for the metadata log, or for whatever else.
  func describe(_ topics: [(name: String, partitions: [Int32])] = [("__cluster_metadata", [0])]) -> DescribeQuorumResponse {
    let request = DescribeQuorumRequest { request in
      request.topics = topics.map { name, partitions in
        DescribeQuorumRequest.TopicData { topic in
          topic.topicName = name
          topic.partitions = partitions.map { number in DescribeQuorumRequest.PartitionData { $0.partitionIndex = number } }
        }
      }
    }
    return describe(request, version: 2)
  }
}

/// Voters 1...n and observers 101...
struct Quorum {
  let world: World
  let voters: [NodeIndex]
  let observers: [NodeIndex]

  init(world: World, voters: [NodeIndex], observers: [NodeIndex]) {
    self.world = world
    self.voters = voters
    self.observers = observers
  }

  init(voters voterCount: Int32, observers observerCount: Int32 = 0, seed: UInt64 = 1, configure: @escaping (inout QuorumConfiguration) -> Void = { _ in }) {
    let world = World(seed: seed)
    let members = (1...voterCount).map { Voter(id: NodeID($0), address: Address(host: "voter-\($0)", port: 9093)) }
    func add(_ id: Int32, _ name: String) -> NodeIndex {
      var configuration = QuorumConfiguration(nodeID: NodeID(id), clusterID: "test", voters: VoterSet(members))
      configure(&configuration)
      let fixed = configuration
      return world.addNode(name: name, id: NodeID(id), port: 9093) { QuorumNode($0, fixed) }
    }
    self.world = world
    voters = (1...voterCount).map { add($0, "voter-\($0)") }
    observers = observerCount == 0 ? [] : (1...observerCount).map { add(100 + $0, "observer-\($0)") }
    for node in voters + observers { world.start(node) }
  }

  func node(_ index: NodeIndex) -> QuorumNode { world.object(of: index) as! QuorumNode }

  /// Nil while the node does not run.
  func replica(_ index: NodeIndex) -> QuorumReplica? { (world.object(of: index) as? QuorumNode)?.quorum }

  /// Nodes that lead and know it.
  var leaders: [NodeIndex] { voters.filter { replica($0)?.isActive == true } }

  /// Waits for one leader and gives it; nil where none comes within ten seconds.
  func leader(otherThan former: NodeIndex? = nil) -> NodeIndex? {
    _ = world.runUntil(world.now + .seconds(10)) { leaders.contains { $0 != former } }
    return leaders.first { $0 != former }
  }

  func run(_ milliseconds: Int64) { world.run(for: .milliseconds(milliseconds)) }
}

/// Of a static voter, or a node whose directory does not matter.
extension ReplicaKey: ExpressibleByIntegerLiteral {
  public init(integerLiteral id: Int32) { self.init(id: NodeID(id), directory: nil) }
}
