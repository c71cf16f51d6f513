import Client
import Foundation
import Host
import Live
import Primitives
import Results
import Scenarios
import Trials
import Workloads

/// A scenario on real sockets in real time, with its faults, judged by what clients saw: on an existing Kafka cluster, or on brokers of its own.
///
/// It has the phases of a trial. Whatever happens in the second one, even an error or Ctrl-C, the third begins: everything that was broken is repaired, and every node runs again.
public final class VerifyRun {
  public struct Options: Sendable {
    /// Whether topics with records, and groups with offsets, may be used.
    public var reusesTopics = false
    /// The command that repeats the run.
    public var replay = ""
    public var interruption = Interruption()
    /// Called now and then with the current phase, and the number of acknowledged records.
    public var progress: @Sendable (_ phase: String, _ acknowledged: Int) -> Void = { _, _ in }

    public init() {}
  }

  /// How long the cluster may take to have all replicas in sync again, and to finish what is under way: the timeouts of sessions, of lag and of delivery, with room.
  private static let restBound = Duration.seconds(180)
  private static let drainBound = Duration.seconds(180)
  /// How long a cluster may take to become available at the start.
  private static let readyBound = Duration.seconds(120)
  /// The time limit for all healing commands together; each has its own limit as well.
  private static let healBound = Duration.seconds(1_200)
  /// The time from the start of the clients to the origin of the scenario's clock, for threads and connections to be ready.
  private static let lead = Duration.milliseconds(250)
  /// How long there must have been no writes before everything is read: applications write in reaction to records of others, and acks=0 is not answered.
  private static let quiet = Duration.seconds(1)
  private static let look = 0.01
  /// How long members may take to leave their groups at the end.
  private static let farewell = Duration.seconds(5)

  private let run: RealRun
  private let options: Options
  /// The folder for files of brokers and clients during the run.
  private let folder: String
  private let story = RunStory()
  private let sight = ClusterWatch.Sight()
  private let clients: ClientHosts
  private var servers: OwnServers?
  private var hosts: [LiveHost] = []
  private var session: AdminSession?
  private var operatorHost: LiveHost?
  private var driver: RealFaultDriver?
  private var commands: [ShellCommand] = []
  private var commandCount = 0
  private var topics: TopicSet?
  private var sightings: [Sighting: Int] = [:]
  private let resets = OffsetResets()
  /// What clients did and saw, with everything else that judges need; nil before the run is judged.
  public private(set) var judgedHistory: JudgedHistory?

  /// Throws a `ScenarioError` if the scenario asks for something that is impossible outside of the simulation, or that no command was given for.
  public init(_ scenario: Scenario, seed: UInt64, target: RealRun.Target, hands: RealHands, options: Options = Options()) throws {
    run = try RealRun(scenario, seed: seed, target: target, hands: hands)
    self.options = options
    folder = FileManager.default.temporaryDirectory.path + "/trial-verify-\(UUID().uuidString)"
    clients = ClientHosts(run, folder: folder + "/clients")
  }

  /// Runs it once and judges it. Throws a `ScenarioError` if the cluster is not suitable for the scenario, a `LiveError` if this machine is not, and `RunInterrupted`.
  public func result() throws -> RunResult {
    defer { end() }
    do {
      return try play()
    } catch {
      heal()
      clients.end()
      // Leave the cluster as it was, as far as a broker can be reached.
      if !options.interruption.isInsistedOn, sight.picture.present.count > 0 { removeTopics() }
      throw error
    }
  }

