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
// has the same form. It names Trials and Live, which do not name each other: the simulation stays free of sockets.

/// A scenario on real sockets: on brokers of its own in this process, or on any Kafka cluster.
///
/// Every client process has a host and with it a thread of its own. What they do is what they do in a trial; what they wrote down is put together and judged
/// when all is over.
public final class LiveRun {
  public struct Options: Sendable {
    /// Whether topics that hold records may be used.
    public var reusesTopics = false
    /// Where brokers and clients keep their files for the time of the run; a temporary folder otherwise.
    public var folder: String?
    /// Whether everything is read again at the end. Without that, loss is not found.
    public var audits = true
    /// Of the files that the run shall give beside its result.
    public var formats: [ResultFormat] = []
    /// What the OpenMessaging Benchmark shall call what the run is driven with.
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

  /// How long all that is under way at the end of the load may take: a delivery timeout, with room.
  private static let drainBound = Duration.seconds(180)
  /// Between the start of the clients and the zero of the scenario's clock: threads and connections are there then.
  private static let lead = Duration.milliseconds(250)

  private let run: RealRun
  private let options: Options
  private let folder: String
  private var cluster: LiveCluster?
  private var adminHost: LiveHost?
  private var clientHosts: [LiveHost] = []
  private var auditHost: LiveHost?
  /// What the nodes used within the window, after `output`.
  public private(set) var usage: [NodeUsage] = []

  /// Throws a `ScenarioError` where the scenario cannot run on real machines.
  public init(_ scenario: Scenario, seed: UInt64, target: RealRun.Target, options: Options = Options()) throws {
    run = try RealRun(scenario, seed: seed, target: target)
    self.options = options
    folder = (options.folder ?? FileManager.default.temporaryDirectory.path) + "/trial-live-\(UUID().uuidString)"
  }

  /// Runs it: takes the scenario's duration, and some seconds to set up, drain and audit.
  public func result() throws -> MeasuredRun { try output().run }

