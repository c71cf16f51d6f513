import Primitives

/// Distributes records without a key over a topic's partitions: one partition gets `batch.size` bytes, then another is chosen at random, with more
/// weight for partitions with short queues (KIP-794).
struct StickyPartitioner {
  /// The number of bytes after which another partition is chosen.
  let batchSize: Int
  private(set) var current: Int32?
  private var bytesOnCurrent = 0

  init(batchSize: Int) { self.batchSize = batchSize }

  /// The partition for the next record. `choose` is called if another one is due.
  mutating func partition(choosing choose: () -> Int32) -> Int32 {
    if let current { return current }
    let chosen = choose()
    current = chosen
    return chosen
  }

  /// Counts a record. `isBatchFull`: its batch takes no more records; until then, a change would leave the batch half empty, and is postponed up to
  /// twice the size.
  mutating func appended(_ bytes: Int, to partition: Int32, isBatchFull: Bool) {
    guard partition == current else { return }
    bytesOnCurrent += bytes
    if bytesOnCurrent >= batchSize && isBatchFull || bytesOnCurrent >= 2 * batchSize {
      current = nil
      bytesOnCurrent = 0
    }
  }

  /// Forgets the choice, for example after the number of partitions changed.
  mutating func reset() {
    current = nil
    bytesOnCurrent = 0
  }
}

/// The queue of one partition, for the choice of the next.
struct PartitionLoad {
  let partition: Int32
  /// The number of batches that wait to be sent.
  let queue: Int
}

/// A random partition, weighted towards shorter queues.
///
/// `loads` are those of the partitions to choose from; with `isUniform`, queues do not count.
func randomPartition(_ loads: [PartitionLoad], isUniform: Bool, _ random: inout RandomStream) -> Int32 {
  let longest = loads.reduce(0) { max($0, $1.queue) }
  if isUniform || loads.allSatisfy({ $0.queue == longest }) { return random.pick(loads).partition }
  let total = loads.reduce(0) { $0 + (longest + 1 - $1.queue) }
  var rest = random.below(Int64(total))
  for load in loads {
    rest -= Int64(longest + 1 - load.queue)
    if rest < 0 { return load.partition }
  }
  return loads[loads.count - 1].partition
}
