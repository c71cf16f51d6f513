import Host
import OrderedCollections
import Primitives
import Wire

/// A record that does not fit the image that it was applied to: the metadata log is inconsistent.
public struct MetadataInconsistency: Error, CustomStringConvertible {
  public let description: String
}

extension MetadataImage {
  /// Applies one record of the metadata log to the image and records in `delta` what it changed.
  ///
  /// The same code runs where a record is written and where it is replayed. Records of features that this implementation leaves out
  /// (access control, quotas, tokens) change nothing but what a snapshot holds. Where metadata transactions begin and end is looked at batch by batch, in
  /// `apply(_:recording:)` of a committed batch.
  public mutating func apply(_ record: MetadataRecord, recording delta: inout MetadataDelta) throws(MetadataInconsistency) {
    switch record {
    case .registerBroker(let record): register(record, &delta)
    case .unregisterBroker(let record): try unregister(NodeID(record.brokerId), BrokerEpoch(record.brokerEpoch), &delta)
    case .brokerRegistrationChange(let record): try change(record, &delta)
    case .fenceBroker(let record): try setFenced(true, NodeID(record.id), BrokerEpoch(record.epoch), &delta)
    case .unfenceBroker(let record): try setFenced(false, NodeID(record.id), BrokerEpoch(record.epoch), &delta)
    case .registerController(let record): register(record)
    case .topic(let record): try create(record, &delta)
    case .removeTopic(let record): try remove(topic: record.topicId, &delta)
    case .partition(let record): try place(record, &delta)
    case .partitionChange(let record): try change(record, &delta)
    case .clearElr(let record): try clearEligibleLeaderReplicas(ofTopic: record.topicName, &delta)
    case .config(let record): set(record, &delta)
    case .featureLevel(let record):
      delta.rememberFeature(record.name, before: features[record.name])
      features[record.name] = record.featureLevel
    case .producerIds(let record):
      mustHold(
        record.nextProducerId > nextProducerID, "producer ids from \(nextProducerID) on are granted to broker \(record.brokerId), and the next grant begins at \(record.nextProducerId)")
      nextProducerID = record.nextProducerId
    default: passedOver.update(with: record)
    }
  }

  /// Applies records in order, and returns those that did not fit and were skipped.
  ///
  /// Consecutive deletions of topics are applied at once: removing each on its own would move all remaining topics.
  public mutating func apply(_ records: [MetadataRecord], recording delta: inout MetadataDelta) -> [MetadataInconsistency] {
    var misfits: [MetadataInconsistency] = []
    var leaving: OrderedSet<Uuid> = []
    for record in records {
      if case .removeTopic(let removal) = record, topics[removal.topicId] != nil, leaving.append(removal.topicId).inserted { continue }
      remove(&leaving, &delta)
      do throws(MetadataInconsistency) { try apply(record, recording: &delta) } catch { misfits.append(error) }
    }
    remove(&leaving, &delta)
    return misfits
  }

  private mutating func remove(_ leaving: inout OrderedSet<Uuid>, _ delta: inout MetadataDelta) {
    guard !leaving.isEmpty else { return }
    let gone = leaving
    leaving = []
    var formerConfigs: Set<ConfigResource> = []
    for id in gone {
      guard let topic = topics[id] else { continue }
      topicIDs[topic.name] = nil
      delta.rememberDeletion(of: topic)
      if configs[.topic(topic.name)] != nil {
        formerConfigs.insert(.topic(topic.name))
        delta.rememberConfig(.topic(topic.name))
      }
    }
    topics.removeAll { gone.contains($0.key) }
    if !formerConfigs.isEmpty { configs.removeAll { formerConfigs.contains($0.key) } }
  }

  /// Sets the offset and epoch up to which the log is applied: those of the last record of a batch.
  public mutating func advance(to offset: Offset, epoch: LeaderEpoch) {
    lastOffset = offset
    lastEpoch = epoch
  }
}

// MARK: - Nodes

