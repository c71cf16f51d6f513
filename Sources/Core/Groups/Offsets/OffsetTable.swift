import OrderedCollections
import Primitives

/// The committed offsets of all groups of a shard, by group, topic and partition.
struct OffsetTable: Sendable {
  typealias Topics = OrderedDictionary<String, OrderedDictionary<Int32, CommittedOffset>>

  private(set) var groups: OrderedDictionary<String, Topics> = [:]

  subscript(group: String) -> Topics? { groups[group] }

  subscript(group: String, topic: String, partition: Int32) -> CommittedOffset? { groups[group]?[topic]?[partition] }

  mutating func set(_ offset: CommittedOffset, _ group: String, _ topic: String, _ partition: Int32) {
    groups[group, default: [:]][topic, default: [:]][partition] = offset
  }

  mutating func remove(_ group: String, _ topic: String, _ partition: Int32) {
    guard groups[group]?[topic]?.removeValue(forKey: partition) != nil else { return }
    guard groups[group]?[topic]?.isEmpty == true else { return }
    groups[group]?.removeValue(forKey: topic)
    if groups[group]?.isEmpty == true { groups.removeValue(forKey: group) }
  }

  /// Runs for each of them, in the order in which they came.
  func forEach(_ body: (_ group: String, _ topic: String, _ partition: Int32, CommittedOffset) -> Void) {
    for (group, topics) in groups {
      for (topic, partitions) in topics {
        for (partition, offset) in partitions { body(group, topic, partition, offset) }
      }
    }
  }
}
