import Bench
import Foundation
import Host
import Live
import Measurement
import Primitives
import Results
import Trials
import Workloads

// What this module guarantees: a scenario runs on real sockets and disks with the clients, brokers and checkers of the simulation, and its result
// has the same form. It depends on Trials and Live, which do not depend on each other: the simulation stays free of sockets.

/// A scenario on real sockets: on brokers in this process, or on any Kafka cluster.
///
/// Every client process has a host, and so a thread of its own. It does the same as in a trial; the records of all are merged and judged
/// at the end.
/// when all is over.
public final class LiveRun {
  public struct Options: Sendable {
    /// Whether topics that hold records may be used.
    public var reusesTopics = false
    /// The folder for files of brokers and clients during the run; a temporary folder by default.
    public var folder: String?
    /// Whether everything is read again at the end. Otherwise, loss is not found.
    public var audits = true
    /// The formats of the additional result files.
    public var formats: [ResultFormat] = []
    /// The driver name in files for the OpenMessaging Benchmark.
    public var driver = ""

    public init() {}
  }

  /// What a node used within the measured window.
  public struct NodeUsage: Sendable {
    public var node: String
    public var isClient: Bool
    public var time: Duration
    public var usage: HostUsage
  }

  /// The time limit for everything under way at the end of the load: a delivery timeout, with room.
  private static let drainBound = Duration.seconds(180)
  /// The time from the start of the clients to the origin of the scenario's clock, for threads and connections to be ready.
  private static let lead = Duration.milliseconds(250)

  private let run: RealRun
  private let options: Options
  private let folder: String
  private var cluster: LiveCluster?
  private var adminHost: LiveHost?
  private let clients: ClientHosts
  /// What the nodes used within the window; available after `output`.
  public private(set) var usage: [NodeUsage] = []

  /// Throws a `ScenarioError` if the scenario cannot run on real machines.
  public init(_ scenario: Scenario, seed: UInt64, target: RealRun.Target, options: Options = Options()) throws {
    run = try RealRun(scenario, seed: seed, target: target)
    self.options = options
    folder = (options.folder ?? FileManager.default.temporaryDirectory.path) + "/trial-live-\(UUID().uuidString)"
    clients = ClientHosts(run, folder: folder + "/clients")
  }

  /// Runs the scenario: takes its duration, plus some seconds to set up, drain and audit.
  public func result() throws -> MeasuredRun { try output().run }

  /// Runs the scenario, and returns the requested files besides the result.
  public func output() throws -> BenchOutput {
    defer { end() }
    let bootstrap = try startCluster()
    let topics = try prepareTopics(bootstrap)
    let origin = try startClients(bootstrap)
    wait(until: origin + run.warmup)
    let before = try usageNow()
    let isAnswered = try waitForLoad(until: origin + run.duration)
    let after = try usageNow()
    usage = zip(before, after).map { before, after in
      NodeUsage(node: before.node, isClient: before.isClient, time: after.at - before.at, usage: after.usage - before.usage)
    }
    let ends = try drain(topics)
    let loadEnd = clock
    let neverSent = try clients.neverSent()
    let problems = ends == nil ? try clients.openProblems() : []
    let audit = ClientRecords()
    let isAudited = options.audits ? try self.audit(into: audit, to: topics.ends()) : false
    let starts = try clients.logStartOffsets()
    // Before their topics are deleted: a client that asks for a topic recreates it if the cluster allows that.
    clients.end()
    try topics.remove()
    let window = run.window(from: origin, isAnswered: isAnswered)
    let outcome = RealOutcome(
      origin: origin, window: window, loadEnd: loadEnd, neverSent: neverSent, stations: stations(window), audit: audit, isAudited: isAudited, firstOffsets: topics.firstOffsets,
      logStartOffsets: starts ?? [:], problems: problems)
    end()
    return run.output(outcome, formats: options.formats, driver: options.driver)
  }

  private var clock: Instant { adminHost!.now }

  // MARK: The cluster

  private func startCluster() throws -> [Address] {
    switch run.target {
    case .bootstrap(let addresses): return addresses
    // A measured run shares its process with its brokers, so that it can read what they used.
    case .loopback, .processes:
      let cluster = try LiveCluster(run.settingsOfNodes(firstPort: 0), directory: folder + "/cluster")
      self.cluster = cluster
      try cluster.waitUntilReady()
      return cluster.addresses
    }
  }

