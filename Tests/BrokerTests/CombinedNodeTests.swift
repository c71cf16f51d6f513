import Broker
import Controller
import Host
import Primitives
import Raft
import Sim
import Testing
import Transport
import Wire

/// Three nodes, each broker and controller, and a client.
private final class CombinedCluster {
  static let clusterID = "4L6g3nShT-eMCtK--X86sw"
  static let controllerPort: Int32 = 9093

  let world: World
  private(set) var nodes: [NodeIndex] = []
  private let client: NodeIndex
  private(set) var occurrences: [(node: NodeIndex, occurrence: Occurrence)] = []

  init(count: Int32 = 3) throws {
    var options = WorldOptions()
    options.machine = .ideal
    options.checksInvariants = true
    world = World(seed: 1, options: options)
    world.onBrokenInvariant = { _, words in Issue.record("broken invariant: \(words)") }
    let voters = VoterSet((1...count).map { Voter(id: NodeID($0), address: Address(host: "broker-\($0)", port: Self.controllerPort)) })
    for number in 1...count {
      var broker = try BrokerConfiguration([
        ("node.id", "\(number)"), ("listeners", "PLAINTEXT://broker-\(number):9092"),
        ("controller.quorum.voters", voters.map { "\($0.id)@\($0.address)" }.joined(separator: ",")),
      ])
      broker.logDirectory = ""
      let configuration = broker
      nodes.append(world.addNode(name: "broker-\(number)", id: NodeID(number), furtherPorts: [Self.controllerPort]) { host in
        let controller = ControllerConfiguration(nodeID: NodeID(number), clusterID: Self.clusterID, voters: voters)
        return CombinedNode(host: host, broker: configuration, controller: controller, rules: .ofBrokers())
      })
    }
    client = world.addNode(name: "client") { ClientNode($0) }
    world.onOccurrence = { [unowned self] _, node, occurrence in occurrences.append((node, occurrence)) }
  }

  func start() throws {
    for node in world.nodes { world.start(node) }
    try settle()
  }

  func node(at index: NodeIndex) -> CombinedNode? { world.object(of: index) as? CombinedNode }

  /// Waits until all brokers serve, and one of the controllers decides.
  func settle(without absent: NodeIndex? = nil) throws {
    let isReady = world.runUntil(world.now + .seconds(40)) {
      let wanted = nodes.filter { $0 != absent }.map(node(at:))
      return wanted.allSatisfy { $0?.broker.state == .running && $0?.broker.isFenced == false } && wanted.contains { $0?.controller.isActive == true }
    }
    try #require(isReady, "\(notes)")
  }

  var active: NodeIndex? { nodes.first { node(at: $0)?.controller.isActive == true } }

  var notes: [String] { occurrences.compactMap { if case .note(let text) = $0.occurrence { text } else { nil } } }

  func ask<Request: ApiRequest>(_ node: NodeIndex, _ request: Request, port: Int32 = 9092) throws -> Result<Request.Response, RequestFailure> {
    let answer = Answer<Request.Response>(), sender = (world.object(of: client) as! ClientNode).sender
    sender.send(request, to: Address(host: world.name(of: node), port: port), timeout: .seconds(10)) { answer.result = $0 }
    world.runUntil(world.now + .seconds(11)) { answer.result != nil }
    return try #require(answer.result)
  }
}

@Suite struct CombinedNodeTests {
  private func quorum(_ cluster: CombinedCluster, of node: NodeIndex, port: Int32) throws -> DescribeQuorumResponse.PartitionData {
    var partition = DescribeQuorumRequest.PartitionData()
    partition.partitionIndex = 0
    var topic = DescribeQuorumRequest.TopicData()
    topic.topicName = TopicName.clusterMetadata
    topic.partitions = [partition]
    var request = DescribeQuorumRequest()
    request.topics = [topic]
    return try #require(try cluster.ask(node, request, port: port).get().topics.first?.partitions.first)
  }

