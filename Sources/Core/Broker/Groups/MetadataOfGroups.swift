import Controller
import Groups
import OrderedCollections
import Primitives

/// The metadata as group coordinators need it. The view of a topic is cached until the metadata changes.
final class MetadataOfGroups: ClusterOfGroups {
  private let metadata: MetadataCache
  private let configuration: EffectiveConfiguration
  /// Only for lookups.
  private var kept: [Uuid: GroupTopic] = [:]
  private(set) var version: Int64 = 0

  init(metadata: MetadataCache, configuration: EffectiveConfiguration) {
    self.metadata = metadata
    self.configuration = configuration
  }

  /// Call it when topics, partitions or brokers have changed.
  func changed() {
    version += 1
    kept = [:]
  }

  func topic(named name: String) -> GroupTopic? { metadata.image.topic(named: name).map(groupTopic) }

  func topic(of id: Uuid) -> GroupTopic? { metadata.image.topic(id).map(groupTopic) }

  var names: [String] { metadata.image.topics.values.map(\.name).filter { !TopicName.isInternal($0) }.sorted() }

  /// A group's settings from AlterConfigs (`GroupConfig`), over the broker's own. What the controller accepted fits the table.
  func settings(ofGroup id: String, over settings: ConsumerGroupSettings) -> ConsumerGroupSettings {
    var result = settings
    // The only one of the broker's settings that may change while it runs.
    result.assignmentInterval = configuration.current.groups.consumer.assignmentInterval
    guard let given = metadata.image.configs[ConfigResource(.group, id)] else { return result }
    let group = (try? GroupConfiguration.table.configuration(from: given.map { ($0.key, $0.value) })) ?? GroupConfiguration()
    for time in BoundedGroupTime.all { time.apply(group, given: given.keys, to: &result) }
    return result
  }

  private func groupTopic(_ topic: TopicImage) -> GroupTopic {
    if let known = kept[topic.id] { return known }
    let hasRacks = metadata.image.brokers.contains { $0.rack != nil }
    let made = GroupTopic(
      name: topic.name, id: topic.id, partitionCount: Int32(topic.partitions.count),
      racks: hasRacks ? topic.partitions.map { partition in partition.replicas.compactMap { metadata.image.broker($0)?.rack } } : [])
    kept[topic.id] = made
    return made
  }
}
