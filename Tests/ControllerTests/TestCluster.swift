import Host
import Primitives
import Raft
import Wire

@testable import Controller

/// The pure half of a controller with brokers at its side: every decision is applied at once, offsets count up as in a log.
struct TestCluster {
  var state: ControllerState
  var offset = Offset(0)
  /// Everything that was decided.
  private(set) var log: [MetadataRecord] = []
  var now = Instant.zero
  /// The last life of each broker, by its number.
  var incarnations: [Int32: UInt64] = [:]
  /// The log directory of each broker's next life, where it is not the one that it began with.
  var directories: [Int32: Uuid] = [:]
  /// What the quorum says of kraft.version, and is told.
  var quorum = QuorumFeature(level: 0, objectionToUpgrade: "the voters of this quorum are static")

  init(
    brokers: ClosedRange<Int32>? = 1...3, features: FeatureLevels = .bootstrap, racks: [Int32: String] = [:],
    configure: (inout ControllerConfiguration) -> Void = { _ in }
  ) {
    var configuration = ControllerConfiguration(
      nodeID: 100, clusterID: "test", voters: [Voter(id: 100, address: Address(host: "c", port: 9093))])
    configuration.bootstrapFeatures = features
    configure(&configuration)
    state = ControllerState(
      image: MetadataImage(clusterID: "test"), configuration: configuration, random: RandomStream(seed: 1, purpose: "controller test"))
    apply(state.bootstrap())
    guard let brokers else { return }
    for broker in brokers { start(broker, rack: racks[broker]) }
  }

  mutating func apply(_ records: [MetadataRecord]) {
    try! state.apply(records)
    log += records
    offset = offset + Int64(records.count)
  }

  mutating func apply<Response>(_ decision: MetadataDecision<Response>) -> Response {
    apply(decision.records)
    return decision.response
  }

  // MARK: Brokers

  /// Registers a new life of a broker and unfences it.
  mutating func start(_ broker: Int32, rack: String? = nil, previousEpoch: Int64 = -1) {
    register(broker, rack: rack, previousEpoch: previousEpoch)
    heartbeat(broker)
  }

  @discardableResult
  mutating func register(_ broker: Int32, rack: String? = nil, previousEpoch: Int64 = -1, sameLife: Bool = false) -> BrokerRegistrationResponse {
    if !sameLife { incarnations[broker, default: 0] += 1 }
    var request = BrokerRegistrationRequest()
    request.brokerId = broker
    request.clusterId = "test"
    request.incarnationId = Uuid(high: UInt64(broker), low: incarnations[broker]!)
    var listener = BrokerRegistrationRequest.Listener()
    listener.name = "PLAINTEXT"
    listener.host = "broker-\(broker)"
    listener.port = 9092
    request.listeners = [listener]
    request.features = FeatureLevels.supported.map {
      var feature = BrokerRegistrationRequest.Feature()
      (feature.name, feature.minSupportedVersion, feature.maxSupportedVersion) = ($0.name, $0.levels.lowerBound, $0.levels.upperBound)
      return feature
    }
    request.rack = rack
    request.logDirs = [directories[broker] ?? Uuid(high: UInt64(broker), low: 1000)]
    request.previousBrokerEpoch = previousEpoch
    return apply(state.registerBroker(request, nextOffset: offset, at: now))
  }

  @discardableResult
  mutating func heartbeat(
    _ broker: Int32, wantFence: Bool = false, wantShutDown: Bool = false, metadataOffset: Int64? = nil, epoch: Int64? = nil,
    offlineLogDirectories: [Uuid] = []
  ) -> BrokerHeartbeatResponse {
    var request = BrokerHeartbeatRequest()
    request.brokerId = broker
    request.brokerEpoch = epoch ?? self.epoch(of: broker)
    request.currentMetadataOffset = metadataOffset ?? offset.value - 1
    request.wantFence = wantFence
    request.wantShutDown = wantShutDown
    request.offlineLogDirs = offlineLogDirectories
    return apply(state.heartbeat(request, nextOffset: offset, at: now))
  }

  mutating func fence(_ broker: Int32) {
    state.sessions.end(NodeID(broker))
    apply(state.fence(state.image.broker(NodeID(broker))!))
  }

  func epoch(of broker: Int32) -> Int64 { state.image.broker(NodeID(broker))?.epoch.value ?? -1 }

  // MARK: Topics

  /// A topic whose partitions have the given replicas.
  mutating func createTopic(_ name: String, _ replicas: [[Int32]], configs: [(String, String)] = []) {
    var topic = CreateTopicsRequest.CreatableTopic()
    topic.name = name
    topic.numPartitions = -1
    topic.replicationFactor = -1
    topic.assignments = replicas.enumerated().map {
      var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
      (assignment.partitionIndex, assignment.brokerIds) = (Int32($0.offset), $0.element)
      return assignment
    }
    topic.configs = configs.map {
      var config = CreateTopicsRequest.CreatableTopicConfig()
      (config.name, config.value) = ($0.0, $0.1)
      return config
    }
    var request = CreateTopicsRequest()
    request.topics = [topic]
    let response = apply(state.createTopics(request))
    precondition(response.topics[0].errorCode == .none, response.topics[0].errorMessage ?? "")
  }

