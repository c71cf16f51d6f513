import BenchmarkSupport
import Client
import Host
import Primitives
import Sim
import Wire

/// How the members of a group divide partitions.
enum Sharing: String, CaseIterable {
  case range = "classic, range"
  case cooperative = "classic, cooperative-sticky"
  case consumer = "consumer"
}

/// A member: a consumer that polls continuously.
private final class Member: Node, ConsumerDelegate {
  private let reactor: Reactor
  let consumer: Consumer
  private let topics: [String]

  init(_ host: any NodeHost, _ configuration: ConsumerConfiguration, topics: [String]) {
    reactor = Reactor(host: host)
    consumer = Consumer(reactor: reactor, configuration: configuration)
    self.topics = topics
    consumer.delegate = self
  }

  func start() {
    consumer.subscribe(to: topics)
    consumer.start()
  }

  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }

  func consumer(_ consumer: Consumer, failed error: ConsumerError) { fatalError("\(error)") }
}

/// The cost until each partition has one owner, and the coordinator knows.
struct Settling {
  var cpu: Double
  var simulated: Duration
  var coordinationRequests: Int
}

/// A group on a thousand partitions in ten topics: it starts, and then one of its members leaves.
struct SettlingRun {
  static let topicCount = 10
  static let partitionsOfTopic: Int32 = 100
  static var partitionCount: Int { topicCount * Int(partitionsOfTopic) }

  let sharing: Sharing
  let members: Int
  private let cluster: BenchmarkCluster
  private let coordinator: Address
  private let requests = RequestCount()
  private static let group = "g"

  init(_ sharing: Sharing, members: Int) throws {
    self.sharing = sharing
    self.members = members
    cluster = try BenchmarkCluster()
    for topic in Self.topics { cluster.createTopic(topic, partitions: Self.partitionsOfTopic) }
    coordinator = cluster.coordinator(of: Self.group)
    cluster.world.run(for: .seconds(2))
    cluster.world.onFrame = { [requests] notice in
      if notice.kind == .request, notice.fate == .delivered, RequestCount.keys.contains(notice.header.apiKey) { requests.count += 1 }
    }
  }

  private static var topics: [String] { (0..<topicCount).map { "topic-\($0)" } }

  /// Starts the group, and then lets its first member leave. `idle` is the cost of a second of the world in between.
  func run() -> (beginning: Settling, idle: Double, departure: Settling) {
    let nodes = (1...members).map { number in
      cluster.world.addNode(name: "member-\(number)", isClient: true) { [configuration] in Member($0, configuration, topics: Self.topics) }
    }
    let beginning = settle(of: nodes) { for node in nodes { cluster.world.start(node) } }
    let idle = measured { cluster.world.run(for: .seconds(5)) } / 5
    let departure = settle(of: Array(nodes.dropFirst())) { (cluster.world.object(of: nodes[0]) as? Member)?.consumer.close() }
    return (beginning, idle, departure)
  }

  private var configuration: ConsumerConfiguration {
    var configuration = ConsumerConfiguration()
    configuration.connection.bootstrapServers = brokerAddresses
    configuration.groupID = Self.group
    configuration.autoOffsetReset = .earliest
    switch sharing {
    case .range: configuration.assignors = [RangeAssignor()]
    case .cooperative: configuration.assignors = [CooperativeStickyAssignor()]
    case .consumer: configuration.groupProtocol = .consumer
    }
    return configuration
  }

  private func settle(of nodes: [NodeIndex], _ begin: () -> Void) -> Settling {
    let world = cluster.world
    let start = world.now, before = requests.count
    var cpu = measured(begin)
    while true {
      cpu += measured { world.run(for: .milliseconds(100)) }
      guard world.now - start < .seconds(120) else { fatalError("\(members) members, \(sharing.rawValue): not settled after two minutes") }
      guard isOwned(by: nodes) else { continue }
      var isStable = false
      cpu += measured { isStable = self.isStable(nodes.count) }
      if isStable { return Settling(cpu: cpu, simulated: world.now - start, coordinationRequests: requests.count - before) }
    }
  }

  /// Whether each partition has one owner. Reads the members directly, which takes none of the measured time.
  private func isOwned(by nodes: [NodeIndex]) -> Bool {
    var owned: Set<TopicPartition> = [], count = 0
    for node in nodes {
      guard let member = cluster.world.object(of: node) as? Member, member.consumer.standing != nil else { return false }
      let assignment = member.consumer.assignment
      owned.formUnion(assignment)
      count += assignment.count
    }
    return count == Self.partitionCount && owned.count == count
  }

  /// Whether the coordinator considers the group stable with all its members.
  private func isStable(_ count: Int) -> Bool {
    switch sharing {
    case .range, .cooperative:
      var request = DescribeGroupsRequest()
      request.groups = [Self.group]
      let group = cluster.ask(request, of: coordinator).groups[0]
      return group.groupState == "Stable" && group.members.count == count
    case .consumer:
      var request = ConsumerGroupDescribeRequest()
      request.groupIds = [Self.group]
      let group = cluster.ask(request, of: coordinator).groups[0]
      return group.groupState == "Stable" && group.members.count == count
    }
  }
}

private final class RequestCount {
  /// OffsetCommit, OffsetFetch, FindCoordinator, JoinGroup, Heartbeat, LeaveGroup, SyncGroup, ConsumerGroupHeartbeat.
  static let keys: Set<Int16> = [8, 9, 10, 11, 12, 13, 14, 68]
  var count = 0
}

func benchmarkSettling(sizes: [Int]) throws {
  for sharing in Sharing.allCases {
    var first: (members: Int, beginning: Double, departure: Double)?
    for members in sizes {
      let run = try SettlingRun(sharing, members: members)
      let (beginning, idle, departure) = run.run()
      let smallest = first ?? (members, beginning.cpu, departure.cpu)
      first = smallest
      let name = "\(sharing.rawValue), \(members) members on \(SettlingRun.partitionCount) partitions"
      print("\(name), begins: \(words(beginning)); \(curve(beginning.cpu, smallest.beginning, members, smallest.members)); "
        + "bound 1.5 s: \(fixed(beginning.cpu / 1.5, 2)) of it")
      print("\(name), one leaves: \(words(departure)); \(curve(departure.cpu, smallest.departure, members, smallest.members))")
      print("\(name), at rest: \(fixed(idle * 1e3, 2)) ms of CPU for a simulated second")
    }
  }
}

private func words(_ settling: Settling) -> String {
  "\(fixed(settling.cpu, 3)) s of CPU, \(fixed(settling.simulated.seconds, 1)) simulated s, \(settling.coordinationRequests) requests of coordination"
}

/// How the cost grows relative to members times partitions: 1 if it grows in proportion, less if it grows more slowly.
private func curve(_ cost: Double, _ smallestCost: Double, _ members: Int, _ smallest: Int) -> String {
  let growth = cost / smallestCost, size = Double(members) / Double(smallest)
  return "\(fixed(cost * 1e6 / Double(members * SettlingRun.partitionCount), 2)) µs for each member and partition, "
    + "\(fixed(growth, 1)) times that of \(smallest) members, ratio to members x partitions \(fixed(growth / size, 2))"
}
