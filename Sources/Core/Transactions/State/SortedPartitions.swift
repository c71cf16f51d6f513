import Primitives

/// The partitions of a transaction: ascending, each once, so that two states with the same partitions are the same.
extension [TopicPartition] {
  /// Puts any partitions into that order.
  var sortedOnce: [TopicPartition] {
    var result: [TopicPartition] = []
    result.reserveCapacity(count)
    for partition in sorted() where result.last != partition { result.append(partition) }
    return result
  }

  func containsSorted(_ partition: TopicPartition) -> Bool {
    let place = partitioningIndex { $0 >= partition }
    return place < count && self[place] == partition
  }

  /// With others, which may come in any order.
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
