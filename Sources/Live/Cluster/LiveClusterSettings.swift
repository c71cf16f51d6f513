import Broker
import Controller
import Host
import Primitives
import Raft

/// The checked settings of a cluster on real machines: its nodes, and Kafka's names with Kafka's defaults and the user's changes.
public struct LiveClusterSettings: Sendable {
  /// Who the controllers of a cluster are.
  public enum Controllers: Hashable, Sendable {
    /// That many nodes that are nothing else.
    case separate(Int)
    /// The brokers, of which there are seven at most then.
    case combined

    /// The most voters of a quorum.
    public static let most = 7
  }

  /// Brokers in the order of their numbers, then the controllers that are nothing else.
  public let nodes: [NodePlan]
  /// With which a new cluster begins, without kraft.version.
  let features: FeatureLevels
  /// Whether the voters of the metadata log are to be found in it (kraft.version 1), and not in the configuration.
  public let isDynamic: Bool
  private let values: [(String, String)]
  private let switches: ControllerSwitches

  /// The settings that distinguish the nodes of a cluster.
  private static let ownNames: Set<String> = ["node.id", "listeners", "controller.quorum.voters", "controller.quorum.bootstrap.servers"]

  /// The only switch of scenarios that a served cluster also has: it loses less than Kafka does, while all others bring fixed bugs back.
  static let recoverySwitch = "cluster.switches.electMostCompleteLog"

  /// The nodes of `trial serve`: brokers from 1 on, and controllers from 3001 on where they are nodes of their own.
  ///
  /// - Parameters:
  ///   - firstPort: of the first broker; the others follow, then the controllers. Zero lets every listener take any free port.
  ///   - values: settings of brokers, controllers and sockets, and `recoverySwitch`. An unknown name is refused, with the nearest known one.
  ///   - features: levels with which a new cluster begins, in the place of Kafka's. kraft.version 1 makes the quorum a dynamic one.
  public init(
    brokerCount: Int, controllers: Controllers = .separate(1), firstPort: Int32, host: String = "127.0.0.1", values: [(String, String)] = [],
    features: [(name: String, level: Int16)] = []
  ) throws(ConfigurationError) {
    func address(_ place: Int) -> Address { Address(host: host, port: firstPort == 0 ? 0 : firstPort + Int32(clamping: place)) }
    let nodes: [NodePlan]
    switch controllers {
    case .separate(let count):
      nodes = (1...brokerCount).map { number in
        NodePlan(id: NodeID(Int32(clamping: number)), name: "broker-\(number)", broker: address(number - 1), controller: nil, directory: .logsApart)
      } + (1...count).map { number in
        NodePlan(
          id: NodeID(3_000 + Int32(clamping: number)), name: "controller-\(number)", broker: nil, controller: address(brokerCount + number - 1),
          directory: .kafka)
      }
    case .combined:
      nodes = (1...brokerCount).map { number in
        NodePlan(
          id: NodeID(Int32(clamping: number)), name: "broker-\(number)", broker: address(number - 1), controller: address(brokerCount + number - 1),
          directory: .kafka)
      }
    }
    try self.init(nodes: nodes, values: values, features: features)
  }

