import Controller
import Host
import Primitives
import Sim
import Testing
import Transactions
import Transport
import Wire

@testable import Broker

/// A coordinator's sender of markers, and three leaders of partitions that answer as they are told. Topic `t` has a partition for each of them: broker 1 leads partition 0,
/// and so on. Nobody leads partition 3.
final class MarkerWorld {
  let world: World
  private var nodes: [NodeIndex] = []
  private let metadata = MetadataCache(clusterID: TestCluster.clusterID, listenerName: "PLAINTEXT")
  /// The leadership of the coordinator; nil where it is lost.
  var epoch: LeaderEpoch? = 5
  /// How the coordinator's own log takes that a transaction is complete, from now on in this order. It takes whatever comes later.
  var refusals: [ErrorCode] = []
  /// Transactional ids that were to be recorded as complete, as often as that was tried.
  private(set) var completions: [String] = []
  private(set) var notes: [String] = []
  private(set) var warnings: [String] = []

  init() {
    var options = WorldOptions()
    options.machine = .ideal
    world = World(seed: 1, options: options)
    world.onBrokenInvariant = { _, words in Issue.record("broken invariant: \(words)") }
    world.onOccurrence = { [unowned self] _, _, occurrence in
      if case .note(let text) = occurrence { notes.append(text) }
      if case .warning(let text) = occurrence { warnings.append(text) }
    }
    nodes.append(world.addNode(name: "broker-9") { [unowned self] host in MarkerSenderNode(host, makeSender) })
    for number in 1...3 { nodes.append(world.addNode(name: "broker-\(number)", port: 9092) { MarkerLeaderNode($0) }) }
    for node in nodes { world.start(node) }
    world.run(for: .milliseconds(1))
    makeMetadata()
  }

  private func makeSender(_ reactor: Reactor) -> TransactionMarkerSender {
    TransactionMarkerSender(
      reactor: reactor, nodeID: 9, metadata: metadata, requestTimeout: .seconds(30), epoch: { [unowned self] _ in epoch },
      complete: { [unowned self] transaction, answer in
        completions.append(transaction.order.transactionalID)
        answer(refusals.isEmpty ? .none : refusals.removeFirst())
      })
  }

  var sender: TransactionMarkerSender { (world.object(of: nodes[0]) as! MarkerSenderNode).sender }

  func leader(_ number: Int) -> MarkerLeaderNode { world.object(of: nodes[number]) as! MarkerLeaderNode }

  func kill(_ leader: Int) { world.kill(nodes[leader]) }

  /// Asks for the markers of a transaction with as many partitions of `t`.
  func end(
    _ id: String, _ partitions: [Int32], producerID: Int64 = 7, epoch: Int16 = 3, commits: Bool = true, version: Int16 = 2
  ) {
    let order = MarkerOrder(
      transactionalID: id, producerID: producerID, producerEpoch: epoch, isCommit: commits, partitions: partitions.map { TopicPartition("t", $0) },
      transactionVersion: version)
    sender.write(PreparedTransaction(order, of: 0, in: self.epoch ?? 0))
  }

  // MARK: Metadata

  private static let topicID = Uuid(high: 1, low: 1)

  private func makeMetadata() {
    var topic = TopicRecord()
    (topic.name, topic.topicId) = ("t", Self.topicID)
    apply((1...3).map { .registerBroker(registration($0)) } + [.topic(topic)] + (0...3).map { .partition(partition($0)) })
  }

  private func registration(_ number: Int32) -> RegisterBrokerRecord {
    var endpoint = RegisterBrokerRecord.BrokerEndpoint(), record = RegisterBrokerRecord()
    (endpoint.name, endpoint.host, endpoint.port) = ("PLAINTEXT", "broker-\(number)", 9092)
    (record.brokerId, record.endPoints, record.fenced) = (number, [endpoint], false)
    return record
  }

