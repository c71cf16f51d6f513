import Primitives

/// The partitions of a transaction: ascending and without repetitions, so that two states with the same partitions are equal.
extension [TopicPartition] {
  /// The union with other partitions, which may be in any order.
  func union(_ others: [TopicPartition]) -> [TopicPartition] {
    var result = self
    result.reserveCapacity(count + others.count)
    for partition in others {
      let place = result.partitioningIndex { $0 >= partition }
      if place == result.count || result[place] != partition { result.insert(partition, at: place) }
    }
    return result
  }
}
