import Client
import Primitives
import Scenarios
import Workloads

/// `transform`: the members of a consumer group that make other records from those that they consume, as Kafka's consume-transform-produce applications do.
struct TransformEntry: ApplicationKind {
  static let word = "transform"

  let instances: Int
  let group: String
  let input: String
  let outputs: [String]
  let work: TransformWork
  let promise: TransformPlan.Promise
  let commits: CommitInterval
  let timePerRecord: Duration
  /// The id of all instances, each with its number; nil if nothing is transactional.
  let transactionalID: String?
  let areStatic: Bool
  let assignor: String?
  let switches: ApplicationSwitches
  private let consumerConfiguration: ConsumerConfiguration
  private let producerConfiguration: ProducerConfiguration

  init(_ map: inout MapReader, _ reader: ApplicationReader) throws {
    let written = map.value
    instances = Int(try map.optional("instances") { try $0.integer(in: 1...Int64(ArrivalSchedule.clientLimit)) } ?? 1)
    group = try map.required("group", or: "", reader.group)
    input = try map.required("input", or: "", reader.topic)
    outputs = try map.required("output", or: [""]) { try $0.oneOrMore(reader.topic) }
    promise = try map.optional("guarantee") { try $0.word(TransformPlan.Promise.self) } ?? .exactlyOnce
    work = try map.optional("work", { try Self.work($0, reader) }) ?? .map
    timePerRecord = try map.optional("process", Self.timePerRecord) ?? .zero
    commits = try map.optional("commit-every", reader.commitInterval) ?? .eachPoll
    transactionalID = try map.optional("transactional-id", reader.transactionalID)
    areStatic = try map.optional("static") { try $0.bool() } ?? false
    let groupProtocol = try map.optional("protocol", reader.groupProtocol)
    consumerConfiguration = try reader.consumerConfiguration(
      &map, key: "consumer", with: [groupProtocol, reader.setting("enable.auto.commit", "false", at: written)].compactMap { $0 },
      // As in Kafka Streams: a reader of uncommitted records would turn records that may be aborted into committed ones.
      defaults: promise == .exactlyOnce ? [reader.setting("isolation.level", "read_committed", at: written)] : [])
    let idempotence = reader.setting("enable.idempotence", "true", at: written)
    let transactional = transactionalID.map { [idempotence, reader.setting("transactional.id", $0, at: written)] } ?? []
    producerConfiguration = try reader.producerConfiguration(
      &map, key: "producer", with: transactional, defaults: promise == .atLeastOnce ? [idempotence] : [])
    let protocolOfGroup = consumerConfiguration.groupProtocol
    assignor = try map.optional("assignor") { try reader.assignor($0, of: protocolOfGroup) }
    switches = reader.names.applicationSwitches
    try check(&map, written, reader)
  }

  private static func work(_ value: Value, _ reader: ApplicationReader) throws -> TransformWork {
    let remedy = "Write map, { filter: 0.5 }, { fan-out: 3 }, { join: topic } or { aggregate: topic }."
    if let word = value.scalar {
      guard word == "map" else { throw value.error("'\(word.quotable)' is not a kind of work", remedy: remedy) }
      return .map
    }
    var map = try MapReader(value)
    let chosen = [
      try map.optional("filter") { TransformWork.filter(try $0.decimal(in: 0...1)) },
      try map.optional("fan-out") { TransformWork.fanOut(Int(try $0.integer(in: 1...1_000))) },
      try map.optional("join") { TransformWork.join(try reader.topic($0)) },
      try map.optional("aggregate") { TransformWork.aggregate(state: try reader.topic($0)) },
    ].compactMap { $0 }
    try map.finish()
    guard chosen.count == 1 else { throw value.error("expected one kind of work", remedy: remedy) }
    return chosen[0]
  }

  private static func timePerRecord(_ value: Value) throws -> Duration {
    var map = try MapReader(value)
    let time = try map.required("per-record", or: .zero) { try $0.duration() }
    try map.finish()
    return time
  }

  // MARK: Contradictions

  private func check(_ map: inout MapReader, _ written: Value, _ reader: ApplicationReader) throws {
    if promise == .exactlyOnce, transactionalID == nil {
      try map.check {
        throw written.error("'transactional-id' is missing", remedy: "Add transactional-id: \(reader.name) here, or write guarantee: at-least-once.")
      }
    }
    if promise != .exactlyOnce, transactionalID != nil {
      try map.check {
        throw (written["transactional-id"] ?? written).error(
          "nothing is transactional with guarantee: \(promise.rawValue)", remedy: "Leave transactional-id out, or write guarantee: exactly-once.")
      }
    }
    if promise == .atMostOnce, commits != .eachPoll {
      try map.check {
        throw (written["commit-every"] ?? written).error(
          "with guarantee: at-most-once offsets are committed before the work", remedy: "Leave commit-every out, or write another guarantee.")
      }
    }
    try map.check { try checkTopics(written, reader) }
  }

