import OrderedCollections
import Primitives
import Wire

extension ControllerState {
  /// Makes topics, each on its own: one that is refused leaves the others alone.
  public mutating func createTopics(_ request: CreateTopicsRequest) -> Decision<CreateTopicsResponse> {
    var decision = Decision([], CreateTopicsResponse())
    var names: [String: Int] = [:]
    for topic in request.topics { names[topic.name, default: 0] += 1 }
    var created: [String] = []
    for topic in request.topics {
      var result = CreateTopicsResponse.CreatableTopicResult()
      result.name = topic.name
      do throws(Refusal) {
        if names[topic.name]! > 1 { throw Refusal(.invalidRequest, "the request names topic \(topic.name) more than once") }
        try checkName(of: topic.name, besides: created)
        decision.records += try createTopic(topic, &result)
        created.append(topic.name)
      } catch {
        result.errorCode = error.code
        result.errorMessage = error.message
      }
      decision.response.topics.append(result)
    }
    if request.validateOnly { decision.records = [] }
    return decision
  }

  private func checkName(of name: String, besides created: [String]) throws(Refusal) {
    try TopicName.check(name)
    if image.topic(named: name) != nil { throw Refusal(.topicAlreadyExists, "topic '\(name)' already exists") }
    guard TopicName.hasCollidingCharacters(name) else { return }
    if let other = (image.topics.values.map(\.name) + created).first(where: { TopicName.collide($0, name) }) {
      throw Refusal(.invalidTopicException, "topic '\(name)' collides with existing topic '\(other)'")
    }
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
      records.append(.partition(try newPartition(replicas).record(topic: id, partition: Int32(number))))
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
    if containsTwice(replicas) { throw Refusal(.invalidReplicaAssignment, "the manual partition assignment includes a broker more than once") }
    if let replicationFactor, replicationFactor != replicas.count {
      throw Refusal(
        .invalidReplicaAssignment, "the manual partition assignment includes a partition with \(replicas.count) replica(s), but another has \(replicationFactor)")
    }
  }

  /// A partition begins with every replica that is at work in its ISR: all are equally empty.
  private func newPartition(_ replicas: [NodeID]) throws(Refusal) -> PartitionRegistration {
    let isr = replicas.filter(image.isActive)
    guard let leader = isr.first else {
      throw Refusal(.invalidReplicaAssignment, "all brokers of a partition are fenced or in controlled shutdown")
    }
    return PartitionRegistration(
      replicas: replicas, directories: replicas.map { image.broker($0)?.defaultDirectory ?? DirectoryID.unassigned }, isr: isr, leader: leader)
  }
}

// MARK: - More partitions

extension ControllerState {
  /// Adds partitions to topics.
  public mutating func createPartitions(_ request: CreatePartitionsRequest) -> Decision<CreatePartitionsResponse> {
    var decision = Decision([], CreatePartitionsResponse())
    for (index, topic) in request.topics.enumerated() {
      var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
      result.name = topic.name
      do throws(Refusal) {
        if request.topics[..<index].contains(where: { $0.name == topic.name }) { throw Refusal(.invalidRequest, "topic \(topic.name) comes twice") }
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
      records.append(.partition(try newPartition(replicas).record(topic: topic.id, partition: Int32(present + index))))
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
