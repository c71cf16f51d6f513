import Primitives

extension MetadataDelta {
  /// What is different between two images, where no records tell the way from one to the other.
  public init(from former: MetadataImage, to image: MetadataImage) {
    self.init()
    rememberBrokers(former, image)
    for topic in former.topics.values where image.topic(topic.id) == nil { rememberDeletion(of: topic) }
    for topic in image.topics.values { remember(topic, before: former.topic(topic.id)) }
    for resource in former.configs.keys where former.config(of: resource) != image.config(of: resource) { configs.append(resource) }
    for resource in image.configs.keys where former.configs[resource] == nil { configs.append(resource) }
    for (name, level) in former.features.levels where image.features[name] != level { rememberFeature(name, before: level) }
    for name in image.features.levels.keys where former.features[name] == 0 { rememberFeature(name, before: 0) }
  }

  private mutating func rememberBrokers(_ former: MetadataImage, _ image: MetadataImage) {
    for broker in former.brokers where image.broker(broker.id) != broker { rememberBroker(broker.id, before: broker) }
    for broker in image.brokers where former.broker(broker.id) == nil { rememberBroker(broker.id, before: nil) }
  }

  private mutating func remember(_ topic: TopicImage, before: TopicImage?) {
    guard topic != before else { return }
    if before == nil { rememberTopic(topic, wasThere: false) }
    for partition in 0..<Int32(clamping: topic.partitions.count) where topic[partition] != before?[partition] {
      rememberPartition(partition, of: topic, before: before?[partition])
    }
  }
}
