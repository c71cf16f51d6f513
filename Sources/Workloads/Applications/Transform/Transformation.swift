import Client
import Primitives
import Wire

/// The work of an application with what it remembers of the partitions that its process has.
struct Transformation {
  private struct Remembered {
    /// Of a joined topic the last record of the key.
    var source: History.Source?
    /// Of an aggregation how many records of the key there were.
    var count: Int64 = 0
  }

  let work: TransformWork
  /// Outputs go to them in turn.
  private let topics: [String]
  /// By the number of the partition, and the key.
  private var state: [Int32: [Bytes: Remembered]] = [:]

  /// Of a filter: how many in a thousand million pass.
  private static let scale: Int64 = 1_000_000_000

  init(_ work: TransformWork, to topics: [String]) {
    self.work = work
    self.topics = topics
  }

  /// What becomes of a record.
  mutating func outputs(of input: TransformInput) -> [TransformOutput] {
    switch work {
    case .map: return [output(of: input)]
    case .filter(let part): return passes(input.value, part) ? [output(of: input)] : []
    case .fanOut(let count): return (0..<count).map { output(of: input, to: topics[$0 % topics.count]) }
    case .join(let other):
      guard let key = input.key else { return [] }
      guard input.partition.topic != other else {
        remember(input.bytes == nil ? nil : Remembered(source: input.source), of: key, in: input.partition.partition)
        return []
      }
      guard let found = state[input.partition.partition]?[key]?.source else { return [] }
      return [output(of: input, with: found)]
    case .aggregate(let topic):
      guard let key = input.key else { return [] }
      let partition = input.partition.partition, count = (state[partition]?[key]?.count ?? 0) + 1
      remember(Remembered(count: count), of: key, in: partition)
      let counted = TransformOutput(topic: topics[0], partition: nil, key: key, sources: [input.source], content: .number(count))
      return [counted, TransformOutput(topic: topic, partition: partition, key: key, sources: [input.source], content: .number(count))]
    }
  }

  private func output(of input: TransformInput, to topic: String? = nil, with other: History.Source? = nil) -> TransformOutput {
    TransformOutput(
      topic: topic ?? topics[0], partition: nil, key: input.key, sources: [input.source] + (other.map { [$0] } ?? []),
      content: input.bytes.map { .copy(of: $0) } ?? .tombstone)
  }

  /// The same of the same record whoever asks.
  private func passes(_ value: RecordValue, _ part: Double) -> Bool {
    var random = RandomStream(seed: UInt64(value.number), purpose: "filter")
    return random.chance(Int64(part * Double(Self.scale)), in: Self.scale)
  }

  // MARK: State

  /// Takes up a record of the topic that keeps the state.
  mutating func restore(_ record: RecordView, from source: History.Source, in partition: Int32) {
    guard let key = record.key else { return }
    switch work {
    case .map, .filter, .fanOut: break
    case .join: remember(record.valueLength < 0 ? nil : Remembered(source: source), of: key, in: partition)
    case .aggregate: remember(Payload.number(in: record.value).map { Remembered(count: $0) }, of: key, in: partition)
    }
  }

  mutating func forget(_ partition: Int32) { state[partition] = nil }

  private mutating func remember(_ remembered: Remembered?, of key: Bytes, in partition: Int32) { state[partition, default: [:]][key] = remembered }
}
