import Coordination
import OrderedCollections
import Primitives
import Wire

extension ControllerState {
  /// The maximum number of partitions that one request may create (KAFKA-17870).
  public static let maximumPartitionsOfRequest = 10_000
  static let tooManyPartitions = "excessively large number of partitions per request: at most \(maximumPartitionsOfRequest) are made at a time"

  /// The name of the metadata log, which no topic may have (`ControllerApis.createTopics`).
  static let clusterMetadataTopic = "__cluster_metadata"

  /// Creates topics independently of each other: if one is refused, the others are still created.
  public mutating func createTopics(_ request: CreateTopicsRequest) -> MetadataDecision<CreateTopicsResponse> {
    let repeated = request.topics.lazy.map(\.name).repeatedElements
    guard partitionCount(of: request, besides: repeated) <= Int64(Self.maximumPartitionsOfRequest) else {
      return MetadataDecision([], request.refused(.policyViolation, Self.tooManyPartitions))
    }
    var decision = MetadataDecision([], CreateTopicsResponse())
    var collisions = TopicNameCollisions(image.topics.values)
    for topic in request.topics {
      var result = CreateTopicsResponse.CreatableTopicResult()
      result.name = topic.name
      do throws(Refusal) {
        if repeated.contains(topic.name) { throw Refusal(.invalidRequest, "the request names topic \(topic.name) more than once") }
        if topic.name == Self.clusterMetadataTopic { throw Refusal(.invalidRequest, "creation of internal topic \(topic.name) is prohibited") }
        try TopicName.check(topic.name)
        if image.topic(named: topic.name) != nil { throw Refusal(.topicAlreadyExists, "topic '\(topic.name)' already exists") }
        try collisions.check(topic.name)
        decision.records += try createTopic(topic, &result)
        collisions.add(topic.name)
      } catch {
        result.errorCode = error.code
        result.errorMessage = error.message
      }
      decision.response.topics.append(result)
    }
    if request.validateOnly { decision.records = [] }
    return decision
  }

  /// The number of partitions that a request asks for, computed before anything is allocated for its numbers.
  private func partitionCount(of request: CreateTopicsRequest, besides repeated: Set<String>) -> Int64 {
    var count: Int64 = 0
    for topic in request.topics where !repeated.contains(topic.name) && topic.name != Self.clusterMetadataTopic {
      if !topic.assignments.isEmpty {
        count += Int64(topic.assignments.count)
      } else if topic.numPartitions == -1 {
        count += Int64(configuration.numPartitions)
      } else {
        count += max(0, Int64(topic.numPartitions))
      }
    }
    return count
  }

  private mutating func createTopic(
    _ topic: CreateTopicsRequest.CreatableTopic, _ result: inout CreateTopicsResponse.CreatableTopicResult
  ) throws(Refusal) -> [MetadataRecord] {
    var configs: OrderedDictionary<String, String> = [:]
    for config in topic.configs {
      guard let value = config.value else { throw Refusal(.invalidConfig, "null value not supported for topic config \(config.name)") }
      configs[config.name] = value
    }
    if let refusal = rules.refusal(.topic(topic.name), configs) { throw refusal }
    let replicas = topic.assignments.isEmpty ? try placeAutomatically(topic) : try placeManually(topic)

    let id = Uuid.random(&random)
    var record = TopicRecord()
    record.name = topic.name
    record.topicId = id
    var records: [MetadataRecord] = [.topic(record)]
    records += configs.map { .config(ConfigRecord(.topic(topic.name), $0.key, $0.value)) }
    for (number, replicas) in replicas.enumerated() {
      let partition = try newPartition(replicas, isPlacedByHand: !topic.assignments.isEmpty)
      records.append(.partition(partition.record(topic: id, partition: Int32(number))))
    }
    result.topicId = id
    result.numPartitions = Int32(replicas.count)
    result.replicationFactor = Int16(replicas[0].count)
    result.configs = rules.describe(configs, image.config(of: .clusterDefault))
    return records
  }

  private mutating func placeAutomatically(_ topic: CreateTopicsRequest.CreatableTopic) throws(Refusal) -> [[NodeID]] {
    if topic.replicationFactor < -1 || topic.replicationFactor == 0 {
      throw Refusal(.invalidReplicationFactor, "the replication factor must be larger than 0, or -1 to use the default value")
    }
    if topic.numPartitions < -1 || topic.numPartitions == 0 {
      throw Refusal(.invalidPartitions, "the number of partitions must be larger than 0, or -1 to use the default value")
    }
    let replicationFactor = topic.replicationFactor == -1 ? configuration.defaultReplicationFactor : Int(topic.replicationFactor)
    let partitions = topic.numPartitions == -1 ? configuration.numPartitions : Int(topic.numPartitions)
    var placement = ReplicaPlacement(over: image.brokers, random: &random)
    return try placement.place(partitions: partitions, replicationFactor: replicationFactor, random: &random)
  }

