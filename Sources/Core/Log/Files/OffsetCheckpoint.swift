import OrderedCollections
import Primitives

/// An offset for each partition of a log directory: recovery points, high watermarks or log start offsets.
struct OffsetCheckpoint: Equatable {
  var offsets: OrderedDictionary<TopicPartition, Offset> = [:]

  init(_ entries: [(TopicPartition, Offset)] = []) {
    for (partition, offset) in entries { offsets[partition] = offset }
  }

  init(decoding content: Bytes) throws(CheckpointDamage) {
    for (index, fields) in try CheckpointFile.entries(of: content, fieldCount: 3).enumerated() {
      guard let number = Int32(fields[1]), number >= 0, let offset = Int64(fields[2]), offset >= 0 else {
        throw CheckpointDamage(line: index + 3, reason: "expected topic, partition and offset")
      }
      let partition = TopicPartition(String(fields[0]), number)
      guard offsets.updateValue(Offset(offset), forKey: partition) == nil else {
        throw CheckpointDamage(line: index + 3, reason: "\(partition) stands twice")
      }
    }
  }

  var content: Bytes {
    CheckpointFile.text(offsets.map { "\($0.key.topic) \($0.key.partition) \($0.value)" })
  }
}
