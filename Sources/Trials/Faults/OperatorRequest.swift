import Client
import Controller
import Primitives
import Scenarios
import Wire

/// An operator's request to the cluster: one word and its arguments, as in `{ elect-leader: { partition: t-0 } }`.
///
/// A request that the cluster would always refuse is refused when it is read, with its place. Anything else shows when the trial runs.
enum OperatorRequest: Equatable {
  case electLeader(TopicPartition, unclean: Bool)
  /// nil cancels a reassignment that is under way (KIP-455).
  case reassign(TopicPartition, [NodeID]?)
  case alterTopicConfig(String, [NamedValue])
  case createPartitions(String, total: Int32)
  case deleteRecords(TopicPartition, before: Offset)
  case deleteTopic(String)
  case createTopic(String, partitions: Int32, replicationFactor: Int16)
  /// For a group without members.
  case resetOffsets(group: String, [TopicPartition], OffsetTarget)
  case deleteGroup(String)
  /// Ends open transactions in a partition without the coordinators (KIP-664).
  case abortTransaction(TopicPartition)
  /// Makes a controller, by its number, a voter of the metadata log (KIP-853). Asks another controller directly for it where one is named (KIP-919).
  case addVoter(Int, at: Int? = nil)
  /// Takes one out of the voters.
  case removeVoter(Int, at: Int? = nil)
  /// Raises or lowers feature levels (KIP-584).
  case updateFeatures([FeatureUpdate])

  private enum Word: String, CaseIterable {
    case electLeader = "elect-leader"
    case reassign
    case alterConfig = "alter-config"
    case createPartitions = "create-partitions"
    case deleteRecords = "delete-records"
    case deleteTopic = "delete-topic"
    case createTopic = "create-topic"
    case resetOffsets = "reset-offsets"
    case deleteGroup = "delete-group"
    case abortTransaction = "abort-transaction"
    case addVoter = "add-voter"
    case removeVoter = "remove-voter"
    case updateFeatures = "update-features"
  }

  init(_ argument: Value, _ reader: DeedReader) throws {
    let words = Word.allCases.map(\.rawValue)
    var map = try MapReader(argument)
    guard map.keys.count == 1, let word = map.keys.first else {
      throw argument.error("expected one action", remedy: "Write one of \(words.joined(separator: ", ")).")
    }
    guard let request = Word(rawValue: word) else {
      throw argument.error("there is no action '\(word.quotable)'", remedy: suggestion(for: word, among: words))
    }
    self = try map.required(word) { arguments in try reader.fields(arguments) { try Self(request, arguments, &$0, reader) } }
    try map.finish()
  }

  private init(_ request: Word, _ arguments: Value, _ map: inout MapReader, _ reader: DeedReader) throws {
    switch request {
    case .electLeader: self = .electLeader(try reader.partition(&map), unclean: try map.optional("unclean") { try $0.bool() } ?? false)
    case .reassign: self = .reassign(try reader.partition(&map), try reader.replicas(arguments, &map))
    case .alterConfig: self = .alterTopicConfig(try reader.topic(&map), try map.required("config", reader.topicSettings))
    case .createPartitions:
      let topic = try reader.topic(&map)
      self = .createPartitions(topic, total: try map.required("total") { try reader.total($0, of: topic) })
    case .deleteRecords: self = .deleteRecords(try reader.partition(&map), before: Offset(try map.required("before") { try $0.integer() }))
    case .deleteTopic: self = .deleteTopic(try reader.topic(&map))
    case .createTopic:
      self = .createTopic(
        try map.required("topic", reader.newTopic), partitions: Int32(try map.optional("partitions") { try $0.integer(in: 1...Int64(Bounds.partitions)) } ?? 1),
        replicationFactor: Int16(try map.optional("replication-factor", reader.replicationFactor) ?? min(3, Int64(reader.names.brokers ?? 3))))
    case .resetOffsets:
      self = .resetOffsets(group: try reader.group(&map), try reader.partitions(arguments, &map), try map.required("to", OffsetTarget.init))
    case .deleteGroup: self = .deleteGroup(try reader.group(&map))
    case .abortTransaction: self = .abortTransaction(try reader.partition(&map))
    case .addVoter: self = .addVoter(try reader.controller(arguments, &map), at: try reader.askedController(&map))
    case .removeVoter: self = .removeVoter(try reader.controller(arguments, &map), at: try reader.askedController(&map))
    case .updateFeatures:
      let isDowngrade = try map.optional("downgrade") { try $0.bool() } ?? false
      self = .updateFeatures(try map.required("features") { try reader.featureLevels($0) }.map { FeatureUpdate($0, level: $1, isDowngrade ? .safeDowngrade : .upgrade) })
    }
  }

