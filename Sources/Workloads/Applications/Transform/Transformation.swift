import Client
import Primitives

/// The work of an application, with the state of the partitions that its process owns.
struct Transformation {
  private struct Remembered {
    /// For a join, the last record of the key in the other topic.
    var source: History.Source?
    /// For an aggregation, the number of records with the key.
    var count: Int64 = 0
  }

  let work: TransformWork
  /// Outputs go to these topics in rotation.
  private let topics: [String]
  /// State by partition number and key.
  private var state: [Int32: [Bytes: Remembered]] = [:]

  init(_ work: TransformWork, to topics: [String]) {
    self.work = work
    self.topics = topics
  }

  /// The outputs for an input record.
  mutating func outputs(of input: TransformInput) -> [TransformOutput] {
    switch work {
    case .map: return [output(of: input)]
    case .filter(let part): return TransformWork.passes(input.value, part) ? [output(of: input)] : []
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

  // MARK: State

  /// Restores a record from the topic that stores the state.
  /// - Parameter bytes: nil for a tombstone.
  mutating func restore(_ key: Bytes?, _ bytes: Bytes?, from source: History.Source, in partition: Int32) {
    guard let key else { return }
    switch work {
    case .map, .filter, .fanOut: break
    case .join: remember(bytes == nil ? nil : Remembered(source: source), of: key, in: partition)
    case .aggregate: remember(Payload.number(in: bytes).map { Remembered(count: $0) }, of: key, in: partition)
    }
  }

  mutating func forget(_ partition: Int32) { state[partition] = nil }

  private mutating func remember(_ remembered: Remembered?, of key: Bytes, in partition: Int32) { state[partition, default: [:]][key] = remembered }
}
