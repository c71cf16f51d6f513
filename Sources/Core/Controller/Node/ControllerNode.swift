import Host
import Log
import Primitives
import Raft
import Transport
import Wire

/// A controller: a replica of the metadata log which makes the decisions while it leads the quorum.
///
/// A request becomes a decision, its records are appended to the metadata log, and the response is sent when they are committed. A controller that is
/// not active answers requests with NOT_CONTROLLER.
///
/// Brokers may forward administrative requests unchanged, or wrapped in an Envelope as Kafka's brokers do (KIP-590).
public final class ControllerNode: Node {
  let reactor: Reactor
  /// Where it takes requests, by the number at its host.
  private let listener: Int
  package let configuration: ControllerConfiguration
  private let rules: ConfigurationRules
  private(set) var quorum: QuorumReplica!
  private(set) var server: RequestServer!
  private let incarnationID: Uuid
  /// Asks brokers for the ends of their logs.
  let surveyor: RequestSender
  var survey: LogSurvey?
  var surveyTimer: ScheduledTimer?
  private var hasBeenActive = false

  /// The committed state.
  public internal(set) var image: MetadataImage
  /// The state for decisions; nil while this controller is not active.
  public internal(set) var state: ControllerState?

  private var snapshots: SnapshotGenerator?
  var tasks = PeriodicTasks()
  var lastAppend = Instant.zero
  /// Reasons that a decision's records do not contain, kept until they are committed. Only for lookups.
  var fencingReasons: [NodeID: Occurrence.FencingReason] = [:]
  var uncleanRegistrations: Set<BrokerEpoch> = []

  public convenience init(host: any NodeHost, configuration: ControllerConfiguration, rules: ConfigurationRules = ConfigurationRules()) {
    self.init(reactor: Reactor(host: host), configuration: configuration, rules: rules, listener: 0)
  }

  /// - Parameter reactor: That of a node with other roles beside this one, where it is one.
  package init(reactor: Reactor, configuration: ControllerConfiguration, rules: ConfigurationRules, listener: Int) {
    self.reactor = reactor
    self.listener = listener
    self.configuration = configuration
    self.rules = rules
    incarnationID = Uuid.random(&reactor.host.random)
    surveyor = RequestSender(reactor: reactor, clientID: "controller-\(configuration.nodeID)-log-survey")
    image = MetadataImage(clusterID: configuration.clusterID)
  }

  deinit { reactor.end() }

  public func start() {
    guard let quorum = open() else { return }
    quorum.listener = self
    quorum.start()
  }

  /// Opens the metadata log and takes requests. The caller starts the replica, with this controller or with one that hands everything on to it as its
  /// listener. Returns nil where the log cannot be opened: then the node ends, and has told why.
  ///
  /// - Parameter isShared: whether a broker of the same node opens the directory behind this.
  package func open(isShared: Bool = false) -> QuorumReplica? {
    let quorum: QuorumReplica
    do throws(LogError) {
      var configuration = configuration.quorum
      configuration.switches = self.configuration.switches.quorum
      if configuration.hasDirectories { configuration.directoryID = try ControllerDirectory.open(configuration, isShared: isShared, reactor: reactor) }
      quorum = try QuorumReplica(configuration: configuration, reactor: reactor)
    } catch {
      end(because: "the metadata log cannot be opened: \(error.below(reactor.disk.location))")
      return nil
    }
    self.quorum = quorum
    server = RequestServer(reactor: reactor, apis: offeredApis, listener: listener) { [unowned self] request in take(request) }
    snapshots = SnapshotGenerator(quorum: quorum, reactor: reactor)
    return quorum
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }

  public func shutdown() {
    endSurvey()
    quorum?.close()
    reactor.host.exit()
  }

  /// What it has committed about a partition, without a copy of the image; nil where there is none.
  public func partition(_ partition: TopicIDPartition) -> PartitionRegistration? { image.partition(partition) }
  public func partition(_ partition: TopicPartition) -> PartitionRegistration? { image.partition(partition) }