  /// Runs it, and gives the files that were asked for beside the result.
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
    let neverSent = try neverSent()
    let problems = ends == nil ? try openProblems() : []
    let audit = ClientRecords()
    let isAudited = options.audits ? try self.audit(into: audit, to: topics.ends(), bootstrap) : false
    let starts = try auditHost?.ask { ($0 as? ConsumeApplication)?.logStartOffsets } ?? nil
    // Before their topics go: a client that asks for one makes it again where the cluster allows that.
    endClients()
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
    case .loopback:
      let settings = try LiveClusterSettings(brokerCount: run.brokerCount, firstPort: 0, values: run.clusterSettings)
      let cluster = try LiveCluster(settings, directory: folder + "/cluster")
      self.cluster = cluster
      try cluster.waitUntilReady()
      return cluster.addresses
    }
  }

  private func prepareTopics(_ bootstrap: [Address]) throws -> TopicSet {
    let host = try makeHost("admin")
    adminHost = host
    let configuration = run.adminConfiguration(bootstrap)
    host.start { AdminNode(host: $0, configuration: configuration) }
    let topics = TopicSet(run, session: AdminSession(host: host))
    try topics.prepare(reusing: options.reusesTopics)
    return topics
  }

  private func makeHost(_ name: String) throws -> LiveHost { try LiveHost(name: name, directory: "\(folder)/clients/\(name)") }

  // MARK: The load

  /// Returns the zero of the scenario's clock.
  private func startClients(_ bootstrap: [Address]) throws -> Instant {
    clientHosts = try run.clients.map { try makeHost($0.name) }
    let origin = clock + Self.lead
    for (client, host) in zip(run.clients, clientHosts) { host.start { client.node($0, bootstrap, origin: origin) } }
    return origin
  }

  private func wait(until instant: Instant) {
    let rest = instant - clock
    if rest > .zero { Thread.sleep(forTimeInterval: rest.seconds) }
  }

  /// Waits for the end of the load. Returns whether that came before its time: where all records are measured, and all were answered.
  private func waitForLoad(until end: Instant) throws -> Bool {
    while run.measuresAllRecords, clock < end {
      if try isLoadDone() { return true }
      wait(until: min(end, clock + .milliseconds(2)))
    }
    wait(until: end)
    return false
  }

  /// Whether every client has sent what it shall, and been answered.
  private func isLoadDone() throws -> Bool { try clientHosts.allSatisfy { try $0.ask { ($0 as? any ClientApplication)?.isDone ?? true } ?? false } }

  private func usageNow() throws -> [(node: String, isClient: Bool, at: Instant, usage: HostUsage)] {
    var all: [(node: String, isClient: Bool, at: Instant, usage: HostUsage)] = []
    for host in clientHosts { all.append((host.name, true, clock, try host.usage())) }
    for (node, usage) in try cluster?.usage() ?? [] { all.append((node, false, clock, usage)) }
    return all
  }

  /// Processors, network cards and disks, as far as the system tells: how busy a thread was and how many bytes it moved.
  private func stations(_ window: Range<Instant>) -> [StationReport] {
    let length = window.upperBound - window.lowerBound
    return usage.flatMap { node in
      func report(_ kind: StationMetrics.Kind, busy: Duration, bytes: Int) -> StationReport {
        var report = StationReport(node: node.node, kind: kind, servers: 1, isOfClient: node.isClient, window: length)
        // Looks are not taken at the very ends of the window.
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

  // MARK: Behind the load

  /// Waits until every record sent has its answer and every consumer is at the end. Returns the ends of all partitions, or nil where time went by.
  private func drain(_ topics: TopicSet) throws -> [TopicPartition: Offset]? {
    let deadline = clock + Self.drainBound
    // With acks=0 nobody hears whether what was sent has come: the logs must have stood still for a while.
    let quiet = run.clients.contains { $0.acks == 0 } ? Duration.seconds(1) : .zero
    var lastEnds: [TopicPartition: Offset] = [:], lastMoved = clock
    while clock < deadline {
      if try isLoadDone() {
        let ends = try topics.ends()
        if ends != lastEnds { (lastEnds, lastMoved) = (ends, clock) }
        guard clock - lastMoved >= quiet else {
          Thread.sleep(forTimeInterval: 0.05)
          continue
        }
        if try clientHosts.allSatisfy({ try $0.ask { ($0 as? any ClientApplication).map { $0.isStopped || $0.isAtEnd(ends) } ?? true } ?? false }) { return ends }
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return nil
  }

  private func neverSent() throws -> Int? {
    let counts = try clientHosts.compactMap { try $0.ask { ($0 as? any ClientApplication)?.neverSent } ?? nil }
    return counts.isEmpty ? nil : counts.reduce(0) { $0 &+ $1 }
  }

  private func openProblems() throws -> [String] {
    try clientHosts.compactMap { host -> String? in
      let state = try host.ask { node in (node as? any ClientApplication).map { (isDone: $0.isDone, reads: !$0.partitions.isEmpty) } } ?? nil
      guard let state else { return "\(host.name) ended" }
      if !state.isDone { return "\(host.name) still waits for answers" }
      return state.reads ? "\(host.name) may lag" : nil
    }
  }

  /// Reads everything from the beginning to the end. Returns whether that succeeded.
  private func audit(into records: ClientRecords, to ends: [TopicPartition: Offset], _ bootstrap: [Address]) throws -> Bool {
    let host = try makeHost("audit")
    auditHost = host
    host.start(run.auditor(bootstrap, records))
    let deadline = clock + Self.drainBound
    while clock < deadline {
      if try host.ask({ ($0 as? ConsumeApplication)?.isAtEnd(ends) ?? false }) == true { return true }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return false
  }

  /// Ends all nodes and removes their files. What clients wrote down is complete then.
  private func end() {
    endClients()
    adminHost?.kill()
    try? adminHost?.waitUntilEnded()
    adminHost = nil
    cluster?.kill()
    try? cluster?.waitUntilEnded()
    cluster = nil
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func endClients() {
    let hosts = clientHosts + [auditHost].compactMap { $0 }
    for host in hosts { host.kill() }
    for host in hosts { try? host.waitUntilEnded() }
    clientHosts = []
    auditHost = nil
  }
}

extension ConsumeApplication {
  /// Where the logs start, as the last fetches said.
  fileprivate var logStartOffsets: [TopicPartition: Offset] {
    Dictionary(uniqueKeysWithValues: Set(partitions).compactMap { partition in logStartOffset(of: partition).map { (partition, $0) } })
  }
}

extension ClientApplication {
  /// Whether it was given everything that it reads, up to these ends.
  fileprivate func isAtEnd(_ ends: [TopicPartition: Offset]) -> Bool {
    partitions.allSatisfy { (position(of: $0) ?? 0) >= ends[$0] ?? 0 }
  }
}
