import Primitives

/// What moved in a partition, as far as it matters to waiting requests.
struct Movement: OptionSet {
  let rawValue: UInt8

  static let logEnd = Movement(rawValue: 1)
  /// The high watermark or the last stable offset, or whether the ISR is large enough.
  static let highWatermark = Movement(rawValue: 2)
  static let lowWatermark = Movement(rawValue: 4)
  /// The leader epoch or the role: all waiting requests must be answered.
  static let leadership = Movement(rawValue: 8)
  /// The end of the synced records, if `flush.messages` requires syncs.
  static let durableEnd = Movement(rawValue: 16)
}

/// Partitions in which something moved, without repetitions, in the order of their first movement.
///
/// Waiting requests are checked when the work of an event is done, not in the middle: an append to ten partitions, or a fetch that moves ten high
/// watermarks, then answers a request that waits for all of them only once.
struct MovedPartitions {
  private var partitions: ContiguousArray<Partition> = []
  private var next = 0
  private var isDraining = false

  var count: Int { partitions.count }
  var isEmpty: Bool { partitions.isEmpty }

  mutating func insert(_ partition: Partition) { partitions.append(partition) }

  /// False if there is nothing to do, or if the loop over the moved partitions is already running: it will reach the added ones.
  mutating func beginDraining() -> Bool {
    guard !isDraining, !partitions.isEmpty else { return false }
    isDraining = true
    return true
  }

  mutating func takeNext() -> Partition? {
    guard next < partitions.count else {
      partitions.empty()
      next = 0
      isDraining = false
      return nil
    }
    next += 1
    return partitions[next - 1]
  }
}