  /// What it has committed about a broker; nil where there is none.
  public func broker(_ id: NodeID) -> BrokerRegistration? { image.broker(id) }

  /// Whether this node leads the metadata log, perhaps without having committed anything in its epoch.
  public var leadsMetadataLog: Bool { quorum?.isLeader == true }

  /// Whether this controller decides.
  public var isActive: Bool { state != nil }

  /// Where this node's metadata log ends, what is not committed included; 0 where it is not open.
  public var metadataLogEndOffset: Offset { quorum?.logEndOffset ?? 0 }

  /// The file that holds the last record of this node's metadata log below an offset, and how many of its bytes hold what is below; nil where memory does not tell.
  public func metadataExtent(below end: Offset) -> (path: String, bytes: Int)? { quorum?.extent(below: end) }

  /// Whether a log that ends at an offset, with a last record of some epoch, is a beginning of this node's metadata log; nil where a snapshot has to tell.
  public func isBeginning(of end: Offset, epoch: LeaderEpoch) -> Bool? { quorum?.isBeginning(of: end, epoch: epoch) }

  /// Whether this node, as the leader of the metadata log, has taken the log of another for a beginning of its own.
  public func hasServedMetadata(to replica: ReplicaKey) -> Bool { quorum?.hasServed(replica) == true }

  /// The file that keeps this node's vote (`QuorumReplica.vote(in:)`); nil where the log is not open.
  public var votePath: String? { quorum?.votePath }

  /// The epoch of the last record in this node's metadata log, what is not committed included; 0 where it is not open.
  public var lastMetadataEpoch: LeaderEpoch { quorum?.latestEpoch ?? 0 }

  /// Up to where this node knows the metadata log to be committed; 0 where it is not open.
  public var committedMetadataEnd: Offset { quorum?.highWatermark ?? 0 }

  /// The epoch of the metadata log as far as this node knows; 0 where its log is not open.
  public var quorumEpoch: LeaderEpoch { quorum?.epoch ?? 0 }

  /// Whether this node asks for votes.
  public var isStandingForElection: Bool { quorum?.isStanding == true }

  /// The leader of the metadata log as far as this node knows.
  public var quorumLeader: NodeID? { quorum?.leader?.id }

  /// The voters of the metadata log that are in force at this node, committed or not; empty where it is not open.
  public var voters: VoterSet { quorum?.voters ?? [] }

  /// The level of kraft.version at this node; 0 where its log is not open.
  public var kraftVersion: Int16 { quorum?.kraftVersion ?? 0 }

  /// By which the voters know this node, if they do; without a directory where the log is not open.
  public var replicaKey: ReplicaKey { quorum?.replica ?? ReplicaKey(id: configuration.nodeID, directory: nil) }

  /// Whether this node is one of them: a node whose directory is another than the voter's of its id is none.
  public var isVoter: Bool { quorum?.isVoter == true }

  private func end(because reason: String) {
    reactor.host.report(.note("controller \(configuration.nodeID) ends: \(reason)"))
    reactor.host.exit()
  }

  /// Appends a decision, and runs the completion when it is committed, or failed.
  func commit(_ records: [MetadataRecord], _ completion: @escaping (Result<Offset, QuorumAppendError>) -> Void) {
    guard state != nil else { return completion(.failure(.notLeader)) }
    guard !records.isEmpty else { return quorum.afterAppends(completion) }
    do {
      try state!.apply(records)
    } catch {
      return end(because: "a decision is inconsistent with the metadata on which it is based: \(error)")
    }
    lastAppend = reactor.now
    quorum.append(records, completion)
  }
}

