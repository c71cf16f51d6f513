import Client
import Primitives
import Scenarios
import Workloads

/// `produce`: clients that send their own records to topics in rotation.
struct ProduceEntry: ApplicationKind {
  static let word = "produce"

  let clients: Int
  let topics: [String]
  private(set) var plan: SendPlan
  /// The partition to write to; nil leaves it to the partitioner.
  let partition: Int32?
  let configuration: ProducerConfiguration

  init(_ map: inout MapReader, _ reader: ApplicationReader) throws {
    clients = try reader.clients(&map)
    let topics = try reader.topics(&map)
    self.topics = topics
    plan = try SendPlan(&map, file: reader.file)
    partition = try map.optional("partition") { Int32(try $0.integer(in: 0...Int64(reader.fewestPartitions(of: topics) - 1))) }
    configuration = try reader.producerConfiguration(&map)
  }

  var processCount: Int { clients }
  var producer: ProducerConfiguration? { configuration }
  var sendPlan: SendPlan? { plan }
  mutating func changeSendPlan(_ change: (inout SendPlan) -> Void) { change(&plan) }

  func application(of process: ClientProcess, in surroundings: ClientSurroundings) -> any ClientApplication {
    var configuration = configuration
    if let bootstrap = surroundings.bootstrap { configuration.connection.bootstrapServers = bootstrap }
    let records = surroundings.capacity.map { min(plan.records ?? .max, $0) } ?? plan.records
    return ProduceApplication(
      host: surroundings.host, name: process.name, configuration: configuration,
      plan: ProduceApplication.Plan(
        topics: topics, partition: partition, load: plan.load, client: process.number, of: clients, records: records,
        start: process.start(from: surroundings.origin), stop: process.stop(from: surroundings.origin) ?? process.end(from: surroundings.origin)),
      pool: surroundings.pool ?? plan.pool(seed: process.seed), recorder: surroundings.recorder, log: surroundings.log)
  }

  static func changePaths(in entry: inout Value, _ path: (Value) -> Value?) {
    guard var value = entry["value"], var content = value["content"], let lines = content["file"], let changed = path(lines) else { return }
    content.put("file", changed)
    value.put("content", content)
    entry.put("value", value)
  }
}
