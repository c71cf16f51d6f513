import Broker
import Controller
import Glibc
import Host
import Log
import Primitives

/// One node of a cluster in which every node is its own process: it can be killed, stopped and started on its own.
///
/// All processes must get the same settings, with a first port that is not zero, and the same directory.
public final class LiveNode: Sendable {
  /// The role of the node in its cluster.
  public enum Role: Hashable, Sendable, CustomStringConvertible {
    /// By number, from 1.
    case broker(Int)
    case controller(Int)

    /// `broker-2`, or `controller-1`; nil for any other text.
    public init?(_ text: String) {
      if text.hasPrefix("controller-"), let number = Int(text.dropFirst(11)), number >= 1 {
        self = .controller(number)
      } else if text.hasPrefix("broker-"), let number = Int(text.dropFirst(7)), number >= 1 {
        self = .broker(number)
      } else {
        return nil
      }
    }

    public var description: String {
      switch self {
      case .broker(let number): "broker-\(number)"
      case .controller(let number): "controller-\(number)"
      }
    }
  }

  private let host: LiveHost

  /// Creates the directory of a cluster, with an id, before its first node starts.
  public static func prepare(directory: String) throws(LiveError) {
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw .notWritable(path: directory, reason: String(cString: strerror(errno))) }
    _ = try ClusterIdentity.ofDirectory(directory)
  }

  /// Opens the node's files and its socket, and starts it.
  public init(_ role: Role, of settings: LiveClusterSettings, directory: String, observer: @escaping @Sendable (String, Occurrence) -> Void = { _, _ in }) throws {
    LiveCluster.allowManyFiles()
    let host = try LiveHost(
      name: role.description, directory: "\(directory)/\(role)", network: settings.network, descriptors: try LiveCluster.descriptorBudget(brokers: 1, controllers: 0), observer: observer)
    do {
      let id = try ClusterIdentity.ofDirectory(directory)
      let voters = settings.voters
      switch role {
      case .broker(let number):
        let address = try host.listen(on: settings.address(ofBroker: number))
        let configuration = try settings.broker(number, at: address, voters: voters)
        let hostSettings = try settings.hostSettings(of: host)
        host.start { BrokerNode(host: $0, configuration: configuration, clusterID: id, hostSettings: hostSettings) }
      case .controller(let number):
        _ = try host.listen(on: settings.address(ofController: number))
        let configuration = try settings.controller(number, of: voters, clusterID: id, sharesProcess: false)
        let defaults = try settings.broker(1, at: settings.address(ofBroker: 1), voters: voters)
        let hostSettings = try settings.hostSettings()
        host.start {
          ControllerNode(host: $0, configuration: configuration, rules: .ofBrokers(defaults: defaults.log, groups: defaults.groups, host: hostSettings))
        }
      }
    } catch {
      host.kill()
      try? host.waitUntilEnded()
      throw error
    }
    self.host = host
  }

  /// Asks for a controlled shutdown. Does not wait.
  public func shutDown() { host.shutDown() }

  /// Ends it immediately.
  public func kill() { host.kill() }

  public func waitUntilEnded() throws { try host.waitUntilEnded() }
}