  /// The YAML form: the word with its arguments.
  var written: Value {
    let (request, arguments): (Word, Value) =
      switch self {
      case .electLeader(let partition, let unclean): (.electLeader, .map(["partition": .word(partition.description), "unclean": unclean ? .word("true") : nil]))
      case .reassign(let partition, let replicas):
        (
          .reassign,
          .map([
            "partition": .word(partition.description), "replicas": replicas.map { .list($0.map { .count($0.value) }) }, "cancel": replicas == nil ? .word("true") : nil,
          ])
        )
      case .alterTopicConfig(let topic, let config):
        (.alterConfig, .map(["topic": .word(topic), "config": .map(config.map { Value.Entry($0.name, .word($0.value)) })]))
      case .createPartitions(let topic, let total): (.createPartitions, .map(["topic": .word(topic), "total": .count(total)]))
      case .deleteRecords(let partition, let before): (.deleteRecords, .map(["partition": .word(partition.description), "before": .word(before.description)]))
      case .deleteTopic(let topic): (.deleteTopic, .map(["topic": .word(topic)]))
      case .createTopic(let topic, let partitions, let factor):
        (.createTopic, .map(["topic": .word(topic), "partitions": .count(partitions), "replication-factor": .count(factor)]))
      case .resetOffsets(let group, let partitions, let target):
        (.resetOffsets, .map(["group": .word(group), "partitions": .list(partitions.map { .word($0.description) }), "to": .word(target.description)]))
      case .deleteGroup(let group): (.deleteGroup, .map(["group": .word(group)]))
      case .abortTransaction(let partition): (.abortTransaction, .map(["partition": .word(partition.description)]))
      case .addVoter(let number, let asked): (.addVoter, .map(["controller": .node(.controller(number)), "at": asked.map { .node(.controller($0)) }]))
      case .removeVoter(let number, let asked): (.removeVoter, .map(["controller": .node(.controller(number)), "at": asked.map { .node(.controller($0)) }]))
      case .updateFeatures(let updates):
        (
          .updateFeatures,
          .map([
            "features": .map(updates.map { Value.Entry($0.feature, .count($0.level)) }),
            "downgrade": updates.contains { $0.direction != .upgrade } ? .word("true") : nil,
          ])
        )
      }
    return .map([Value.Entry(request.rawValue, arguments)])
  }

  /// The topic that it creates.
  var createdTopic: String? {
    switch self {
    case .createTopic(let topic, _, _): topic
    case .electLeader, .reassign, .alterTopicConfig, .createPartitions, .deleteRecords, .deleteTopic, .resetOffsets, .deleteGroup, .abortTransaction, .addVoter,
      .removeVoter, .updateFeatures: nil
    }
  }

  /// Whether it is about the voters of the metadata log, whose directories are not known of controllers outside of the simulation.
  var isOfVoters: Bool {
    switch self {
    case .addVoter, .removeVoter: true
    default: false
    }
  }

