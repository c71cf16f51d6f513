import Broker
import Controller
import Host
import Primitives
import Raft
import Sim
import Wire

/// A controller, two brokers and a client in a simulated world, with topics, records, a producer and fetch sessions. Created for each input,
/// always the same.
final class FuzzCluster {
  static let clusterID = "4L6g3nShT-eMCtK--X86sw"

  let world: World
  let controller: NodeIndex
  let brokers: [NodeIndex]
  private let client: NodeIndex
  private(set) var facts = Facts(topics: [], topicIDs: [], clusterID: FuzzCluster.clusterID, batches: [])
  /// The notes of nodes about why they ended.
  private(set) var notes: [String] = []
  /// Called when a broker or a controller is about to start: the new life finds the disk as this leaves it.
  var beforeLife: (any Disk, _ node: String) -> Void = { _, _ in }

  private init() {
    var options = WorldOptions()
    options.machine = .ideal
    world = World(seed: 1, options: options)
    let lives = Lives()
    let voter = Voter(id: 100, address: Address(host: "controller-100", port: 9093))
    controller = world.addNode(name: "controller-100", id: 100, port: 9093) { host in
      lives.cluster?.beforeLife(host.disk, "controller-100")
      return ControllerNode(
        host: host, configuration: ControllerConfiguration(nodeID: 100, clusterID: Self.clusterID, voters: [voter]), rules: .ofBrokers())
    }
    var brokers: [NodeIndex] = []
    for number in 1...2 {
      let configuration = try! BrokerConfiguration([
        ("node.id", "\(number)"), ("listeners", "PLAINTEXT://broker-\(number):9092"), ("controller.quorum.voters", "100@controller-100:9093"),
        ("log.segment.bytes", "1048576"),
      ])
      brokers.append(
        world.addNode(name: "broker-\(number)", id: NodeID(Int32(number))) { host in
          lives.cluster?.beforeLife(host.disk, "broker-\(number)")
          return BrokerNode(host: host, configuration: configuration, clusterID: Self.clusterID)
        })
    }
    self.brokers = brokers
    client = world.addNode(name: "client") { RawClient($0) }
    lives.cluster = self
    world.onOccurrence = { [unowned self] _, node, occurrence in
      if case .note(let text) = occurrence { notes.append("\(world.name(of: node)): \(text)") }
    }
  }

  /// Makes the nodes: these closures must exist before the cluster that they belong to.
  private final class Lives {
    weak var cluster: FuzzCluster?
  }

  var rawClient: RawClient { world.object(of: client) as! RawClient }
  func broker(_ node: NodeIndex) -> BrokerNode? { world.object(of: node) as? BrokerNode }

  // MARK: State

  private nonisolated(unsafe) static var prepared: FuzzCluster?

  @Sendable static func prepare() {
    let cluster = FuzzCluster()
    cluster.start()
    prepared = cluster
  }

  /// A running cluster with state: the prepared one, or a new one.
  static func started() -> FuzzCluster {
    if let cluster = prepared.take() { return cluster }
    prepare()
    return prepared.take()!
  }

  private func start() {
    for node in world.nodes { world.start(node) }
    let isUp = world.runUntil(world.now + .seconds(30)) {
      brokers.allSatisfy { broker($0)?.state == .running && broker($0)?.metadataImage?.brokers.filter { !$0.isFenced }.count == brokers.count }
    }
    if !isUp { finding("the cluster does not come up: \(notes)") }
    makeTopics()
    fill()
  }

  private func makeTopics() {
    var request = CreateTopicsRequest()
    request.timeoutMs = 5_000
    request.topics = [
      topic("t", [[1, 2], [2, 1], [1, 2]]),
      topic("u", [[1]], [("compression.type", "gzip"), ("message.timestamp.after.max.ms", "9223372036854775807"), ("retention.bytes", "1000")]),
      topic("v", [[2]], [("cleanup.policy", "compact"), ("message.timestamp.type", "LogAppendTime")]),
    ]
    guard case .answered = exchange(request, version: 7, with: brokers[0]) else { finding("topics cannot be created: \(notes)") }
    let isKnown = world.runUntil(world.now + .seconds(10)) {
      brokers.allSatisfy { node in request.topics.allSatisfy { broker(node)?.metadataImage?.topicID(named: $0.name) != nil } }
    }
    if !isKnown { finding("topics do not become known: \(notes)") }
    facts.topics = request.topics.map(\.name)
    facts.topicIDs = facts.topics.map { broker(brokers[0])!.metadataImage!.topicID(named: $0)! }
  }

  private func topic(_ name: String, _ replicas: [[Int32]], _ configs: [(String, String)] = []) -> CreateTopicsRequest.CreatableTopic {
    var topic = CreateTopicsRequest.CreatableTopic()
    (topic.name, topic.numPartitions, topic.replicationFactor) = (name, -1, -1)
    topic.assignments = replicas.enumerated().map { index, brokers in
      CreateTopicsRequest.CreatableReplicaAssignment { $0.partitionIndex = Int32(index); $0.brokerIds = brokers }
    }
    topic.configs = configs.map { name, value in CreateTopicsRequest.CreatableTopicConfig { $0.name = name; $0.value = value } }
    return topic
  }

