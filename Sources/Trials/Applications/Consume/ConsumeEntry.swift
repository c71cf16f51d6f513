import Client
import Primitives
import Scenarios
import Workloads

/// `consume`: clients that read topics from the beginning. Each group reads everything: it divides the partitions among its clients once or, with `group`,
/// dynamically, as Kafka's groups do.
struct ConsumeEntry: ApplicationKind {
  static let word = "consume"

  /// The number of clients in each group.
  let clients: Int
  let topics: [String]
  let pollInterval: Duration
  let groupCount: Int
  let configuration: ConsumerConfiguration
  /// What members subscribe to, if not just the named topics.
  let subscription: MemberSubscription?
  /// nil if clients assign partitions to themselves.
  let members: MembersOfGroup?

  init(_ map: inout MapReader, _ reader: ApplicationReader) throws {
    let isGroup = map.has("group")
    var groupProtocol: WrittenSetting?
    if isGroup { groupProtocol = try map.optional("protocol", reader.groupProtocol) }
    configuration = try reader.consumerConfiguration(&map, with: groupProtocol.map { [$0] } ?? [])
    members = try MembersOfGroup(&map, of: configuration.groupProtocol, reader)
    clients = try members?.count ?? reader.clients(&map)
    if isGroup, map.has("subscribe") {
      subscription = try MemberSubscription(&map, reader)
      topics = subscription?.topics ?? []
    } else {
      subscription = nil
      topics = try reader.topics(&map)
    }
    pollInterval = try map.optional("poll") { value in
      let pause = try value.duration()
      guard pause == .zero || pause >= .microseconds(100) else { throw value.error("\(value.kind) is too short", remedy: "Write 0ms, or at least 100us.") }
      return pause
    } ?? .zero
    groupCount = members == nil ? Int(try map.optional("groups") { try $0.integer(in: 1...10_000) } ?? 1) : 1
  }

  var processCount: Int { clients * groupCount }
  var consumer: ConsumerConfiguration? { configuration }
  var membership: MembershipPlan? { members?.plan(configuration) }

  func partitions(readBy number: Int, among all: [TopicPartition]) -> [TopicPartition] {
    // It is unknown which of them the group will assign.
    guard members == nil else { return [] }
    return stride(from: number % clients, to: all.count, by: clients).map { all[$0] }
  }

  func application(of process: ClientProcess, in surroundings: ClientSurroundings) -> any ClientApplication {
    var configuration = members?.configuration(of: process.name, configuration) ?? configuration
    if let bootstrap = surroundings.bootstrap { configuration.connection.bootstrapServers = bootstrap }
    let start = process.start(from: surroundings.origin), stop = process.stop(from: surroundings.origin) ?? .distantFuture
    guard let members else {
      return ConsumeApplication(
        host: surroundings.host, name: process.name, configuration: configuration, partitions: process.partitions, pause: pollInterval, start: start, stop: stop,
        recorder: surroundings.recorder, group: Int32(process.firstGroup + process.number / clients), log: surroundings.log)
    }
    return MemberApplication(
      host: surroundings.host, name: process.name, configuration: configuration,
      plan: MemberApplication.Plan(
        topics: topics, pattern: subscription?.pattern, commits: members.commits, timePerRecord: members.timePerRecord, workers: members.workers, pause: pollInterval,
        start: start, stop: stop),
      recorder: surroundings.recorder, group: Int32(process.firstGroup), log: surroundings.log)
  }
}
