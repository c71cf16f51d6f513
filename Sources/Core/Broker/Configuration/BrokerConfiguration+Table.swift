import Controller
import Host
import Log
import Primitives
import Raft
import Replication

extension BrokerConfiguration {
  /// All settings that this broker supports.
  public static let table = ConfigurationTable(
    defaults: BrokerConfiguration(),
    own + groupSettings + transactionSettings + LogConfiguration.brokerTable.settings.map { $0.lifted(to: \BrokerConfiguration.log) }
      + LogManagerConfiguration.table.settings.map { $0.lifted(to: \BrokerConfiguration.logManager) }
      + ReplicationConfiguration.table.settings.filter { !LogManagerConfiguration.table.contains($0.name) }
      .map { $0.lifted(to: \BrokerConfiguration.replication) } + MetadataLogConfiguration.table.settings.map { $0.lifted(to: \BrokerConfiguration.metadataLog) })

  private static let own: [Setting<BrokerConfiguration>] = [
    .integer("node.id", \.nodeID.value, in: 0 ... .max),
    .optionalString("broker.rack", \.rack),
    listener("listeners", \.listener),
    listener("advertised.listeners", \.advertisedListener),
    voters("controller.quorum.voters"),
    servers("controller.quorum.bootstrap.servers"),
    .milliseconds("controller.quorum.request.timeout.ms", \.quorumRequestTimeout, in: 1 ... .max, kind: .int),
    .milliseconds("controller.quorum.retry.backoff.ms", \.quorumRetryBackoff, kind: .int),
    .integer("controller.quorum.fetch.max.bytes", \.quorumFetchMaxBytes, in: 1 ... .max),
    .integer("controller.quorum.fetch.snapshot.max.bytes", \.quorumFetchSnapshotMaxBytes, in: 1 ... .max),
    .milliseconds("broker.heartbeat.interval.ms", \.heartbeatInterval, in: 1 ... .max, kind: .int),
    .milliseconds("broker.session.timeout.ms", \.sessionTimeout, in: 1 ... .max, kind: .int),
    .milliseconds("initial.broker.registration.timeout.ms", \.initialRegistrationTimeout, kind: .int),
    .boolean("controlled.shutdown.enable", \.hasControlledShutdown),
    .milliseconds("controller.socket.timeout.ms", \.controllerSocketTimeout, in: 1 ... .max, kind: .int),
    .milliseconds("request.timeout.ms", \.requestTimeout, kind: .int),
    .boolean("auto.create.topics.enable", \.createsTopicsAutomatically),
    .integer("num.partitions", \.partitionCount, in: 1 ... .max),
    .integer("default.replication.factor", \.replicationFactor, in: 1 ... .max),
    .integer("max.request.partition.size.limit", \.maxDescribedPartitions, in: 1 ... .max),
    .boolean("transaction.partition.verification.enable", \.verifiesTransactionPartitions),
    .boolean("unstable.api.versions.enable", \.offersUnstableVersions),
    .milliseconds("add.partitions.to.txn.retry.backoff.max.ms", \.addPartitionsRetryTimeout, kind: .int),
    .milliseconds("add.partitions.to.txn.retry.backoff.ms", \.addPartitionsRetryBackoff, in: 1 ... .max, kind: .int),
  ]

  /// Kafka's `DynamicProducerStateManagerConfig`.
  private static let dynamicProducerSettings = ["transaction.partition.verification.enable", "producer.id.expiration.ms"]

  /// Whether AlterConfigs may change a setting while the broker runs. If Kafka has a setting in several units, only the finest unit is dynamic.
  public static func isDynamic(_ name: String) -> Bool {
    if dynamicProducerSettings.contains(name) || name == dynamicGroupSetting || CleanerConfiguration.isDynamic(name) { return true }
    return LogConfiguration.brokerTable.contains(name) && !name.hasSuffix(".hours") && !name.hasSuffix(".minutes")
  }

  private static func listener(
    _ name: String, _ property: Property<BrokerConfiguration, Endpoint?>
  ) -> Setting<BrokerConfiguration> {
    Setting(name, kind: .list, expectation: "one listener, such as PLAINTEXT://broker-1:9092") { text, configuration in
      guard let endpoint = Endpoint(listener: text) else { return false }
      configuration[keyPath: property] = endpoint
      return true
    } print: { $0[keyPath: property]?.listenerText ?? "" }
  }

  private static func voters(_ name: String) -> Setting<BrokerConfiguration> {
    Setting(name, kind: .list, expectation: "controllers, such as 100@controller-100:9093,101@controller-101:9093") { text, configuration in
      let voters = text.commaSeparated.compactMap { Voter($0) }
      guard voters.count == text.commaSeparated.count, !voters.isEmpty else { return false }
      configuration.quorumVoters = voters
      return true
    } print: { $0.quorumVoters.map(\.text).joined(separator: ",") }
  }

  private static func servers(_ name: String) -> Setting<BrokerConfiguration> {
    Setting(name, kind: .list, expectation: "controllers, such as controller-100:9093,controller-101:9093") { text, configuration in
      let servers = text.commaSeparated.compactMap { Address($0[...]) }
      guard servers.count == text.commaSeparated.count, !servers.isEmpty else { return false }
      configuration.quorumServers = servers
      return true
    } print: { $0.quorumServers.map(\.description).joined(separator: ",") }
  }
}

extension Voter {
  /// Parses `id@host:port`; nil if it is malformed.
  fileprivate init?(_ text: String) {
    guard let at = text.firstIndex(of: "@"), let id = Int32(text[..<at]), id >= 0, let address = Address(text[text.index(after: at)...])
    else { return nil }
    self.init(id: NodeID(id), address: address)
  }

  fileprivate var text: String { "\(id)@\(address)" }
}
