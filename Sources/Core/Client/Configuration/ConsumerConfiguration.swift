import Primitives

/// The settings of a consumer, with Kafka's names and the defaults of 4.3. Those of groups are not there.
public struct ConsumerConfiguration: ConnectedConfiguration {
  public var connection = ConnectionConfiguration()
  /// `allow.auto.create.topics`: whether asking for a topic may create it, where the brokers allow that too.
  public var allowsAutoCreateTopics = true
  /// `auto.offset.reset`: where to go on from where there is no position, or one that the log no longer has.
  public var autoOffsetReset = AutoOffsetReset.latest
  /// `check.crcs`: whether the checksum of every batch is verified.
  public var checksCRCs = true
  /// `client.rack`: brokers may name a closer replica to read from (KIP-392).
  public var clientRack = ""
  /// `default.api.timeout.ms`: for calls such as `endOffsets`.
  public var defaultAPITimeout = Duration.milliseconds(60_000)
  /// `fetch.min.bytes`: a broker answers when there is this much, or `fetch.max.wait.ms` is over.
  public var fetchMinBytes: Int32 = 1
  public var fetchMaxWait = Duration.milliseconds(500)
  /// `fetch.max.bytes`: of one response; one batch is sent even where it is larger.
  public var fetchMaxBytes: Int32 = 52_428_800
  /// `max.partition.fetch.bytes`: of one partition in one response; one batch is sent even where it is larger.
  public var maxPartitionFetchBytes: Int32 = 1_048_576
  /// `max.poll.records`
  public var maxPollRecords = 500
  /// `isolation.level`
  public var isolationLevel = IsolationLevel.readUncommitted

  public init() {}

  /// What Kafka's names and texts say. Every mistake is an error that names the setting and what would be right.
  public init(_ values: some Collection<(String, String)>) throws(ConfigurationError) {
    self = try Self.table.clientConfiguration(from: values)
  }

  mutating func adjust(given: Set<String>) { adjustReconnectBackoff(given: given) }

  public static let table = ConfigurationTable(defaults: ConsumerConfiguration(), connectionSettings + [
    .boolean("allow.auto.create.topics", \.allowsAutoCreateTopics),
    .autoOffsetReset("auto.offset.reset", \.autoOffsetReset),
    .boolean("check.crcs", \.checksCRCs),
    .string("client.rack", \.clientRack),
    .milliseconds("default.api.timeout.ms", \.defaultAPITimeout, in: 0...Int64(Int32.max), kind: .int),
    .integer("fetch.max.bytes", \.fetchMaxBytes, in: 0 ... .max),
    .milliseconds("fetch.max.wait.ms", \.fetchMaxWait, in: 0...Int64(Int32.max), kind: .int),
    .integer("fetch.min.bytes", \.fetchMinBytes, in: 0 ... .max),
    .choice("isolation.level", \.isolationLevel),
    .integer("max.partition.fetch.bytes", \.maxPartitionFetchBytes, in: 0 ... .max),
    .integer("max.poll.records", \.maxPollRecords, in: 1...Int(Int32.max)),
  ])
}

/// Whether records of transactions that are open or were aborted are delivered.
public enum IsolationLevel: String, CaseIterable, Hashable, Sendable {
  case readUncommitted = "read_uncommitted"
  case readCommitted = "read_committed"

  var code: Int8 { self == .readCommitted ? 1 : 0 }
}

/// Where a consumer goes on from where there is no position, or one that the log no longer has.
public enum AutoOffsetReset: Hashable, Sendable {
  case earliest
  case latest
  /// Nowhere: the application is told and must seek.
  case none
  /// From the first record that is not older than this (KIP-1106).
  case byDuration(Duration)
}

extension Setting {
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