extension MetadataImage {
  private mutating func register(_ record: RegisterBrokerRecord, _ delta: inout MetadataDelta) {
    let registration = BrokerRegistration(record)
    let (found, insertion) = brokerIndex(registration.id)
    delta.rememberBroker(registration.id, before: found.map { brokers[$0] })
    mustHold(
      found.map { brokers[$0].epoch <= registration.epoch } ?? true, "broker \(registration.id) is registered in epoch \(registration.epoch), and was in a later one before")
    if let found { brokers[found] = registration } else { brokers.insert(registration, at: insertion) }
  }

  private mutating func unregister(_ id: NodeID, _ epoch: BrokerEpoch, _ delta: inout MetadataDelta) throws(MetadataInconsistency) {
    let index = try registered(id, epoch)
    delta.rememberBroker(id, before: brokers[index])
    brokers.remove(at: index)
  }

  private mutating func change(_ record: BrokerRegistrationChangeRecord, _ delta: inout MetadataDelta) throws(MetadataInconsistency) {
    let index = try registered(NodeID(record.brokerId), BrokerEpoch(record.brokerEpoch))
    delta.rememberBroker(brokers[index].id, before: brokers[index])
    if record.fenced != 0 { brokers[index].isFenced = record.fenced > 0 }
    if record.inControlledShutdown != 0 { brokers[index].inControlledShutdown = record.inControlledShutdown > 0 }
    if !record.logDirs.isEmpty { brokers[index].logDirectories = record.logDirs.sorted() }
  }

  private mutating func setFenced(
    _ fenced: Bool, _ id: NodeID, _ epoch: BrokerEpoch, _ delta: inout MetadataDelta
  ) throws(MetadataInconsistency) {
    let index = try registered(id, epoch)
    delta.rememberBroker(id, before: brokers[index])
    brokers[index].isFenced = fenced
  }

  private func registered(_ id: NodeID, _ epoch: BrokerEpoch) throws(MetadataInconsistency) -> Int {
    guard let index = brokerIndex(id).found else { throw MetadataInconsistency(description: "a record names broker \(id), which is not registered") }
    guard brokers[index].epoch == epoch else {
      throw MetadataInconsistency(description: "a record names broker \(id) at epoch \(epoch); it is registered at epoch \(brokers[index].epoch)")
    }
    return index
  }

  private mutating func register(_ record: RegisterControllerRecord) {
    let registration = ControllerRegistration(
      id: NodeID(record.controllerId), incarnationID: record.incarnationId,
      endpoints: record.endPoints.map { Endpoint(name: $0.name, address: Address(host: $0.host, port: Int32($0.port)), securityProtocol: $0.securityProtocol) },
      features: record.features.map { SupportedFeature(name: $0.name, from: $0.minSupportedVersion, to: $0.maxSupportedVersion) }.sorted { $0.name < $1.name })
    let (found, insertion) = controllerIndex(registration.id)
    if let found { controllers[found] = registration } else { controllers.insert(registration, at: insertion) }
  }
}

extension BrokerRegistration {
  init(_ record: RegisterBrokerRecord) {
    self.init(
      id: NodeID(record.brokerId), epoch: BrokerEpoch(record.brokerEpoch), incarnationID: record.incarnationId,
      endpoints: record.endPoints.map { Endpoint(name: $0.name, address: Address(host: $0.host, port: Int32($0.port)), securityProtocol: $0.securityProtocol) },
      features: record.features.map { SupportedFeature(name: $0.name, from: $0.minSupportedVersion, to: $0.maxSupportedVersion) }.sorted { $0.name < $1.name },
      rack: record.rack, isFenced: record.fenced, inControlledShutdown: record.inControlledShutdown,
      logDirectories: record.logDirs.sorted())
  }
}

extension SupportedFeature {
  /// Makes a range from foreign bounds; one with reversed bounds contains only its lower bound.
  init(name: String, from low: Int16, to high: Int16) { self.init(name: name, levels: low...max(low, high)) }
}

// MARK: - Topics and partitions

extension MetadataImage {
  private mutating func create(_ record: TopicRecord, _ delta: inout MetadataDelta) throws(MetadataInconsistency) {
    guard topicIDs[record.name] == nil else { throw MetadataInconsistency(description: "a second topic takes the name \(record.name)") }
    let topic = TopicImage(name: record.name, id: record.topicId)
    topics[topic.id] = topic
    topicIDs[topic.name] = topic.id
    delta.rememberTopic(topic, wasThere: false)
  }