  var words: String {
    switch self {
    case .electLeader(let partition, let unclean): "\(unclean ? "unclean" : "preferred") election of \(partition)"
    case .reassign(let partition, let replicas?): "replicas of \(partition) to be \(replicas.map(\.description).joined(separator: ", "))"
    case .reassign(let partition, nil): "the reassignment of \(partition) taken back"
    case .alterTopicConfig(let topic, let config): "settings of \(topic): \(config.map { "\($0.name)=\($0.value)" }.joined(separator: ", "))"
    case .createPartitions(let topic, let total): "\(topic) to have \(total) partitions"
    case .deleteRecords(let partition, let before): "records of \(partition) before \(before) deleted"
    case .deleteTopic(let topic): "topic \(topic) deleted"
    case .resetOffsets(let group, let partitions, let target):
      "offsets of group \(group) in \(partitions.map(\.description).joined(separator: ", ")) set to \(target)"
    case .deleteGroup(let group): "group \(group) deleted"
    case .abortTransaction(let partition): "what is open in \(partition) aborted"
    case .addVoter(let number, let asked): "\(NodeSelector.controller(number)) to be a voter of the metadata log\(asked.words)"
    case .removeVoter(let number, let asked): "\(NodeSelector.controller(number)) to be no voter of the metadata log any more\(asked.words)"
    case .updateFeatures(let updates): updates.map { "\($0.feature) to be \($0.level)" }.joined(separator: ", ")
    case .createTopic(let topic, let partitions, _): "topic \(topic) with \(partitions) partition\(partitions == 1 ? "" : "s")"
    }
  }
}

extension Int? {
  /// Of the controller that is asked.
  fileprivate var words: String { map { ", asked of \(NodeSelector.controller($0))" } ?? "" }
}

/// The target of an operator's offset reset.
enum OffsetTarget: Equatable, CustomStringConvertible {
  case earliest, latest
  /// This offset, whether or not it is in the log.
  case offset(Offset)

  init(_ value: Value) throws {
    switch value.scalar {
    case "earliest": self = .earliest
    case "latest": self = .latest
    case let text?:
      guard let offset = Int64(text), offset >= 0 else {
        throw value.error("'\(text.quotable)' is not an offset", remedy: "Write earliest, latest, or a number from 0 on.")
      }
      self = .offset(Offset(offset))
    case nil: throw value.error("expected an offset, found \(value.kind)", remedy: "Write earliest, latest, or a number from 0 on.")
    }
  }

  var description: String {
    switch self {
    case .earliest: "earliest"
    case .latest: "latest"
    case .offset(let offset): offset.description
    }
  }
}

/// A setting and its value as Kafka writes it.
struct NamedValue: Equatable {
  var name: String
  var value: String
}

extension DeedReader {
  fileprivate func topic(_ map: inout MapReader) throws -> String { try map.required("topic") { try names.topic($0.string(), at: $0) } }

  fileprivate func partition(_ map: inout MapReader) throws -> TopicPartition { try map.required("partition") { try names.partition($0.string(), at: $0) } }

  /// The controller whose vote is given or taken.
  fileprivate func controller(_ arguments: Value, _ map: inout MapReader) throws -> Int {
    guard names.hasChangeableVoters else {
      throw arguments.error(
        "with kraft.version 0 the voters are those of the configuration, and cannot be changed",
        remedy: "Write features: { kraft.version: 1 } below cluster, or kraft.version: 0 and raise it by update-features.")
    }
    return try map.required("controller") { try names.controller($0.string(), at: $0) }
  }

  /// The controller that is asked directly; nil where a broker is.
  fileprivate func askedController(_ map: inout MapReader) throws -> Int? { try map.optional("at") { try names.controller($0.string(), at: $0) } }

  /// `{ kraft.version: 1 }`
  fileprivate func featureLevels(_ value: Value) throws -> [(name: String, level: Int16)] {
    let levels = try value.settings().map { (name: $0.name, level: try $0.featureLevel()) }
    guard !levels.isEmpty else { throw value.error("no feature is named", remedy: "Write { kraft.version: 1 }, or another feature and its level.") }
    if !names.hasChangeableVoters, levels.contains(where: { $0.name == FeatureName.kraftVersion && $0.level > 0 }) {
      throw value.error("the voters of this quorum are static", remedy: "Write features: { kraft.version: 0 } below cluster: then it can be raised.")
    }
    return levels
  }

