import Host
import Log
import Primitives
import Replication
import Transport
import Wire

/// A broker that consists of replicas and a listener for those who fetch from them. The metadata comes from the test.
final class ReplicaNode: Node, PartitionChanges, TopicDirectory {
  let id: NodeID
  let reactor: Reactor
  let options: ReplicaCluster.Options
  private(set) var logManager: LogManager!
  private(set) var manager: ReplicaManager!
  private var server: RequestServer!
  unowned let cluster: ReplicaCluster
  /// ISR proposals that the test has not answered.
  private(set) var proposals: [(request: AlterPartitionRequest, answer: (Result<AlterPartitionResponse, RequestFailure>) -> Void)] = []

  init(id: NodeID, host: any NodeHost, cluster: ReplicaCluster) {
    self.id = id
    reactor = Reactor(host: host)
    options = cluster.options
    self.cluster = cluster
  }

  func start() {
    do {
      if !LogManager.isFormatted(root: "", disk: reactor.disk) {
        let properties = MetaProperties(clusterID: "test", nodeID: id, directoryID: Uuid(high: 7, low: UInt64(id.value)))
        try LogManager.format(root: "", properties, reactor: reactor)
      }
      logManager = try LogManager(root: "", configuration: LogManagerConfiguration(), reactor: reactor)
      try logManager.open { [options] _ in options.log }
      logManager.start()
    } catch {
      return reactor.host.exit()
    }
    manager = ReplicaManager(
      reactor: reactor, localID: id, logManager: logManager, configuration: options.replication, switches: options.switches,
      sender: RequestSender(reactor: reactor, clientID: "replica-\(id)"), partitionChanges: self, directory: self)
    manager.brokerEpoch = cluster.brokerEpoch(of: id)
    server = RequestServer(
      reactor: reactor,
      apis: [OfferedApi(.fetch, advertised: 4...18), OfferedApi(.listOffsets, advertised: 1...11), OfferedApi(.offsetForLeaderEpoch, advertised: 2...4)]
    ) { [unowned self] in answer($0) }
    manager.start()
  }

  private func answer(_ incoming: IncomingRequest) {
    do {
      switch incoming.apiKey {
      case .fetch: manager.fetch(try incoming.decode(FetchRequest.self), for: incoming)
      case .listOffsets: incoming.respond(manager.listOffsets(try incoming.decode(), version: incoming.version))
      default: incoming.respond(manager.offsetsForLeaderEpoch(try incoming.decode()))
      }
    } catch {
      incoming.closeConnection()
    }
  }

  func handle(_ event: Event) { reactor.dispatch(event) }
  func checkInvariants(_ check: inout InvariantCheck) { manager?.checkInvariants(&check) }
  func shutdown() { reactor.host.exit() }

  // MARK: What a broker would know from the metadata

  func alterPartition(_ request: AlterPartitionRequest, completion: @escaping (Result<AlterPartitionResponse, RequestFailure>) -> Void) {
    proposals.append((request, completion))
    if cluster.options.acceptsProposals { cluster.accept(at: id) }
  }

  func takeProposal() -> (request: AlterPartitionRequest, answer: (Result<AlterPartitionResponse, RequestFailure>) -> Void)? {
    proposals.isEmpty ? nil : proposals.removeFirst()
  }

  func endpoint(of broker: NodeID) -> FetchResponse.NodeEndpoint? {
    cluster.brokers.first { $0.id == broker }.map { broker in
      FetchResponse.NodeEndpoint {
        $0.nodeId = broker.id.value
        $0.host = broker.address.host
        $0.port = broker.address.port
      }
    }
  }

  func topicID(ofTopic name: String) -> Uuid? { name == cluster.state.topic ? cluster.state.topicID : nil }
  func topicName(of id: Uuid) -> String? { id == cluster.state.topicID ? cluster.state.topic : nil }
  func leader(of partition: TopicIDPartition) -> (id: NodeID, epoch: LeaderEpoch)? {
    partition == cluster.state.id ? (cluster.state.leader, cluster.state.leaderEpoch) : nil
  }
}
