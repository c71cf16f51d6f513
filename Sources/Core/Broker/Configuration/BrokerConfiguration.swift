import Controller
import Groups
import Host
import Log
import Primitives
import Raft
import Replication
import Transactions

/// The settings of one broker, under Kafka's names and with the defaults of 4.3.
///
/// ```swift
/// let configuration = try BrokerConfiguration([
///   ("node.id", "1"), ("listeners", "PLAINTEXT://broker-1:9092"), ("controller.quorum.voters", "100@controller-100:9093"),
///   ("min.insync.replicas", "2"),
/// ])
/// ```
///
/// Reading is strict: a misspelt name is refused, and the error suggests the nearest one; a Kafka setting without effect here is refused too.
public struct BrokerConfiguration: Sendable {
  public var nodeID = NodeID.none
  public var rack: String?
  /// Where the broker listens, and the address that it advertises unless `advertisedListener` is set.
  public var listener: Endpoint?
  public var advertisedListener: Endpoint?
  /// Of a static quorum; where the quorum is dynamic, `quorumServers` are asked for its leader (KIP-853).
  public var quorumVoters: [Voter] = []
  public var quorumServers: [Address] = []
  public var quorumRequestTimeout = Duration.seconds(2)
  public var quorumRetryBackoff = Duration.milliseconds(20)
  public var quorumFetchMaxBytes: Int32 = 1 << 20
  public var quorumFetchSnapshotMaxBytes: Int32 = 1 << 20
  public var metadataLog = MetadataLogConfiguration()
  /// Where the logs are on the node's disk, which has `__cluster_metadata-0` at its root; empty for the root itself, which makes the disk a log directory
  /// of Kafka's (`log.dirs`).
  public var logDirectory = "kafka-logs"
  /// Historic behaviours of this broker's replica of the metadata log.
  public var quorumSwitches = QuorumSwitches()

  public var heartbeatInterval = Duration.seconds(2)
  public var sessionTimeout = Duration.seconds(9)
  public var initialRegistrationTimeout = Duration.seconds(60)
  public var hasControlledShutdown = true
  public var controllerSocketTimeout = Duration.seconds(30)
  public var requestTimeout = Duration.seconds(30)

  public var createsTopicsAutomatically = true
  public var partitionCount: Int32 = 1
  public var replicationFactor: Int16 = 1

  public var maxDescribedPartitions: Int32 = 2000
  public var verifiesTransactionPartitions = true
  /// Whether clients are offered unstable versions of requests.
  public var offersUnstableVersions = false
  /// How long, and how often, adding a partition to a producer's transaction is retried while the previous transaction is ending.
  var addPartitionsRetryTimeout = Duration.milliseconds(100)
  var addPartitionsRetryBackoff = Duration.milliseconds(20)

  public var groups = GroupSettings()
  /// Which kinds of groups may have members; always includes the classic one.
  var rebalanceProtocols: [RebalanceProtocol] = [.classic, .consumer, .streams]
  var offsetsTopic = OffsetsTopicConfiguration()

  public var transactions = TransactionSettings()
  var transactionTopic = TransactionTopicConfiguration()

  public var log = LogConfiguration()
  public var logManager = LogManagerConfiguration()
  public var replication = ReplicationConfiguration()

  /// The settings that were given by name, ascending: the static settings of DescribeConfigs.
  public internal(set) var given: [(name: String, value: String)] = []

  init() {}

  /// Reads settings by name, which must include `node.id`, `listeners` and `controller.quorum.voters` or `controller.quorum.bootstrap.servers`.
  public init(_ values: some Collection<(String, String)>) throws(ConfigurationError) {
    try self.apply(values)
    given = values.map { (name: $0.0, value: $0.1) }.sorted { $0.name < $1.name }
    guard nodeID >= 0 else { throw .missing(name: "node.id", expected: "the number of this broker") }
    guard listener != nil else { throw .missing(name: "listeners", expected: "one listener, such as PLAINTEXT://broker-1:9092") }
    guard !quorumVoters.isEmpty || !quorumServers.isEmpty else {
      throw .missing(name: "controller.quorum.voters", expected: "the controllers, such as 100@controller-100:9093")
    }
    if !quorumVoters.isEmpty, !quorumServers.isEmpty {
      throw .contradiction(
        names: ["controller.quorum.voters", "controller.quorum.bootstrap.servers"],
        explanation: "the first is for static voters, the second for those that stand in the metadata log")
    }
    if let objection = logManager.cleaner.objection { throw objection }
    if let objection = groups.consumer.objection(given: Set(given.map(\.name))) { throw objection }
  }

  mutating func apply(_ values: some Collection<(String, String)>) throws(ConfigurationError) {
    for (name, _) in values where !Self.table.contains(name) {
      if let objection = KafkaSettingNames.objection(to: name) { throw objection }
    }
    try Self.table.apply(values, to: &self)
  }

  /// The error for a setting that cannot be the same for several brokers; nil for all others.
  public static func objection(toSharing name: String, among brokers: Int) -> ConfigurationError? {
    guard brokers > 1, name == "advertised.listeners" else { return nil }
    return .notModelled(
      name: name, explanation: "it would send the clients of all \(brokers) brokers to one address; leave it out, and each broker advertises its own")
  }

  /// The listener that this broker advertises.
  var endpoint: Endpoint { advertisedListener ?? listener! }
}
