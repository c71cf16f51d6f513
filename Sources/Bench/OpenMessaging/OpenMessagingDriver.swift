import Client
import Primitives
import Scenarios

/// A driver file of the OpenMessaging Benchmark for Kafka.
struct OpenMessagingDriver {
  var name = "Kafka"
  var replicationFactor = 3
  var topicSettings: [WrittenSetting] = []
  var producerSettings: [WrittenSetting] = []
  var consumerSettings: [WrittenSetting] = []
  /// `enable.auto.commit`, which needs groups.
  var commitsAutomatically = false

  /// So many brokers a cluster has at least.
  private static let usualBrokers = 3

  /// The brokers of the cluster that it runs on: each replica needs one.
  var brokerCount: Int { max(Self.usualBrokers, replicationFactor) }

  /// What the cluster became for the driver's sake.
  var warnings: [String] {
    replicationFactor > Self.usualBrokers ? ["replicationFactor is \(replicationFactor): the cluster has as many brokers, and not \(Self.usualBrokers)"] : []
  }

  /// Kafka's defaults with replication factor 3, if no driver file is given.
  static var standard: OpenMessagingDriver { OpenMessagingDriver() }

  private init() {}

  init(_ value: Value) throws {
    var map = try MapReader(value)
    name = try map.required("name", or: name) { try $0.string() }
    try map.required("driverClass", or: ()) { driverClass in
      guard try driverClass.string().hasSuffix("KafkaBenchmarkDriver") else {
        throw driverClass.error("only drivers for Kafka can run here", remedy: "Write io.openmessaging.benchmark.driver.kafka.KafkaBenchmarkDriver.")
      }
    }
    replicationFactor = try map.required("replicationFactor", or: replicationFactor) { Int(try $0.integer(in: 1...100)) }
    topicSettings = try map.optional("topicConfig") { try PropertyText($0).settings } ?? []
    let common = try map.optional("commonConfig") { try PropertyText($0).settings } ?? []
    let producer = try map.optional("producerConfig") { try PropertyText($0).settings } ?? []
    let consumer = try map.optional("consumerConfig") { try PropertyText($0).settings } ?? []
    // This is about topics of earlier runs: a simulated cluster has none.
    _ = try map.optional("reset") { try $0.bool() }
    for setting in common + consumer where setting.name == autoCommit {
      try map.check { commitsAutomatically = try setting.valueOf.bool() }
    }
    for setting in common where !Self.isDueToEnvironment(setting) { try map.check { try Self.checkName(of: setting) } }
    try map.finish()
    producerSettings = Self.merged(common.filter { ProducerConfiguration.table.contains($0.name) }, producer)
    consumerSettings = Self.merged(common.filter { ConsumerConfiguration.table.contains($0.name) }, consumer)
  }

  private static func checkName(of setting: WrittenSetting) throws {
    if let reason = ProducerConfiguration.reasonNotModelled(setting.name) {
      throw ScenarioError(at: setting.place, "\(setting.name) cannot be set here: \(reason)", remedy: "Nothing that is measured here depends on it.")
    }
    guard ProducerConfiguration.table.contains(setting.name) || ConsumerConfiguration.table.contains(setting.name) || AdminConfiguration.table.contains(setting.name)
    else {
      let names = ProducerConfiguration.table.settings.map(\.name) + ConsumerConfiguration.table.settings.map(\.name)
      throw ScenarioError(
        at: setting.place, "there is no client setting named '\(setting.name)'",
        remedy: suggestion(for: setting.name, among: names, or: "Settings have Kafka's names and values."))
    }
  }

  /// What says how to reach and read a cluster, which is known here, or what is so anyway: bytes in, bytes out, over plain connections. Commits are told by `commitsAutomatically`.
  private static func isDueToEnvironment(_ setting: WrittenSetting) -> Bool {
    switch setting.name {
    case "bootstrap.servers", "client.id", "group.id", "key.serializer", "value.serializer", "key.deserializer", "value.deserializer", autoCommit: true
    case "security.protocol": setting.value == "PLAINTEXT"
    default: false
    }
  }

  private static func merged(_ common: [WrittenSetting], _ own: [WrittenSetting]) -> [WrittenSetting] {
    (common.filter { setting in !own.contains { $0.name == setting.name } } + own).filter { !isDueToEnvironment($0) }
  }
}

private let autoCommit = "enable.auto.commit"
