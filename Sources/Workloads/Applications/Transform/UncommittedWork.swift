import Client
import OrderedCollections
import Primitives

/// What a process consumed and processed since its last commit.
struct UncommittedWork {
  /// The number of records.
  private(set) var count = 0
  /// When the first of them was processed.
  private(set) var begun = Instant.zero
  /// The offsets to commit for it.
  private var consumed: OrderedDictionary<TopicPartition, CommittedOffset> = [:]

  var isEmpty: Bool { count == 0 }

  /// The offsets to commit, in ascending order of the partitions.
  var offsets: [(partition: TopicPartition, offset: CommittedOffset)] {
    consumed.map { (partition: $0.key, offset: $0.value) }.sorted { $0.partition < $1.partition }
  }

  mutating func add(_ records: ConsumerRecords, at now: Instant) {
    if isEmpty { begun = now }
    count += records.count
    for (partition, offset) in records.nextOffsets { consumed[partition] = offset }
  }

  mutating func forget() { self = UncommittedWork() }
}
