import Primitives

/// What moved in a partition, as far as waiting requests care.
struct Movement: OptionSet {
  let rawValue: UInt8

  static let logEnd = Movement(rawValue: 1)
  /// The high watermark, the last stable offset, or what the ISR makes of them.
  static let highWatermark = Movement(rawValue: 2)
  static let lowWatermark = Movement(rawValue: 4)
  /// The leader epoch or the role: whoever waits must hear of it.
  static let leadership = Movement(rawValue: 8)
  /// What is synced, where `flush.messages` asks for that.
  static let durableEnd = Movement(rawValue: 16)
}

/// Partitions in which something moved, each once, in the order in which it first did.
///
/// Waiting requests are looked at when the event's work is done, not in the midst of it: an append to ten partitions, or a fetch
/// that moves ten high watermarks, answers a request that waits for all of them once.
struct MovedPartitions {
  private var partitions: ContiguousArray<Partition> = []
  private var next = 0
  private var isDraining = false

  var count: Int { partitions.count }
  var isEmpty: Bool { partitions.isEmpty }

  mutating func insert(_ partition: Partition) { partitions.append(partition) }

  /// False where there is nothing to do, or where the loop over the moved partitions runs already: it will come to what was added.
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
