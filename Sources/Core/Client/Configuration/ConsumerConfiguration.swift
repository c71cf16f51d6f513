import Primitives

/// The settings of a consumer, with Kafka's names and the defaults of 4.3.
public struct ConsumerConfiguration: ConnectedConfiguration {
  public var connection = ConnectionConfiguration()
  /// `allow.auto.create.topics`: whether requesting a topic may create it, if the brokers allow that too.
  public var allowsAutoCreateTopics = true
  /// `auto.offset.reset`: where to start if there is no position, or one that the log no longer has.
  public var autoOffsetReset = AutoOffsetReset.latest
  /// `check.crcs`: whether the checksum of every batch is verified.
  public var checksCRCs = true
  /// `client.rack`: brokers may name a closer replica to read from (KIP-392).
  public var clientRack = ""
  /// `default.api.timeout.ms`: the timeout of calls such as `endOffsets`.
  public var defaultAPITimeout = Duration.milliseconds(60_000)
  /// `fetch.min.bytes`: a broker responds when there is this much, or `fetch.max.wait.ms` is over.
  public var fetchMinBytes: Int32 = 1
  public var fetchMaxWait = Duration.milliseconds(500)
  /// `fetch.max.bytes`: the limit for one response; one batch is sent even if it is larger.
  public var fetchMaxBytes: Int32 = 52_428_800
  /// `max.partition.fetch.bytes`: the limit for one partition in one response; one batch is sent even if it is larger.
  public var maxPartitionFetchBytes: Int32 = 1_048_576
  /// `max.poll.records`
  public var maxPollRecords = 500
  /// `isolation.level`
  public var isolationLevel = IsolationLevel.readUncommitted

  /// `group.id`: the group for which offsets are committed, and which shares the partitions of subscribed topics; nil without a group.
  public var groupID: String?
  /// `group.instance.id`: makes the consumer a static member, which may be away for `session.timeout.ms` without a rebalance (KIP-345).
  public var groupInstanceID: String?
  /// `group.protocol`
  public var groupProtocol = GroupProtocol.classic
  /// `group.remote.assignor`: which of the coordinator's assignors a KIP-848 group should use; nil leaves the choice to the coordinator.
  public var remoteAssignor: String?
  /// `heartbeat.interval.ms`: in a classic group.
  public var heartbeatInterval = Duration.milliseconds(3_000)
  /// `session.timeout.ms`: in a classic group; a member counts as gone after this time without a heartbeat.
  public var sessionTimeout = Duration.milliseconds(45_000)
  /// `max.poll.interval.ms`: a consumer whose application does not poll for longer leaves its group.
  public var maxPollInterval = Duration.milliseconds(300_000)
  /// `partition.assignment.strategy`: in the order of preference. Custom assignors go here.
  public var assignors: [any PartitionAssignor] = [RangeAssignor(), CooperativeStickyAssignor()]
  /// `enable.auto.commit`: polls commit what previous polls returned, every `auto.commit.interval.ms`. Nothing is committed without a group.
  public var commitsAutomatically = true
  public var autoCommitInterval = Duration.milliseconds(5_000)
  /// `exclude.internal.topics`: whether patterns skip internal topics.
  public var excludesInternalTopics = true
  /// Switches, none of which is a setting in Kafka.
  public var switches = ConsumerSwitches()

  public init() {}

  /// Parses Kafka's names and texts. Every mistake is an error that names the setting and what would be right.
  public init(_ values: some Collection<(String, String)>) throws(ConfigurationError) {
    self = try Self.table.clientConfiguration(from: values)
    try validate()
    try checkProtocol(given: values.map(\.0))
    guard groupID == nil, values.contains(where: { $0.0 == "enable.auto.commit" }), commitsAutomatically else { return }
    throw .contradiction(names: ["enable.auto.commit", "group.id"], explanation: "nothing can be committed without a group: set one, or leave the first setting out")
  }

  /// Throws if a setting belongs only to the other group protocol (`ConsumerConfig.checkUnsupportedConfigsPostProcess`).
  private func checkProtocol(given names: [String]) throws(ConfigurationError) {
    let foreign = groupProtocol == .classic
      ? ["group.remote.assignor"] : ["partition.assignment.strategy", "heartbeat.interval.ms", "session.timeout.ms"]
    for name in names where foreign.contains(name) {
      throw .contradiction(names: [name, "group.protocol"], explanation: "groups of the protocol '\(groupProtocol.rawValue)' have no such setting: leave it out")
    }
  }

  /// Throws if settings that are valid on their own contradict each other.
  public func validate() throws(ConfigurationError) {
    if heartbeatInterval >= sessionTimeout {
      throw .contradiction(
        names: ["heartbeat.interval.ms", "session.timeout.ms"],
        explanation: "the first must be smaller than the second, or each session would end before its first heartbeat")
    }
    if protocolsOfAssignors.isEmpty, !assignors.isEmpty {
      throw .contradiction(
        names: ["partition.assignment.strategy"], explanation: "all of its assignors must support a common rebalance protocol")
    }
  }