  private func prepareTopics(_ bootstrap: [Address]) throws -> TopicSet {
    let host = try clients.makeHost("admin")
    adminHost = host
    let configuration = run.adminConfiguration(bootstrap)
    host.start { AdminNode(host: $0, configuration: configuration) }
    let topics = TopicSet(run.topics, of: run, session: AdminSession(host: host))
    try topics.prepare(reusing: options.reusesTopics)
    return topics
  }

  // MARK: The load

  /// Returns the origin of the scenario's clock.
  private func startClients(_ bootstrap: [Address]) throws -> Instant {
    let origin = clock + Self.lead
    try clients.start(bootstrap, origin: origin)
    return origin
  }

  private func wait(until instant: Instant) {
    let rest = instant - clock
    if rest > .zero { Thread.sleep(forTimeInterval: rest.seconds) }
  }

  /// Waits for the end of the load. Returns whether it ended early: all records were sent and answered.
  private func waitForLoad(until end: Instant) throws -> Bool {
    while run.measuresAllRecords, clock < end {
      if try clients.isLoadDone() { return true }
      wait(until: min(end, clock + .milliseconds(2)))
    }
    wait(until: end)
    return false
  }

  private func usageNow() throws -> [(node: String, isClient: Bool, at: Instant, usage: HostUsage)] {
    var all: [(node: String, isClient: Bool, at: Instant, usage: HostUsage)] = []
    for host in clients.running { all.append((host.name, true, clock, try host.usage())) }
    for (node, usage) in try cluster?.usage() ?? [] { all.append((node, false, clock, usage)) }
    return all
  }

  /// Processors, network cards and disks, as far as the system shows: how busy a thread was and how many bytes it moved.
  private func stations(_ window: Range<Instant>) -> [StationReport] {
    let length = window.upperBound - window.lowerBound
    return usage.flatMap { node in
      func report(_ kind: StationMetrics.Kind, busy: Duration, bytes: Int) -> StationReport {
        var report = StationReport(node: node.node, kind: kind, servers: 1, isOfClient: node.isClient, window: length)
        // The readings are not taken exactly at the ends of the window.
        report.busy = min(length, Duration(nanoseconds: Int64(saturating: busy.seconds / node.time.seconds * length.seconds * 1e9)))
        report.bytes = Int64(bytes)
        return report
      }
      return [
        report(.processor, busy: node.usage.processor, bytes: 0), report(.networkOut, busy: .zero, bytes: node.usage.bytesSent),
        report(.disk, busy: .zero, bytes: node.usage.bytesAppended),
      ]
    }
  }

  // MARK: After the load

  /// Waits until every record sent has its response and every consumer is at the end. Returns the ends of all partitions, or nil if time ran out.
  private func drain(_ topics: TopicSet) throws -> [TopicPartition: Offset]? {
    let deadline = clock + Self.drainBound
    // With acks=0 there is no response to wait for: the logs must have been unchanged for a while.
    let quiet = run.clients.contains { $0.acks == 0 } ? Duration.seconds(1) : .zero
    var lastEnds: [TopicPartition: Offset] = [:], lastMoved = clock
    while clock < deadline {
      if try clients.isLoadDone() {
        let ends = try topics.ends()
        if ends != lastEnds { (lastEnds, lastMoved) = (ends, clock) }
        guard clock - lastMoved >= quiet else {
          Thread.sleep(forTimeInterval: 0.05)
          continue
        }
        if try clients.isAtEnd(ends) { return ends }
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return nil
  }

  /// Reads everything from beginning to end. Returns whether that succeeded.
  private func audit(into records: ClientRecords, to ends: [TopicPartition: Offset]) throws -> Bool {
    try clients.startAudit(into: records)
    let deadline = clock + Self.drainBound
    while clock < deadline {
      if try clients.isAuditDone(ends) { return true }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return false
  }

  /// Ends all nodes and removes their files. The records of the clients are complete then.
  private func end() {
    clients.end()
    adminHost?.kill()
    try? adminHost?.waitUntilEnded()
    adminHost = nil
    cluster?.kill()
    try? cluster?.waitUntilEnded()
    cluster = nil
    try? FileManager.default.removeItem(atPath: folder)
  }
}