  /// Nodes of one's own, each with another id. At least one is a broker, and one to seven are controllers.
  public init(nodes: [NodePlan], values: [(String, String)] = [], features written: [(name: String, level: Int16)] = []) throws(ConfigurationError) {
    try Self.check(features: written)
    var features = FeatureLevels.bootstrap
    for (name, level) in written where name != FeatureName.kraftVersion { features[name] = level }
    self.features = features
    isDynamic = written.last { $0.name == FeatureName.kraftVersion }?.level == 1
    self.nodes = nodes.filter { $0.broker != nil } + nodes.filter { $0.broker == nil }
    self.values = values
    switches = try Self.switches(values)
    for (name, _) in values + nodes.flatMap(\.values) {
      if Self.ownNames.contains(name) {
        throw .notModelled(name: name, explanation: "each node has its own, which follows from the nodes of the cluster and where they listen; leave it out")
      }
      if name == QuorumConfiguration.autoJoinName, !isDynamic {
        throw .notModelled(name: name, explanation: "controllers join voters that stand in the log alone (kraft.version 1); leave it out")
      }
    }
    for (name, _) in values {
      if let objection = BrokerConfiguration.objection(toSharing: name, among: brokers.count) { throw objection }
    }
    for (name, _) in nodes.flatMap(\.values) where name.hasPrefix(Self.prefixOfSwitches) {
      throw .notModelled(name: name, explanation: "a switch is that of all nodes; write it among the settings of the cluster")
    }
    // Refuse what is invalid before anything is opened.
    _ = try rulesOfSettings()
    for node in nodes {
      _ = try network(of: node)
      if node.broker != nil { _ = try broker(node, voters: voters) }
      if node.controller != nil { _ = try controller(node, of: voters, clusterID: "") }
    }
  }

  /// Refuses features, and levels of them, that this build does not have.
  public static func check(features: [(name: String, level: Int16)]) throws(ConfigurationError) {
    for (name, level) in features {
      guard let supported = FeatureLevels.supportedLevels(of: name) else {
        throw .notModelled(name: name, explanation: "there is no such feature; the features are \(FeatureLevels.supported.map(\.name).joined(separator: ", "))")
      }
      guard supported.contains(level) else { throw .invalidValue(name: name, value: level.description, expected: "\(supported.lowerBound) to \(supported.upperBound)") }
    }
  }

  private static let prefixOfSwitches = "cluster.switches."

  private static func switches(_ values: [(String, String)]) throws(ConfigurationError) -> ControllerSwitches {
    for (name, _) in values where name.hasPrefix(prefixOfSwitches) && name != recoverySwitch {
      throw .notModelled(name: name, explanation: "a switch of scenarios; served brokers have \(recoverySwitch) alone")
    }
    let given = values.filter { $0.0 == recoverySwitch }.map { (String($0.0.dropFirst(prefixOfSwitches.count)), $0.1) }
    return try ControllerSwitches.table.configuration(from: given)
  }

  // MARK: Nodes

  public var brokers: [NodePlan] { nodes.filter { $0.broker != nil } }
  /// The voters of the metadata log.
  public var controllers: [NodePlan] { nodes.filter { $0.controller != nil } }
  var areCombined: Bool { nodes.allSatisfy { $0.broker != nil && $0.controller != nil } }

  public func node(_ id: NodeID) -> NodePlan? { nodes.first { $0.id == id } }

  /// The voters, where all ports are known before anything listens.
  var voters: VoterSet { Self.voterSet(of: controllers) }

  static func voterSet(of controllers: [NodePlan]) -> VoterSet {
    VoterSet(controllers.compactMap { node in node.controller.map { Voter(id: node.id, address: $0) } })
  }

  /// With which the directories of these are formatted, where they are empty; none with static voters.
  func firstVoters(of controllers: [NodePlan]) -> VoterSet {
    guard isDynamic else { return [] }
    return VoterSet(
      controllers.compactMap { node in
        guard let address = node.controller, let directory = node.directoryID else { return nil }
        return Voter(id: node.id, address: address, directory: directory)
      })
  }

  /// Those of the cluster that the node does not override, then its own.
  private func values(of node: NodePlan) -> [(String, String)] {
    values.filter { value in value.0 != Self.recoverySwitch && !node.values.contains { $0.0 == value.0 } } + node.values
  }

  private func networkValues(of node: NodePlan) -> [(String, String)] { values(of: node).filter { NetworkConfiguration.table.contains($0.0) } }

  func network(of node: NodePlan) throws(ConfigurationError) -> NetworkConfiguration {
    let network = try NetworkConfiguration.table.configuration(from: networkValues(of: node))
    try network.check()
    return network
  }

