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

/// The checked settings of a scenario's cluster and of its admin and audit clients: Kafka's names with Kafka's defaults, and the scenario's changes.
/// The settings of clients are in the entries of the workload.
package struct ClusterSettings {
  package static let controllerPort: Int32 = 9093
  package static let brokerPort: Int32 = 9092

  package static func brokerName(_ number: Int) -> String { "broker-\(number)" }
  package static func controllerName(_ number: Int) -> String { "controller-\(number)" }

  /// Where a controller listens for the others, by its number.
  package func addressOfController(_ number: Int) -> Address { Self.address(ofController: number, isCombined: isCombined) }

  private static func address(ofController number: Int, isCombined: Bool) -> Address {
    Address(host: isCombined ? brokerName(number) : controllerName(number), port: controllerPort)
  }

  package let topics: [TopicToCreate]
  package let adminConfiguration: AdminConfiguration
  package let auditConfiguration: ConsumerConfiguration
  /// min.insync.replicas of each topic.
  package let minimumCopies: [String: Int]
  /// The topics of which each broker syncs every record before it counts (`flush.messages` is 1), until an operator changes that.
  package let topicsWithSyncedRecords: Set<String>
  /// min.compaction.lag.ms of each compacted topic.
  package let compactionLags: [String: Duration]
  /// delete.retention.ms of the same topics.
  package let tombstoneRetentions: [String: Duration]

  /// How often a coordinator checks for transactions that are open too long.
  package var transactionTimeoutCheckInterval: Duration { brokerConfigurations.map(\.transactions.timeoutCheckInterval).max() ?? .zero }

  package static let clusterID = "dHJpYWwtY2x1c3Rlci0wMQ"
  private let controllerConfigurations: [ControllerConfiguration]
  /// In the order of the brokers' numbers.
  let brokerConfigurations: [BrokerConfiguration]
  private let switches: SwitchCatalogue
  private let isCombined: Bool
  /// Whether controllers are formatted before they first start.
  private let formatsControllers: Bool
  /// The numbers of the first voters of a dynamic quorum; empty where the voters are those of the configuration.
  private let firstVoters: [Int]

  /// Throws a `ScenarioError` if a setting is unknown, or contradicts another.
  package init(cluster: ClusterPlan, topics plans: [TopicPlan]) throws {
    switches = try SwitchCatalogue(cluster.switches)
    isCombined = cluster.isCombined
    formatsControllers = cluster.hasChangeableVoters
    firstVoters = cluster.hasDynamicQuorum ? cluster.firstVoters : []
    controllerConfigurations = try Self.controllerConfigurations(of: cluster, switches.controller)
    brokerConfigurations = try Self.brokerConfigurations(of: cluster, switches)
    topics = plans.map { TopicToCreate(name: $0.name, assignment: $0.assignment, config: $0.config.map { ($0.name, $0.plainValue) }) }
    // If brokers differ, the weakest promise counts.
    var minimumCopies: [String: Int] = [:], compactionLags: [String: Duration] = [:], tombstoneRetentions: [String: Duration] = [:]
    var synced = Set(plans.map(\.name))
    for number in cluster.brokersThatDiffer {
      for plan in plans {
        let topic = try Self.configuration(ofTopic: plan.config, over: brokerConfigurations[number - 1].log)
        minimumCopies[plan.name] = min(minimumCopies[plan.name] ?? .max, Int(topic.minInsyncReplicas))
        if topic.flushMessages != 1 { synced.remove(plan.name) }
        guard topic.cleanupPolicy.contains(.compact) else { continue }
        compactionLags[plan.name] = min(compactionLags[plan.name] ?? .forever, topic.minCompactionLag)
        tombstoneRetentions[plan.name] = min(tombstoneRetentions[plan.name] ?? .forever, topic.deleteRetention)
      }
    }
    self.minimumCopies = minimumCopies
    topicsWithSyncedRecords = synced
    self.compactionLags = compactionLags
    self.tombstoneRetentions = tombstoneRetentions

    let bootstrap = Self.bootstrap(brokers: cluster.brokers)
    adminConfiguration = try AdminConfiguration([bootstrap])
    auditConfiguration = try ConsumerConfiguration([bootstrap, ("client.id", "audit"), ("auto.offset.reset", "earliest")])
  }

  /// How long a client may wait although a leader with enough replicas is reachable: the worst case after a fault. A client waits for a broker
  /// that is gone until its request times out; a leader waits one and a half times the lag time for an ISR member that does not fetch;
  /// a follower waits for a leader that is gone until its socket times out; before that, the session of the failed broker must expire.
  ///
  /// - Parameter pollInterval: a consumer's longest pause between two polls.
  package func availabilityBound(for clients: [ConnectionConfiguration], pollInterval: Duration) -> Duration {
    let answer = clients.map(\.requestTimeout).max() ?? .zero
    let backoffs = clients.map { $0.retryBackoffMax + $0.reconnectBackoffMax }.max() ?? .zero
    func longest(_ time: (BrokerConfiguration) -> Duration) -> Duration { brokerConfigurations.map(time).max() ?? .zero }
    let lag = longest { $0.replication.replicaLagTimeMax + $0.replication.replicaLagTimeMax / 2 }
    return longest(\.sessionTimeout) + max(answer, lag, longest(\.replication.replicaSocketTimeout)) + backoffs + pollInterval + .seconds(1)
  }

  /// How long the controllers of a quorum may need to elect one of them: until they miss the former one, and a few elections that fail because two stood at once.
  package var electionBound: Duration {
    controllerConfigurations.map { $0.quorum.fetchTimeout * 3 / 2 + $0.quorum.electionTimeout * 5 }.max() ?? .zero
  }

  // MARK: Checks

  /// Checks all settings of a cluster, each on its own. Throws a `ScenarioError`.
  package static func check(_ cluster: ClusterPlan) throws {
    var mistakes = Mistakes()
    try mistakes.collect { _ = try SwitchCatalogue(cluster.switches) }
    for feature in cluster.features { try mistakes.collect { _ = try feature.featureLevel() } }
    for setting in cluster.config { try mistakes.collect { try check(setting, of: cluster) } }
    for broker in cluster.brokerConfig {
      for setting in broker.settings { try mistakes.collect { try check(setting, ofBroker: broker.broker, of: cluster) } }
    }
    try mistakes.settle()
  }

  /// Checks a setting of the cluster, which belongs to brokers, to controllers, or to both.
  private static func check(_ setting: WrittenSetting, of cluster: ClusterPlan) throws {
    guard setting.name != "broker.rack" else {
      throw ScenarioError(at: setting.place, "one rack for all brokers has no effect", remedy: "Settings are those of all brokers: leave it out, and write racks: [a, b, c] below cluster, a rack for each broker.")
    }
    if setting.name == QuorumConfiguration.autoJoinName, !cluster.hasDynamicQuorum {
      throw ScenarioError(at: setting.place, "'\(setting.name)' has no effect with kraft.version 0", remedy: "Leave it out, or write features: { kraft.version: 1 } below cluster.")
    }
    let pair = [(setting.name, setting.plainValue)]
    let isOfController = ControllerConfiguration.table.contains(setting.name)
    try setting.checked { () throws(ConfigurationError) in
      if let objection = BrokerConfiguration.objection(toSharing: setting.name, among: cluster.brokers) { throw objection }
      if isOfController {
        var controller = ControllerConfiguration(nodeID: cluster.controllerID(1), clusterID: clusterID, voters: [])
        try ControllerConfiguration.table.apply(pair, to: &controller)
      }
      if !isOfController || BrokerConfiguration.table.contains(setting.name) { _ = try BrokerConfiguration(ownSettings(ofBroker: 1, in: cluster) + pair) }
    }
  }

  /// Checks a setting of one broker.
  private static func check(_ setting: WrittenSetting, ofBroker number: Int, of cluster: ClusterPlan) throws {
    func refuse(_ problem: String, _ remedy: String) throws -> Never { throw ScenarioError(at: setting.place, problem, remedy: remedy) }
    if setting.name == "broker.rack", !cluster.racks.isEmpty { try refuse("the racks are said twice", "Leave broker.rack out, or racks above.") }
    let given = ownSettings(ofBroker: number, in: cluster)
    if let own = given.first(where: { $0.0 == setting.name && $0.0 != "broker.rack" }) {
      try refuse("broker \(number) is given \(own.0) by the cluster: \(own.1)", "Leave it out.")
    }
    if ControllerConfiguration.table.contains(setting.name), !BrokerConfiguration.table.contains(setting.name) {
      try refuse("'\(setting.name)' is a setting of the controller, not of a broker", "Write it below cluster.config.")
    }
    try setting.checked { () throws(ConfigurationError) in _ = try BrokerConfiguration(given + [(setting.name, setting.plainValue)]) }
  }

  /// Checks the settings of a topic on their own.
  package static func check(ofTopic settings: [WrittenSetting]) throws { _ = try configuration(ofTopic: settings, over: LogConfiguration()) }

  // MARK: One configuration each

  private static func controllerConfigurations(of cluster: ClusterPlan, _ switches: ControllerSwitches) throws -> [ControllerConfiguration] {
    let members = controllers(of: cluster), configured = cluster.hasDynamicQuorum ? [] : VoterSet(cluster.firstVoters.map { members[$0 - 1] })
    return try members.map { member in
      // Kafka refuses a controller that its own controller.quorum.voters does not name.
      var controller = ControllerConfiguration(nodeID: member.id, clusterID: clusterID, voters: configured.contains(member.id) ? configured : [])
      controller.quorum.advertisedAddress = member.address
      controller.quorum.isUpgradable = cluster.hasChangeableVoters
      if cluster.hasChangeableVoters { controller.quorum.bootstrapServers = members.map(\.address) }
      controller.switches = switches
      controller.reportsFormerEpochs = true
      // The quorum keeps the kraft.version itself.
      for feature in cluster.features where feature.name != FeatureName.kraftVersion { controller.bootstrapFeatures[feature.name] = try feature.featureLevel() }
      for setting in cluster.config where ControllerConfiguration.table.contains(setting.name) {
        try setting.checked { () throws(ConfigurationError) in try ControllerConfiguration.table.apply([(setting.name, setting.plainValue)], to: &controller) }
      }
      return controller
    }
  }

  /// Controllers in the order of their numbers, which is also the order of their ids.
  private static func controllers(of cluster: ClusterPlan) -> VoterSet {
    VoterSet((1...cluster.controllers).map { number in
      Voter(id: cluster.controllerID(number), address: address(ofController: number, isCombined: cluster.isCombined))
    })
  }

  private static func brokerConfigurations(of cluster: ClusterPlan, _ switches: SwitchCatalogue) throws -> [BrokerConfiguration] {
    let given = cluster.config.filter { BrokerConfiguration.table.contains($0.name) }.map { ($0.name, $0.plainValue) }
    let shared = given + BrokerConfiguration.settingsOfSmallCluster(of: cluster.brokers, given: given)
    return try (1...cluster.brokers).map { number in
      let own = cluster.settings(ofBroker: number)
      do throws(ConfigurationError) {
        let others = shared.filter { shared in !own.contains { $0.name == shared.0 } }
        var configuration = try BrokerConfiguration(ownSettings(ofBroker: number, in: cluster) + others + own.map { ($0.name, $0.plainValue) })
        configuration.groups.switches = switches.groups
        configuration.transactions.switches = switches.transactions
        configuration.logManager.switches = switches.log
        // One log directory for both roles, as Kafka's tools format it.
        if cluster.isCombined { configuration.logDirectory = "" }
        // The others are about voters.
        configuration.quorumSwitches.controllerEpochCheck = switches.controller.quorum.controllerEpochCheck
        return configuration
      } catch {
        throw ScenarioError(at: placeOfBlame(error, among: cluster.config + own) ?? cluster.place, "\(error)", remedy: "Change one of them.")
      }
    }
  }

  private static func ownSettings(ofBroker number: Int, in cluster: ClusterPlan) -> [(String, String)] {
    let controllers = controllers(of: cluster)
    return [
      ("node.id", String(number)), ("listeners", "PLAINTEXT://\(brokerName(number)):\(brokerPort)"),
      cluster.hasChangeableVoters
        ? ("controller.quorum.bootstrap.servers", controllers.map(\.address.description).joined(separator: ","))
        : ("controller.quorum.voters", controllers.map { "\($0.id)@\($0.address)" }.joined(separator: ",")),
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

  /// The configuration of a client that only sends. Throws a `ScenarioError`.
  ///
  /// - Parameters:
  ///   - name: the name of its workload entry.
  ///   - place: the place of that entry.
  package static func producerConfiguration(
    of name: String, _ settings: [WrittenSetting], brokers: Int, switches: ProducerSwitches = ProducerSwitches(), at place: Place
  ) throws -> ProducerConfiguration {
    try configuration([bootstrap(brokers: brokers), ("client.id", name)], settings, at: place) { (values) throws(ConfigurationError) in
      try ProducerConfiguration(values, switches: switches)
    }
  }

  /// The configuration of a client that only reads: from the beginning by default. Throws a `ScenarioError`.
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

  /// The configuration of an entry's clients: the common settings, unless the entry overrides them. An error names the place of the setting that
  /// caused it.
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

  /// Settings that contradict each other may come from a file other than the entry's: name the last of them.
  private static func placeOfBlame(_ error: ConfigurationError, among settings: [WrittenSetting]) -> Place? {
    guard case .contradiction(let names, _) = error else { return nil }
    return settings.last { names.contains($0.name) }?.place
  }

  /// Whether any switch differs from Kafka 4.3, but for those that repair what Kafka 4.3 itself does.
  package var followsHistoricRules: Bool { switches.withoutRepairs != SwitchCatalogue() }

  // MARK: Nodes

  /// The directory of a controller's metadata log as an operator formats it (KIP-853). It follows from the seed.
  package static func directoryID(ofController number: Int, seed: UInt64) -> Uuid {
    var random = RandomStream(seed: seed, purpose: "directory id", Int64(number))
    return .random(&random)
  }

  /// What a controller's disk is formatted with; nothing where the voters can never be changed.
  package func filesOfController(_ number: Int, seed: UInt64, at now: Timestamp) -> [(path: String, content: Bytes)] {
    guard formatsControllers else { return [] }
    let voters = VoterSet(firstVoters.map { number in
      Voter(
        id: controllerConfigurations[number - 1].nodeID, address: addressOfController(number),
        directory: Self.directoryID(ofController: number, seed: seed))
    })
    return ControllerDirectory.files(
      ofNode: controllerConfigurations[number - 1].nodeID, clusterID: Self.clusterID, directoryID: Self.directoryID(ofController: number, seed: seed),
      initialVoters: voters, at: now)
  }

  package func makeController(_ host: any NodeHost, number: Int) -> any Node {
    ControllerNode(host: host, configuration: controllerConfigurations[number - 1], rules: rulesOfSettings)
  }

  /// A node with two listeners: on `brokerPort`, and on `controllerPort`.
  package func makeCombined(_ host: any NodeHost, number: Int) -> any Node {
    CombinedNode(
      host: host, broker: brokerConfigurations[number - 1], controller: controllerConfigurations[number - 1], switches: switches.replication, rules: rulesOfSettings)
  }

  private var rulesOfSettings: ConfigurationRules { .ofBrokers(defaults: brokerConfigurations[0].log, groups: brokerConfigurations[0].groups) }

  package func makeBroker(_ host: any NodeHost, number: Int) -> any Node {
    BrokerNode(host: host, configuration: brokerConfigurations[number - 1], clusterID: Self.clusterID, switches: switches.replication)
  }
}

extension WrittenSetting {
  /// Runs code that may refuse this setting, and reports the refusal at its place.
  package func checked(_ body: () throws(ConfigurationError) -> Void) throws {
    do throws(ConfigurationError) {
      try body()
    } catch .contradiction {
      // Settings that depend on each other are checked together later.
    } catch {
      throw ScenarioError(at: place, "\(error)", remedy: "Settings have Kafka's names and values.")
    }
  }

  /// The level of a feature, as far as this build supports it.
  package func featureLevel() throws -> Int16 {
    guard let levels = FeatureLevels.supportedLevels(of: name) else {
      let names = FeatureLevels.supported.map(\.name)
      throw ScenarioError(
        at: place, "there is no feature '\(name)'",
        remedy: suggestion(for: name, among: names))
    }
    return Int16(try valueOf.integer(in: Int64(levels.lowerBound)...Int64(levels.upperBound)))
  }

  /// The value as Kafka writes it: sizes in bytes, durations in the unit at the end of the setting's name.
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

extension ClusterPlan {
  /// The first broker with common settings, and each broker with settings of its own.
  fileprivate var brokersThatDiffer: [Int] {
    let own = brokerConfig.map(\.broker)
    return (1...brokers).first { !own.contains($0) }.map { [$0] + own } ?? own
  }
}