  fileprivate func group(_ map: inout MapReader) throws -> String { try map.required("group") { try names.group($0.string(), at: $0) } }

  /// Reads `partitions`, or `topic` for all partitions that it starts with.
  fileprivate func partitions(_ arguments: Value, _ map: inout MapReader) throws -> [TopicPartition] {
    let partitions = try map.optional("partitions") { value in
      let partitions = try value.oneOrMore { try names.partition($0.string(), at: $0) }
      guard !partitions.isEmpty, Set(partitions).count == partitions.count else {
        throw value.error("expected different partitions", remedy: "Write partitions: [t-0, t-1], or topic: t.")
      }
      return partitions
    }
    let topic = try map.optional("topic") { value in
      let name = try names.topic(value.string(), at: value)
      guard names.initialTopics.contains(name) else {
        throw value.error("'\(name)' is only created by an admin action", remedy: "Write its partitions: [\(name)-0].")
      }
      return name
    }
    try map.settle()
    guard (partitions == nil) != (topic == nil) else {
      throw arguments.error(
        topic == nil ? "'topic' is missing" : "topic and partitions exclude each other", remedy: "Write topic: t for all of its partitions, or partitions: [t-0, t-1].")
    }
    return partitions ?? topic.map { topic in (0..<Int32(names.initialPartitions[topic] ?? 1)).map { TopicPartition(topic, $0) } } ?? []
  }

  /// Reads the brokers that must hold a partition; nil for `cancel: true`.
  fileprivate func replicas(_ arguments: Value, _ map: inout MapReader) throws -> [NodeID]? {
    let isCancelled = try map.optional("cancel") { try $0.bool() } ?? false
    let replicas = try map.optional("replicas") { value in
      guard value.elements?.isEmpty != true else {
        throw value.error("a partition needs a replica", remedy: "Write [1, 2, 3], or cancel: true in its place to take a reassignment back.")
      }
      return try value.replicaList(brokers: names.brokers)
    }
    try map.settle()
    guard isCancelled == (replicas == nil) else {
      throw arguments.error(
        isCancelled ? "a reassignment cannot be asked for and taken back at once" : "'replicas' is missing", remedy: "Write replicas: [1, 2, 3], or cancel: true.")
    }
    return replicas
  }

  fileprivate func topicSettings(_ value: Value) throws -> [NamedValue] {
    let settings = try value.settings()
    try ClusterSettings.check(ofTopic: settings)
    return settings.map { NamedValue(name: $0.name, value: $0.plainValue) }
  }

  fileprivate func total(_ value: Value, of topic: String) throws -> Int32 {
    let total = try value.integer(in: 1...Int64(Bounds.partitions))
    if let present = names.initialPartitions[topic], !names.deletedTopics.contains(topic), total <= Int64(present) {
      throw value.error("'\(topic)' has \(present) partition\(present == 1 ? "" : "s") already", remedy: "Partitions can only become more: write at least \(present + 1).")
    }
    return Int32(total)
  }

  fileprivate func newTopic(_ value: Value) throws -> String {
    let name = try value.topicName()
    guard names.deletedTopics.contains(name) || !(names.initialTopics.contains(name) || createdTopics.contains(name)) else {
      throw value.error("the topic '\(name)' is there already", remedy: "Give it another name, or delete the topic before.")
    }
    return name
  }

  fileprivate func replicationFactor(_ value: Value) throws -> Int64 {
    let factor = try value.integer(in: 1...100)
    if let brokers = names.brokers, factor > Int64(brokers) {
      throw value.error("\(factor) replicas on \(brokers) brokers are impossible", remedy: "Ask for at most \(brokers) replicas, or for more brokers.")
    }
    return factor
  }
}
