import Client
import Primitives
import Wire

/// What an application makes of the records that it consumes.
public enum TransformWork: Hashable, Sendable {
  /// One record of each.
  case map
  /// One record of so large a part of them, from 0 to 1; which ones follows from the records alone.
  case filter(Double)
  /// So many records of each.
  case fanOut(Int)
  /// One record of each whose key the other topic has by then, made of both. The other topic is consumed as well and has as many partitions: what it holds last of each key is
  /// the state.
  case join(String)
  /// One record of each with a key: how many of that key there were in its partition. The counts are the state, and stand in a compacted topic of as many partitions.
  case aggregate(state: String)

  /// The topic that is consumed beside the input.
  var otherInput: String? { if case .join(let other) = self { other } else { nil } }

  /// How many records are made of the record of a value; nil where what came before it says so.
  public func outputs(of value: RecordValue) -> Int? {
    switch self {
    case .map: 1
    case .filter(let part): Self.passes(value, part) ? 1 : 0
    case .fanOut(let count): count
    case .join, .aggregate: nil
    }
  }

  private static let scale: Int64 = 1_000_000_000

  /// Whether a filter leaves a record: the same of the same record whoever asks.
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
  /// nil of a tombstone.
  let bytes: Bytes?

  var entry: History.Entry { History.Entry(source.partition, value, at: source.offset) }

  /// The records of a slice that workloads wrote.
  static func append(_ slice: RecordSlice, _ number: PartitionNumber, to inputs: inout [TransformInput]) {
    // What cannot be read was told where the delivery was noted.
    try? slice.forEachRecord { record in
      let value = Payload.value(of: record)
      guard value != .none else { return }
      inputs.append(
        TransformInput(partition: slice.partition, source: History.Source(number, at: record.offset), value: value, key: record.key, bytes: record.value))
    }
  }
}

/// A record that is to be produced.
struct TransformOutput {
  enum Content {
    /// What this one holds behind its name.
    case copy(of: Bytes)
    case number(Int64)
    case tombstone
  }

  var topic: String
  /// nil leaves it to the partitioner.
  var partition: Int32?
  var key: Bytes?
  /// The first one is that which was being worked on.
  var sources: [History.Source]
  var content: Content

  /// What it holds as the record of a value; nil of a tombstone.
  var bytes: ((RecordValue) -> Bytes)? {
    switch content {
    case .copy(let other): { Payload.bytes(naming: $0, Payload.rest(of: other)) }
    case .number(let number): { Payload.bytes(naming: $0, number: number) }
    case .tombstone: nil
    }
  }
}