extension ControllerNode: QuorumListener {
  public func committed(_ batch: CommittedBatch) {
    // What a former controller committed was told by it; what it only wrote was not.
    let isNew = isActive && batch.epoch == quorum.epoch || configuration.reportsFormerEpochs && quorum.isLeader
    var delta = MetadataDelta(remembersChanges: isNew || isActive)
    if let misfit = image.apply(batch, recording: &delta).first {
      return end(because: "the metadata log is inconsistent: \(misfit)")
    }
    if let state, !delta.isEmpty, batch.lastOffset + 1 == quorum.logEndOffset { state.requireCommitted(delta, in: image, of: configuration.nodeID) }
    if isNew, !delta.isEmpty { report(delta) }
    if !delta.brokers.isEmpty { surveyLogs() }
    snapshots?.committed(batch, image)
  }

  public func load(_ snapshot: CommittedSnapshot) throws { load(try MetadataImage(snapshot, clusterID: configuration.clusterID)) }

  /// Goes on with what a snapshot holds.
  package func load(_ image: MetadataImage) {
    self.image = image
    snapshots?.loaded()
  }

  public func leaderChanged(to leader: NodeID?, epoch: LeaderEpoch) {}

  public func becameLeader(epoch: LeaderEpoch) {
    var state = ControllerState(image: image, configuration: configuration, random: reactor.host.random, rules: rules)
    // From here on, decisions draw their random numbers from a separate stream.
    _ = reactor.host.random.next()
    let endsFormerLives = configuration.formerBrokersHaveEnded && !hasBeenActive
    hasBeenActive = true
    if !endsFormerLives, configuration.switches.trackBrokersOfFormerController { state.sessions.restart(with: image, at: reactor.now) }
    self.state = state
    commit(activationRecords(state)) { _ in }
    if endsFormerLives { fenceFormerBrokers() }
    startTasks()
    self.state?.requireBeginning(of: configuration.nodeID)
    requireTimer()
  }

  private func fenceFormerBrokers() {
    guard let state else { return }
    let former = state.image.brokers.filter { !$0.isFenced }.map(\.id)
    if !former.isEmpty {
      let names = former.map(\.description).joined(separator: ", ")
      reactor.host.report(.note("no broker of the previous run is left: the sessions of its brokers (\(names)) end without a wait"))
      for broker in former { fencingReasons[broker] = .processEnded }
      commit(state.fenceAll()) { _ in }
    }
    guard let image = self.state?.image else { return }
    self.state?.sessions.restart(with: image, at: reactor.now)
  }

  public func resigned(epoch: LeaderEpoch) {
    mark(.controllerResigned)
    state = nil
    fencingReasons = [:]
    uncleanRegistrations = []
    endSurvey()
    stopTasks()
  }

  public func failed(_ failure: QuorumFailure) { end(because: failure.description) }

  /// The end of a metadata transaction that a former controller left open, the first records of a new cluster, and this controller's own registration
  /// (KIP-919).
  ///
  /// Kafka writes the first records of a cluster in a transaction, since there may be more of them than a batch holds. Here they are one batch with the
  /// registration, which is committed as a whole in any case.
  private func activationRecords(_ state: ControllerState) -> [MetadataRecord] {
    var records: [MetadataRecord] = []
    if image.openTransaction != nil { records.append(.abortTransaction(AbortTransactionRecord { $0.reason = "Controller failover" })) }
    if image.features.metadataVersion == 0 { records += state.bootstrap() }
    var request = ControllerRegistrationRequest()
    request.controllerId = configuration.nodeID.value
    request.incarnationId = incarnationID
    if let address = configuration.quorum.address {
      var listener = ControllerRegistrationRequest.Listener()
      listener.name = configuration.listenerName
      listener.host = address.host
      listener.port = UInt16(clamping: address.port)
      request.listeners = [listener]
    }
    request.features = FeatureLevels.supported.map {
      var feature = ControllerRegistrationRequest.Feature()
      (feature.name, feature.minSupportedVersion, feature.maxSupportedVersion) = ($0.name, $0.levels.lowerBound, $0.levels.upperBound)
      return feature
    }
    records += state.registerController(request).records
    return records
  }
}
