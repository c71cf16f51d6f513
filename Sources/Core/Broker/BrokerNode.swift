import Controller
import Host
import Primitives
import Replication

// What this module guarantees: a broker serves clients only after it has caught up with the metadata and the controller has been told
// so; it acts on committed metadata alone, in its order; every request gets one answer, or its connection is closed.

/// A broker: registers with the controllers, follows the metadata log, keeps its replicas, and answers clients.
///
/// ```swift
/// world.addNode(name: "broker-1", id: 1, port: 9092) { host in
///   BrokerNode(host: host, configuration: configuration, clusterID: "4L6g3nShT-eMCtK--X86sw")
/// }
/// ```
///
/// A disk that holds nothing yet is formatted with the cluster's id. A disk of another cluster or node, one that cannot be read, and a
/// controller that does not answer for `initial.broker.registration.timeout.ms` end the broker.
public final class BrokerNode: Node {
  public let configuration: BrokerConfiguration
  public let clusterID: String

  private let switches: ReplicationSwitches
  private let hostSettings: HostSettings
  private let reactor: Reactor
  private(set) var broker: RunningBroker?

  /// - Parameters:
  ///   - clusterID: the cluster that this broker belongs to; base64url as everywhere in Kafka.
  ///   - hostSettings: what the host obeys of the settings that clients see and change.
  public init(
    host: any NodeHost, configuration: BrokerConfiguration, clusterID: String, switches: ReplicationSwitches = ReplicationSwitches(),
    hostSettings: HostSettings = .none
  ) {
    self.configuration = configuration
    self.clusterID = clusterID
    self.switches = switches
    self.hostSettings = hostSettings
    reactor = Reactor(host: host)
  }

  deinit { reactor.end() }

  public func start() {
    do {
      let broker = try RunningBroker(
        reactor: reactor, configuration: configuration, clusterID: clusterID, switches: switches, hostSettings: hostSettings)
      self.broker = broker
      broker.start()
    } catch {
      reactor.host.report(.note("broker \(configuration.nodeID) cannot start: \(error)"))
      reactor.host.exit()
    }
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }

  /// A controlled shutdown: the controller moves the leaderships elsewhere, then the logs are closed.
  public func shutdown() {
    if let broker { broker.shutdown() } else { reactor.host.exit() }
  }

  // MARK: For white-box checks

  public var state: BrokerState { broker?.lifeCycle.state ?? .notRunning }

  /// This broker's registration; unknown before the controller granted one.
  public var brokerEpoch: BrokerEpoch { broker?.lifeCycle.brokerEpoch ?? .unknown }

  /// Whether the controller lets clients see this broker, as its last answer said.
  public var isFenced: Bool { broker?.lifeCycle.isFenced ?? true }

  /// The metadata that this broker acts on; nil before it was started.
  public var metadataImage: MetadataImage? { broker?.metadata.image }

  /// All replicas of this broker; nil before it was started.
  public var replicaManager: ReplicaManager? { broker?.replicaManager }
}
