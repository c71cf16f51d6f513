import Broker
import Controller
import Host
import Primitives
import Raft
import Replication
import Sim
import Testing
import Transport
import Wire

/// One controller, some brokers and a client in a simulated world.
final class TestCluster {
  static let clusterID = "4L6g3nShT-eMCtK--X86sw"
  static let controllerID: NodeID = 100

  let world: World
  let controller: NodeIndex
  private(set) var brokers: [NodeIndex] = []
  private let client: NodeIndex
  /// What brokers that start from now on take their cluster's id for.
  var clusterIDOfNextLives = TestCluster.clusterID
  private var tamperings: [Int32: [(any Disk) -> Void]] = [:]
  /// What nodes reported, in order.
  private(set) var occurrences: [(node: NodeIndex, occurrence: Occurrence)] = []

  init(
    brokers count: Int32 = 3, seed: UInt64 = 1, settings: [(String, String)] = [], hostSettings: HostSettings = .none,
    configureController: @escaping (inout ControllerConfiguration) -> Void = { _ in }, configureBrokers: (inout BrokerConfiguration) -> Void = { _ in }
  ) throws {
    var options = WorldOptions()
    options.machine = .ideal
    world = World(seed: seed, options: options)
    world.onBrokenInvariant = { _, words in Issue.record("broken invariant: \(words)") }
    let voter = Voter(id: Self.controllerID, address: Address(host: "controller-100", port: 9093))
    controller = world.addNode(name: "controller-100", id: Self.controllerID, port: 9093) { host in
      var configuration = ControllerConfiguration(nodeID: Self.controllerID, clusterID: Self.clusterID, voters: [voter])
      configureController(&configuration)
      let groups = (try? BrokerConfiguration(Self.settings(ofBroker: 1) + settings))?.groups
      return ControllerNode(host: host, configuration: configuration, rules: .ofBrokers(groups: groups ?? .init(), host: hostSettings))
    }
    client = world.addNode(name: "client") { ClientNode($0) }
    for number in 1...count {
      var configured = try BrokerConfiguration(Self.settings(ofBroker: number) + settings)
      configureBrokers(&configured)
      let configuration = configured
      brokers.append(world.addNode(name: "broker-\(number)", id: NodeID(number)) { [unowned self] host in
        for tamper in tamperings.removeValue(forKey: number) ?? [] { tamper(host.disk) }
        return BrokerNode(host: host, configuration: configuration, clusterID: clusterIDOfNextLives, hostSettings: hostSettings)
      })
    }
    world.onOccurrence = { [unowned self] _, node, occurrence in occurrences.append((node, occurrence)) }
  }

  private static func settings(ofBroker number: Int32) -> [(String, String)] {
    [
      ("node.id", "\(number)"), ("listeners", "PLAINTEXT://broker-\(number):9092"), ("controller.quorum.voters", "100@controller-100:9093"),
    ]
  }

  /// Starts everything and waits until the controller has unfenced all brokers.
  func start() throws {
    for node in world.nodes { world.start(node) }
    try settle()
  }

  /// Waits until all brokers run.
  func settle() throws {
    let areRunning = world.runUntil(world.now + .seconds(20)) { brokers.allSatisfy { broker($0)?.state == .running } }
    try #require(areRunning, "\(notes)")
    // Every broker hears of every other one.
    let knowEachOther = world.runUntil(world.now + .seconds(5)) {
      brokers.allSatisfy { broker($0)?.metadataImage?.brokers.filter { !$0.isFenced }.count == brokers.count }
    }
    try #require(knowEachOther)
  }

  /// Looks at a broker's disk, or changes it, before the next of its lives begins.
  func beforeNextLife(of broker: Int32, _ tamper: @escaping (any Disk) -> Void) { tamperings[broker, default: []].append(tamper) }

  func broker(_ node: NodeIndex) -> BrokerNode? { world.object(of: node) as? BrokerNode }

  func node(_ id: Int32) -> NodeIndex { brokers[Int(id) - 1] }

  var notes: [String] {
    occurrences.compactMap { _, occurrence in
      guard case .note(let text) = occurrence else { return nil }
      return text
    }
  }

  var warnings: [String] {
    occurrences.compactMap { _, occurrence in
      guard case .warning(let text) = occurrence else { return nil }
      return text
    }
  }

