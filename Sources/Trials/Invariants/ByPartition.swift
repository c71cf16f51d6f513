import Primitives

/// Something about each partition of a few, found by comparing instead of hashing: the checks look for a partition each time that a high watermark moves.
struct ByPartition<Value> {
  /// In ascending order; the values are in the same places.
  private var partitions: ContiguousArray<TopicIDPartition> = []
  private var values: ContiguousArray<Value> = []

  subscript(partition: TopicIDPartition) -> Value? {
    get {
      let place = place(of: partition)
      return holds(partition, at: place) ? values[place] : nil
    }
    set {
      let place = place(of: partition), isKnown = holds(partition, at: place)
      switch (newValue, isKnown) {
      case (let value?, true): values[place] = value
      case (let value?, false):
        partitions.insert(partition, at: place)
        values.insert(value, at: place)
      case (nil, true):
        partitions.remove(at: place)
        values.remove(at: place)
      case (nil, false): break
      }
    }
  }

  private func holds(_ partition: TopicIDPartition, at place: Int) -> Bool { place < partitions.count && partitions[place] == partition }

  /// Where a partition stands, or would stand.
  private func place(of partition: TopicIDPartition) -> Int {
    partitions.partitioningIndex { $0.topic == partition.topic ? $0.partition >= partition.partition : $0.topic > partition.topic }
  }
}
