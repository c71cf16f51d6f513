import Controller
import Host
import Log
import Primitives
import Raft
import Replication
import Transport
import Wire

/// The parts of one life of a broker, and how they are connected.
///
/// In order: the metadata log is followed, and the broker registers; when it knows what is committed, logs are opened; when the controller says that it has caught up, the first
/// metadata is published, requests are accepted, and the controller is asked to unfence the broker.
final class RunningBroker {
  let reactor: Reactor
  let configuration: BrokerConfiguration
  let metadata: MetadataCache
  let replicaManager: ReplicaManager
  private(set) var lifeCycle: BrokerLifeCycle! = nil

  private let effective: EffectiveConfiguration
  let logManager: LogManager
  let quorum: QuorumReplica
  /// What it shares the node with; nil where it has the node for itself.
  let sharedNode: SharedNode?
  /// Of a replica that it shares, whoever shares it takes the snapshots.
  private let snapshots: SnapshotGenerator?
  private let publisher: MetadataPublisher
  let groups: GroupCoordinator
  let transactions: TransactionCoordinator
  private let partitionChanges: PartitionChangeChannel
  private let apis: BrokerApis
  private(set) var server: RequestServer?
  private var controlledShutdownLimit: ScheduledTimer?
  /// Runs when the controller has released this broker. The logs then stay open until `shutdown`.
  private var whenReleased: (() -> Void)?
  /// Whether the controller has released this broker, or was not asked.
  private var isReleased = false
  private var isClosing = false
  /// Whether opening the logs was tried: a broker that failed may be told of more before its event is over.
  private var hasOpenedLogs = false

  /// The node of a broker that is a controller as well: one replica of the metadata log, which the controller has opened.
  struct SharedNode {
    let quorum: QuorumReplica
    /// Runs when the broker has closed its logs.
    let brokerEnded: () -> Void
  }

  /// How long Kafka waits for a controller to release a broker.
  private static let controlledShutdownTimeout = Duration.seconds(300)

  init(
    reactor: Reactor, configuration: BrokerConfiguration, clusterID: String, switches: ReplicationSwitches, hostSettings: HostSettings,
    sharing sharedNode: SharedNode?
  ) throws {
    let endpoint = configuration.endpoint
    effective = EffectiveConfiguration(configuration, host: hostSettings)
    self.reactor = reactor
    self.configuration = configuration
    metadata = MetadataCache(clusterID: clusterID, listenerName: endpoint.name)
    logManager = try LogDirectory.open(reactor: reactor, clusterID: clusterID, configuration: configuration)
    self.sharedNode = sharedNode
    let quorum =
      try sharedNode?.quorum
      ?? QuorumReplica(configuration: configuration.quorum(clusterID: clusterID, directoryID: logManager.metaProperties.directoryID), reactor: reactor)
    self.quorum = quorum
    snapshots = sharedNode == nil ? SnapshotGenerator(quorum: quorum, reactor: reactor) : nil
    let activeController: () -> Address? = { [unowned quorum] in quorum.leader?.address }
    func channel(_ purpose: String) -> ControllerChannel {
      ControllerChannel(
        reactor: reactor, clientID: "broker-\(configuration.nodeID)-\(purpose)", requestTimeout: configuration.controllerSocketTimeout,
        activeController: activeController)
    }
    partitionChanges = PartitionChangeChannel(
      reactor: reactor, clientID: "broker-\(configuration.nodeID)-alter-partition", requestTimeout: configuration.controllerSocketTimeout,
      activeController: activeController)
    replicaManager = ReplicaManager(
      reactor: reactor, localID: configuration.nodeID, logManager: logManager, configuration: configuration.replication, switches: switches,
      sender: RequestSender(reactor: reactor, clientID: "broker-\(configuration.nodeID)-fetcher"), partitionChanges: partitionChanges,
      directory: metadata)
    let groups = GroupCoordinator(reactor: reactor, configuration: effective, metadata: metadata, replicaManager: replicaManager)
    self.groups = groups
    let producerIDs = ProducerIDSource(
      reactor: reactor, channel: channel("producer-ids"), nodeID: configuration.nodeID,
      brokerEpoch: { [unowned replicaManager] in replicaManager.brokerEpoch })
    transactions = TransactionCoordinator(
      reactor: reactor, configuration: configuration, metadata: metadata, replicaManager: replicaManager, producerIDs: producerIDs)
    publisher = MetadataPublisher(
      reactor: reactor, metadata: metadata, configuration: effective, replicaManager: replicaManager,
      configurationChanged: { [unowned logManager] in logManager.reconfigure($0.logManager) },
      topologyChanged: { [unowned groups] in groups.cluster.changed() },
      topicsDeleted: { [unowned groups] in groups.topicsDeleted($0) })
    apis = BrokerApis(
      reactor: reactor, configuration: effective, metadata: metadata, replicaManager: replicaManager,
      forwarder: Forwarder(reactor: reactor, channel: channel("forwarding")),
      producerIDs: producerIDs, groups: groups, transactions: transactions, kraftVersion: { [unowned quorum] in quorum.kraftVersion })
    lifeCycle = BrokerLifeCycle(
      reactor: reactor, channel: channel("heartbeat"),
      facts: RegistrationFacts(
        nodeID: configuration.nodeID, clusterID: clusterID, incarnationID: .random(&reactor.host.random), endpoint: endpoint,
        rack: configuration.rack, features: FeatureLevels.supported, logDirectories: [logManager.metaProperties.directoryID],
        previousBrokerEpoch: logManager.previousBrokerEpoch ?? .unknown),
      timing: BrokerLifeCycle.Timing(
        heartbeatInterval: configuration.heartbeatInterval, sessionTimeout: configuration.sessionTimeout,
        initialRegistrationTimeout: configuration.initialRegistrationTimeout),
      metadataOffset: { [unowned publisher] in publisher.lastOffset }, delegate: self)
  }