  /// The socket settings of a node that clients can see and change; changes have no effect without a host.
  private func hostSettings(of node: NodePlan, _ host: LiveHost? = nil) throws(ConfigurationError) -> HostSettings {
    try NetworkConfiguration.hostSettings(given: networkValues(of: node)) { [weak host] in host?.changeNetwork($0) }
  }

  func broker(_ node: NodePlan, voters: VoterSet) throws(ConfigurationError) -> BrokerConfiguration {
    let own = values(of: node).filter { !NetworkConfiguration.table.contains($0.0) && (!ControllerConfiguration.table.contains($0.0) || BrokerConfiguration.table.contains($0.0)) }
    let address = node.broker ?? Address(host: "127.0.0.1", port: 0)
    var configuration = try BrokerConfiguration(
      [
        ("node.id", node.id.description), ("listeners", "PLAINTEXT://\(address)"),
        // Of static voters too: they may be others one day (KIP-853).
        ("controller.quorum.bootstrap.servers", voters.map(\.address.description).joined(separator: ",")),
      ] + own + BrokerConfiguration.settingsOfSmallCluster(of: brokers.count, given: own))
    configuration.logDirectory = node.logDirectory
    return configuration
  }

  /// - Parameter sharesProcess: whether all nodes live in this process: their directories were free, so that nothing is left of a former run.
  func controller(_ node: NodePlan, of voters: VoterSet, clusterID: String, sharesProcess: Bool = true) throws(ConfigurationError) -> ControllerConfiguration {
    var configuration = ControllerConfiguration(nodeID: node.id, clusterID: clusterID, voters: isDynamic ? [] : voters)
    configuration.quorum.isUpgradable = true
    configuration.quorum.bootstrapServers = voters.map(\.address)
    configuration.quorum.advertisedAddress = node.controller
    // Of several controllers one may become active for the first time when the brokers of this run have long been at work.
    configuration.formerBrokersHaveEnded = sharesProcess && voters.count == 1
    configuration.switches = switches
    try ControllerConfiguration.table.apply(values(of: node).filter { ControllerConfiguration.table.contains($0.0) }, to: &configuration)
    return configuration
  }

  /// What a controller knows of the settings of brokers: those that all have.
  private func rulesOfSettings() throws(ConfigurationError) -> @Sendable () -> ConfigurationRules {
    let anyBroker = NodePlan(id: 1, broker: nil, controller: nil)
    let defaults = try broker(anyBroker, voters: voters), hostSettings = try hostSettings(of: anyBroker)
    return { .ofBrokers(defaults: defaults.log, groups: defaults.groups, host: hostSettings) }
  }

  /// What makes a node on its host: a broker, a controller, or both in one.
  ///
  /// - Parameters:
  ///   - node: with the ports on which it listens.
  ///   - features: those of a new cluster; nil for the usual ones.
  func makeNode(
    _ node: NodePlan, voters: VoterSet, clusterID: String, sharesProcess: Bool, features: FeatureLevels?, host: LiveHost
  ) throws(ConfigurationError) -> @Sendable (any NodeHost) -> any Node {
    let hostSettings = try hostSettings(of: node, host)
    guard node.controller != nil else {
      let configuration = try broker(node, voters: voters)
      return { BrokerNode(host: $0, configuration: configuration, clusterID: clusterID, hostSettings: hostSettings) }
    }
    var controller = try controller(node, of: voters, clusterID: clusterID, sharesProcess: sharesProcess)
    if let features { controller.bootstrapFeatures = features }
    let configuration = controller, rules = try rulesOfSettings()
    guard node.broker != nil else { return { ControllerNode(host: $0, configuration: configuration, rules: rules()) } }
    let broker = try broker(node, voters: voters)
    return { CombinedNode(host: $0, broker: broker, controller: configuration, rules: rules(), hostSettings: hostSettings) }
  }
}
