import Host
import Primitives
import Sim
import Testing
import Transport
import Wire

@testable import Broker

/// How a broker asks coordinators about partitions of transactions.
@Suite struct TransactionCoordinatorChannelTests {
  /// A coordinator that answers when it is told to.
  private final class Coordinator: Node {
    private let reactor: Reactor
    private var server: RequestServer!
    private(set) var waiting: [IncomingRequest] = []
    private(set) var requests: [AddPartitionsToTxnRequest] = []

    init(_ host: any NodeHost) { reactor = Reactor(host: host) }

    func start() {
      server = RequestServer(reactor: reactor, apis: [OfferedApi(.addPartitionsToTxn, advertised: 0...5)]) { [unowned self] incoming in
        waiting.append(incoming)
        if let request = try? incoming.decode(AddPartitionsToTxnRequest.self) { requests.append(request) }
      }
    }

    /// Answers the oldest request: one error for each of its partitions, or one for the whole.
    func answer(_ error: ErrorCode, whole: ErrorCode = .none) {
      var response = AddPartitionsToTxnResponse()
      response.errorCode = whole
      let request = requests[requests.count - waiting.count]
      response.resultsByTransaction = request.transactions.map { transaction in
        var result = AddPartitionsToTxnResponse.AddPartitionsToTxnResult()
        result.transactionalId = transaction.transactionalId
        result.topicResults = transaction.topics.map { topic in
          var answer = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult()
          answer.name = topic.name
          answer.resultsByPartition = topic.partitions.map { index in
            var partition = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
            (partition.partitionIndex, partition.partitionErrorCode) = (index, error)
            return partition
          }
          return answer
        }
        return result
      }
      waiting.removeFirst().respond(response)
    }

    func handle(_ event: Event) { reactor.dispatch(event) }
    func shutdown() { reactor.host.exit() }
  }

  private final class Asker: Node {
    let reactor: Reactor
    let channel: TransactionCoordinatorChannel

    init(_ host: any NodeHost) {
      reactor = Reactor(host: host)
      channel = TransactionCoordinatorChannel(reactor: reactor, clientID: "broker-1-add-partitions-to-txn", requestTimeout: .seconds(1))
    }

    func start() {}
    func handle(_ event: Event) { reactor.dispatch(event) }
    func shutdown() { reactor.host.exit() }
  }

  private final class Setting {
    let world: World
    private let server: NodeIndex
    private let client: NodeIndex
    /// What became of each question, by the name it was given.
    private(set) var answers: [String: [String]] = [:]

    init() {
      var options = WorldOptions()
      options.machine = .ideal
      world = World(seed: 1, options: options)
      server = world.addNode(name: "coordinator", id: 1, port: 9092) { Coordinator($0) }
      client = world.addNode(name: "asker") { Asker($0) }
      for node in world.nodes { world.start(node) }
      world.run(for: .milliseconds(1))
    }

    var coordinator: Coordinator { world.object(of: server) as! Coordinator }

    func ask(_ name: String, _ id: String, epoch: Int16 = 0, partitions: [Int32] = [0], _ operation: TransactionOperation = .verification) {
      var transaction = AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction()
      (transaction.transactionalId, transaction.producerId, transaction.producerEpoch) = (id, 7, epoch)
      transaction.verifyOnly = operation != .addition
      var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
      (topic.name, topic.partitions) = ("t", partitions)
      transaction.topics = [topic]
      (world.object(of: client) as! Asker).channel.ask(world.address(of: server), transaction, operation) { [unowned self] errors in
        let words = errors.map { "\($0.key) \($0.value.name)" }.sorted()
        answers[name, default: []] += words.isEmpty ? ["well"] : words
      }
      world.run(for: .milliseconds(50))
    }

    func answer(_ error: ErrorCode = .none, whole: ErrorCode = .none) {
      coordinator.answer(error, whole: whole)
      world.run(for: .milliseconds(50))
    }
  }

  @Test func `Requests that come while another is under way are sent together next, and each gets its own answer`() {
    let setting = Setting()
    setting.ask("first", "x")
    setting.ask("second", "y", partitions: [0, 1])
    setting.ask("third", "z", .addition)
    #expect(setting.coordinator.requests.map { $0.transactions.map(\.transactionalId) } == [["x"]])
    setting.answer()
    #expect(setting.coordinator.requests.map { $0.transactions.map(\.transactionalId) } == [["x"], ["y", "z"]])
    #expect(setting.coordinator.requests[1].transactions.map(\.verifyOnly) == [true, false])
    setting.answer(.concurrentTransactions)
    #expect(setting.answers == [
      "first": ["well"], "second": ["t-0 CONCURRENT_TRANSACTIONS", "t-1 CONCURRENT_TRANSACTIONS"], "third": ["t-0 CONCURRENT_TRANSACTIONS"],
    ])
  }

  @Test func `Of several waiting requests about one transactional id, the newest counts`() {
    let setting = Setting()
    setting.ask("under way", "w")
    setting.ask("given up", "x")
    setting.ask("again", "x")
    #expect(setting.answers["given up"] == ["t-0 NETWORK_EXCEPTION"])
    setting.ask("successor", "x", epoch: 1)
    #expect(setting.answers["again"] == ["t-0 INVALID_PRODUCER_EPOCH"])
    setting.ask("zombie", "x")
    #expect(setting.answers["zombie"] == ["t-0 INVALID_PRODUCER_EPOCH"])
    setting.answer()
    setting.answer()
    #expect(setting.answers["under way"] == ["well"] && setting.answers["successor"] == ["well"])
  }

  @Test(arguments: [
    (TransactionOperation.verification, ErrorCode.producerFenced, "INVALID_PRODUCER_EPOCH"),
    (.verification, .transactionAbortable, "INVALID_TXN_STATE"), (.abortableVerification, .transactionAbortable, "TRANSACTION_ABORTABLE"),
    (.addition, .transactionAbortable, "TRANSACTION_ABORTABLE"), (.addition, .invalidProducerIdMapping, "INVALID_PRODUCER_ID_MAPPING"),
  ]) func `Errors are translated into those that the producer knows`(operation: TransactionOperation, error: ErrorCode, told: String) {
    let setting = Setting()
    setting.ask("a", "x", operation)
    setting.answer(error)
    #expect(setting.answers["a"] == ["t-0 \(told)"])
  }

  @Test func `A top-level error applies to each partition, and no response is a network error`() {
    let setting = Setting()
    setting.ask("a", "x", partitions: [0, 1])
    setting.answer(whole: .clusterAuthorizationFailed)
    #expect(setting.answers["a"] == ["t-0 INVALID_TXN_STATE", "t-1 INVALID_TXN_STATE"])
    setting.ask("b", "x")
    setting.world.run(for: .seconds(2))
    #expect(setting.answers["b"] == ["t-0 NETWORK_EXCEPTION"])
    // And the next goes on its way.
    setting.ask("c", "x")
    #expect(setting.coordinator.requests.count == 3)
  }
}
