import DequeModule
import Primitives
import Wire

/// What a producer keeps for one topic.
final class ProducerTopic {
  let name: String
  private(set) var id = Uuid.zero
  /// At the index of their number; empty until the metadata is known.
  private(set) var partitions: [PartitionQueue] = []
  /// The partitions with a leader, in ascending order.
  private(set) var available: [Int32] = []
  var sticky: StickyPartitioner
  var roundRobin: Int = 0
  /// Records that wait for metadata, in order.
  var waiting: Deque<BlockedRecord> = []

  /// The ratio of compressed to uncompressed size, as observed: rises at once, falls slowly. Exactly 1 without a codec.
  private var ratio = 1.0
  let isCompressed: Bool

  init(name: String, batchSize: Int, isCompressed: Bool) {
    self.name = name
    self.isCompressed = isCompressed
    sticky = StickyPartitioner(batchSize: batchSize)
  }

  func take(_ metadata: TopicMetadata) {
    id = metadata.id
    while partitions.count < metadata.partitions.count { partitions.append(PartitionQueue(topic: self, number: Int32(partitions.count))) }
    available.removeAll(keepingCapacity: true)
    for (queue, partition) in zip(partitions, metadata.partitions) {
      queue.leader = partition.leader
      queue.leaderEpoch = partition.leaderEpoch
      if partition.leader != nil { available.append(queue.number) }
    }
    // The topic has fewer partitions than before, so it was deleted and recreated. The old queues keep their batches until they time out.
    for queue in partitions.dropFirst(metadata.partitions.count) { queue.leader = nil }
    partitionCount = metadata.partitions.count
  }

  /// The number of partitions to choose from.
  private(set) var partitionCount = 0 {
    didSet { if partitionCount != oldValue { sticky.reset() } }
  }

  /// Handles the loss of the topic: its batches wait for it to come back, or time out.
  func loseMetadata() {
    partitionCount = 0
    available.removeAll()
    for queue in partitions { queue.leader = nil }
  }

  /// The estimated compressed size of records. Without a codec they keep their size, and this is not called.
  func compressedSize(of uncompressed: Int) -> Int {
    // 1.05 leaves room for a record that compresses worse than those before.
    BatchHeader.size + Int(Double(uncompressed - BatchHeader.size) * ratio * 1.05)
  }

  func learnRatio(compressed: Int, uncompressed: Int) {
    guard isCompressed, uncompressed > 0 else { return }
    let observed = Double(compressed) / Double(uncompressed)
    ratio = observed > ratio ? max(ratio + 0.05, observed) : max(ratio - 0.005, observed)
  }

  /// Resets the estimate after a broker found a batch too large.
  func forgetRatio() { ratio = 1.0 }
}

/// The unsent batches of one partition, oldest first.
final class PartitionQueue {
  /// The topic owns the queue. Unsafe because it is read with every record.
  unowned(unsafe) let topic: ProducerTopic
  let number: Int32
  var leader: NodeID?
  var leaderEpoch = LeaderEpoch.unknown
  var batches: Deque<ProducerBatch> = []
  var inFlight = 0
  /// The size of the last batch that was built, before compression, in bytes; nil before the first.
  var lastBatchSize: Int?
  /// How many records that one had; 0 before the first.
  var lastBatchCount = 0
  /// Whether it is in the accumulator's list of queues with batches.
  var isActive = false
  /// Whether it ever had a batch.
  var wasUsed = false
  /// Used by an idempotent producer.
  var sequences = PartitionSequences()
  /// Used by a transactional producer: whether the partition is part of the transaction.
  var membership = TransactionMembership.outside

  init(topic: ProducerTopic, number: Int32) {
    self.topic = topic
    self.number = number
  }
}

/// A record that waits for metadata or memory.
final class BlockedRecord {
  /// In the order of `send`.
  let number: UInt64
  unowned let topic: ProducerTopic
  let deadline: Instant
  let record: RecordToSend

  init(number: UInt64, topic: ProducerTopic, deadline: Instant, record: consuming RecordToSend) {
    self.number = number
    self.topic = topic
    self.deadline = deadline
    self.record = record
  }
}