  @Test func `Three combined nodes are three voters without an observer, and three brokers`() throws {
    let cluster = try CombinedCluster()
    try cluster.start()
    let active = try #require(cluster.active)
    for (node, port) in [(active, CombinedCluster.controllerPort), (cluster.nodes[0], 9092)] {
      let described = try quorum(cluster, of: node, port: port)
      #expect(described.currentVoters.map(\.replicaId).sorted() == [1, 2, 3])
      #expect(described.observers.isEmpty)
      #expect(described.leaderId == cluster.world.id(of: active).value)
    }
    let described = try cluster.ask(cluster.nodes[1], DescribeClusterRequest()).get()
    #expect(described.brokers.map(\.brokerId).sorted() == [1, 2, 3])
    #expect(described.brokers.allSatisfy { $0.port == 9092 }, "clients are sent to the brokers' listeners")
  }

  @Test func `Each listener offers the requests of its role alone`() throws {
    let cluster = try CombinedCluster(count: 1)
    try cluster.start()
    let node = cluster.nodes[0]
    #expect(throws: RequestFailure.self) { try cluster.ask(node, MetadataRequest(), port: CombinedCluster.controllerPort).get() }
    #expect(try cluster.ask(node, MetadataRequest()).get().brokers.map(\.nodeId) == [1])
    #expect(throws: RequestFailure.self) { try cluster.ask(node, BrokerHeartbeatRequest()).get() }
    #expect(try cluster.ask(node, BrokerHeartbeatRequest(), port: CombinedCluster.controllerPort).get().errorCode != .none)
  }

  @Test func `A kill takes broker and controller, and both come back with the node`() throws {
    let cluster = try CombinedCluster()
    try cluster.start()
    let former = try #require(cluster.active), id = cluster.world.id(of: former)
    cluster.world.kill(former)
    let isReplaced = cluster.world.runUntil(cluster.world.now + .seconds(30)) {
      cluster.active.flatMap(cluster.node(at:))?.controller.image.broker(id)?.isFenced == true
    }
    #expect(isReplaced, "another node decides, and has fenced the broker")
    cluster.world.start(former)
    try cluster.settle()
    #expect(cluster.node(at: former)?.controller.isActive == false)
    #expect(cluster.active.flatMap(cluster.node(at:))?.controller.image.broker(id)?.isFenced == false)
  }

  @Test func `In an orderly end the broker leaves first, then the controller resigns`() throws {
    let cluster = try CombinedCluster()
    try cluster.start()
    let active = try #require(cluster.active), id = cluster.world.id(of: active)
    cluster.world.shutdown(active)
    let hasEnded = cluster.world.runUntil(cluster.world.now + .seconds(30)) { !cluster.world.isRunning(active) }
    #expect(hasEnded, "\(cluster.notes)")
    let fencing = cluster.occurrences.firstIndex { if case .brokerFenced(id, .controlledShutdown) = $0.occurrence { true } else { false } }
    let resignation = cluster.occurrences.firstIndex { if case .controllerResigned(id, _, .shutdown) = $0.occurrence { true } else { false } }
    #expect(try #require(fencing) < (try #require(resignation)))
    try cluster.settle(without: active)

    cluster.world.start(active)
    try cluster.settle()
    #expect(cluster.notes.isEmpty, "\(cluster.notes)")
  }

  @Test func `A broker that has given up its leaderships keeps its controller until it is told to end`() throws {
    let cluster = try CombinedCluster(count: 1)
    try cluster.start()
    let node = try #require(cluster.node(at: cluster.nodes[0]))
    var isReleased = false
    cluster.world.after(.zero) { node.giveUpLeaderships { isReleased = true } }
    cluster.world.runUntil(cluster.world.now + .seconds(10)) { isReleased }
    #expect(isReleased && node.controller.isActive)
    cluster.world.run(for: .seconds(20))
    #expect(cluster.world.isRunning(cluster.nodes[0]) && node.controller.isActive)
    cluster.world.shutdown(cluster.nodes[0])
    let hasEnded = cluster.world.runUntil(cluster.world.now + .seconds(5)) { !cluster.world.isRunning(cluster.nodes[0]) }
    #expect(hasEnded)
  }
}