  func start() {
    if configuration.rebalanceProtocols.contains(.share) {
      // Kafka warns about it as well: the feature `share.version` decides.
      reactor.report(
        .warning("broker \(configuration.nodeID): 'share' in group.coordinator.rebalance.protocols has no effect, because brokers do not support share groups"))
    }
    groups.start()
    transactions.start()
    replicaManager.diskDidFail = { [unowned self] error in end(because: error.description) }
    if sharedNode == nil { quorum.listener = self }
    quorum.start()
    lifeCycle.start()
  }

  /// Ends at once, without a clean shutdown: the disk, or its contents, cannot be trusted.
  private func end(because reason: String) {
    reactor.report(.note("broker \(configuration.nodeID) ends: \(reason)"))
    reactor.host.exit()
  }
}

// MARK: - Start and end

extension RunningBroker: BrokerLifeCycleDelegate {
  func registered(_ epoch: BrokerEpoch) { replicaManager.brokerEpoch = epoch }

  func caughtUp() {
    mustHold(
      metadata.image.lastOffset.value >= lifeCycle.brokerEpoch.value,
      "broker \(configuration.nodeID) is to have caught up, has read the metadata up to offset \(metadata.image.lastOffset), and is registered in epoch \(lifeCycle.brokerEpoch)")
    guard openLogs() else { return }
    do {
      try LogDirectory.clearStrays(in: logManager, of: configuration.nodeID, metadata.image, deletedTopics: publisher.deletedTopics)
    } catch {
      return end(because: error.description)
    }
    publisher.begin { [unowned self] in serve() }
  }

  /// Opens the logs if they are not open yet. False if that is impossible, and the broker ends.
  private func openLogs() -> Bool {
    guard !hasOpenedLogs else { return logManager.isOpen }
    hasOpenedLogs = true
    do {
      try LogDirectory.openLogs(in: logManager, reactor: reactor, configuration: effective, metadata: metadata)
      return true
    } catch {
      reactor.report(.note("broker \(configuration.nodeID) cannot start: \(error)"))
      reactor.host.exit()
      return false
    }
  }