  private func play() throws -> RunResult {
    let bootstrap = try startServers()
    let brokers = try startWatching(bootstrap)
    try run.schedule.check(brokerCount: brokers.count)
    let session = AdminSession(host: try startAdmin(bootstrap), interruption: options.interruption)
    self.session = session
    let (placed, notes) = try run.topics(on: brokers)
    for note in run.notes + notes { story.tell("run", note) }
    if !options.reusesTopics { try refuseFormerGroups(session) }
    let topics = TopicSet(placed, of: run, session: session)
    self.topics = topics
    try topics.prepare(reusing: options.reusesTopics)

    let origin = Instant.ofMachine + Self.lead
    try clients.start(bootstrap, origin: origin)
    let driver = RealFaultDriver(run, stage: self, origin: origin, brokers: brokers)
    self.driver = driver
    sight.beginCounting()
    story.begin(at: origin)
    story.tell("run", "the cluster has \(brokers.count) broker\(brokers.count == 1 ? "" : "s") (\(brokers.map(\.description).joined(separator: ", "))); the scenario begins", .event, at: origin)
    try lookOn(driver, until: origin + run.duration)
    story.tell("run", "the scenario is over; everything heals")
    heal()
    try options.interruption.check()

    var problems = try waitForRest()
    problems += try drain(topics)
    let loadEnd = Instant.ofMachine
    let audit = ClientRecords(), inspection = ClientRecords()
    var isAudited = false, starts: [TopicPartition: Offset]?
    var committed: (records: ClientRecords, unread: Set<TopicPartition>)?
    do {
      let ends = try topics.ends()
      isAudited = try self.audit(into: audit, reading: .readUncommitted, to: ends)
      if !isAudited { problems.append("not everything was read to the end within \(Self.drainBound)") }
      starts = try clients.logStartOffsets()
      if isAudited, try clients.haveTransactions() {
        let records = ClientRecords()
        if try !self.audit(into: records, reading: .readCommitted, to: ends) { problems.append("not everything committed was read to the end within \(Self.drainBound)") }
        committed = (records, try clients.unread(ends))
      }
    } catch let error as ScenarioError {
      problems.append(error.problem)
    }
    inspect(into: inspection)
    problems += servers?.problems ?? []
    takeChanges()
    clients.end(patience: run.groups.isEmpty ? .zero : Self.farewell)
    removeTopics()
    story.tell("run", isAudited ? "everything was read to the end" : "not everything was read to the end")
    for problem in problems { story.tell("run", problem, .finding) }
    let outcome = RealOutcome(
      origin: origin, window: origin..<origin + run.duration, loadEnd: loadEnd, stations: [], audit: audit, isAudited: isAudited, committed: committed, inspection: inspection, firstOffsets: topics.firstOffsets,
      logStartOffsets: starts ?? [:], problems: problems)
    let (result, history) = run.verified(
      outcome, faults: driver.counts, bands: driver.bands, sightings: sightings, story: story.lines, replay: options.replay)
    judgedHistory = history
    return result
  }

  // MARK: Setting up

  private func startServers() throws -> [Address] {
    switch run.target {
    case .bootstrap(let addresses): return addresses
    case .loopback, .processes:
      let servers = try OwnServers(run, folder: folder + "/servers")
      self.servers = servers
      return servers.addresses
    }
  }

  /// Returns the brokers, in ascending order.
  private func startWatching(_ bootstrap: [Address]) throws -> [NodeID] {
    let host = try makeHost("watch")
    let configuration = run.adminConfiguration(bootstrap), plan = run.schedule.watch, sight = sight, isOwn = servers != nil
    let ownControllers = servers?.controllers ?? []
    host.start { ClusterWatch(host: $0, configuration: configuration, plan: plan, sight: sight, ownControllers: ownControllers) }
    let wanted = isOwn ? run.brokerCount : 1
    let deadline = Instant.ofMachine + Self.readyBound
    while Instant.ofMachine < deadline {
      let brokers = sight.picture.brokers
      if brokers.count >= wanted { return brokers }
      if let problem = servers?.problems.first { throw LiveError.unusable(reason: problem) }
      try pause("waits for the cluster")
    }
    let reason = bootstrap.map(\.description).joined(separator: ", ")
    throw LiveError.notReady(after: Self.readyBound, reason: isOwn ? "\(sight.picture.brokers.count) of \(wanted) brokers are there" : "no broker answers at \(reason)")
  }

  private func startAdmin(_ bootstrap: [Address]) throws -> LiveHost {
    let configuration = run.adminConfiguration(bootstrap), resets = resets, story = story
    let admin = try makeHost("admin")
    admin.start { AdminNode(host: $0, configuration: configuration) }
    let host = try makeHost("operator") { _, occurrence in if case .warning(let words) = occurrence { story.tell("operator", words) } }
    host.start { host in
      let application = OperatorApplication(host: host, configuration: configuration)
      application.onOffsetsSet = { group, offsets in resets.add(offsets, of: group) }
      return application
    }
    operatorHost = host
    return admin
  }

