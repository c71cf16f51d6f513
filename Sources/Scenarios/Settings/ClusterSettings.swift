import Broker
import Client
import Controller
import Groups
import Host
import Log
import Primitives
import Raft
import Replication
import Sim
import Workloads

/// The settings of a scenario's cluster and of those who administer and audit it, checked: Kafka's names with Kafka's defaults, and what the scenario changes.
/// Those of its clients stand in the entries of the workload.
package struct ClusterSettings {
  package static let controllerPort: Int32 = 9093
  package static let brokerPort: Int32 = 9092

  package static func brokerName(_ number: Int) -> String { "broker-\(number)" }
  package static func controllerName(_ number: Int) -> String { "controller-\(number)" }
  package static func controllerID(_ number: Int) -> NodeID { NodeID(3_000 + Int32(number)) }

  package let topics: [TopicToCreate]
  package let adminConfiguration: AdminConfiguration
  package let auditConfiguration: ConsumerConfiguration
  /// min.insync.replicas of each topic.
  package let minimumCopies: [String: Int]
  /// min.compaction.lag.ms of each topic that is compacted.
  package let compactionLags: [String: Duration]
  /// delete.retention.ms of the same topics.
  package let tombstoneRetentions: [String: Duration]

  /// How often a coordinator looks for transactions that are open for too long.
  package var transactionTimeoutCheckInterval: Duration { brokerConfigurations[0].transactions.timeoutCheckInterval }

  private static let clusterID = "dHJpYWwtY2x1c3Rlci0wMQ"
  private let controllerConfigurations: [ControllerConfiguration]
  /// In the order of the brokers' numbers.
  let brokerConfigurations: [BrokerConfiguration]
  private let switches: SwitchCatalogue

  /// Throws a `ScenarioError` where a setting is none, or contradicts another.
  package init(cluster: ClusterPlan, topics plans: [TopicPlan]) throws {
    switches = try SwitchCatalogue(cluster.switches)
    controllerConfigurations = try Self.controllerConfigurations(of: cluster, switches.controller)
    brokerConfigurations = try Self.brokerConfigurations(of: cluster, switches)
    let defaults = brokerConfigurations[0].log
    let topics = try plans.map { (plan: $0, configuration: try Self.configuration(ofTopic: $0.config, over: defaults)) }
    self.topics = topics.map { TopicToCreate(name: $0.plan.name, assignment: $0.plan.assignment, config: $0.plan.config.map { ($0.name, $0.plainValue) }) }
    minimumCopies = Dictionary(topics.map { ($0.plan.name, Int($0.configuration.minInsyncReplicas)) }, uniquingKeysWith: { first, _ in first })
    let compacted = topics.filter { $0.configuration.cleanupPolicy.contains(.compact) }
    compactionLags = Dictionary(compacted.map { ($0.plan.name, $0.configuration.minCompactionLag) }, uniquingKeysWith: { first, _ in first })
    tombstoneRetentions = Dictionary(compacted.map { ($0.plan.name, $0.configuration.deleteRetention) }, uniquingKeysWith: { first, _ in first })

    let bootstrap = Self.bootstrap(brokers: cluster.brokers)
    adminConfiguration = try AdminConfiguration([bootstrap])
    auditConfiguration = try ConsumerConfiguration([bootstrap, ("client.id", "audit"), ("auto.offset.reset", "earliest")])
  }

  /// How long a client may wait although a leader with enough replicas is within reach: what follows a fault in the worst case. A client waits for the
  /// answer of a broker that is gone until its request times out, a leader for an ISR member that does not fetch for one and a half of the lag time,
  /// a follower for a leader that is gone until its socket times out; before that the session of the one who is gone must expire.
  ///
  /// - Parameter pollInterval: the longest rest of a consumer between two polls.
  package func availabilityBound(for clients: [ConnectionConfiguration], pollInterval: Duration) -> Duration {
    let broker = brokerConfigurations[0], replication = broker.replication
    let answer = clients.map(\.requestTimeout).max() ?? .zero
    let lag = replication.replicaLagTimeMax + replication.replicaLagTimeMax / 2
    let backoffs = clients.map { $0.retryBackoffMax + $0.reconnectBackoffMax }.max() ?? .zero
    return broker.sessionTimeout + max(answer, lag, replication.replicaSocketTimeout) + backoffs + pollInterval + .seconds(1)
  }

  // MARK: Checks

  /// Judges everything that a cluster is set to, by itself. Throws a `ScenarioError`.
  package static func check(_ cluster: ClusterPlan) throws {
    var mistakes = Mistakes()
    try mistakes.collect { _ = try SwitchCatalogue(cluster.switches) }
    for feature in cluster.features { try mistakes.collect { _ = try feature.featureLevel() } }
    for setting in cluster.config { try mistakes.collect { try check(setting, of: cluster) } }
    try mistakes.settle()
  }

  /// A setting of the cluster belongs to brokers, to controllers, or to both.
  private static func check(_ setting: WrittenSetting, of cluster: ClusterPlan) throws {
    guard setting.name != "broker.rack" else {
      throw ScenarioError(at: setting.place, "one rack for all brokers is none", remedy: "Settings are those of all brokers: leave it out, and write racks: [a, b, c] below cluster, a rack for each broker.")
    }
    let pair = [(setting.name, setting.plainValue)]
    let isOfController = ControllerConfiguration.table.contains(setting.name)
    try setting.checked { () throws(ConfigurationError) in
      if let objection = BrokerConfiguration.objection(toSharing: setting.name, among: cluster.brokers) { throw objection }
      if isOfController {
        var controller = ControllerConfiguration(nodeID: controllerID(1), clusterID: clusterID, voters: [])
        try ControllerConfiguration.table.apply(pair, to: &controller)
      }
      if !isOfController || BrokerConfiguration.table.contains(setting.name) { _ = try BrokerConfiguration(ownSettings(ofBroker: 1, in: cluster) + pair) }
    }
  }

  /// Judges the settings of a topic by themselves.
  package static func check(ofTopic settings: [WrittenSetting]) throws { _ = try configuration(ofTopic: settings, over: LogConfiguration()) }

  // MARK: One configuration each

  private static func controllerConfigurations(of cluster: ClusterPlan, _ switches: ControllerSwitches) throws -> [ControllerConfiguration] {
    let voters = voters(of: cluster)
    return try voters.map { voter in
      var controller = ControllerConfiguration(nodeID: voter.id, clusterID: clusterID, voters: voters)
      controller.switches = switches
      for feature in cluster.features { controller.bootstrapFeatures[feature.name] = try feature.featureLevel() }
      for setting in cluster.config where ControllerConfiguration.table.contains(setting.name) {
        try setting.checked { () throws(ConfigurationError) in try ControllerConfiguration.table.apply([(setting.name, setting.plainValue)], to: &controller) }
      }
      return controller
    }
  }

  /// In the order of their numbers, as they are in that of their ids.
  private static func voters(of cluster: ClusterPlan) -> VoterSet {
    VoterSet((1...cluster.controllers).map { Voter(id: controllerID($0), address: Address(host: controllerName($0), port: controllerPort)) })
  }

  private static func brokerConfigurations(of cluster: ClusterPlan, _ switches: SwitchCatalogue) throws -> [BrokerConfiguration] {
    let given = cluster.config.filter { BrokerConfiguration.table.contains($0.name) }.map { ($0.name, $0.plainValue) }
    do throws(ConfigurationError) {
      var configurations: [BrokerConfiguration] = []
      let shared = given + BrokerConfiguration.settingsOfSmallCluster(of: cluster.brokers, given: given)
      for number in 1...cluster.brokers {
        var configuration = try BrokerConfiguration(ownSettings(ofBroker: number, in: cluster) + shared)
        configuration.groups.switches = switches.groups
        configuration.transactions.switches = switches.transactions
        configuration.logManager.switches = switches.log
        configurations.append(configuration)
      }
      return configurations
    } catch {
      throw ScenarioError(at: placeOfBlame(error, among: cluster.config) ?? cluster.place, "\(error)", remedy: "Change one of them.")
    }
  }

  private static func ownSettings(ofBroker number: Int, in cluster: ClusterPlan) -> [(String, String)] {
    [
      ("node.id", String(number)), ("listeners", "PLAINTEXT://\(brokerName(number)):\(brokerPort)"),
      ("controller.quorum.voters", voters(of: cluster).map { "\($0.id)@\($0.address)" }.joined(separator: ",")),
    ] + (cluster.racks.isEmpty ? [] : [("broker.rack", cluster.racks[number - 1])])
  }

  private static func configuration(ofTopic settings: [WrittenSetting], over defaults: LogConfiguration) throws -> LogConfiguration {
    var mistakes = Mistakes()
    for setting in settings {
      try mistakes.collect {
        try setting.checked { () throws(ConfigurationError) in _ = try TopicSettings.configuration(from: [(setting.name, setting.plainValue)], over: defaults) }
      }
    }
    try mistakes.settle()
    do throws(ConfigurationError) {
      return try TopicSettings.configuration(from: settings.map { ($0.name, $0.plainValue) }, over: defaults)
    } catch {
      throw ScenarioError(at: placeOfBlame(error, among: settings) ?? settings[0].place, "\(error)", remedy: "Change one of them.")
    }
  }

  private static func bootstrap(brokers: Int) -> (String, String) {
    ("bootstrap.servers", (1...brokers).map { "\(brokerName($0)):\(brokerPort)" }.joined(separator: ","))
  }

  /// What a client that only sends is set to. Throws a `ScenarioError`.
  ///
  /// - Parameters:
  ///   - name: of its workload entry.
  ///   - place: of the entry.
  package static func producerConfiguration(
    of name: String, _ settings: [WrittenSetting], brokers: Int, switches: ProducerSwitches = ProducerSwitches(), at place: Place
  ) throws -> ProducerConfiguration {
    try configuration([bootstrap(brokers: brokers), ("client.id", name)], settings, at: place) { (values) throws(ConfigurationError) in
      try ProducerConfiguration(values, switches: switches)
    }
  }

  /// What a client that only reads is set to: it reads from the beginning on where it is not told otherwise. Throws a `ScenarioError`.
  package static func consumerConfiguration(
    of name: String, _ settings: [WrittenSetting], brokers: Int, switches: ConsumerSwitches, at place: Place
  ) throws -> ConsumerConfiguration {
    var consumer = try configuration(
      [bootstrap(brokers: brokers), ("client.id", name), ("auto.offset.reset", "earliest")], settings, at: place
    ) { (values) throws(ConfigurationError) in
      try ConsumerConfiguration(values)
    }
    consumer.switches = switches
    return consumer
  }

  /// How the consumers of a scenario are switched; as they are by default where the file does not say that rightly.
  package static func consumerSwitches(_ settings: [WrittenSetting]) -> ConsumerSwitches { (try? SwitchCatalogue(settings).consumer) ?? ConsumerSwitches() }

  /// How the producers of a scenario are switched; as they are by default where the file does not say that rightly.
  package static func producerSwitches(_ settings: [WrittenSetting]) -> ProducerSwitches { (try? SwitchCatalogue(settings).producer) ?? ProducerSwitches() }

  /// How the applications of a scenario are switched; as they are by default where the file does not say that rightly.
  package static func applicationSwitches(_ settings: [WrittenSetting]) -> ApplicationSwitches { (try? SwitchCatalogue(settings).application) ?? ApplicationSwitches() }

  /// The configuration of an entry's clients: what is given to all where the entry says nothing else. An error is told at the place of the setting that
  /// is to blame.
  private static func configuration<Configuration>(
    _ given: [(String, String)], _ settings: [WrittenSetting], at place: Place, _ make: ([(String, String)]) throws(ConfigurationError) -> Configuration
  ) throws -> Configuration {
    let given = given.filter { given in !settings.contains { $0.name == given.0 } }
    var mistakes = Mistakes()
    for setting in settings {
      try mistakes.collect { try setting.checked { () throws(ConfigurationError) in _ = try make(given + [(setting.name, setting.plainValue)]) } }
    }
    try mistakes.settle()
    do throws(ConfigurationError) {
      return try make(given + settings.map { ($0.name, $0.plainValue) })
    } catch {
      throw ScenarioError(at: placeOfBlame(error, among: settings) ?? place, "\(error)", remedy: "Change one of them.")
    }
  }

  /// Settings that contradict each other may come from another file than the entry: the last of them that was given is named.
  private static func placeOfBlame(_ error: ConfigurationError, among settings: [WrittenSetting]) -> Place? {
    guard case .contradiction(let names, _) = error else { return nil }
    return settings.last { names.contains($0.name) }?.place
  }

  /// Whether a switch is not as in Kafka 4.3.
  package var followsHistoricRules: Bool { switches != SwitchCatalogue() }

  // MARK: Nodes

  package func makeController(_ host: any NodeHost, number: Int) -> any Node {
    let defaults = brokerConfigurations[0]
    return ControllerNode(host: host, configuration: controllerConfigurations[number - 1], rules: .ofBrokers(defaults: defaults.log, groups: defaults.groups))
  }

  package func makeBroker(_ host: any NodeHost, number: Int) -> any Node {
    BrokerNode(host: host, configuration: brokerConfigurations[number - 1], clusterID: Self.clusterID, switches: switches.replication)
  }
}