  private func checkTopics(_ written: Value, _ reader: ApplicationReader) throws {
    guard !input.isEmpty, !outputs.contains("") else { return }
    let output = written["output"] ?? written, work = written["work"] ?? written
    guard !outputs.isEmpty, Set(outputs).count == outputs.count else { throw output.error("expected different topics", remedy: "Write output: [a, b], or output: a.") }
    if let same = outputs.first(where: topics.contains) {
      throw output.error("'\(same)' would be consumed and produced", remedy: "Write another topic: this would never end.")
    }
    let most = if case .fanOut(let count) = self.work { count } else { 1 }
    guard outputs.count <= most else {
      throw output.error("\(outputs.count) topics need as many records of each", remedy: "Write one topic, or work: { fan-out: \(outputs.count) }.")
    }
    switch self.work {
    case .map, .filter, .fanOut: return
    case .join(let other):
      if other == input { throw work.error("'\(other)' is the input itself", remedy: "Join another topic.") }
      try checkPartitions(of: other, work, reader)
    case .aggregate(let state):
      if topics.contains(state) || outputs.contains(state) { throw work.error("'\(state)' is not a separate topic", remedy: "Keep the state in another topic.") }
      try checkPartitions(of: state, work, reader)
    }
  }

  /// The state of a partition is in the partition with the same number.
  private func checkPartitions(of topic: String, _ value: Value, _ reader: ApplicationReader) throws {
    guard let count = reader.names.initialPartitions[input], let other = reader.names.initialPartitions[topic], count != other else { return }
    throw value.error("'\(topic)' has \(other) partitions, and '\(input)' \(count)", remedy: "Give both the same number: related records are in partitions with the same number.")
  }

  // MARK: ApplicationKind

  var topics: [String] {
    switch work {
    case .join(let other): [input, other]
    case .map, .filter, .fanOut, .aggregate: [input]
    }
  }

  var processCount: Int { instances }
  var producer: ProducerConfiguration? { producerConfiguration }
  var consumer: ConsumerConfiguration? { consumerConfiguration }
  var groupCount: Int { 1 }

  var transactionalIDs: [String] { transactionalID.map { id in (0..<instances).map { DeclaredNames.transactionalID(id, of: $0, among: instances) } } ?? [] }

  var membership: MembershipPlan? {
    var promises: Set<Guarantee> = [.oneOwner, .allOwned, .committedOffsets, .groupSettles]
    switch promise {
    case .exactlyOnce: promises.insert(.exactlyOnce)
    case .atLeastOnce: promises.insert(.atLeastOnce)
    case .atMostOnce: promises.insert(.atMostOnce)
    }
    // The group waits for members that vanished and for members that process until they poll again; a member may also wait for a transaction that times out.
    let bound = consumerConfiguration.sessionTimeout * 2 + timePerRecord * Int64(consumerConfiguration.maxPollRecords) + .seconds(30)
    return MembershipPlan(
      group: group, groupProtocol: consumerConfiguration.groupProtocol, promises: promises, outputs: outputsOfWork,
      settleBound: transactionalID == nil ? bound : bound + producerConfiguration.transactionTimeout * 2)
  }

  private var outputsOfWork: (@Sendable (RecordValue) -> Int)? {
    // A count that does not depend on earlier records is known for every record.
    guard work.outputs(of: 0) != nil else { return nil }
    return { [work] in work.outputs(of: $0) ?? 0 }
  }

  func application(of process: ClientProcess, in surroundings: ClientSurroundings) -> any ClientApplication {
    // Records to be joined must come to the same member: the default assignors of classic groups ensure that, and so does the brokers' `range`.
    let usual: String? = if case .join = work, consumerConfiguration.groupProtocol == .consumer { "range" } else { nil }
    var consumer = consumerConfiguration.member(named: process.name, of: group, isStatic: areStatic, assignor: assignor ?? usual)
    var producer = producerConfiguration
    producer.transactionalID = transactionalID == nil ? nil : transactionalIDs[process.number]
    if let bootstrap = surroundings.bootstrap {
      consumer.connection.bootstrapServers = bootstrap
      producer.connection.bootstrapServers = bootstrap
    }
    return TransformApplication(
      host: surroundings.host, name: process.name, consumer: consumer, producer: producer,
      plan: TransformPlan(
        input: input, outputs: outputs, work: work, promise: promise, commits: commits, timePerRecord: timePerRecord, switches: switches,
        start: process.start(from: surroundings.origin), stop: process.stop(from: surroundings.origin) ?? .distantFuture),
      recorder: surroundings.recorder, group: Int32(process.firstGroup), log: surroundings.log)
  }
}