  // MARK: Requests

  /// Asks a broker and waits for its answer.
  func ask<Request: ApiRequest>(
    _ node: NodeIndex, _ request: Request, version: Int16? = nil, within timeout: Duration = .seconds(10)
  ) throws -> Request.Response {
    try result(node, request, version: version, within: timeout).get()
  }

  func result<Request: ApiRequest>(
    _ node: NodeIndex, _ request: Request, version: Int16? = nil, within timeout: Duration = .seconds(10)
  ) throws -> Result<Request.Response, RequestFailure> {
    let answer = begin(node, request, version: version, within: timeout)
    world.runUntil(world.now + timeout + .seconds(1)) { answer.result != nil }
    return try #require(answer.result)
  }

  /// Asks a broker and does not wait.
  func begin<Request: ApiRequest>(
    _ node: NodeIndex, _ request: Request, version: Int16? = nil, within timeout: Duration = .seconds(10)
  ) -> Answer<Request.Response> {
    let answer = Answer<Request.Response>()
    clientNode.sender.send(request, version: version, to: world.address(of: node), timeout: timeout) { answer.result = $0 }
    return answer
  }

  var clientNode: ClientNode { world.object(of: client) as! ClientNode }

  // MARK: Topics

  /// Creates a topic with given replicas for each partition, and waits until all brokers know it.
  func createTopic(_ name: String, _ assignments: [[Int32]], configs: [(String, String)] = []) throws {
    var topic = CreateTopicsRequest.CreatableTopic()
    topic.name = name
    topic.numPartitions = -1
    topic.replicationFactor = -1
    topic.assignments = assignments.enumerated().map { index, replicas in
      var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
      assignment.partitionIndex = Int32(index)
      assignment.brokerIds = replicas
      return assignment
    }
    topic.configs = configs.map { name, value in
      var config = CreateTopicsRequest.CreatableTopicConfig()
      config.name = name
      config.value = value
      return config
    }
    var request = CreateTopicsRequest()
    request.topics = [topic]
    let response = try ask(brokers[0], request)
    let errors = response.topics.map(\.errorCode)
    try #require(errors == [.none], "\(response.topics)")
    let isKnown = world.runUntil(world.now + .seconds(5)) {
      brokers.allSatisfy { broker($0)?.metadataImage?.topic(named: name) != nil || !world.isRunning($0) }
    }
    try #require(isKnown)
  }

  func topicID(_ name: String) throws -> Uuid {
    for node in brokers {
      if let id = broker(node)?.metadataImage?.topicID(named: name) { return id }
    }
    throw MissingTopic(name: name)
  }

  struct MissingTopic: Error { let name: String }

  func leader(of partition: TopicPartition) -> NodeID? {
    for node in brokers {
      if let leader = broker(node)?.metadataImage?.partition(partition)?.leader { return leader }
    }
    return nil
  }
}

/// An answer on its way.
final class Answer<Response> {
  var result: Result<Response, RequestFailure>?
}

/// A client process that does what tests tell it.
final class ClientNode: Node {
  let reactor: Reactor
  let sender: RequestSender

  init(_ host: any NodeHost) {
    reactor = Reactor(host: host)
    sender = RequestSender(reactor: reactor, clientID: "test")
  }

  func start() {}
  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }
}

extension TestCluster {
  /// Runs until another broker leads a partition.
  func waitForLeader(of partition: TopicPartition, otherThan former: NodeID) -> NodeID? {
    func newLeader() -> NodeID? {
      for node in brokers where world.isRunning(node) {
        if let state = broker(node)?.metadataImage?.partition(partition), state.hasLeader, state.leader != former { return state.leader }
      }
      return nil
    }
    world.runUntil(world.now + .seconds(30)) { newLeader() != nil }
    // The new leader itself must have heard of it.
    world.run(for: .milliseconds(100))
    return newLeader()
  }
}

extension Disk {
  /// Gives a file other content.
  func rewrite(_ path: String, _ change: (inout [UInt8]) -> Void) {
    guard let file = try? open(path, creating: true), var content = try? read(file, at: 0, count: size(of: file)).array else { return }
    change(&content)
    try? truncate(file, to: 0)
    try? append(Bytes(content), to: file)
    close(file)
  }
}