  mutating func createTopic(_ name: String, partitions: Int32, replicationFactor: Int16) -> CreateTopicsResponse.CreatableTopicResult {
    var topic = CreateTopicsRequest.CreatableTopic()
    (topic.name, topic.numPartitions, topic.replicationFactor) = (name, partitions, replicationFactor)
    var request = CreateTopicsRequest()
    request.topics = [topic]
    return apply(state.createTopics(request)).topics[0]
  }

  func partition(_ number: Int32 = 0, of topic: String = "t") -> PartitionRegistration { state.image.topic(named: topic)![number]! }

  /// A leader asks for an ISR with the present epochs, unless others are given.
  mutating func alterPartition(
    by leader: Int32, to isr: [Int32], leaderEpoch: Int32? = nil, partitionEpoch: Int32? = nil, brokerEpoch: Int64? = nil,
    memberEpochs: [Int32: Int64] = [:], recovery: LeaderRecoveryState = .recovered
  ) -> AlterPartitionResponse {
    let present = partition()
    var wanted = AlterPartitionRequest.PartitionData()
    wanted.leaderEpoch = leaderEpoch ?? present.leaderEpoch.value
    wanted.partitionEpoch = partitionEpoch ?? present.partitionEpoch.value
    wanted.leaderRecoveryState = recovery.rawValue
    wanted.newIsrWithEpochs = isr.map {
      var member = AlterPartitionRequest.BrokerState()
      (member.brokerId, member.brokerEpoch) = ($0, memberEpochs[$0] ?? epoch(of: $0))
      return member
    }
    var topic = AlterPartitionRequest.TopicData()
    topic.topicId = state.image.topicID(named: "t")!
    topic.partitions = [wanted]
    var request = AlterPartitionRequest()
    request.brokerId = leader
    request.brokerEpoch = brokerEpoch ?? epoch(of: leader)
    request.topics = [topic]
    return apply(state.alterPartition(request, version: 3))
  }

  /// As `alterPartition`, with the error of the one partition.
  mutating func errorOfAlterPartition(
    by leader: Int32, to isr: [Int32], leaderEpoch: Int32? = nil, partitionEpoch: Int32? = nil, memberEpochs: [Int32: Int64] = [:]
  ) -> ErrorCode {
    alterPartition(by: leader, to: isr, leaderEpoch: leaderEpoch, partitionEpoch: partitionEpoch, memberEpochs: memberEpochs)
      .topics[0].partitions[0].errorCode
  }

  mutating func setConfig(_ resource: ConfigResource, _ name: String, _ value: String?) -> ErrorCode {
    var config = IncrementalAlterConfigsRequest.AlterableConfig()
    (config.name, config.configOperation, config.value) = (name, value == nil ? 1 : 0, value)
    var change = IncrementalAlterConfigsRequest.AlterConfigsResource()
    (change.resourceType, change.resourceName, change.configs) = (resource.kind.rawValue, resource.name, [config])
    var request = IncrementalAlterConfigsRequest()
    request.resources = [change]
    return apply(state.incrementalAlterConfigs(request)).responses[0].errorCode
  }

  mutating func reassign(to replicas: [Int32]?) -> ErrorCode {
    var wanted = AlterPartitionReassignmentsRequest.ReassignablePartition()
    wanted.replicas = replicas
    var topic = AlterPartitionReassignmentsRequest.ReassignableTopic()
    (topic.name, topic.partitions) = ("t", [wanted])
    var request = AlterPartitionReassignmentsRequest()
    request.topics = [topic]
    return apply(state.alterPartitionReassignments(request)).responses[0].partitions[0].errorCode
  }

  mutating func elect(unclean: Bool) -> ErrorCode {
    var wanted = ElectLeadersRequest.TopicPartitions()
    (wanted.topic, wanted.partitions) = ("t", [0])
    var request = ElectLeadersRequest()
    (request.electionType, request.topicPartitions) = (unclean ? 1 : 0, [wanted])
    return apply(state.electLeaders(request)).replicaElectionResults[0].partitionResult[0].errorCode
  }

  mutating func setFeature(_ name: String, _ level: Int16, upgradeType: Int8 = 1) -> ErrorCode {
    var update = UpdateFeaturesRequest.FeatureUpdateKey()
    (update.feature, update.maxVersionLevel, update.upgradeType) = (name, level, upgradeType)
    var request = UpdateFeaturesRequest()
    request.featureUpdates = [update]
    return updateFeatures(request).errorCode
  }

  mutating func updateFeatures(_ request: UpdateFeaturesRequest, version: Int16 = 2) -> UpdateFeaturesResponse {
    apply(state.updateFeatures(request, version: version, quorum: &quorum))
  }
}

extension FeatureLevels {
  /// A new cluster without eligible leader replicas.
  static var withoutELR: FeatureLevels {
    var levels = FeatureLevels.bootstrap
    levels[FeatureName.eligibleLeaderReplicasVersion] = 0
    return levels
  }
}
