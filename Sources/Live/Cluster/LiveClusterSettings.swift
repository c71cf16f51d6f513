import Broker
import Controller
import Host
import Primitives
import Raft

/// The checked settings of a cluster in one process: Kafka's names with Kafka's defaults, and the user's changes.
public struct LiveClusterSettings: Sendable {
  /// The id of a controller by its number, from 1.
  public static func controllerID(_ number: Int) -> NodeID { NodeID(3_000 + Int32(clamping: number)) }

  public let brokerCount: Int
  /// Voters of the metadata log.
  public let controllerCount: Int
  /// Of the first broker; zero lets every node take any free port.
  public let firstPort: Int32
  public let host: String
  let network: NetworkConfiguration
  private let networkValues: [(String, String)]
  private let values: [(String, String)]
  private let switches: ControllerSwitches

  /// The settings that distinguish the nodes of a cluster.
  private static let ownNames: Set<String> = ["node.id", "listeners", "controller.quorum.voters"]

  /// The only switch of scenarios that a served cluster also has: it loses less than Kafka does, while all others bring fixed bugs back.
  static let recoverySwitch = "cluster.switches.electMostCompleteLog"

  /// - Parameter values: settings of brokers, controllers and sockets, and `recoverySwitch`. An unknown name is refused, with the nearest known one.
  public init(
    brokerCount: Int, controllerCount: Int = 1, firstPort: Int32, host: String = "127.0.0.1", values: [(String, String)] = []
  ) throws(ConfigurationError) {
    self.brokerCount = brokerCount
    self.controllerCount = controllerCount
    self.firstPort = firstPort
    self.host = host
    networkValues = values.filter { NetworkConfiguration.table.contains($0.0) }
    network = try NetworkConfiguration.table.configuration(from: networkValues)
    try network.check()
    self.values = values.filter { !NetworkConfiguration.table.contains($0.0) && $0.0 != Self.recoverySwitch }
    switches = try Self.switches(values)
    for (name, _) in values {
      if Self.ownNames.contains(name) {
        throw .notModelled(name: name, explanation: "each node has its own, which follows from the numbers of brokers and controllers and the first port; leave it out")
      }
      if let objection = BrokerConfiguration.objection(toSharing: name, among: brokerCount) { throw objection }
    }
    // Refuse an invalid address before anything is opened.
    let address = Address(host: host, port: firstPort)
    let voters = VoterSet((1...controllerCount).map { Voter(id: Self.controllerID($0), address: address) })
    _ = try broker(1, at: address, voters: voters)
    _ = try controller(1, of: voters, clusterID: "")
  }

  private static func switches(_ values: [(String, String)]) throws(ConfigurationError) -> ControllerSwitches {
    let prefix = "cluster.switches."
    for (name, _) in values where name.hasPrefix(prefix) && name != recoverySwitch {
      throw .notModelled(name: name, explanation: "a switch of scenarios; served brokers have \(recoverySwitch) alone")
    }
    let given = values.filter { $0.0 == recoverySwitch }.map { (String($0.0.dropFirst(prefix.count)), $0.1) }
    return try ControllerSwitches.table.configuration(from: given)
  }

  /// The address on which a broker listens.
  public func address(ofBroker number: Int) -> Address { address(firstPort == 0 ? 0 : firstPort + Int32(number) - 1) }

  /// Where a controller listens: behind the brokers.
  public func address(ofController number: Int) -> Address { address(firstPort == 0 ? 0 : firstPort + Int32(clamping: brokerCount + number) - 1) }

  /// The voters, where all ports are known before anything listens.
  var voters: VoterSet { voters(at: (1...controllerCount).map(address(ofController:))) }

  /// - Parameter addresses: of the controllers, in the order of their numbers.
  func voters(at addresses: [Address]) -> VoterSet {
    VoterSet(addresses.enumerated().map { Voter(id: Self.controllerID($0.offset + 1), address: $0.element) })
  }

  private func address(_ port: Int32) -> Address { Address(host: host, port: port) }

  func broker(_ number: Int, at address: Address, voters: VoterSet) throws(ConfigurationError) -> BrokerConfiguration {
    let own = values.filter { !ControllerConfiguration.table.contains($0.0) || BrokerConfiguration.table.contains($0.0) }
    return try BrokerConfiguration(
      [
        ("node.id", String(number)), ("listeners", "PLAINTEXT://\(address)"),
        ("controller.quorum.voters", voters.map { "\($0.id)@\($0.address)" }.joined(separator: ",")),
      ] + own + BrokerConfiguration.settingsOfSmallCluster(of: brokerCount, given: own))
  }

  /// The socket settings of a node that clients can see and change; changes have no effect without a host.
  func hostSettings(of host: LiveHost? = nil) throws(ConfigurationError) -> HostSettings {
    try NetworkConfiguration.hostSettings(given: networkValues) { [weak host] in host?.changeNetwork($0) }
  }

  /// - Parameter sharesProcess: whether all nodes live in this process: their directories were free, so that nothing is left of a former run.
  func controller(_ number: Int, of voters: VoterSet, clusterID: String, sharesProcess: Bool = true) throws(ConfigurationError) -> ControllerConfiguration {
    var configuration = ControllerConfiguration(nodeID: Self.controllerID(number), clusterID: clusterID, voters: voters)
    // Of several controllers one may become active for the first time when the brokers of this run have long been at work.
    configuration.formerBrokersHaveEnded = sharesProcess && controllerCount == 1
    configuration.switches = switches
    try ControllerConfiguration.table.apply(values.filter { ControllerConfiguration.table.contains($0.0) }, to: &configuration)
    return configuration
  }
}
