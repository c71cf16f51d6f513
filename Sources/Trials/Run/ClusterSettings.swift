import Broker
import Client
import Controller
import Host
import Log
import Primitives
import Raft
import Replication
import Sim
import Workloads

/// The settings of a scenario's cluster and clients, checked: Kafka's names with Kafka's defaults, and what the scenario changes.
struct ClusterSettings {
  static let controllerName = "controller-1"
  static let controllerID: NodeID = 3_001
  static let controllerPort: Int32 = 9093
  static let brokerPort: Int32 = 9092

  static func brokerName(_ number: Int) -> String { "broker-\(number)" }

  let machine: MachineProfile
  let topics: [TopicToCreate]
  let adminConfiguration: AdminConfiguration
  let auditConfiguration: ConsumerConfiguration
  /// min.insync.replicas of each topic.
  let minimumCopies: [String: Int]

  private let clusterID = "dHJpYWwtY2x1c3Rlci0wMQ"
  private let controllerConfiguration: ControllerConfiguration
  private let brokerConfigurations: [BrokerConfiguration]
  private let replicationSwitches: ReplicationSwitches
  private let producers: [String: ProducerConfiguration]
  private let consumers: [String: ConsumerConfiguration]

  init(_ scenario: Scenario) throws {
    let cluster = scenario.cluster
    machine = try MachineLibrary.profile(cluster.machine.value, at: cluster.machine.place, in: scenario.file)
    let switches = try SwitchCatalogue(cluster.switches)
    replicationSwitches = switches.replication

    let voter = Voter(id: Self.controllerID, address: Address(host: Self.controllerName, port: Self.controllerPort))
    var controller = ControllerConfiguration(nodeID: Self.controllerID, clusterID: clusterID, voters: [voter])
    controller.switches = switches.controller
    for feature in cluster.features { controller.bootstrapFeatures[feature.name] = try feature.featureLevel() }

    let fixed = (1...cluster.brokers).map { number in
      [
        ("node.id", String(number)), ("listeners", "PLAINTEXT://\(Self.brokerName(number)):\(Self.brokerPort)"),
        ("controller.quorum.voters", "\(Self.controllerID)@\(Self.controllerName):\(Self.controllerPort)"),
      ]
    }
    // One after another, so that an error is told at the place of its setting.
    for setting in cluster.config {
      let pair = [(setting.name, setting.plainValue)]
      try setting.checked { () throws(ConfigurationError) in
        if let objection = BrokerConfiguration.objection(toSharing: setting.name, among: cluster.brokers) { throw objection }
      }
      let isOfController = ControllerConfiguration.table.contains(setting.name)
      if isOfController { try setting.checked { () throws(ConfigurationError) in try ControllerConfiguration.table.apply(pair, to: &controller) } }
      if !isOfController || BrokerConfiguration.table.contains(setting.name) {
        try setting.checked { () throws(ConfigurationError) in _ = try BrokerConfiguration(fixed[0] + pair) }
      }
    }
    controllerConfiguration = controller
    let forBrokers = cluster.config.filter { BrokerConfiguration.table.contains($0.name) }.map { ($0.name, $0.plainValue) }
    brokerConfigurations = try fixed.map { try BrokerConfiguration($0 + forBrokers) }

    let defaults = brokerConfigurations[0].log
    var minimumCopies: [String: Int] = [:]
    topics = try scenario.topics.map { topic in
      // One after another, so that an error is told at the place of its setting.
      var values: [(String, String)] = []
      var configuration = defaults
      for setting in topic.config {
        values.append((setting.name, setting.plainValue))
        try setting.checked { () throws(ConfigurationError) in configuration = try TopicSettings.configuration(from: values, over: defaults) }
      }
      if let last = topic.config.last {
        do throws(ConfigurationError) {
          _ = try TopicSettings.configuration(from: values, over: defaults)
        } catch {
          throw ScenarioError(at: last.place, "\(error)", remedy: "Change one of them.")
        }
      }
      minimumCopies[topic.name] = Int(configuration.minInsyncReplicas)
      return TopicToCreate(name: topic.name, assignment: topic.assignment, config: topic.config.map { ($0.name, $0.plainValue) })
    }
    self.minimumCopies = minimumCopies

    let bootstrap = ("bootstrap.servers", (1...cluster.brokers).map { "\(Self.brokerName($0)):\(Self.brokerPort)" }.joined(separator: ","))
    adminConfiguration = try AdminConfiguration([bootstrap])
    auditConfiguration = try ConsumerConfiguration([bootstrap, ("client.id", "audit"), ("auto.offset.reset", "earliest")])
    var producers: [String: ProducerConfiguration] = [:]
    var consumers: [String: ConsumerConfiguration] = [:]
    for plan in scenario.workload {
      let given = [bootstrap, ("client.id", plan.name)].filter { given in !plan.config.contains { $0.name == given.0 } }
      switch plan.role {
      case .produce: producers[plan.name] = try plan.configuration(given) { (values) throws(ConfigurationError) in try ProducerConfiguration(values) }
      case .consume:
        let reset = plan.config.contains { $0.name == "auto.offset.reset" } ? [] : [("auto.offset.reset", "earliest")]
        consumers[plan.name] = try plan.configuration(given + reset) { (values) throws(ConfigurationError) in try ConsumerConfiguration(values) }
      }
    }
    self.producers = producers
    self.consumers = consumers
  }

  func makeController(_ host: any NodeHost) -> any Node { ControllerNode(host: host, configuration: controllerConfiguration, rules: .ofBrokers(defaults: brokerConfigurations[0].log)) }

  func makeBroker(_ host: any NodeHost, number: Int) -> any Node {
    BrokerNode(host: host, configuration: brokerConfigurations[number - 1], clusterID: clusterID, switches: replicationSwitches)
  }

  func producerConfiguration(of plan: WorkloadPlan) -> ProducerConfiguration { producers[plan.name]! }
  func consumerConfiguration(of plan: WorkloadPlan) -> ConsumerConfiguration { consumers[plan.name]! }
}

extension WorkloadPlan {
  /// The configuration of the entry's clients. An error is told at the place of the setting that is to blame.
  fileprivate func configuration<Configuration>(
    _ given: [(String, String)], _ make: ([(String, String)]) throws(ConfigurationError) -> Configuration
  ) throws -> Configuration {
    for setting in config {
      try setting.checked { () throws(ConfigurationError) in _ = try make(given + [(setting.name, setting.plainValue)]) }
    }
    do throws(ConfigurationError) {
      return try make(given + config.map { ($0.name, $0.plainValue) })
    } catch {
      throw ScenarioError(at: place, "\(error)", remedy: "Change one of them.")
    }
  }
}

extension Setting {
  /// Runs what may refuse this setting, and tells the refusal at its place.
  func checked(_ body: () throws(ConfigurationError) -> Void) throws {
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
        remedy: nearestName(to: name, among: names).map { "Did you mean '\($0)'?" } ?? "Known: \(names.joined(separator: ", ")).")
    }
    return Int16(try valueOf.integer(in: Int64(levels.lowerBound)...Int64(levels.upperBound)))
  }

  /// The value as Kafka writes it: sizes in bytes, durations in the unit that the setting's name ends in.
  var plainValue: String {
    if Int64(value) != nil { return value }
    if let bytes = try? valueOf.byteCount() { return String(bytes) }
    if let duration = try? valueOf.duration() {
      if name.hasSuffix(".ms") { return String(duration.milliseconds) }
      if name.hasSuffix(".seconds") { return String(duration.milliseconds / 1_000) }
    }
    return value
  }
}
