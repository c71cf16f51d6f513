import OrderedCollections
import Primitives

/// The committed offsets of all groups of a shard, by group, topic and partition.
struct OffsetTable: Sendable {
  typealias Topics = OrderedDictionary<String, OrderedDictionary<Int32, CommittedOffset>>

  private(set) var groups: OrderedDictionary<String, Topics> = [:]
  /// Where the last offset was set: the next is usually of the same group and topic, and comparing names is cheaper than hashing them.
  private var last = (group: 0, topic: 0)

  subscript(group: String) -> Topics? { groups[group] }

  subscript(group: String, topic: String, partition: Int32) -> CommittedOffset? { groups[group]?[topic]?[partition] }

  mutating func set(_ offset: CommittedOffset, _ group: String, _ topic: String, _ partition: Int32) {
    last.group = groups.place(of: group, expected: last.group)
    last.topic = groups.values[last.group].place(of: topic, expected: last.topic)
    groups.values[last.group].values[last.topic][partition] = offset
  }

  mutating func remove(_ group: String, _ topic: String, _ partition: Int32) {
    guard groups[group]?[topic]?.removeValue(forKey: partition) != nil else { return }
    guard groups[group]?[topic]?.isEmpty == true else { return }
    groups[group]?.removeValue(forKey: topic)
    if groups[group]?.isEmpty == true { groups.removeValue(forKey: group) }
  }

  /// Calls `body` for each offset, in the order of insertion.
  func forEach(_ body: (_ group: String, _ topic: String, _ partition: Int32, CommittedOffset) -> Void) {
    for (group, topics) in groups {
      for (topic, partitions) in topics {
        for (partition, offset) in partitions { body(group, topic, partition, offset) }
      }
    }
  }
}

extension OrderedDictionary where Key == String, Value: ExpressibleByDictionaryLiteral {
  /// The index of a key, which is inserted if it is missing. Checks the expected index first.
  fileprivate mutating func place(of key: String, expected: Int) -> Int {
    if expected < count, keys[expected] == key { return expected }
    if let place = index(forKey: key) { return place }
    self[key] = [:]
    return count - 1
  }
}
