import Controller
import Host
import Primitives
import Raft
import Replication

/// A node that is broker and controller (`process.roles=broker,controller`): one `node.id`, one replica of the metadata log, two listeners (Kafka's
/// `SharedServer`).
///
/// Listener 0 of its host is that of the broker, listener 1 that of the controller. The controller opens the metadata log; what is committed there goes to the
/// controller, then to the broker. The broker asks the active controller over the network as every broker does, itself included. What ends one role ends
/// the node.
public final class CombinedNode: Node {
  public let broker: BrokerNode
  public let controller: ControllerNode

  private let reactor: Reactor

  /// - Parameters:
  ///   - broker: with the voters of `controller`, one of which is this node.
  ///   - switches: historic rules of replication.
  ///   - rules: what the controller knows of settings.
  public init(
    host: any NodeHost, broker: BrokerConfiguration, controller: ControllerConfiguration, switches: ReplicationSwitches = ReplicationSwitches(),
    rules: ConfigurationRules, hostSettings: HostSettings = .none
  ) {
    reactor = Reactor(host: host)
    self.controller = ControllerNode(reactor: reactor, configuration: controller, rules: rules, listener: 1)
    self.broker = BrokerNode(reactor: reactor, configuration: broker, clusterID: controller.clusterID, switches: switches, hostSettings: hostSettings)
  }

  deinit { reactor.end() }

  public func start() {
    guard let quorum = controller.open(isShared: true) else { return }
    quorum.listener = self
    broker.start(sharing: RunningBroker.SharedNode(quorum: quorum) { [unowned self] in controller.shutdown() })
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }

  /// Starts a controlled shutdown of the broker; the controller resigns when the broker has closed its logs, and the node ends.
  public func shutdown() { broker.shutdown() }

  /// Does the first part of a shutdown: the leaderships move elsewhere. The completion runs when the controller has released the broker, or the broker waits
  /// for it no longer. For nodes that end together: controllers stay until no broker needs them, and then each node is told to `shutdown`.
  public func giveUpLeaderships(_ completion: @escaping () -> Void) {
    if let broker = broker.broker { broker.giveUpLeaderships(completion) } else { completion() }
  }

  public var requestsUnderWay: [RequestUnderWay] { reactor.requestsUnderWay }

  public func checkInvariants(_ check: inout InvariantCheck) {
    controller.checkInvariants(&check)
    broker.checkInvariants(&check)
  }
}

extension CombinedNode: QuorumListener {
  public func committed(_ batch: CommittedBatch) {
    controller.committed(batch)
    broker.broker?.committed(batch)
  }

  public func load(_ snapshot: CommittedSnapshot) throws {
    let image = try MetadataImage(snapshot, clusterID: controller.configuration.clusterID)
    controller.load(image)
    broker.broker?.load(image)
  }

  public func leaderChanged(to leader: NodeID?, epoch: LeaderEpoch) { controller.leaderChanged(to: leader, epoch: epoch) }
  public func becameLeader(epoch: LeaderEpoch) { controller.becameLeader(epoch: epoch) }
  public func resigned(epoch: LeaderEpoch) { controller.resigned(epoch: epoch) }
  public func failed(_ failure: QuorumFailure) { controller.failed(failure) }
}

extension Node {
  /// This node as a broker, whether or not it is a controller too; nil where it is none.
  public var brokerRole: BrokerNode? { self as? BrokerNode ?? (self as? CombinedNode)?.broker }

  /// This node as a controller, whether or not it is a broker too; nil where it is none.
  public var controllerRole: ControllerNode? { self as? ControllerNode ?? (self as? CombinedNode)?.controller }
}
