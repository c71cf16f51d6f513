import Broker
import Controller
import Glibc
import Host
import Primitives
import Raft
import Sim
import Transport
import Wire

/// A controller and three brokers, and a node that asks them things.
struct BenchmarkCluster {
  let world: World
  private let operatorIndex: NodeIndex

  init() throws {
    let clusterID = "4L6g3nShT-eMCtK--X86sw"
    world = World(seed: 1)
    let voter = Voter(id: 100, address: Address(host: "controller-100", port: 9093))
    world.addNode(name: "controller-100", id: 100, port: 9093) { host in
      ControllerNode(host: host, configuration: ControllerConfiguration(nodeID: 100, clusterID: clusterID, voters: [voter]), rules: .ofBrokers())
    }
    for number in Int32(1)...3 {
      let configuration = try BrokerConfiguration([
        ("node.id", "\(number)"), ("listeners", "PLAINTEXT://broker-\(number):9092"), ("controller.quorum.voters", "100@controller-100:9093"),
      ])
      world.addNode(name: "broker-\(number)", id: NodeID(number)) { BrokerNode(host: $0, configuration: configuration, clusterID: clusterID) }
    }
    operatorIndex = world.addNode(name: "operator") { OperatorNode($0) }
    for node in world.nodes { world.start(node) }
    world.run(for: .seconds(5))
  }

  static let brokers = (1...3).map { Address(host: "broker-\($0)", port: 9092) }

  /// The answer of a broker. The world runs until it is there.
  func ask<Request: ApiRequest>(_ request: Request, of broker: Address = Self.brokers[0]) -> Request.Response {
    guard let node = world.object(of: operatorIndex) as? OperatorNode else { fatalError("the operator does not run") }
    var answer: Request.Response?
    node.sender.send(request, to: broker, timeout: .seconds(30)) { result in
      switch result {
      case .success(let response): answer = response
      case .failure(let failure): fatalError("\(broker.host): \(failure)")
      }
    }
    world.runUntil(world.now + .seconds(60)) { answer != nil }
    guard let answer else { fatalError("\(broker.host) does not answer") }
    return answer
  }

  /// A topic of which each broker leads as many partitions as the others, in order.
  @discardableResult
  func createTopic(_ name: String, partitions: Int32) -> Uuid {
    var topic = CreateTopicsRequest.CreatableTopic()
    topic.name = name
    topic.numPartitions = -1
    topic.replicationFactor = -1
    topic.assignments = (0..<partitions).map { index in
      var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
      assignment.partitionIndex = index
      assignment.brokerIds = (0..<3).map { (index + $0) % 3 + 1 }
      return assignment
    }
    var request = CreateTopicsRequest()
    request.topics = [topic]
    request.timeoutMs = 30_000
    let created = ask(request).topics[0]
    guard created.errorCode == .none else { fatalError("\(name): \(created.errorCode)") }
    world.run(for: .seconds(5))
    return created.topicId
  }

  /// Who coordinates a group, once that is settled.
  func coordinator(of group: String) -> Address {
    var request = FindCoordinatorRequest()
    request.coordinatorKeys = [group]
    for _ in 0..<100 {
      if let found = ask(request).coordinators.first, found.errorCode == .none { return Address(host: found.host, port: found.port) }
      world.run(for: .milliseconds(200))
    }
    fatalError("nobody coordinates \(group)")
  }
}

/// Sends what it is told to.
private final class OperatorNode: Node {
  private let reactor: Reactor
  let sender: RequestSender

  init(_ host: any NodeHost) {
    reactor = Reactor(host: host)
    sender = RequestSender(reactor: reactor, clientID: "operator")
  }

  func start() {}
  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }
}

/// Seconds of the processor that this process has taken.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func measured(_ body: () -> Void) -> Double {
  let start = processorTime()
  body()
  return processorTime() - start
}

/// With as many digits behind the point as asked for.
func fixed(_ value: Double, _ places: Int) -> String {
  let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
  let scaled = Int((abs(value) * scale).rounded())
  let whole = "\(value < 0 ? "-" : "")\(scaled / Int(scale))"
  guard places > 0 else { return whole }
  let rest = "\(scaled % Int(scale))"
  return "\(whole).\(String(repeating: "0", count: places - rest.count))\(rest)"
}
