import OrderedCollections
import Primitives

extension [TopicPartition] {
  /// The partition numbers of each topic, in the order of their first occurrence.
  var byTopic: [(topic: String, partitions: [Int32])] {
    OrderedDictionary(grouping: self, by: \.topic).map { (topic: $0.key, partitions: $0.value.map(\.partition)) }
  }
}
