import Client
import Primitives
import Wire

/// The work of an application on the records that it consumes.
public enum TransformWork: Hashable, Sendable {
  /// One output for each record.
  case map
  /// One output for this fraction of the records, from 0 to 1; which ones depends only on the records.
  case filter(Double)
  /// This number of outputs for each record.
  case fanOut(Int)
  /// One output for each record whose key is in the other topic by then, made from both. The other topic is consumed as well and has the same number of partitions; its last
  /// record of each key is the state.
  case join(String)
  /// One output for each record with a key: the count of records with that key in its partition. The counts are the state, in a compacted topic with the same number of partitions.
  case aggregate(state: String)

  /// The second topic that is consumed.
  var otherInput: String? { if case .join(let other) = self { other } else { nil } }

  /// The number of outputs made from a value; nil if it depends on earlier records.
  public func outputs(of value: RecordValue) -> Int? {
    switch self {
    case .map: 1
    case .filter(let part): Self.passes(value, part) ? 1 : 0
    case .fanOut(let count): count
    case .join, .aggregate: nil
    }
  }

  private static let scale: Int64 = 1_000_000_000

  /// Whether a filter lets a record pass; depends only on the record.
  static func passes(_ value: RecordValue, _ part: Double) -> Bool {
    var random = RandomStream(seed: UInt64(value.number), purpose: "filter")
    return random.chance(Int64(part * Double(scale)), in: scale)
  }

  var hasState: Bool {
    switch self {
    case .map, .filter, .fanOut: false
    case .join, .aggregate: true
    }
  }
}

/// A record that was consumed.
struct TransformInput {
  let partition: TopicPartition
  let source: History.Source
  let value: RecordValue
  let key: Bytes?
  /// nil for a tombstone.
  let bytes: Bytes?

  var entry: History.Entry { History.Entry(source.partition, value, at: source.offset) }

  /// Appends the records of a slice that workloads wrote.
  static func append(_ slice: RecordSlice, _ number: PartitionNumber, to inputs: inout [TransformInput]) {
    // An unreadable batch was reported where the delivery was recorded.
    try? slice.forEachRecord { record in
      let value = Payload.value(of: record)
      guard value != .none else { return }
      inputs.append(
        TransformInput(partition: slice.partition, source: History.Source(number, at: record.offset), value: value, key: record.key, bytes: record.value))
    }
  }
}

/// A record to produce.
struct TransformOutput {
  enum Content {
    /// A copy of an input's bytes after its value.
    case copy(of: Bytes)
    case number(Int64)
    case tombstone
  }

  var topic: String
  /// nil leaves it to the partitioner.
  var partition: Int32?
  var key: Bytes?
  /// The first source is the record that was being processed.
  var sources: [History.Source]
  var content: Content

  /// The content as a record of a value; nil for a tombstone.
  var bytes: ((RecordValue) -> Bytes)? {
    switch content {
    case .copy(let other): { Payload.bytes(naming: $0, Payload.rest(of: other)) }
    case .number(let number): { Payload.bytes(naming: $0, number: number) }
    case .tombstone: nil
    }
  }
}
