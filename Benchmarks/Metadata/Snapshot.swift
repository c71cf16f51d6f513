import BenchmarkSupport
import Broker
import Controller
import Host
import Primitives
import Raft
import Sim
import Wire

/// The bound for a hundred thousand partitions, in seconds.
private let bound = 0.5

/// Has a broker load a snapshot: one with an empty disk, which fetches it first, then the same broker after a restart. It has no replica of any of the partitions,
/// so nothing but the metadata is loaded.
func benchmarkSnapshot(partitions sizes: [Int]) throws {
  for size in sizes {
    let cluster = try ClusterWithSnapshot(partitions: size)
    for way in ["fetches and loads", "loads"] {
      let cpu = measured { cluster.startBroker() }
      guard cluster.loadedPartitions == size else { fatalError("the broker knows \(cluster.loadedPartitions) partitions of \(size)") }
      print("a broker \(way) a snapshot of \(size) partitions: \(figures(cpu, of: size, bound: bound * Double(size) / 100_000))")
      cluster.stopBroker()
    }
  }
}

/// A controller with a snapshot of topics whose brokers have registered and are never heard from again, and a fourth broker that does not run yet.
private struct ClusterWithSnapshot {
  private static let clusterID = "4L6g3nShT-eMCtK--X86sw"
  private static let partitionsOfTopic = 1_000
  private static let controller = Address(host: "controller-100", port: 9093)

  private let cluster: BenchmarkCluster
  private let broker: NodeIndex

  private var world: World { cluster.world }
  private var node: BrokerNode? { world.object(of: broker) as? BrokerNode }

  init(partitions: Int) throws {
    let world = World(seed: 1)
    world.addNode(name: Self.controller.host, id: 100, port: Self.controller.port) { host in
      var configuration = ControllerConfiguration(nodeID: 100, clusterID: Self.clusterID, voters: [Voter(id: 100, address: Self.controller)])
      configuration.brokerSessionTimeout = .seconds(36_000)
      configuration.quorum.metadataLog.maxSnapshotInterval = .seconds(60)
      return ControllerNode(host: host, configuration: configuration, rules: .ofBrokers())
    }
    cluster = BenchmarkCluster(world)
    for id in Int32(1)...3 { cluster.register(id, clusterID: Self.clusterID, at: Self.controller) }
    for first in stride(from: 0, to: partitions, by: Self.partitionsOfTopic) {
      let request = CreateTopicsRequest(topic: "topic-\(first)", partitions: Int32(min(partitions - first, Self.partitionsOfTopic)))
      let created = cluster.ask(request, of: Self.controller).topics[0]
      guard created.errorCode == .none else { fatalError("\(created.name): \(created.errorCode)") }
    }
    // A snapshot comes with the first batch after the interval.
    world.run(for: .seconds(70))
    let configuration = try BrokerConfiguration([
      ("node.id", "4"), ("listeners", "PLAINTEXT://broker-4:9092"), ("controller.quorum.voters", "100@\(Self.controller.host):\(Self.controller.port)"),
    ])
    broker = world.addNode(name: "broker-4", id: 4) { BrokerNode(host: $0, configuration: configuration, clusterID: Self.clusterID) }
  }

  var loadedPartitions: Int { node?.metadataImage?.topics.values.reduce(0) { $0 + $1.partitions.count } ?? 0 }

  /// Returns when the broker has caught up and is at work.
  func startBroker() {
    world.start(broker)
    world.runUntil(world.now + .seconds(60)) { node?.state == .running }
  }

  func stopBroker() {
    world.shutdown(broker)
    world.run(for: .seconds(10))
  }
}

extension BenchmarkCluster {
  /// Registers a broker and unfences it.
  fileprivate func register(_ id: Int32, clusterID: String, at controller: Address) {
    let registration = BrokerRegistrationRequest { request in
      (request.brokerId, request.clusterId, request.incarnationId) = (id, clusterID, Uuid(high: UInt64(id), low: 1))
      request.listeners = [BrokerRegistrationRequest.Listener { ($0.name, $0.host, $0.port) = ("PLAINTEXT", "broker-\(id)", 9092) }]
      request.features = FeatureLevels.supported.map { feature in
        BrokerRegistrationRequest.Feature { ($0.name, $0.minSupportedVersion, $0.maxSupportedVersion) = (feature.name, feature.levels.lowerBound, feature.levels.upperBound) }
      }
      request.logDirs = [Uuid(high: UInt64(id), low: 1_000)]
    }
    let epoch = ask(registration, of: controller).brokerEpoch
    let beat = ask(BrokerHeartbeatRequest { ($0.brokerId, $0.brokerEpoch, $0.currentMetadataOffset) = (id, epoch, epoch) }, of: controller)
    guard !beat.isFenced else { fatalError("broker \(id) stays fenced: \(beat.errorCode)") }
  }
}
