import Primitives
import Scenarios

/// A request of the operator that chance draws.
///
/// Everything is drawn before anything is decided, so that a request that has nothing to be about at the moment does not change what is drawn later.
struct DrawnRequest {
  /// The actions that may be drawn. They have the names that they have in `admin`.
  enum Word: String, CaseIterable {
    case reassign
    case electLeader = "elect-leader"
    case deleteRecords = "delete-records"
    case createPartitions = "create-partitions"
    case alterConfig = "alter-config"
  }

  private let word: Word
  private let place: Int64
  /// From 0 to 999.
  private let part: Int64
  /// Indices of brokers in a drawn order; empty unless it reassigns.
  private var order: [Int] = []

  init(_ word: Word, brokers: Int, _ random: inout RandomStream) {
    self.word = word
    place = random.below(1 << 30)
    part = random.below(1_000)
    guard word == .reassign else { return }
    order = Array(0..<brokers)
    for index in order.indices { order.swapAt(index, index + Int(random.below(Int64(order.count - index)))) }
  }

  /// The request; nil if there is nothing that it could be about.
  func request(about topics: OperatedTopics) -> OperatorRequest? {
    switch word {
    case .reassign:
      return pick(from: topics.partitions).map { partition in
        if partition.registration.isReassigning, part < 250 { return .reassign(partition.name, nil) }
        let size = partition.registration.replicas.count - partition.registration.addingReplicas.count
        return .reassign(partition.name, order.prefix(size).map { NodeID(Int32($0 + 1)) })
      }
    case .electLeader:
      return pick(from: topics.partitions.filter { $0.registration.hasLeader && !$0.registration.hasPreferredLeader }).map { .electLeader($0.name, unclean: false) }
    case .deleteRecords:
      // Of a compacted topic Kafka deletes none by an offset.
      return pick(from: topics.partitions.filter { !$0.isCompacted && $0.highWatermark > 0 }).map { partition in
        .deleteRecords(partition.name, before: Offset(partition.highWatermark.value / 1_000 * part + partition.highWatermark.value % 1_000 * part / 1_000))
      }
    case .createPartitions:
      return pick(from: topics.growing).map { .createPartitions($0.name, total: Int32(clamping: $0.partitions + 1)) }
    case .alterConfig:
      return pick(from: topics.names).map { .alterTopicConfig($0, [Self.settings[Int(part) % Self.settings.count]]) }
    }
  }

  /// None of them takes back a promise to clients, or deletes a record.
  private static let settings = [
    NamedValue(name: "segment.ms", value: "2000"), NamedValue(name: "segment.ms", value: "10000"), NamedValue(name: "flush.messages", value: "1"),
    NamedValue(name: "flush.messages", value: "100"), NamedValue(name: "index.interval.bytes", value: "0"), NamedValue(name: "index.interval.bytes", value: "4096"),
  ]

  private func pick<Element>(from elements: [Element]) -> Element? { elements.isEmpty ? nil : elements[Int(place % Int64(elements.count))] }
}
