import Client
import Host
import Primitives
import Sim
import Wire

/// Producer, consumer and admin client behind a proxy that changes the responses of brokers. Four bytes for each changed response:
///
///     number of responses before it | rarity of changes | seed (2)
@Sendable func fuzzClients(_ input: Bytes) -> Int {
  guard input.count >= 4 else { return 0 }
  let cluster = FuzzCluster.started()
  let changes = stride(from: 0, through: min(input.count, 128) - 4, by: 4).map { AnswerChange(input[$0..<$0 + 4]) }
  var facts = cluster.facts
  facts.host = "proxy"
  let counter = AnswerCounter()
  let proxy = cluster.world.addNode(name: "proxy") { [facts, world = cluster.world, broker = cluster.brokers[0]] host in
    Proxy(host, broker: world.address(of: broker), facts, changes, counter)
  }
  let clients = cluster.world.addNode(name: "clients") { [topics = facts.topics] host in ClientsUnderTest(host, topics: topics) }
  cluster.world.start(proxy)
  cluster.world.start(clients)
  let events = cluster.world.statistics.events
  cluster.world.runUntil(cluster.world.now + .seconds(40)) {
    if cluster.world.statistics.events - events > 400_000 { finding("clients go round in circles after \(counter.answers) answers") }
    return false
  }
  if !cluster.world.isRunning(clients) { finding("the process of the clients ended") }
  return counter.answers
}

private struct AnswerChange {
  let passing: Int
  let rarity: Int64
  let seed: UInt64

  init(_ bytes: Bytes) {
    passing = Int(bytes[0] % 32)
    rarity = 1 + Int64(bytes[1])
    seed = UInt64(bytes.integer(at: 2, as: UInt16.self))
  }
}

private final class AnswerCounter {
  var answers = 0
}

/// Forwards requests to one broker, and its responses back, some of them changed. In its responses, it plays every broker.
private final class Proxy: Node {
  private struct Asked { let key: ApiKey, version: Int16 }

  private let host: any NodeHost
  private let broker: Address
  private let facts: Facts
  private var changes: [AnswerChange]
  private let counter: AnswerCounter
  private var others: [ConnectionID: ConnectionID] = [:]
  private var asked: [ConnectionID: [Int32: Asked]] = [:]

  init(_ host: any NodeHost, broker: Address, _ facts: Facts, _ changes: [AnswerChange], _ counter: AnswerCounter) {
    (self.host, self.broker, self.facts, self.changes, self.counter) = (host, broker, facts, changes, counter)
  }

  func start() {}
  func shutdown() { host.exit() }

  func handle(_ event: Event) {
    switch event {
    case .accepted(let connection):
      let onward = host.connect(to: broker)
      others[connection] = onward
      others[onward] = connection
      asked[onward] = [:]
    case .received(let frame, let connection):
      guard let other = others[connection] else { return }
      if asked[connection] == nil { rememberRequest(frame, on: other) }
      host.send(asked[connection] == nil ? frame : answer(frame, on: connection), on: other)
    case .disconnected(let connection):
      guard let other = others.removeValue(forKey: connection) else { return }
      others[other] = nil
      host.close(other)
    default: break
    }
  }

  private func rememberRequest(_ frame: Frame, on connection: ConnectionID) {
    defer { withExtendedLifetime(frame) {} }
    var reader = FrameReader(frame)
    guard let header = try? RequestHeader(from: &reader) else { return }
    asked[connection]?[header.correlationId] = Asked(key: header.apiKey, version: header.requestApiVersion)
  }

  private func answer(_ frame: Frame, on connection: ConnectionID) -> Frame {
    counter.answers += 1
    let correlationID = frame.joined.integer(at: 0, as: Int32.self)
    guard let asked = asked[connection]?.removeValue(forKey: correlationID), let type = asked.key.responseType else { return frame }
    return changed(frame, type, version: asked.version)
  }

  private func changed<Response: ApiMessage>(_ frame: Frame, _ type: Response.Type, version: Int16) -> Frame {
    guard case (let correlationID, var response)? = try? Response.decodeResponse(frame, version: version) else { return frame }
    var mutator = FieldMutator(type, version: version, facts, fills: false, rarity: 0, random: RandomStream(seed: 0, purpose: "fields"))
    if let change = changes.first {
      if change.passing == 0 {
        changes.removeFirst()
        mutator = FieldMutator(type, version: version, facts, fills: false, rarity: change.rarity, random: RandomStream(seed: change.seed, purpose: "fields"))
      } else {
        changes[0] = change.afterOneMore
      }
    }
    mutator.change(&response)
    return (try? Frame.response(response, version: version, correlationID: correlationID)) ?? frame
  }
}

extension AnswerChange {
  private init(passing: Int, rarity: Int64, seed: UInt64) { (self.passing, self.rarity, self.seed) = (passing, rarity, seed) }

  var afterOneMore: AnswerChange { AnswerChange(passing: passing - 1, rarity: rarity, seed: seed) }
}

/// A process that repeatedly sends, polls and calls everything that the admin client offers.
private final class ClientsUnderTest: Node, ProducerDelegate, ConsumerDelegate {
  private let reactor: Reactor
  private let producer: Producer
  private let consumer: Consumer
  private let admin: Admin
  private let topics: [String]

  init(_ host: any NodeHost, topics: [String]) {
    reactor = Reactor(host: host)
    self.topics = topics
    let bootstrap = ("bootstrap.servers", "proxy:9092")
    producer = Producer(reactor: reactor, configuration: try! ProducerConfiguration([bootstrap, ("enable.idempotence", "false"), ("linger.ms", "5")]))
    consumer = Consumer(reactor: reactor, configuration: try! ConsumerConfiguration([bootstrap, ("auto.offset.reset", "earliest")]))
    admin = Admin(reactor: reactor, configuration: try! AdminConfiguration([bootstrap]))
  }

  deinit { reactor.end() }

  func start() {
    producer.delegate = self
    consumer.delegate = self
    consumer.assign(partitions)
    consumer.start()
    work()
  }

  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }

  private var partitions: [TopicPartition] { (0..<3).map { TopicPartition("t", $0) } + [TopicPartition("u", 0), TopicPartition("v", 0)] }

  private func work() {
    for topic in topics { producer.send(topic: topic, key: Bytes("k"), value: Bytes("v")) }
    consumer.endOffsets(of: partitions) { _ in }
    consumer.offsetsForTimes(partitions.map { ($0, Timestamp(milliseconds: 1_767_225_600_001)) }) { _ in }
    for partition in partitions { _ = consumer.lag(of: partition) }
    admin.describeCluster { _ in }
    admin.describeQuorum { _ in }
    admin.describeTopics(topics) { _ in }
    admin.listTopics { _ in }
    admin.describeLogDirs(of: [1, 2]) { _ in }
    admin.listPartitionReassignments { _ in }
    reactor.after(.seconds(2)) { [unowned self] in work() }
  }

  func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch) {}
  func producer(_ producer: Producer, failed batch: FailedBatch) {}
  func consumer(_ consumer: Consumer, received records: ConsumerRecords) { try? records.forEachRecord { _, record in _ = (record.offset, record.value) } }
}
