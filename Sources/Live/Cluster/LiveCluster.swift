import Broker
import Controller
import Glibc
import Host
import Log
import NIOCore
import Primitives
import Raft

/// Brokers and controllers in one process, on real sockets and files, each on a thread of its own.
///
/// ```swift
/// let cluster = try LiveCluster(settings, directory: "/var/lib/trial")
/// try cluster.waitUntilReady()
/// ...
/// cluster.shutDown()
/// try cluster.waitUntilEnded()
/// ```
///
/// The directory keeps everything from one run to the next: `broker-1`, `broker-2`, ..., `controller-1`, ..., and the cluster's id.
public final class LiveCluster: Sendable {
  public let clusterID: String
  /// Where the brokers listen, in the order of their numbers.
  public let addresses: [Address]

  private let brokers: [LiveHost]
  private let controllers: [LiveHost]
  private let notes: LastNotes

  /// Opens files and sockets, and starts all nodes. If it throws, nothing is left open.
  ///
  /// - Parameter watchesClients: whether the observer is told about client requests that fail.
  public init(
    _ settings: LiveClusterSettings, directory: String, watchesClients: Bool = false, observer: @escaping @Sendable (String, Occurrence) -> Void = { _, _ in }
  ) throws {
    try ForeignDirectories.refuse(in: directory)
    try FormerNodes(in: directory).refuse(brokers: settings.brokerCount, controllers: settings.controllerCount, in: directory)
    Self.allowManyFiles()
    let descriptors = try Self.descriptorBudget(brokers: settings.brokerCount, controllers: settings.controllerCount)
    let notes = LastNotes()
    var hosts: [LiveHost] = []
    do {
      for name in (1...settings.brokerCount).map({ "broker-\($0)" }) + (1...settings.controllerCount).map({ "controller-\($0)" }) {
        let host = try LiveHost(
          name: name, directory: "\(directory)/\(name)", network: settings.network, descriptors: descriptors, watchesClients: watchesClients
        ) { name, occurrence in
          notes.take(occurrence, of: name)
          observer(name, occurrence)
        }
        hosts.append(host)
      }
      let id = try ClusterIdentity.ofDirectory(directory)
      let brokers = Array(hosts.prefix(settings.brokerCount)), controllers = Array(hosts.dropFirst(settings.brokerCount))
      try MetadataSurvey(controllers: controllers, brokers: brokers, directory: directory).check()
      for host in brokers where try RecoveryAhead.isAhead(of: host) { observer(host.name, .note(RecoveryAhead.words)) }
      var addresses: [Address] = []
      for (index, host) in brokers.enumerated() { addresses.append(try host.listen(on: settings.address(ofBroker: index + 1))) }
      let voters = settings.voters(at: try controllers.enumerated().map { try $0.element.listen(on: settings.address(ofController: $0.offset + 1)) })

      let defaults = try settings.broker(1, at: addresses[0], voters: voters)
      let hostSettings = try settings.hostSettings()
      for (index, host) in controllers.enumerated() {
        let configuration = try settings.controller(index + 1, of: voters, clusterID: id)
        host.start {
          ControllerNode(host: $0, configuration: configuration, rules: .ofBrokers(defaults: defaults.log, groups: defaults.groups, host: hostSettings))
        }
      }
      for (index, host) in brokers.enumerated() {
        let configuration = try settings.broker(index + 1, at: addresses[index], voters: voters)
        let hostSettings = try settings.hostSettings(of: host)
        host.start { BrokerNode(host: $0, configuration: configuration, clusterID: id, hostSettings: hostSettings) }
      }
      clusterID = id
      self.addresses = addresses
      self.notes = notes
      self.controllers = controllers
      self.brokers = brokers
    } catch {
      for host in hosts {
        host.kill()
        try? host.waitUntilEnded()
      }
      throw error
    }
  }

  /// Waits until every broker serves clients and knows that all others do.
  public func waitUntilReady(within limit: Duration = .seconds(120)) throws {
    let deadline = Instant.ofMachine + limit
    let count = brokers.count
    for broker in brokers {
      while true {
        let answer = try broker.ask { node in
          guard let node = node as? BrokerNode else { return false }
          return node.state == .running && node.metadataImage.map { $0.brokers.lazy.filter(\.isActive).count >= count } == true
        }
        guard let isReady = answer else { throw ending(of: broker) }
        if isReady { break }
        for controller in controllers {
          guard try controller.ask({ _ in true }) != nil else { throw ending(of: controller) }
        }
        guard Instant.ofMachine < deadline else { throw LiveError.notReady(after: limit, reason: notes.last(of: broker.name)) }
        usleep(10_000)
      }
    }
  }

  /// Why a node ended by itself: an obstacle on the disk, or its last note.
  private func ending(of host: LiveHost) -> LiveError {
    let clusterID = clusterID, number = brokers.firstIndex { $0 === host }.map { NodeID(Int32(clamping: $0 + 1)) }
    do {
      try host.look { (disk) throws(LogError) in
        if let number { try BrokerNode.check(disk: disk, clusterID: clusterID, nodeID: number) } else { try QuorumReplica.check(disk: disk) }
      }
    } catch let error as LiveError {
      return error
    } catch {}
    return .nodeEnded(name: host.name, reason: notes.last(of: host.name))
  }

  /// What each node has used so far: the brokers in the order of their numbers, then the controllers.
  public func usage() throws -> [(node: String, usage: HostUsage)] {
    try (brokers + controllers).map { ($0.name, try $0.usage()) }
  }

  /// Asks for a controlled shutdown of the brokers; the controllers follow when they have ended. Does not wait.
  public func shutDown() {
    for broker in brokers { broker.shutDown() }
  }

  /// Ends everything immediately, as if the process had ended.
  public func kill() {
    for host in brokers + controllers { host.kill() }
  }

  /// Ends one controller alone, as the end of its process would.
  func killController(_ number: Int = 1) { controllers[number - 1].kill() }

  /// The number of the controller that is active, and has committed something in its epoch; nil where none is.
  ///
  /// - Parameter ended: one that is not asked, since it has ended.
  func activeController(besides ended: Int = 0) throws -> Int? {
    for (index, host) in controllers.enumerated() where index + 1 != ended {
      if try host.ask({ ($0 as? ControllerNode)?.isActive == true }) == true { return index + 1 }
    }
    return nil
  }

  /// Waits until all nodes have ended. Controllers whose brokers are gone are asked to end too.
  public func waitUntilEnded() throws {
    for broker in brokers { try broker.waitUntilEnded() }
    for controller in controllers { controller.shutDown() }
    for controller in controllers { try controller.waitUntilEnded() }
  }

  /// The last note of each broker: the reason, if it ended by itself.
  public var lastNotes: String { brokers.map { "\($0.name): \(notes.last(of: $0.name))" }.joined(separator: "; ") }

  static func descriptorBudget(brokers: Int, controllers: Int) throws(LiveError) -> DescriptorBudget {
    let limit = DescriptorBudget.currentLimit, nodes = brokers + controllers
    guard limit >= DescriptorBudget.fewest(nodes: nodes) else {
      throw .noDescriptors(
        reason: "\(brokers) brokers and \(controllers == 1 ? "a controller" : "\(controllers) controllers") need \(DescriptorBudget.fewest(nodes: nodes)) file descriptors, and the limit is \(limit)")
    }
    return DescriptorBudget(limit: limit, nodes: nodes)
  }

  /// Raises the limit on open files: every open log keeps files open.
  static func allowManyFiles() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
