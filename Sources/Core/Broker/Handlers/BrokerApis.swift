import Controller
import Host
import Log
import Primitives
import Replication
import Transport
import Wire

/// Answers the requests that clients and other brokers send to a broker: one handler for each API, in its own file.
///
/// Handlers contain no logic that belongs to lower layers: they read requests, ask the replica manager, the metadata or the controller, and write
/// responses.
final class BrokerApis {
  let reactor: Reactor
  let configuration: BrokerConfiguration
  let effectiveConfiguration: EffectiveConfiguration
  let metadata: MetadataCache
  let replicaManager: ReplicaManager
  let forwarder: Forwarder
  let producerIDs: ProducerIDSource
  let groups: GroupCoordinator
  let transactions: TransactionCoordinator
  let verifier: TransactionVerifier
  let autoTopicCreation: AutoTopicCreation
  /// What the replica of the metadata log knows of the feature kraft.version, which is in no metadata record.
  let kraftVersion: () -> Int16
  /// What requests are read into.
  let roomForFetches = MessageRoom<FetchRequest>()
  let roomForProduces = MessageRoom<ProduceRequest>()
  /// Kept for the next answer to a producer.
  var roomForTopics = TopicRoom<ProduceResponse.TopicProduceResponse>()
  var roomForEntries: [AppendEntry] = []
  var spareProduceAnswers: ContiguousArray<ProduceAnswer> = []

  init(
    reactor: Reactor, configuration: EffectiveConfiguration, metadata: MetadataCache, replicaManager: ReplicaManager, forwarder: Forwarder,
    producerIDs: ProducerIDSource, groups: GroupCoordinator, transactions: TransactionCoordinator, kraftVersion: @escaping () -> Int16
  ) {
    self.kraftVersion = kraftVersion
    self.reactor = reactor
    self.configuration = configuration.fixed
    effectiveConfiguration = configuration
    self.metadata = metadata
    self.replicaManager = replicaManager
    self.forwarder = forwarder
    self.producerIDs = producerIDs
    self.groups = groups
    self.transactions = transactions
    verifier = TransactionVerifier(reactor: reactor, configuration: configuration, metadata: metadata, replicaManager: replicaManager)
    autoTopicCreation = AutoTopicCreation(configuration: configuration.fixed, forwarder: forwarder)
  }

  /// The ApiVersions response, which never changes.
  private(set) lazy var apiVersions: [ApiVersionsResponse.ApiVersion] = Self.offered(by: configuration).map { api in
    var entry = ApiVersionsResponse.ApiVersion()
    entry.apiKey = api.key.rawValue
    entry.minVersion = api.advertised.lowerBound
    entry.maxVersion = api.advertised.upperBound
    return entry
  }

  /// Includes versions that 4.3 considers unstable where `unstable.api.versions.enable` says so, which is the version of InitProducerId with two-phase commit
  /// (KIP-939), and what changes the voters of the metadata log where they can be changed (KIP-853).
  static func offered(by configuration: BrokerConfiguration) -> [OfferedApi] {
    let offered = configuration.offersUnstableVersions ? offered.map { $0.key == .initProducerId ? OfferedApi($0.key, advertised: 0...6) : $0 } : offered
    return configuration.quorumVoters.isEmpty ? offered + [OfferedApi(.addRaftVoter, advertised: 0...1), OfferedApi(.removeRaftVoter, advertised: 0...0)] : offered
  }

  /// In the order of the keys. The versions are those of a 4.3 broker's client listener.
  static let offered: [OfferedApi] = [
    // librdkafka assumes that a broker without version 0 does not support compressed batches (KAFKA-18659).
    OfferedApi(.produce, advertised: 0...13, accepted: 3...13),
    OfferedApi(.fetch, advertised: 4...18),
    OfferedApi(.listOffsets, advertised: 1...11),
    OfferedApi(.metadata, advertised: 0...13),
    OfferedApi(.offsetCommit, advertised: 2...10),
    OfferedApi(.offsetFetch, advertised: 1...10),
    OfferedApi(.findCoordinator, advertised: 0...6),
    OfferedApi(.joinGroup, advertised: 0...9),
    OfferedApi(.heartbeat, advertised: 0...4),
    OfferedApi(.leaveGroup, advertised: 0...5),
    OfferedApi(.syncGroup, advertised: 0...5),
    OfferedApi(.describeGroups, advertised: 0...6),
    OfferedApi(.listGroups, advertised: 0...5),
    OfferedApi(.apiVersions, advertised: 0...4),
    OfferedApi(.createTopics, advertised: 2...7),
    OfferedApi(.deleteTopics, advertised: 1...6),
    OfferedApi(.deleteRecords, advertised: 0...2),
    OfferedApi(.initProducerId, advertised: 0...5),
    OfferedApi(.offsetForLeaderEpoch, advertised: 2...4),
    // Versions up to 3 are for producers, later ones for brokers.
    OfferedApi(.addPartitionsToTxn, advertised: 0...5),
    OfferedApi(.addOffsetsToTxn, advertised: 0...4),
    OfferedApi(.endTxn, advertised: 0...5),
    OfferedApi(.writeTxnMarkers, advertised: 1...2),
    OfferedApi(.txnOffsetCommit, advertised: 0...5),
    OfferedApi(.describeConfigs, advertised: 1...4),
    OfferedApi(.alterConfigs, advertised: 0...2),
    OfferedApi(.describeLogDirs, advertised: 1...5),
    OfferedApi(.createPartitions, advertised: 0...3),
    OfferedApi(.deleteGroups, advertised: 0...2),
    OfferedApi(.electLeaders, advertised: 0...2),
    OfferedApi(.incrementalAlterConfigs, advertised: 0...1),
    OfferedApi(.alterPartitionReassignments, advertised: 0...1),
    OfferedApi(.listPartitionReassignments, advertised: 0...0),
    OfferedApi(.offsetDelete, advertised: 0...0),
    OfferedApi(.describeQuorum, advertised: 0...2),
    OfferedApi(.updateFeatures, advertised: 0...2),
    OfferedApi(.describeCluster, advertised: 0...2),
    OfferedApi(.describeProducers, advertised: 0...0),
    OfferedApi(.unregisterBroker, advertised: 0...0),
    OfferedApi(.describeTransactions, advertised: 0...0),
    OfferedApi(.listTransactions, advertised: 0...2),
    OfferedApi(.consumerGroupHeartbeat, advertised: 0...1),
    OfferedApi(.consumerGroupDescribe, advertised: 0...1),
    OfferedApi(.listConfigResources, advertised: 0...1),
    OfferedApi(.describeTopicPartitions, advertised: 0...0),
  ]

