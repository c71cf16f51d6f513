import Coordination
import Primitives
import Wire

/// The offsets of one group commit that are about to be appended.
struct OffsetCommits {
  let group: String
  /// In UTF-16 code units (`offset.metadata.max.bytes`).
  let maxMetadataSize: Int
  private(set) var records: [CoordinatorRecord] = []
  private var offsets: [(topic: String, partition: Int32, offset: CommittedOffset)] = []

  init(of group: String, maxMetadataSize: Int) {
    self.group = group
    self.maxMetadataSize = maxMetadataSize
  }

  /// Adds an offset, or returns what is wrong with it. Throws if it does not fit into a record.
  mutating func add(_ offset: CommittedOffset, _ topic: String, _ partition: Int32) throws(Refusal) -> ErrorCode {
    guard offset.metadata.utf16.count <= maxMetadataSize else { return .offsetMetadataTooLarge }
    do {
      records.append(try offset.record(group: group, topic: topic, partition: partition))
    } catch {
      throw Refusal(.unknownServerError)
    }
    offsets.append((topic, partition, offset))
    return .none
  }

  /// Applies the effect of the records without decoding them.
  ///
  /// - Parameter producerID: The producer of the transaction that they belong to, -1 for none.
  func replay(into shard: inout GroupShard, from producerID: Int64 = -1) {
    for entry in offsets { shard.take(entry.offset, group, entry.topic, entry.partition, from: producerID) }
  }
}
