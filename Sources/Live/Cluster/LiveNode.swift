import Broker
import Controller
import Glibc
import Host
import Log
import Primitives
import Raft

/// One node on real sockets and files, on a thread of its own: a broker, a controller, or both in one.
///
/// A cluster in one process has all of them (`LiveCluster`). Where every node is a process of its own, which can be killed, stopped and started by itself, each
/// has one:
///
/// ```swift
/// let node = try LiveNode(2, of: settings, clusterID: "4L6g3nShT-eMCtK--X86sw", directory: "/var/lib/trial")
/// try node.waitUntilReady()
/// ...
/// node.shutDown()
/// try node.waitUntilEnded()
/// ```
public struct LiveNode: Sendable {
  /// With the ports on which it listens.
  public private(set) var plan: NodePlan
  let host: LiveHost
  private let settings: LiveClusterSettings
  private let notes: LastNotes
  let observer: @Sendable (String, Occurrence) -> Void
  /// The cluster that it is started in.
  private var clusterID = ""

  /// Reserves the node's directory. Nothing is read or changed yet.
  init(
    opening plan: NodePlan, of settings: LiveClusterSettings, directory: String, descriptors: DescriptorBudget, notes: LastNotes, watchesClients: Bool,
    observer: @escaping @Sendable (String, Occurrence) -> Void
  ) throws {
    self.plan = plan
    self.settings = settings
    self.notes = notes
    self.observer = observer
    host = try LiveHost(
      name: plan.name, directory: directory, network: try settings.network(of: plan), descriptors: descriptors, watchesClients: watchesClients
    ) { name, occurrence in
      notes.take(occurrence, of: name)
      observer(name, occurrence)
    }
  }

  /// Starts a node whose process has no other one. The settings must be the same in all processes, apart from those of single nodes, and name the ports.
  ///
  /// - Parameter directory: of this node alone. An empty one is formatted; one that Apache Kafka wrote is used as it is.
  public init(
    _ id: NodeID, of settings: LiveClusterSettings, clusterID: String, directory: String, watchesClients: Bool = false,
    observer: @escaping @Sendable (String, Occurrence) -> Void = { _, _ in }
  ) throws {
    guard let plan = settings.node(id) else { throw LiveError.unusable(reason: "the cluster has no node \(id)") }
    DescriptorBudget.raiseLimit()
    try self.init(
      opening: plan, of: settings, directory: directory, descriptors: try DescriptorBudget.ofNodes(1), notes: LastNotes(), watchesClients: watchesClients,
      observer: observer)
    do {
      // Of a node that `LiveCluster` ran before.
      if try host.look({ (disk) throws(LogError) in disk.exists("kafka-logs/\(MetaProperties.fileName)") }) { self.plan.directory = .logsApart }
      if try mustRecover() { observer(host.name, .note(RecoveryAhead.words)) }
      try listen()
      try start(among: settings.controllers, clusterID: clusterID, sharesProcess: false)
    } catch {
      kill()
      try? waitUntilEnded()
      throw error
    }
  }

  /// Opens the listeners: that of a broker is listener 0 of the host, as `CombinedNode` has them.
  mutating func listen() throws(LiveError) {
    if let address = plan.broker { plan.broker = try host.listen(on: address) }
    if let address = plan.controller { plan.controller = try host.listen(on: address) }
  }

  /// Whether the directory was formatted, or holds metadata.
  func isFormatted() throws -> Bool {
    try host.look { (disk) throws(LogError) in LogManager.isFormatted(root: "", disk: disk) || disk.exists(QuorumReplica.partition.description) }
  }

  /// Its empty directory is to be formatted as that of a first voter.
  mutating func becomeFirstVoter() {
    var random = RandomStream.ofMachine()
    plan.directoryID = .random(&random)
  }

  /// Formats the directory where it is new, and begins the node's life.
  mutating func start(among controllers: [NodePlan], clusterID: String, sharesProcess: Bool) throws {
    self.clusterID = clusterID
    let format = NodeFormat(plan, clusterID: clusterID, features: settings.features, firstVoters: settings.firstVoters(of: controllers))
    if settings.isDynamic, plan.controller != nil { try NodeFormat.refuseStaticVoters(on: host) }
    try format.apply(to: host)
    let make = try settings.makeNode(
      plan, voters: LiveClusterSettings.voterSet(of: controllers), clusterID: clusterID, sharesProcess: sharesProcess, features: try format.bootstrapFeatures(on: host), host: host)
    host.start(make)
  }

  /// Whether a new quorum can begin: its voters are static, or the settings say which controllers are the first ones.
  var hasFirstVoters: Bool { !settings.isDynamic || !settings.firstVoters(of: settings.controllers).isEmpty }

  /// The voters as this controller knows them; none where it is no controller, or has ended.
  func voters() throws -> VoterSet { try host.ask { $0.controllerRole?.voters ?? [] } ?? [] }

  /// Whether the logs of a broker must be looked through before they are served: its former life did not end in good order.
  func mustRecover() throws -> Bool {
    guard plan.broker != nil else { return false }
    let directory = plan.logDirectory
    return try host.look { (disk) throws(LogError) in try BrokerNode.mustRecover(in: directory, onDisk: disk) }
  }

  /// Why the node ended by itself: an obstacle on the disk, or its last note.
  ///
  /// Only until `waitUntilEnded` has returned.
  var reasonForItsEnd: LiveError {
    let clusterID = clusterID, plan = plan
    do {
      try host.look { (disk) throws(LogError) in
        guard plan.broker != nil else { return try QuorumReplica.check(disk: disk) }
        try BrokerNode.check(in: plan.logDirectory, onDisk: disk, clusterID: clusterID, nodeID: plan.id)
      }
    } catch let error as LiveError {
      return error
    } catch {}
    return unexpectedEnd
  }

  /// That the node ended by itself, with the last thing that it noted.
  public var unexpectedEnd: LiveError { .nodeEnded(name: plan.name, reason: lastNote) }

  /// The last thing that the node noted.
  var lastNote: String { notes.last(of: plan.name) }

  /// Asks for a clean end: a controlled shutdown of the broker, then the controller resigns. Does not wait.
  public func shutDown() { host.shutDown() }

  /// Ends it immediately, as the end of its process would.
  public func kill() { host.kill() }

  public func waitUntilEnded() throws { try host.waitUntilEnded() }
}
