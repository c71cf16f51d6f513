import OrderedCollections
import Primitives
import Wire

extension MetadataImage {
  /// The records that make this image out of an empty one, but for its last offset and epoch: what a snapshot holds, in Kafka's order
  /// (`MetadataImage.write`): features, brokers, controllers, topics with their partitions, settings, quotas, producer ids, access control, credentials, tokens.
  /// Things of a kind stand in the order of the image. Made one by one, so that a snapshot can be written in slices; nothing is copied.
  public var records: Records { Records(image: self) }

  public struct Records: Sequence, IteratorProtocol {
    private enum Part { case features, brokers, controllers, topics, configs, quotas, producerIDs, others, end }

    private let image: MetadataImage
    private let features: [(name: String, level: Int16)]
    private let quotas: [MetadataRecord], others: [MetadataRecord]
    private var part = Part.features
    /// Of the things of that kind, and within one of them.
    private var index = 0, inner = 0

    init(image: MetadataImage) {
      self.image = image
      // The version says how to read what follows it.
      let levels = image.features.levels.map { (name: $0.key, level: $0.value) }
      features = levels.filter { $0.name == FeatureName.metadataVersion } + levels.filter { $0.name != FeatureName.metadataVersion }
      (quotas, others) = (image.passedOver.quotas, image.passedOver.others)
    }

    public mutating func next() -> MetadataRecord? {
      while part != .end {
        if let record = nextOfPart() { return record }
        (index, inner) = (0, 0)
        part = following(part)
      }
      return nil
    }

    private func following(_ part: Part) -> Part {
      switch part {
      case .features: .brokers
      case .brokers: .controllers
      case .controllers: .topics
      case .topics: .configs
      case .configs: .quotas
      case .quotas: .producerIDs
      case .producerIDs: .others
      case .others, .end: .end
      }
    }

    private mutating func nextOfPart() -> MetadataRecord? {
      switch part {
      case .features: take(features).map { .featureLevel(FeatureLevelRecord($0.name, $0.level)) }
      case .brokers: take(image.brokers).map { .registerBroker($0.record) }
      case .controllers: take(image.controllers).map { .registerController($0.record) }
      case .topics: nextOfTopics()
      case .configs: nextOfConfigs()
      case .quotas: take(quotas)
      case .producerIDs: nextOfProducerIDs()
      case .others: take(others)
      case .end: nil
      }
    }

    private mutating func take<Things: RandomAccessCollection>(_ things: Things) -> Things.Element? where Things.Index == Int {
      guard index < things.count else { return nil }
      defer { index += 1 }
      return things[index]
    }

    private mutating func nextOfTopics() -> MetadataRecord? {
      guard index < image.topics.count else { return nil }
      let topic = image.topics.values[index]
      defer { inner += 1 }
      if inner == 0 {
        var record = TopicRecord()
        (record.name, record.topicId) = (topic.name, topic.id)
        if topic.partitions.isEmpty { (index, inner) = (index + 1, -1) }
        return .topic(record)
      }
      let partition = inner - 1
      if inner == topic.partitions.count { (index, inner) = (index + 1, -1) }
      return .partition(topic.partitions[partition].record(topic: topic.id, partition: Int32(partition)))
    }

    private mutating func nextOfConfigs() -> MetadataRecord? {
      guard index < image.configs.count else { return nil }
      let (resource, values) = image.configs.elements[index], value = values.elements[inner]
      var record = ConfigRecord()
      (record.resourceType, record.resourceName, record.name, record.value) = (resource.kind.rawValue, resource.name, value.key, value.value)
      inner += 1
      if inner == values.count { (index, inner) = (index + 1, 0) }
      return .config(record)
    }

    private mutating func nextOfProducerIDs() -> MetadataRecord? {
      guard index == 0, image.nextProducerID > 0 else { return nil }
      index = 1
      var record = ProducerIdsRecord()
      (record.brokerId, record.brokerEpoch, record.nextProducerId) = (-1, -1, image.nextProducerID)
      return .producerIds(record)
    }
  }
}

extension FeatureLevelRecord {
  init(_ name: String, _ level: Int16) {
    self.init()
    self.name = name
    featureLevel = level
  }
}

extension BrokerRegistration {
  /// What a record says that makes this registration.
  var record: RegisterBrokerRecord {
    var record = RegisterBrokerRecord()
    (record.brokerId, record.brokerEpoch, record.incarnationId) = (id.value, epoch.value, incarnationID)
    record.endPoints = endpoints.map {
      var endpoint = RegisterBrokerRecord.BrokerEndpoint()
      (endpoint.name, endpoint.host, endpoint.port, endpoint.securityProtocol) = ($0.name, $0.address.host, UInt16(clamping: $0.address.port), $0.securityProtocol)
      return endpoint
    }
    record.features = features.map {
      var feature = RegisterBrokerRecord.BrokerFeature()
      (feature.name, feature.minSupportedVersion, feature.maxSupportedVersion) = ($0.name, $0.levels.lowerBound, $0.levels.upperBound)
      return feature
    }
    (record.rack, record.fenced, record.inControlledShutdown, record.logDirs) = (rack, isFenced, inControlledShutdown, logDirectories)
    return record
  }
}

extension ControllerRegistration {
  /// What a record says that makes this registration.
  var record: RegisterControllerRecord {
    var record = RegisterControllerRecord()
    (record.controllerId, record.incarnationId) = (id.value, incarnationID)
    record.endPoints = endpoints.map {
      var endpoint = RegisterControllerRecord.ControllerEndpoint()
      (endpoint.name, endpoint.host, endpoint.port, endpoint.securityProtocol) = ($0.name, $0.address.host, UInt16(clamping: $0.address.port), $0.securityProtocol)
      return endpoint
    }
    record.features = features.map {
      var feature = RegisterControllerRecord.ControllerFeature()
      (feature.name, feature.minSupportedVersion, feature.maxSupportedVersion) = ($0.name, $0.levels.lowerBound, $0.levels.upperBound)
      return feature
    }
    return record
  }
}