  private func makeHost(_ name: String, observer: @escaping @Sendable (String, Occurrence) -> Void = { _, _ in }) throws -> LiveHost {
    let host = try clients.makeHost(name, observer: observer)
    hosts.append(host)
    return host
  }

  /// Refuses groups that exist already: they have committed offsets of their own.
  private func refuseFormerGroups(_ session: AdminSession) throws {
    guard servers == nil else { return }
    for group in run.groups {
      let offsets = try session.answer { admin, answer in admin.listGroupOffsets(group.id) { answer((try? $0.get())?.count ?? 0) } }
      guard offsets == 0 else {
        throw ScenarioError(
          at: Place(source: "group \(group.id)"), "the cluster has it already, with committed offsets",
          remedy: "Give --reuse-topics to use it nevertheless, or the scenario's group another name.")
      }
    }
  }

  // MARK: The scenario

  private func lookOn(_ driver: RealFaultDriver, until end: Instant) throws {
    while Instant.ofMachine < end {
      driver.look()
      takeChanges()
      try pause(words(until: end))
    }
  }

  private func words(until end: Instant) -> String { "\((end - Instant.ofMachine).milliseconds / 1_000) s of the scenario are left" }

  private func pause(_ phase: String) throws {
    try options.interruption.check()
    options.progress(phase, run.acknowledged.count)
    Thread.sleep(forTimeInterval: Self.look)
  }

  private func takeChanges() {
    for (at, change) in sight.takeChanges() {
      story.tell("cluster", change.words, .event, at: at)
      if let sighting = change.sighting { sightings[sighting, default: 0] += 1 }
    }
  }

  // MARK: Healing

  /// Repairs everything, whatever happened before, unless an immediate end is requested.
  private func heal() {
    guard let driver else { return }
    self.driver = nil
    driver.heal()
    let deadline = Instant.ofMachine + Self.healBound
    repeat {
      driver.look()
      takeChanges()
      options.progress("everything heals", run.acknowledged.count)
      Thread.sleep(forTimeInterval: Self.look)
    } while !driver.isIdle && Instant.ofMachine < deadline && !options.interruption.isInsistedOn
    if !driver.isIdle { story.tell("run", "the healing commands did not end", .finding) }
  }

  /// Waits until every partition has all its replicas in sync. Returns what is stuck.
  private func waitForRest() throws -> [String] {
    let deadline = Instant.ofMachine + Self.restBound
    while Instant.ofMachine < deadline {
      takeChanges()
      if sight.picture.isInSync { return [] }
      if let problem = servers?.problems.first { return [problem] }
      try pause("waits for all replicas to be in sync")
    }
    let picture = sight.picture
    let partitions = picture.partitions.keys.sorted().filter { partition in picture.partitions[partition].map { $0.leader == nil || $0.isr.count < $0.replicas.count } == true }
    let gone = picture.brokers.filter { !picture.present.contains($0) }
    return partitions.map { "\($0) has no leader or not all replicas in sync \(Self.restBound) after the healing" }
      + gone.map { "broker \($0) is not back \(Self.restBound) after the healing" }
  }

  /// Waits until every record sent has its response, every consumer is at the end, and nothing is written any more. Returns what is stuck.
  private func drain(_ topics: TopicSet) throws -> [String] {
    let deadline = Instant.ofMachine + Self.drainBound
    var lastEnds: [TopicPartition: Offset] = [:], lastMoved = Instant.ofMachine, problem: String?
    while Instant.ofMachine < deadline {
      try pause("waits for what is under way")
      takeChanges()
      guard try clients.isLoadDone() else { continue }
      let ends: [TopicPartition: Offset]
      do {
        ends = try topics.ends()
        problem = nil
      } catch let error as ScenarioError {
        problem = error.problem
        continue
      }
      if ends != lastEnds { (lastEnds, lastMoved) = (ends, Instant.ofMachine) }
      guard Instant.ofMachine - lastMoved >= Self.quiet, try clients.isAtEnd(ends), try clients.groupProblems().isEmpty else {
        Thread.sleep(forTimeInterval: 0.05)
        continue
      }
      return []
    }
    return try [problem].compactMap { $0 } + clients.openProblems() + clients.groupProblems()
  }

