import Coordination
import Primitives
import Wire

/// The offsets of one commit of a group, on their way into the log.
struct OffsetCommits {
  let group: String
  /// UTF-16 units (`offset.metadata.max.bytes`).
  let maxMetadataSize: Int
  private(set) var records: [CoordinatorRecord] = []
  private var offsets: [(topic: String, partition: Int32, offset: CommittedOffset)] = []

  init(of group: String, maxMetadataSize: Int) {
    self.group = group
    self.maxMetadataSize = maxMetadataSize
  }

  /// Takes an offset in, or says what is wrong with it. Refuses where no record can hold it.
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

  /// What the records say, done without decoding them.
  ///
  /// - Parameter producerID: in whose transaction they are written, -1 for none.
  func replay(into shard: inout GroupShard, from producerID: Int64 = -1) {
    for entry in offsets { shard.take(entry.offset, group, entry.topic, entry.partition, from: producerID) }
  }
}