  private func placeManually(_ topic: CreateTopicsRequest.CreatableTopic) throws(Refusal) -> [[NodeID]] {
    guard topic.replicationFactor == -1, topic.numPartitions == -1 else {
      throw Refusal(.invalidRequest, "a manual assignment comes with numPartitions and replicationFactor -1")
    }
    var replicas: [[NodeID]] = []
    for assignment in topic.assignments.sorted(by: { $0.partitionIndex < $1.partitionIndex }) {
      guard Int(assignment.partitionIndex) == replicas.count else {
        throw Refusal(.invalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence")
      }
      let brokers = nodes(assignment.brokerIds)
      try checkManualAssignment(brokers, replicationFactor: replicas.first?.count)
      replicas.append(brokers)
    }
    return replicas
  }

  func checkManualAssignment(_ replicas: [NodeID], replicationFactor: Int?) throws(Refusal) {
    if replicas.isEmpty { throw Refusal(.invalidReplicaAssignment, "the manual partition assignment includes an empty replica list") }
    for replica in replicas where image.broker(replica) == nil {
      throw Refusal(.invalidReplicaAssignment, "the manual partition assignment includes broker \(replica), but no such broker is registered")
    }
    if replicas.hasRepeatedElements { throw Refusal(.invalidReplicaAssignment, "the manual partition assignment includes a broker more than once") }
    if let replicationFactor, replicationFactor != replicas.count {
      throw Refusal(
        .invalidReplicaAssignment, "the manual partition assignment includes a partition with \(replicas.count) replica(s), but another has \(replicationFactor)")
    }
  }

  /// A new partition's ISR contains all active replicas: all are equally empty.
  private func newPartition(_ replicas: [NodeID], isPlacedByHand: Bool) throws(Refusal) -> PartitionRegistration {
    let isr = replicas.filter(image.isActive)
    guard let leader = isr.first else {
      mark(.partitionWithoutActiveBroker)
      throw Refusal(
        isPlacedByHand ? .invalidReplicaAssignment : .invalidReplicationFactor, "all brokers of a partition are fenced or in controlled shutdown")
    }
    return PartitionRegistration(
      replicas: replicas, directories: replicas.map { image.broker($0)?.defaultDirectory ?? DirectoryID.unassigned }, isr: isr, leader: leader)
  }
}

// MARK: - More partitions

extension ControllerState {
  /// Adds partitions to topics.
  public mutating func createPartitions(_ request: CreatePartitionsRequest) -> MetadataDecision<CreatePartitionsResponse> {
    let repeated = request.topics.lazy.map(\.name).repeatedElements
    guard partitionCount(of: request, besides: repeated) <= Int64(Self.maximumPartitionsOfRequest) else {
      return MetadataDecision([], request.refused(.policyViolation, Self.tooManyPartitions))
    }
    var decision = MetadataDecision([], CreatePartitionsResponse())
    for topic in request.topics {
      var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
      result.name = topic.name
      do throws(Refusal) {
        if repeated.contains(topic.name) { throw Refusal(.invalidRequest, "the request names topic \(topic.name) more than once") }
        decision.records += try createPartitions(topic)
      } catch {
        result.errorCode = error.code
        result.errorMessage = error.message
      }
      decision.response.results.append(result)
    }
    if request.validateOnly { decision.records = [] }
    return decision
  }

  private func partitionCount(of request: CreatePartitionsRequest, besides repeated: Set<String>) -> Int64 {
    var count: Int64 = 0
    for wanted in request.topics where !repeated.contains(wanted.name) {
      guard let topic = image.topic(named: wanted.name) else { continue }
      count += max(0, Int64(wanted.count) - Int64(topic.partitions.count))
    }
    return count
  }

  private mutating func createPartitions(_ wanted: CreatePartitionsRequest.CreatePartitionsTopic) throws(Refusal) -> [MetadataRecord] {
    guard let topic = image.topic(named: wanted.name) else { throw Refusal(.unknownTopicOrPartition) }
    let present = topic.partitions.count
    let additional = Int(wanted.count) - present
    if additional == 0 { throw Refusal(.invalidPartitions, "topic already has \(present) partition(s)") }
    if additional < 0 {
      throw Refusal(.invalidPartitions, "the topic \(topic.name) currently has \(present) partition(s); \(wanted.count) would not be an increase")
    }
    let replicationFactor = topic.partitions[0].replicas.count
    var replicas: [[NodeID]] = []
    if let assignments = wanted.assignments {
      guard assignments.count == additional else {
        throw Refusal(.invalidReplicaAssignment, "attempted to add \(additional) partition(s), but \(assignments.count) assignment(s) were given")
      }
      for assignment in assignments {
        try checkManualAssignment(nodes(assignment.brokerIds), replicationFactor: replicationFactor)
        replicas.append(nodes(assignment.brokerIds))
      }
    } else {
      var placement = ReplicaPlacement(over: image.brokers, random: &random)
      replicas = try placement.place(partitions: additional, replicationFactor: replicationFactor, random: &random)
    }
    var records: [MetadataRecord] = []
    for (index, replicas) in replicas.enumerated() {
      let partition = try newPartition(replicas, isPlacedByHand: wanted.assignments != nil)
      records.append(.partition(partition.record(topic: topic.id, partition: Int32(present + index))))
    }
    return records
  }
}

extension ConfigRecord {
  init(_ resource: ConfigResource, _ name: String, _ value: String?) {
    self.init()
    resourceType = resource.kind.rawValue
    resourceName = resource.name
    self.name = name
    self.value = value
  }
}