  // MARK: The audit

  /// Reads everything from beginning to end. Returns whether that succeeded.
  private func audit(into records: ClientRecords, reading isolation: IsolationLevel, to ends: [TopicPartition: Offset]) throws -> Bool {
    try clients.startAudit(into: records, reading: isolation)
    let deadline = Instant.ofMachine + Self.drainBound
    while Instant.ofMachine < deadline {
      if try clients.isAuditDone(ends) { return true }
      try pause("reads everything to the end")
    }
    return false
  }

  /// Asks for the committed offsets of groups, and records them after those that an operator had set.
  private func inspect(into records: ClientRecords) {
    guard let session else { return }
    let picture = sight.picture, recorder = records.recorder
    for group in run.groups {
      let process = recorder.newProcess(named: "the cluster", of: group.id, as: .operator)
      func number(_ partition: TopicPartition) -> PartitionNumber { recorder.number(of: partition, topicID: picture.topicIDs[partition.topic] ?? .zero) }
      for reset in resets.all where reset.group == group.id {
        for (partition, offset) in reset.offsets ?? group.partitions.map({ ($0, .unknown) }) { recorder.reset(number(partition), from: nil, to: offset, by: process, at: reset.at) }
      }
      let answer = try? session.answer { admin, answer in admin.listGroupOffsets(group.id) { answer(try? $0.get()) } }
      if let offsets = answer ?? nil { recorder.inspected(offsets.map { (number($0.partition), $0.offset.offset) }, by: process, at: .ofMachine) }
    }
  }

  // MARK: The end

  /// Deletes what the run created, if a broker can still be reached.
  private func removeTopics() {
    guard servers == nil else { return }
    topics?.endInterruptions()
    try? topics?.remove()
    guard !options.reusesTopics, let host = session?.host else { return }
    let groups = run.groups.map(\.id)
    if !groups.isEmpty, topics != nil { _ = try? AdminSession(host: host).answer { admin, answer in admin.deleteGroups(groups) { answer($0.count) } } }
  }

  /// Ends all nodes and removes their files.
  private func end() {
    for command in commands where command.poll() == nil { command.kill() }
    clients.end()
    for host in hosts { host.kill() }
    for host in hosts { try? host.waitUntilEnded() }
    hosts = []
    servers?.end()
    servers = nil
    try? FileManager.default.removeItem(atPath: folder)
  }
}

// MARK: - RealStage

extension VerifyRun: RealStage {
  package var now: Instant { .ofMachine }
  package var picture: ClusterPicture { sight.picture }
  package var acknowledged: Int { run.acknowledged.count }

  package func tell(_ words: String) { story.tell("fate", words, .fault) }

  package func begin(_ task: RealTask) -> any RunningTask {
    switch task {
    case .shell(let command, let limit):
      commandCount += 1
      do {
        let running = try ShellCommand(command, limit: limit, output: "\(folder)/command-\(commandCount)")
        commands.removeAll { $0.poll() != nil }
        commands.append(running)
        return running
      } catch {
        return FinishedTask(isDone: false, "\(error)")
      }
    case .process(let word, let id): return servers?.strike(word, id) ?? FinishedTask(isDone: false, "there is no such process")
    case .client(let word, let index):
      do {
        try clients.strike(word, index)
        return FinishedTask()
      } catch {
        return FinishedTask(isDone: false, "\(error)")
      }
    }
  }

  package func ask(_ request: RealRequest) -> any RunningTask {
    let task = OperatorTask()
    _ = try? operatorHost?.ask { node in
      (node as? OperatorApplication)?.carryOut(request) { reason in
        task.end(TaskEnding(isDone: false, words: reason))
      } onDone: {
        task.end(TaskEnding(isDone: true, words: "done"))
      }
    }
    return task
  }

  package func owner(of partition: TopicPartition, in group: String) -> Int? { clients.owner(of: partition, in: group) }
}