  /// The rebalance protocols that all assignors support. Kafka uses the last one (`ConsumerCoordinator`).
  var protocolsOfAssignors: [RebalanceProtocol] {
    guard let first = assignors.first else { return [] }
    return first.protocols.filter { way in assignors.allSatisfy { $0.protocols.contains(way) } }.sorted()
  }

  mutating func adjust(given: Set<String>) { adjustReconnectBackoff(given: given) }

  public static let table = ConfigurationTable(defaults: ConsumerConfiguration(), connectionSettings + [
    .boolean("allow.auto.create.topics", \.allowsAutoCreateTopics),
    .milliseconds("auto.commit.interval.ms", \.autoCommitInterval, in: 0...Int64(Int32.max), kind: .int),
    .autoOffsetReset("auto.offset.reset", \.autoOffsetReset),
    .boolean("check.crcs", \.checksCRCs),
    .string("client.rack", \.clientRack),
    .milliseconds("default.api.timeout.ms", \.defaultAPITimeout, in: 0...Int64(Int32.max), kind: .int),
    .boolean("enable.auto.commit", \.commitsAutomatically),
    .boolean("exclude.internal.topics", \.excludesInternalTopics),
    .integer("fetch.max.bytes", \.fetchMaxBytes, in: 0 ... .max),
    .milliseconds("fetch.max.wait.ms", \.fetchMaxWait, in: 0...Int64(Int32.max), kind: .int),
    .integer("fetch.min.bytes", \.fetchMinBytes, in: 0 ... .max),
    .optionalString("group.id", \.groupID),
    .optionalString("group.instance.id", \.groupInstanceID),
    .choice("group.protocol", \.groupProtocol),
    .optionalString("group.remote.assignor", \.remoteAssignor),
    .milliseconds("heartbeat.interval.ms", \.heartbeatInterval, in: 0...Int64(Int32.max), kind: .int),
    .choice("isolation.level", \.isolationLevel),
    .integer("max.partition.fetch.bytes", \.maxPartitionFetchBytes, in: 0 ... .max),
    .milliseconds("max.poll.interval.ms", \.maxPollInterval, in: 1...Int64(Int32.max), kind: .int),
    .integer("max.poll.records", \.maxPollRecords, in: 1...Int(Int32.max)),
    .assignors("partition.assignment.strategy", \.assignors),
    .milliseconds("session.timeout.ms", \.sessionTimeout, in: 0...Int64(Int32.max), kind: .int),
  ])
}

/// How the members of a group learn their assignments.
public enum GroupProtocol: String, CaseIterable, Hashable, Sendable {
  /// One member assigns, and all members rejoin for each change.
  case classic
  /// The coordinator assigns, and tells each member in its heartbeats (KIP-848).
  case consumer
}

/// Whether records of transactions that are open or were aborted are delivered.
public enum IsolationLevel: String, CaseIterable, Hashable, Sendable {
  case readUncommitted = "read_uncommitted"
  case readCommitted = "read_committed"

  var code: Int8 { self == .readCommitted ? 1 : 0 }
}

/// Where a consumer starts if there is no position, or one that the log no longer has.
public enum AutoOffsetReset: Hashable, Sendable {
  case earliest
  case latest
  /// Nowhere: the application gets an error and must seek.
  case none
  /// At the first record that is not older than this (KIP-1106).
  case byDuration(Duration)
}

extension Setting {
  /// Kafka's assignors, by their classes or names.
  static func assignors(_ name: String, _ property: Property<Configuration, [any PartitionAssignor]>) -> Setting {
    let known = KnownAssignors.all.map(\.className).joined(separator: ", ")
    return Setting(name, kind: .list, expectation: "some of \(known), separated by commas") { text, configuration in
      var assignors: [any PartitionAssignor] = []
      for word in text.commaSeparated {
        guard let assignor = KnownAssignors.assignor(named: word), !assignors.contains(where: { $0.name == assignor.name }) else { return false }
        assignors.append(assignor)
      }
      configuration[keyPath: property] = assignors
      return true
    } print: { configuration in
      configuration[keyPath: property].map { KnownAssignors.className(of: $0) }.joined(separator: ",")
    }
  }

  static func autoOffsetReset(_ name: String, _ property: Property<Configuration, AutoOffsetReset>) -> Setting {
    Setting(name, kind: .string, expectation: "one of latest, earliest, none, by_duration:PnDTnHnMn.nS") { text, configuration in
      switch text {
      case "earliest": configuration[keyPath: property] = .earliest
      case "latest": configuration[keyPath: property] = .latest
      case "none": configuration[keyPath: property] = .none
      default:
        let prefix = "by_duration:"
        guard text.hasPrefix(prefix), let duration = Duration(iso8601: text.dropFirst(prefix.count)) else { return false }
        configuration[keyPath: property] = .byDuration(duration)
      }
      return true
    } print: { configuration in
      switch configuration[keyPath: property] {
      case .earliest: "earliest"
      case .latest: "latest"
      case .none: "none"
      case .byDuration(let duration): "by_duration:\(duration.iso8601)"
      }
    }
  }
}
