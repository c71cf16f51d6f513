import Host
import Primitives
import Wire

extension ClusterMetadata {
  /// What was missing or refused in a Metadata response.
  struct UpdateFlaws {
    /// Something is missing that will probably exist soon: ask again.
    var isIncomplete = false
    /// Topics that the broker refused, and why. A topic that does not exist counts as incomplete instead: it may be created.
    var refusals: [(topic: String, error: ErrorCode)] = []
  }

  /// Applies a response. If a partition's leader epoch is older than the known one, the known state stays: the responding broker lags behind
  /// (KIP-320). A changed id makes it a different topic, whose epochs start again (KAFKA-12257).
  ///
  /// - Parameter usesTopicIDs: False compares names alone, as clients did before there were ids.
  mutating func update(with response: MetadataResponse, usesTopicIDs: Bool = true) -> UpdateFlaws {
    var flaws = UpdateFlaws()
    clusterID = response.clusterId
    controller = response.controllerId >= 0 ? NodeID(response.controllerId) : nil
    brokers = response.brokers
      .map { BrokerEndpoint(id: NodeID($0.nodeId), address: Address(host: $0.host, port: $0.port), rack: $0.rack) }
      .sorted { $0.id < $1.id }
    for topic in response.topics {
      guard let name = topic.name ?? self.topic(withID: topic.topicId)?.name else { continue }
      switch topic.errorCode {
      case .none:
        take(topic, named: name, usesTopicIDs: usesTopicIDs, &flaws)
      case let error where error.isRetriable:
        flaws.isIncomplete = true
        if error == .unknownTopicOrPartition { forget(name) }
      case let error:
        flaws.refusals.append((name, error))
        forget(name)
      }
    }
    return flaws
  }

  /// The first partition of which an older leader epoch is known than before (KIP-320); nil if there is none.
  ///
  /// - Parameter usesTopicIDs: as in `update`.
  func partition(olderThan former: ClusterMetadata, usesTopicIDs: Bool) -> TopicPartition? {
    for topic in topics {
      guard let known = former.topic(topic.name), !usesTopicIDs || known.id == topic.id else { continue }
      for (number, pair) in zip(known.partitions, topic.partitions).enumerated() where pair.1.leaderEpoch < pair.0.leaderEpoch {
        return TopicPartition(topic.name, Int32(number))
      }
    }
    return nil
  }

  mutating func forget(_ name: String) {
    if let index = index(of: name) { topics.remove(at: index) }
  }

  private mutating func take(_ response: MetadataResponse.MetadataResponseTopic, named name: String, usesTopicIDs: Bool, _ flaws: inout UpdateFlaws) {
    let known = topic(name)
    let isSameTopic = known.map { !usesTopicIDs || $0.id == response.topicId } ?? false
    let count = response.partitions.reduce(0) { max($0, Int($1.partitionIndex) + 1) }
    // Foreign numbers: a gap this large cannot be real.
    guard count <= response.partitions.count + 10_000 else { return flaws.isIncomplete = true }
    var partitions = Array(repeating: PartitionMetadata.unknown, count: count)
    for partition in response.partitions where partition.partitionIndex >= 0 {
      let index = Int(partition.partitionIndex)
      partitions[index] = PartitionMetadata(partition)
      if isSameTopic, let known, known.partitions.indices.contains(index), known.partitions[index].leaderEpoch > partitions[index].leaderEpoch {
        mark(.olderMetadataIgnored)
        partitions[index] = known.partitions[index]
      }
    }
    if partitions.contains(where: { $0.leader == nil }) { flaws.isIncomplete = true }
    let topic = TopicMetadata(name: name, id: response.topicId, isInternal: response.isInternal, partitions: partitions)
    let at = insertionIndex(of: name)
    if known != nil { topics[at] = topic } else { topics.insert(topic, at: at) }
  }

  /// Applies what a Produce or Fetch response said about a leader (KIP-951). Returns whether it was new.
  mutating func takeLeader(_ leader: NodeID, _ epoch: LeaderEpoch, of partition: TopicPartition, endpoints: [BrokerEndpoint]) -> Bool {
    let number = Int(partition.partition)
    guard leader.value >= 0, let index = index(of: partition.topic), topics[index].partitions.indices.contains(number),
      epoch > topics[index].partitions[number].leaderEpoch
    else { return false }
    if let endpoint = endpoints.first(where: { $0.id == leader }) {
      brokers.removeAll { $0.id == leader }
      brokers.insert(endpoint, at: brokers.firstIndex { $0.id > leader } ?? brokers.count)
    }
    guard broker(leader) != nil else { return false }
    topics[index].partitions[number].leader = leader
    topics[index].partitions[number].leaderEpoch = epoch
    return true
  }
}

extension PartitionMetadata {
  init(_ response: MetadataResponse.MetadataResponsePartition) {
    self.init(
      leader: response.leaderId >= 0 ? NodeID(response.leaderId) : nil, leaderEpoch: LeaderEpoch(response.leaderEpoch),
      replicas: response.replicaNodes.map { NodeID($0) }, isr: response.isrNodes.map { NodeID($0) },
      offlineReplicas: response.offlineReplicas.map { NodeID($0) })
  }
}
