import Client
import Primitives
import Scenarios
import Workloads

/// `transact`: clients that write their own records in transactions.
struct TransactEntry: ApplicationKind {
  static let word = "transact"

  let producers: Int
  let topics: [String]
  let transactionalID: String
  let content: TransactPlan.Content
  let commits: CommitInterval
  /// The number of partitions in a transaction; nil leaves that to the partitioner.
  let partitionsPerTransaction: Int?
  let aborts: TransactPlan.Aborts
  private(set) var plan: SendPlan
  /// The partitions of all topics, in order.
  private let partitions: [TopicPartition]
  private let configuration: ProducerConfiguration
  /// nil if transactions do not read.
  private let readerConfiguration: ConsumerConfiguration?

  /// The number of records in a transaction if the entry does not say.
  private static let usualRecords = 5

  init(_ map: inout MapReader, _ reader: ApplicationReader) throws {
    let written = map.value
    producers = Int(try map.optional("producers") { try $0.integer(in: 1...Int64(ArrivalSchedule.clientLimit)) } ?? 1)
    topics = try reader.topics(&map)
    transactionalID = try map.required("transactional-id", or: "", reader.transactionalID)
    let chosen = try Self.content(&map)
    content = chosen.content
    commits = try Self.commits(&map, content, reader)
    let all = topics.flatMap { topic in (0..<Int32(clamping: reader.names.initialPartitions[topic] ?? 0)).map { TopicPartition(topic, $0) } }
    partitions = all
    partitionsPerTransaction = try map.optional("partitions-per-transaction") { Int(try $0.integer(in: 1...Int64(max(all.count, 1)))) }
    aborts = try map.optional("abort", Self.aborts) ?? .none
    plan = try SendPlan(&map, file: reader.file)
    configuration = try reader.producerConfiguration(
      &map, with: [reader.setting("transactional.id", transactionalID, at: written), reader.setting("enable.idempotence", "true", at: written)])
    // A reader of uncommitted records would depend on transactions that may be aborted.
    readerConfiguration = chosen.reads ? try reader.consumerConfiguration(&map, key: "consumer", defaults: [reader.setting("isolation.level", "read_committed", at: written)]) : nil
    try check(&map, written)
  }

  private static func content(_ map: inout MapReader) throws -> (content: TransactPlan.Content, reads: Bool) {
    let value = map.value
    let chosen = [
      try map.optional("bank") { bank in
        var map = try MapReader(bank)
        let accounts = try map.required("accounts", or: 2) { Int(try $0.integer(in: 2...1_000_000)) }
        try map.finish()
        return (content: TransactPlan.Content.bank(accounts: accounts), reads: false)
      },
      try map.optional("append") { append in
        var map = try MapReader(append)
        let keys = try map.required("keys", or: 1) { Int(try $0.integer(in: 1...1_000_000)) }
        let reads = try map.optional("reads") { try $0.bool() } ?? false
        try map.finish()
        return (content: TransactPlan.Content.append(keys: keys), reads: reads)
      },
    ].compactMap { $0 }
    if chosen.count > 1 { try map.check { throw value.error("bank and append exclude each other", remedy: "Write an entry for each.") } }
    return chosen.first ?? (.records, false)
  }

  private static func commits(_ map: inout MapReader, _ content: TransactPlan.Content, _ reader: ApplicationReader) throws -> CommitInterval {
    let value = map.value
    let records = try map.optional("per-transaction") { Int(try $0.integer(in: 1...1_000_000)) }
    let interval = try map.optional("commit-every", reader.commitInterval)
    if records != nil, interval != nil {
      try map.check { throw value.error("per-transaction and commit-every exclude each other", remedy: "Write per-transaction: 5 for a number of records, or commit-every: 100ms.") }
    }
    guard case .bank = content else { return interval ?? CommitInterval(records: records ?? usualRecords) }
    if records != nil || interval != nil {
      try map.check {
        throw value.error("a transfer is a transaction", remedy: "Leave \(records == nil ? "commit-every" : "per-transaction") out: each takes an amount from one account and adds it to another.")
      }
    }
    return CommitInterval(records: TransactPlan.Content.transfer)
  }

  /// `0.2`, or `{ every: 5 }`.
  private static func aborts(_ value: Value) throws -> TransactPlan.Aborts {
    guard case .map = value.content else { return .part(try value.decimal(in: 0...1)) }
    var map = try MapReader(value)
    let number = try map.required("every", or: 1) { Int(try $0.integer(in: 1...1_000_000)) }
    try map.finish()
    return .every(number)
  }

  /// The partition of an account or a key is fixed.
  private func check(_ map: inout MapReader, _ written: Value) throws {
    guard content != .records else { return }
    let word = written["bank"] == nil ? "append" : "bank"
    let words = ["partitions-per-transaction", "keys", "tombstones"] + (word == "bank" ? ["value"] : [])
    for key in words {
      guard let value = written[key] else { continue }
      try map.check { throw value.error("\(key) and \(word) exclude each other", remedy: "Leave one of them out: \(word) says what records hold and where they go.") }
    }
  }

  var processCount: Int { producers }
  var producer: ProducerConfiguration? { configuration }
  var transactionalIDs: [String] { (0..<producers).map { DeclaredNames.transactionalID(transactionalID, of: $0, among: producers) } }
  var consumer: ConsumerConfiguration? { readerConfiguration }
  func partitions(readBy number: Int, among all: [TopicPartition]) -> [TopicPartition] { readerConfiguration == nil ? [] : all }
  var sendPlan: SendPlan? { plan }
  mutating func changeSendPlan(_ change: (inout SendPlan) -> Void) { change(&plan) }

  func application(of process: ClientProcess, in surroundings: ClientSurroundings) -> any ClientApplication {
    var configuration = configuration
    configuration.transactionalID = transactionalIDs[process.number]
    var readerConfiguration = readerConfiguration
    if let bootstrap = surroundings.bootstrap {
      configuration.connection.bootstrapServers = bootstrap
      readerConfiguration?.connection.bootstrapServers = bootstrap
    }
    let records = surroundings.capacity.map { min(plan.records ?? .max, $0) } ?? plan.records
    return TransactApplication(
      host: surroundings.host, name: process.name, configuration: configuration, reader: readerConfiguration,
      plan: TransactPlan(
        topics: topics, content: content, commits: commits, drawn: partitionsPerTransaction.map { (partitions, $0) }, aborts: aborts, reads: process.partitions, load: plan.load, client: process.number,
        of: producers, records: records, start: process.start(from: surroundings.origin),
        stop: process.stop(from: surroundings.origin) ?? process.end(from: surroundings.origin)),
      pool: surroundings.pool ?? plan.pool(seed: process.seed), recorder: surroundings.recorder, log: surroundings.log)
  }

  static func changePaths(in entry: inout Value, _ path: (Value) -> Value?) { ProduceEntry.changePaths(in: &entry, path) }
}