  func handle(_ incoming: IncomingRequest) {
    switch incoming.apiKey {
    case .produce: handleProduce(incoming)
    case .fetch: handleFetch(incoming)
    case .listOffsets: handleListOffsets(incoming)
    case .metadata: handleMetadata(incoming)
    case .offsetCommit: handleOffsetCommit(incoming)
    case .offsetFetch: handleOffsetFetch(incoming)
    case .findCoordinator: handleFindCoordinator(incoming)
    case .joinGroup: handleJoinGroup(incoming)
    case .heartbeat: handleHeartbeat(incoming)
    case .leaveGroup: handleLeaveGroup(incoming)
    case .syncGroup: handleSyncGroup(incoming)
    case .describeGroups: handleDescribeGroups(incoming)
    case .listGroups: handleListGroups(incoming)
    case .deleteGroups: handleDeleteGroups(incoming)
    case .consumerGroupHeartbeat: handleConsumerGroupHeartbeat(incoming)
    case .consumerGroupDescribe: handleConsumerGroupDescribe(incoming)
    case .offsetDelete: handleOffsetDelete(incoming)
    case .apiVersions: handleApiVersions(incoming)
    case .deleteRecords: handleDeleteRecords(incoming)
    case .initProducerId: handleInitProducerId(incoming)
    case .addPartitionsToTxn: handleAddPartitionsToTxn(incoming)
    case .addOffsetsToTxn: handleAddOffsetsToTxn(incoming)
    case .endTxn: handleEndTxn(incoming)
    case .describeTransactions: handleDescribeTransactions(incoming)
    case .listTransactions: handleListTransactions(incoming)
    case .offsetForLeaderEpoch: handleOffsetForLeaderEpoch(incoming)
    case .writeTxnMarkers: handleWriteTxnMarkers(incoming)
    case .txnOffsetCommit: handleTxnOffsetCommit(incoming)
    case .describeConfigs: handleDescribeConfigs(incoming)
    case .alterConfigs: handleAlterConfigs(incoming)
    case .incrementalAlterConfigs: handleIncrementalAlterConfigs(incoming)
    case .describeLogDirs: handleDescribeLogDirs(incoming)
    case .describeCluster: handleDescribeCluster(incoming)
    case .describeProducers: handleDescribeProducers(incoming)
    case .listConfigResources: handleListConfigResources(incoming)
    case .describeTopicPartitions: handleDescribeTopicPartitions(incoming)
    case .createTopics: forwarder.forward(incoming, as: CreateTopicsRequest.self)
    case .deleteTopics: forwarder.forward(incoming, as: DeleteTopicsRequest.self)
    case .createPartitions: forwarder.forward(incoming, as: CreatePartitionsRequest.self)
    case .electLeaders: forwarder.forward(incoming, as: ElectLeadersRequest.self)
    case .alterPartitionReassignments: forwarder.forward(incoming, as: AlterPartitionReassignmentsRequest.self)
    case .listPartitionReassignments: forwarder.forward(incoming, as: ListPartitionReassignmentsRequest.self)
    case .describeQuorum: forwarder.forward(incoming, as: DescribeQuorumRequest.self)
    case .updateFeatures: forwarder.forward(incoming, as: UpdateFeaturesRequest.self)
    case .unregisterBroker: forwarder.forward(incoming, as: UnregisterBrokerRequest.self)
    case .addRaftVoter: forwarder.forward(incoming, as: AddRaftVoterRequest.self)
    case .removeRaftVoter: forwarder.forward(incoming, as: RemoveRaftVoterRequest.self)
    // The server admits only offered APIs.
    default: incoming.closeConnection()
    }
  }
}
