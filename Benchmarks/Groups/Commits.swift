import BenchmarkSupport
import Host
import Primitives
import Sim
import Transport
import Wire

/// Keeps one request per lane under way: each response triggers the lane's next request.
private final class Lanes: Node {
  private let reactor: Reactor
  private let sender: RequestSender
  private(set) var answered = 0

  init(_ host: any NodeHost) {
    reactor = Reactor(host: host)
    sender = RequestSender(reactor: reactor, clientID: "lanes")
  }

  func start() {}
  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }

  /// Sends a lane's request repeatedly.
  func open<Request: ApiRequest>(_ count: Int, to broker: Address, _ request: Request, isRight: @escaping (Request.Response) -> Bool) {
    guard count > 0 else { return }
    sender.send(request, to: broker, timeout: .seconds(30)) { [unowned self] result in
      guard case .success(let response) = result, isRight(response) else { fatalError("\(result)") }
      answered += 1
      open(count - 1, to: broker, request, isRight: isRight)
    }
  }
}

/// Commits of one offset compared with appends of one small record: the same brokers, the same number of requests under way, and three replicas, all of which must have it.
struct CommitRun {
  private static let lanesOfBroker = 4
  private static let roundsOfLane = 2_000
  private let cluster: BenchmarkCluster
  private let lanes: NodeIndex
  private let topicID: Uuid
  /// For each broker, as many groups as it has lanes.
  private let groups: [(name: String, coordinator: Address)]

  init() throws {
    cluster = try BenchmarkCluster()
    topicID = cluster.createTopic("records-of-all-kinds", partitions: Int32(3 * Self.lanesOfBroker))
    var groups: [(name: String, coordinator: Address)] = []
    var number = 0
    while groups.count < 3 * Self.lanesOfBroker {
      let name = "readers-of-all-kinds-\(number)", coordinator = cluster.coordinator(of: name)
      if groups.count(where: { $0.coordinator == coordinator }) < Self.lanesOfBroker { groups.append((name, coordinator)) }
      number += 1
    }
    self.groups = groups
    lanes = cluster.world.addNode(name: "lanes", isClient: true) { Lanes($0) }
    cluster.world.start(lanes)
    cluster.world.run(for: .seconds(2))
  }

  private var node: Lanes {
    guard let node = cluster.world.object(of: lanes) as? Lanes else { fatalError("the lanes do not run") }
    return node
  }

  /// CPU seconds per request, everything included: both ends, the network between them, and replication.
  private func cost(_ open: (Lanes) -> Void) -> Double {
    let node = node
    let target = node.answered + groups.count * Self.roundsOfLane
    let cpu = measured {
      open(node)
      cluster.world.runUntil(cluster.world.now + .seconds(600)) { node.answered >= target }
    }
    guard node.answered >= target else { fatalError("\(target - node.answered) requests were not answered") }
    return cpu / Double(groups.count * Self.roundsOfLane)
  }

  func appends() -> Double {
    var builder = RecordBatchBuilder()
    builder.append(timestamp: Timestamp(milliseconds: 1_767_225_600_000), key: nil, value: Bytes([UInt8](repeating: 7, count: 80)))
    let records = builder.build()
    return cost { node in
      for partition in 0..<Int32(groups.count) {
        let request = ProduceRequest(records, to: partition, of: topicID)
        node.open(Self.roundsOfLane, to: brokerAddresses[Int(partition % 3)], request) { $0.responses[0].partitionResponses[0].errorCode == .none }
      }
    }
  }

  func commits() -> Double {
    cost { node in
      for (partition, group) in groups.enumerated() {
        var entry = OffsetCommitRequest.OffsetCommitRequestPartition()
        entry.partitionIndex = Int32(partition)
        entry.committedOffset = 1_000
        var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
        topic.topicId = topicID
        topic.partitions = [entry]
        var request = OffsetCommitRequest()
        request.groupId = group.name
        request.topics = [topic]
        node.open(Self.roundsOfLane, to: group.coordinator, request) { $0.topics[0].partitions[0].errorCode == .none }
      }
    }
  }
}

func benchmarkCommits() throws {
  let run = try CommitRun()
  var best = (append: Double.infinity, commit: Double.infinity)
  for _ in 0..<5 {
    // In turns, so that other load on the machine affects both.
    best.append = min(best.append, run.appends())
    best.commit = min(best.commit, run.commits())
  }
  print("a commit of one offset, three replicas: \(fixed(best.commit * 1e6, 2)) µs; an append of one record of 80 B: \(fixed(best.append * 1e6, 2)) µs; "
    + "ratio \(fixed(best.commit / best.append, 2)), bound 1.5")
}