  private func partition(_ number: Int32) -> PartitionRecord {
    var record = PartitionRecord()
    (record.partitionId, record.topicId, record.replicas, record.isr) = (number, Self.topicID, [1, 2, 3], [1, 2, 3])
    (record.leader, record.leaderEpoch, record.partitionEpoch) = (number < 3 ? number + 1 : -1, 0, 0)
    return record
  }

  func elect(_ leader: Int32, of partition: Int32) {
    var change = PartitionChangeRecord()
    (change.topicId, change.partitionId, change.leader) = (Self.topicID, partition, leader)
    apply([.partitionChange(change)])
  }

  func deleteTopic() {
    var removal = RemoveTopicRecord()
    removal.topicId = Self.topicID
    apply([.removeTopic(removal)])
  }

  private func apply(_ records: [MetadataRecord]) {
    var delta = MetadataDelta()
    metadata.update { image in
      let misfits = image.apply(records, recording: &delta)
      #expect(misfits.isEmpty, "\(misfits)")
    }
    metadata.brokersChanged()
  }
}

private final class MarkerSenderNode: Node {
  private let reactor: Reactor
  let sender: TransactionMarkerSender

  init(_ host: any NodeHost, _ makeSender: (Reactor) -> TransactionMarkerSender) {
    reactor = Reactor(host: host)
    sender = makeSender(reactor)
  }

  func start() {}
  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }
  func checkInvariants(_ check: inout InvariantCheck) { sender.checkInvariants(&check, "sender") }
}

/// A leader that writes every marker, unless it is told otherwise.
final class MarkerLeaderNode: Node {
  /// What becomes of a request.
  enum Course {
    case answer((Int32) -> ErrorCode)
    case hold
    case hangUp
  }

  /// Of the next requests, in this order.
  var courses: [Course] = []
  private(set) var requests: [WriteTxnMarkersRequest] = []
  private var held: [(incoming: IncomingRequest, request: WriteTxnMarkersRequest)] = []
  private let reactor: Reactor
  private var server: RequestServer!

  init(_ host: any NodeHost) {
    reactor = Reactor(host: host)
    server = RequestServer(reactor: reactor, apis: [OfferedApi(.writeTxnMarkers, advertised: 1...2)]) { [unowned self] incoming in take(incoming) }
  }

  private func take(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(WriteTxnMarkersRequest.self) else { return }
    requests.append(request)
    let course = courses.isEmpty ? Course.answer({ _ in .none }) : courses.removeFirst()
    switch course {
    case .answer(let error): respond(incoming, request, error)
    case .hold: held.append((incoming, request))
    case .hangUp: incoming.closeConnection()
    }
  }

  /// Answers what it holds.
  func release() {
    for (incoming, request) in held { respond(incoming, request) { _ in .none } }
    held = []
  }

  private func respond(_ incoming: IncomingRequest, _ request: WriteTxnMarkersRequest, _ error: (Int32) -> ErrorCode) {
    var response = WriteTxnMarkersResponse()
    response.markers = request.markers.map { marker in
      var result = WriteTxnMarkersResponse.WritableTxnMarkerResult()
      result.producerId = marker.producerId
      result.topics = marker.topics.map { topic in
        var topicResult = WriteTxnMarkersResponse.WritableTxnMarkerTopicResult()
        topicResult.name = topic.name
        topicResult.partitions = topic.partitionIndexes.map { index in
          var partition = WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult()
          (partition.partitionIndex, partition.errorCode) = (index, error(index))
          return partition
        }
        return topicResult
      }
      return result
    }
    incoming.respond(response)
  }

  /// The markers that it was asked for, as `producer 7 epoch 3 commit t [0] in 5`, one request each.
  var asked: [[String]] {
    requests.map { request in
      request.markers.map { marker in
        let topics = marker.topics.map { "\($0.name) \($0.partitionIndexes)" }.joined(separator: " ")
        return "producer \(marker.producerId) epoch \(marker.producerEpoch) \(marker.transactionResult ? "commit" : "abort") \(topics) in \(marker.coordinatorEpoch)"
      }
    }
  }

  func start() {}
  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }
}