extension WrittenSetting {
  /// Runs what may refuse this setting, and tells the refusal at its place.
  package func checked(_ body: () throws(ConfigurationError) -> Void) throws {
    do throws(ConfigurationError) {
      try body()
    } catch .contradiction {
      // Settings that only fit together are judged together.
    } catch {
      throw ScenarioError(at: place, "\(error)", remedy: "Settings have Kafka's names and values.")
    }
  }

  /// The level of a feature that this build supports.
  fileprivate func featureLevel() throws -> Int16 {
    guard let levels = FeatureLevels.supportedLevels(of: name) else {
      let names = FeatureLevels.supported.map(\.name)
      throw ScenarioError(
        at: place, "there is no feature '\(name)'",
        remedy: suggestion(for: name, among: names))
    }
    return Int16(try valueOf.integer(in: Int64(levels.lowerBound)...Int64(levels.upperBound)))
  }

  /// The value as Kafka writes it: sizes in bytes, durations in the unit that the setting's name ends in.
  package var plainValue: String {
    if Int64(value) != nil { return value }
    if let bytes = try? valueOf.byteCount() { return String(bytes) }
    if let duration = try? valueOf.duration(upTo: Duration(nanoseconds: .max)) {
      if name.hasSuffix(".ms") { return String(duration.milliseconds) }
      if name.hasSuffix(".seconds") { return String(duration.milliseconds / 1_000) }
    }
    return value
  }
}