  /// Writes records to every partition, some of them from producers with sequence numbers.
  private func fill() {
    let codecs: [Compression] = [.none, .gzip, .snappy, .lz4, .zstd]
    facts.batches = codecs.indices.map { number in
      var builder = number == 1
        ? RecordBatchBuilder(compression: codecs[number], producerID: 7, producerEpoch: 0, baseSequence: 0) : RecordBatchBuilder(compression: codecs[number])
      for record in 0..<4 {
        builder.append(timestamp: Timestamp(milliseconds: 1_767_225_600_000 + Int64(record)), key: Bytes("k"), value: Bytes("value \(record)"))
      }
      return builder.build()
    }
    for (topic, id, partition, broker) in [("t", 0, 0, 0), ("t", 0, 1, 1), ("t", 0, 2, 0), ("u", 1, 0, 0), ("v", 2, 0, 1)] {
      for records in facts.batches {
        var data = ProduceRequest.PartitionProduceData()
        (data.index, data.records) = (Int32(partition), records)
        let request = ProduceRequest {
          $0.acks = -1
          $0.timeoutMs = 5_000
          $0.topicData = [ProduceRequest.TopicProduceData { $0.name = topic; $0.topicId = facts.topicIDs[id]; $0.partitionData = [data] }]
        }
        guard case .answered = exchange(request, version: 13, with: brokers[broker]) else { finding("records cannot be written: \(notes)") }
      }
    }
  }

  /// Kills all processes as `kill -9` does, and starts them again.
  func restart() {
    let nodes = brokers + [controller]
    for node in nodes where world.isRunning(node) { world.kill(node) }
    for node in nodes { world.start(node) }
    world.runUntil(world.now + .seconds(45)) { brokers.allSatisfy { broker($0)?.state == .running } }
  }

  // MARK: Requests

  enum Outcome {
    case answered(Frame)
    case closed
    case pending
  }

  /// The most events of all nodes for one request and its effects: far more than the heartbeats of the time that passes.
  private static let eventLimit: UInt64 = 300_000

  /// Sends a frame on the connection of a lane, which is opened if necessary, and waits for the outcome.
  func exchange(_ frame: Frame, with node: NodeIndex, lane: Int = 0, within patience: Duration = .seconds(50)) -> Outcome {
    let client = rawClient
    let connection = client.connection(to: world.address(of: node), lane: lane)
    let answersBefore = client.answers[connection]?.count ?? 0
    let eventsBefore = world.statistics.events
    client.send(frame, on: connection)
    world.runUntil(world.now + patience) {
      if world.statistics.events - eventsBefore > Self.eventLimit { finding("a request sets off \(Self.eventLimit) events and more") }
      return client.isClosed(connection) || (client.answers[connection]?.count ?? 0) > answersBefore
    }
    if let answers = client.answers[connection], answers.count > answersBefore { return .answered(answers[answersBefore]) }
    if client.isClosed(connection) { return .closed }
    client.abandon(connection)
    return .pending
  }

  func exchange<Request: ApiRequest>(_ request: Request, version: Int16, with node: NodeIndex) -> Outcome {
    exchange(try! Frame.request(request, version: version, correlationID: 1, clientID: "fuzz"), with: node)
  }

  /// Checks that a node still answers, on a separate connection.
  func requireAnswers(from node: NodeIndex, after what: String) {
    rawClient.closeAll()
    let outcome = exchange(ApiVersionsRequest { $0.clientSoftwareName = "fuzz"; $0.clientSoftwareVersion = "1" }, version: 3, with: node)
    guard case .answered = outcome else { finding("\(world.name(of: node)) does not answer ApiVersions after \(what): \(outcome); \(notes.suffix(5))") }
  }
}

/// A client that sends the given frames, and keeps the responses.
final class RawClient: Node {
  private let host: any NodeHost
  private var lanes: [String: ConnectionID] = [:]
  private var closed: Set<ConnectionID> = []
  private(set) var answers: [ConnectionID: [Frame]] = [:]

  init(_ host: any NodeHost) { self.host = host }

  func start() {}
  func shutdown() { host.exit() }

  func handle(_ event: Event) {
    switch event {
    case .received(let frame, let connection): answers[connection, default: []].append(frame)
    case .disconnected(let connection): closed.insert(connection)
    default: break
    }
  }

  func connection(to address: Address, lane: Int) -> ConnectionID {
    let key = "\(address)/\(lane)"
    if let open = lanes[key], !closed.contains(open) { return open }
    let connection = host.connect(to: address)
    lanes[key] = connection
    return connection
  }

  func send(_ frame: Frame, on connection: ConnectionID) { host.send(frame, on: connection) }
  func isClosed(_ connection: ConnectionID) -> Bool { closed.contains(connection) }

  /// Stops using a connection on which nothing came, and leaves it open.
  func abandon(_ connection: ConnectionID) { lanes = lanes.filter { $0.value != connection } }

  func closeAll() {
    for connection in lanes.values.sorted(by: { $0.value < $1.value }) where !closed.contains(connection) { host.close(connection) }
    lanes = [:]
  }
}
