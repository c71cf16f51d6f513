import Host
import Primitives
import Sim
import Transport
import Wire

/// A controller and brokers, and a node that sends requests to them.
public struct BenchmarkCluster {
  public let world: World
  private let operatorIndex: NodeIndex

  /// A controller and three brokers, which run.
  public init() throws {
    try self.init(worldWithThreeBrokers())
  }

  /// The nodes of a world, which run.
  public init(_ world: World) {
    self.world = world
    operatorIndex = world.addNode(name: "operator") { OperatorNode($0) }
    for node in world.nodes { world.start(node) }
    world.run(for: .seconds(5))
  }

  /// A node's response. Runs the world until it arrives.
  public func ask<Request: ApiRequest>(_ request: Request, of address: Address = brokerAddresses[0]) -> Request.Response {
    guard let node = world.object(of: operatorIndex) as? OperatorNode else { fatalError("the operator does not run") }
    var answer: Request.Response?
    node.sender.send(request, to: address, timeout: .seconds(30)) { result in
      switch result {
      case .success(let response): answer = response
      case .failure(let failure): fatalError("\(address.host): \(failure)")
      }
    }
    world.runUntil(world.now + .seconds(60)) { answer != nil }
    guard let answer else { fatalError("\(address.host) does not answer") }
    return answer
  }

  /// Creates a topic whose partitions are led by the brokers in rotation.
  @discardableResult
  public func createTopic(_ name: String, partitions: Int32) -> Uuid {
    var request = CreateTopicsRequest(topic: name, partitions: partitions)
    request.timeoutMs = 30_000
    let created = ask(request).topics[0]
    guard created.errorCode == .none else { fatalError("\(name): \(created.errorCode)") }
    world.run(for: .seconds(5))
    return created.topicId
  }

  /// The coordinator of a group, once there is one.
  public func coordinator(of group: String) -> Address {
    var request = FindCoordinatorRequest()
    request.coordinatorKeys = [group]
    for _ in 0..<100 {
      if let found = ask(request).coordinators.first, found.errorCode == .none { return Address(host: found.host, port: found.port) }
      world.run(for: .milliseconds(200))
    }
    fatalError("nobody coordinates \(group)")
  }
}

/// A node that sends the given requests.
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

/// The processor time that something takes, in seconds.
public func measured(_ body: () -> Void) -> Double {
  let start = processorTime()
  body()
  return processorTime() - start
}

/// The value with a number of decimals.
public func fixed(_ value: Double, _ places: Int) -> String {
  let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
  let scaled = Int((abs(value) * scale).rounded())
  let whole = "\(value < 0 ? "-" : "")\(scaled / Int(scale))"
  guard places > 0 else { return whole }
  let rest = "\(scaled % Int(scale))"
  return "\(whole).\(String(repeating: "0", count: places - rest.count))\(rest)"
}