  private mutating func remove(topic id: Uuid, _ delta: inout MetadataDelta) throws(MetadataInconsistency) {
    guard topics[id] != nil else { throw unknown(id) }
    var leaving: OrderedSet = [id]
    remove(&leaving, &delta)
  }

  private mutating func place(_ record: PartitionRecord, _ delta: inout MetadataDelta) throws(MetadataInconsistency) {
    guard let topic = topics.index(forKey: record.topicId) else { throw unknown(record.topicId) }
    let partition = Int(record.partitionId)
    guard partition >= 0, partition <= topics.values[topic].partitions.count else {
      throw MetadataInconsistency(description: "partition \(partition) of topic \(topics.values[topic].name) comes before its predecessor")
    }
    let before = topics.values[topic][record.partitionId]
    if before == nil {
      topics.values[topic].partitions.append(PartitionRegistration(record))
    } else {
      topics.values[topic].partitions[partition] = PartitionRegistration(record)
    }
    delta.rememberPartition(record.partitionId, of: topics.values[topic], before: before)
  }

  private mutating func change(_ record: PartitionChangeRecord, _ delta: inout MetadataDelta) throws(MetadataInconsistency) {
    guard let topic = topics.index(forKey: record.topicId) else { throw unknown(record.topicId) }
    guard let before = topics.values[topic][record.partitionId] else {
      throw MetadataInconsistency(description: "a record names partition \(record.partitionId) of topic \(topics.values[topic].name), which does not exist")
    }
    guard before.canChange else {
      throw MetadataInconsistency(description: "\(topics.values[topic].name)-\(record.partitionId) is at the last epoch that there is")
    }
    let after = before.applying(record)
    mustHold(
      after.partitionEpoch > before.partitionEpoch && (after.leader == before.leader ? after.leaderEpoch >= before.leaderEpoch : after.leaderEpoch > before.leaderEpoch),
      "\(topics.values[topic].name)-\(record.partitionId): broker \(after.leader) leads epoch \(after.leaderEpoch) in partition epoch \(after.partitionEpoch), behind broker \(before.leader) in "
        + "\(before.leaderEpoch) and \(before.partitionEpoch)")
    topics.values[topic].partitions[Int(record.partitionId)] = after
    delta.rememberPartition(record.partitionId, of: topics.values[topic], before: before)
  }

  /// An empty topic name means every topic (KAFKA-16540).
  private mutating func clearEligibleLeaderReplicas(ofTopic name: String, _ delta: inout MetadataDelta) throws(MetadataInconsistency) {
    let ids = name.isEmpty ? Array(topics.keys) : topicIDs[name].map { [$0] } ?? []
    for id in ids {
      for partition in 0..<Int32(topics[id]?.partitions.count ?? 0) {
        guard let state = topics[id]?[partition],
          !state.eligibleLeaderReplicas.isEmpty || !state.lastKnownEligibleLeaderReplicas.isEmpty
        else { continue }
        var record = PartitionChangeRecord()
        record.topicId = id
        record.partitionId = partition
        record.eligibleLeaderReplicas = []
        record.lastKnownElr = []
        try change(record, &delta)
      }
    }
  }

  private func unknown(_ topic: Uuid) -> MetadataInconsistency {
    MetadataInconsistency(description: "a record names topic \(topic), which does not exist")
  }
}

// MARK: - Configuration

extension MetadataImage {
  private mutating func set(_ record: ConfigRecord, _ delta: inout MetadataDelta) {
    guard let kind = ConfigResource.Kind(rawValue: record.resourceType) else { return passedOver.update(with: .config(record)) }
    let resource = ConfigResource(kind, record.resourceName)
    if let value = record.value {
      configs[resource, default: [:]][record.name] = value
    } else {
      configs[resource]?.removeValue(forKey: record.name)
      if configs[resource]?.isEmpty == true { configs.removeValue(forKey: resource) }
    }
    delta.rememberConfig(resource)
  }
}