  private func serve() {
    // A shutdown may have been requested in the meantime.
    guard lifeCycle.state == .recovery else {
      mark(.shutdownBeforeServing)
      return
    }
    logManager.start()
    replicaManager.start()
    // The node keeps this object, which keeps the server, as long as it handles an event.
    server = RequestServer(reactor: reactor, apis: BrokerApis.offered(by: configuration)) { [broker = Uncounted(self)] incoming in
      broker.with { $0.take(incoming) }
    }
    lifeCycle.readyToUnfence()
  }

  func registrationRefused(_ reason: String) { end(because: reason) }

  /// Takes a request, unless the broker is closing its logs.
  private func take(_ incoming: IncomingRequest) {
    guard lifeCycle.state == .shuttingDown else { return apis.handle(incoming) }
    mark(.requestDuringShutdown)
    incoming.closeConnection()
  }

  func shutdown() {
    whenReleased = nil
    if isReleased { close() } else { askForRelease() }
  }

  /// Moves the leaderships elsewhere; the rest of the shutdown waits for `shutdown`.
  func giveUpLeaderships(_ completion: @escaping () -> Void) {
    guard !isReleased else { return completion() }
    whenReleased = completion
    askForRelease()
  }

  private func askForRelease() {
    guard configuration.hasControlledShutdown else { return lifeCycle.beginShutdown() }
    replicaManager.prepareControlledShutdown()
    lifeCycle.beginControlledShutdown()
    guard lifeCycle.state == .pendingControlledShutdown, controlledShutdownLimit == nil else { return }
    controlledShutdownLimit = reactor.after(Self.controlledShutdownTimeout) { [unowned self] in lifeCycle.beginShutdown() }
  }

  func shuttingDown() {
    isReleased = true
    if let whenReleased { whenReleased() } else { close() }
  }

  private func close() {
    guard !isClosing else { return }
    isClosing = true
    replicaManager.shutdown()
    logManager.shutdown(brokerEpoch: lifeCycle.brokerEpoch) { [unowned self] error in
      if let error { reactor.report(.note("broker \(configuration.nodeID) stops without a clean-shutdown marker: \(error)")) }
      lifeCycle.ended()
      if let sharedNode { return sharedNode.brokerEnded() }
      quorum.close()
      reactor.host.exit()
    }
  }
}

// MARK: - The metadata log

extension RunningBroker: QuorumListener {
  func committed(_ batch: CommittedBatch) {
    publisher.apply(batch)
    snapshots?.committed(batch, metadata.image)
    // All is known that the leader said to be committed, registered or not, and so how topics are configured: Kafka's `MetadataLoader` publishes for the first time, and
    // `BrokerMetadataPublisher.initializeManagers` starts the log manager. A snapshot of its own tells only what was so in a former life.
    if !hasOpenedLogs, batch.lastOffset + 1 >= quorum.highWatermark { _ = openLogs() }
  }

  func load(_ snapshot: CommittedSnapshot) throws { load(try MetadataImage(snapshot, clusterID: metadata.image.clusterID)) }

  /// Goes on with what a snapshot holds.
  func load(_ image: MetadataImage) {
    publisher.load(image)
    snapshots?.loaded()
  }

  func failed(_ failure: QuorumFailure) { end(because: failure.description) }

  // Requests to the controller look up the leader when they are sent, and an observer never leads.
  func leaderChanged(to leader: NodeID?, epoch: LeaderEpoch) {}
  func becameLeader(epoch: LeaderEpoch) {}
  func resigned(epoch: LeaderEpoch) {}
}

extension BrokerConfiguration {
  /// How this broker observes the controller quorum.
  fileprivate func quorum(clusterID: String, directoryID: Uuid) -> QuorumConfiguration {
    var quorum = QuorumConfiguration(nodeID: nodeID, clusterID: clusterID, voters: VoterSet(quorumVoters))
    quorum.bootstrapServers = quorumServers
    if quorum.isDynamic { quorum.directoryID = directoryID }
    quorum.requestTimeout = quorumRequestTimeout
    quorum.retryBackoff = quorumRetryBackoff
    quorum.fetchMaxBytes = Int(quorumFetchMaxBytes)
    quorum.fetchSnapshotMaxBytes = Int(quorumFetchSnapshotMaxBytes)
    quorum.metadataLog = metadataLog
    quorum.switches = quorumSwitches
    return quorum
  }
}
