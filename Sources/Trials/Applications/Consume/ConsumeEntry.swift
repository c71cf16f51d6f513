import Client
import Primitives
import Scenarios
import Workloads

/// `consume`: clients that read topics from the beginning on. Each group reads everything: it shares the partitions out among clients of its own.
struct ConsumeEntry: ApplicationKind {
  static let word = "consume"

  /// Of each group.
  let clients: Int
  let topics: [String]
  let pollInterval: Duration
  let groupCount: Int
  let configuration: ConsumerConfiguration

  init(_ map: inout MapReader, _ reader: ApplicationReader) throws {
    clients = try reader.clients(&map)
    topics = try reader.topics(&map)
    pollInterval = try map.optional("poll") { value in
      let pause = try value.duration()
      guard pause == .zero || pause >= .microseconds(100) else { throw value.error("\(value.kind) is too short", remedy: "Write 0ms, or at least 100us.") }
      return pause
    } ?? .zero
    groupCount = Int(try map.optional("groups") { try $0.integer(in: 1...10_000) } ?? 1)
    configuration = try reader.consumerConfiguration(&map)
  }

  var processCount: Int { clients * groupCount }
  var consumer: ConsumerConfiguration? { configuration }

  func partitions(readBy number: Int, among all: [TopicPartition]) -> [TopicPartition] {
    stride(from: number % clients, to: all.count, by: clients).map { all[$0] }
  }

  func application(of process: ClientProcess, in surroundings: ClientSurroundings) -> any ClientApplication {
    var configuration = configuration
    if let bootstrap = surroundings.bootstrap { configuration.connection.bootstrapServers = bootstrap }
    return ConsumeApplication(
      host: surroundings.host, configuration: configuration, partitions: process.partitions, pause: pollInterval, start: process.start(from: surroundings.origin),
      stop: process.stop(from: surroundings.origin) ?? .distantFuture, recorder: surroundings.recorder, group: Int32(process.firstGroup + process.number / clients),
      log: surroundings.log)
  }
}
