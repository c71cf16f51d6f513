import Controller
import Host
import Primitives
import Replication

// What this module guarantees: a broker serves clients only after it has caught up with the metadata and the controller has been told so; it acts
// only on committed metadata, in order; every request gets one response, or its connection is closed.

/// A broker: registers with the controllers, follows the metadata log, maintains its replicas, and serves clients.
///
/// ```swift
/// world.addNode(name: "broker-1", id: 1, port: 9092) { host in
///   BrokerNode(host: host, configuration: configuration, clusterID: "4L6g3nShT-eMCtK--X86sw")
/// }
/// ```
///
/// An empty disk is formatted with the cluster's id. The broker ends if the disk belongs to another cluster or node or cannot be read, or if no
/// controller answers for `initial.broker.registration.timeout.ms`.
public final class BrokerNode: Node {
  public let configuration: BrokerConfiguration
  public let clusterID: String

  private let switches: ReplicationSwitches
  private let hostSettings: HostSettings
  private let reactor: Reactor
  private(set) var broker: RunningBroker?

  /// - Parameters:
  ///   - clusterID: The cluster that this broker belongs to; base64url as everywhere in Kafka.
  ///   - hostSettings: Settings that clients can see and change, and that the host applies.
  public convenience init(
    host: any NodeHost, configuration: BrokerConfiguration, clusterID: String, switches: ReplicationSwitches = ReplicationSwitches(),
    hostSettings: HostSettings = .none
  ) {
    self.init(reactor: Reactor(host: host), configuration: configuration, clusterID: clusterID, switches: switches, hostSettings: hostSettings)
  }

  /// - Parameter reactor: That of a node with other roles beside this one, where it is one.
  init(reactor: Reactor, configuration: BrokerConfiguration, clusterID: String, switches: ReplicationSwitches, hostSettings: HostSettings) {
    self.configuration = configuration
    self.clusterID = clusterID
    self.switches = switches
    self.hostSettings = hostSettings
    self.reactor = reactor
  }

  deinit { reactor.end() }

  public func start() { start(sharing: nil) }

  /// - Parameter node: What it shares the node with; nil where it has the node for itself.
  func start(sharing node: RunningBroker.SharedNode?) {
    do {
      let broker = try RunningBroker(
        reactor: reactor, configuration: configuration, clusterID: clusterID, switches: switches, hostSettings: hostSettings, sharing: node)
      self.broker = broker
      broker.start()
    } catch {
      reactor.report(.note("broker \(configuration.nodeID) cannot start: \(error)"))
      reactor.host.exit()
    }
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }

  /// Starts a controlled shutdown: the controller moves the leaderships elsewhere, then the logs are closed.
  public func shutdown() {
    if let broker { broker.shutdown() } else { reactor.host.exit() }
  }

  public var requestsUnderWay: [RequestUnderWay] { reactor.requestsUnderWay }

  // MARK: For white-box checks

  public var state: BrokerState { broker?.lifeCycle.state ?? .notRunning }

  /// This broker's registration; unknown until the controller has granted one.
  public var brokerEpoch: BrokerEpoch { broker?.lifeCycle.brokerEpoch ?? .unknown }

  /// Whether it found its logs as a clean shutdown leaves them; false before it is started.
  public var hasFoundCleanShutdown: Bool { broker?.logManager.previousBrokerEpoch != nil }

  /// When a controller last took a heartbeat of this broker; zero before the first.
  public var lastControllerContact: Instant { broker?.lifeCycle.lastContact ?? .zero }

  /// The leader of the metadata log as far as this broker knows.
  public var metadataLeader: NodeID? { broker?.quorum.leader?.id }

  /// Whether the controller hides this broker from clients, according to its last response.
  public var isFenced: Bool { broker?.lifeCycle.isFenced ?? true }

  /// The metadata that this broker acts on; nil before it is started.
  public var metadataImage: MetadataImage? { broker?.metadata.image }

  /// All replicas of this broker; nil before it is started.
  public var replicaManager: ReplicaManager? { broker?.replicaManager }
}
