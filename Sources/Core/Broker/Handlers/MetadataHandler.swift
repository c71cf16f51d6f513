import Controller
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles Metadata: brokers, topics, leaders. Requesting a topic by name may create it (`auto.create.topics.enable`).
  func handleMetadata(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(MetadataRequest.self) else { return }
    if incoming.version < 12, let topics = request.topics, topics.contains(where: { $0.name == nil || $0.topicId != .zero }) {
      return incoming.respond(request.refused(.invalidRequest))
    }
    var response = MetadataResponse()
    response.brokers = metadata.aliveBrokers.map { broker in
      var entry = MetadataResponse.MetadataResponseBroker()
      entry.nodeId = broker.id.value
      entry.host = broker.address.host
      entry.port = broker.address.port
      entry.rack = broker.rack
      return entry
    }
    response.clusterId = metadata.image.clusterID
    response.controllerId = metadata.controllerForClients(&reactor.host.random).value
    response.topics = TopicDescriber(metadata: metadata, version: incoming.version, request: request, autoTopicCreation: autoTopicCreation).topics()
    if incoming.version <= 10, request.includeClusterAuthorizedOperations { response.clusterAuthorizedOperations = AuthorizedOperations.cluster }
    // A topic that this request creates exists when the client asks again.
    let makesTopics = configuration.createsTopicsAutomatically && (incoming.version < 4 || request.allowAutoTopicCreation)
    incoming.respond(response, usual: makesTopics ? .unknownTopicOrPartition : .none)
  }
}

/// Builds the topics of a Metadata response.
private struct TopicDescriber {
  typealias Topic = MetadataResponse.MetadataResponseTopic
  typealias Partition = MetadataResponse.MetadataResponsePartition

  let metadata: MetadataCache
  let version: Int16
  let request: MetadataRequest
  let autoTopicCreation: AutoTopicCreation

  func topics() -> [Topic] {
    // Version 0 requests all topics with an empty list, later versions with a missing one.
    guard let asked = request.topics, !(version == 0 && asked.isEmpty) else { return metadata.image.topics.values.map(describe) }
    // A repeated topic is returned once, as in Kafka, which uses a set.
    if asked.contains(where: { $0.topicId != .zero }) { return asked.lazy.map(\.topicId).withoutRepetitions.map(describe) }
    let names = asked.lazy.map { $0.name ?? "" }.withoutRepetitions
    let topics = names.map { describe(named: $0) }
    if version < 4 || request.allowAutoTopicCreation {
      autoTopicCreation.create(topics.filter { $0.errorCode == .unknownTopicOrPartition }.compactMap(\.name))
    }
    return topics
  }

  private func describe(_ id: Uuid) -> Topic {
    if let topic = metadata.image.topic(id) { return describe(topic) }
    var missing = Topic()
    missing.errorCode = .unknownTopicId
    missing.name = nil
    missing.topicId = id
    return missing
  }

  private func describe(named name: String) -> Topic {
    if let topic = metadata.image.topic(named: name) { return describe(topic) }
    var missing = Topic()
    missing.name = name
    missing.isInternal = TopicName.isInternal(name)
    guard TopicName.isValid(name) else {
      missing.errorCode = .invalidTopicException
      return missing
    }
    missing.errorCode = .unknownTopicOrPartition
    return missing
  }

  private func describe(_ topic: TopicImage) -> Topic {
    var entry = Topic()
    entry.name = topic.name
    entry.topicId = topic.id
    entry.isInternal = TopicName.isInternal(topic.name)
    entry.partitions.reserveCapacity(topic.partitions.count)
    for index in topic.partitions.indices { entry.partitions.append(describe(Int32(index), topic.partitions[index])) }
    if version >= 8, request.includeTopicAuthorizedOperations { entry.topicAuthorizedOperations = AuthorizedOperations.topic }
    return entry
  }

  private func describe(_ index: Int32, _ partition: PartitionRegistration) -> Partition {
    var entry = Partition()
    entry.partitionIndex = index
    entry.leaderEpoch = partition.leaderEpoch.value
    // Clients of version 0 cannot handle a broker that the response does not list.
    entry.replicaNodes = nodes(partition.replicas, onlyAlive: version == 0)
    entry.isrNodes = nodes(partition.isr, onlyAlive: version == 0)
    entry.offlineReplicas = partition.replicas.filter(metadata.isOffline).map(\.value)
    if metadata.address(of: partition.leader) == nil {
      entry.leaderId = NodeID.none.value
      let isOtherListener = metadata.image.broker(partition.leader) != nil && version >= 6
      entry.errorCode = isOtherListener ? .listenerNotFound : .leaderNotAvailable
    } else {
      entry.leaderId = partition.leader.value
      let isMissingReplica = entry.replicaNodes.count < partition.replicas.count || entry.isrNodes.count < partition.isr.count
      if isMissingReplica { entry.errorCode = .replicaNotAvailable }
    }
    return entry
  }

  private func nodes(_ nodes: [NodeID], onlyAlive: Bool) -> [Int32] {
    var numbers: [Int32] = []
    numbers.reserveCapacity(nodes.count)
    for node in nodes where !onlyAlive || !metadata.isOffline(node) { numbers.append(node.value) }
    return numbers
  }
}
