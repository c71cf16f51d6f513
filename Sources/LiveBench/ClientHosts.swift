import Client
import Foundation
import Host
import Live
import Primitives
import Trials
import Workloads

/// The client processes of a run, each a host with its own thread, and the audit, which reads everything at the end.
final class ClientHosts {
  /// One process, in its current life or in none.
  private struct Process {
    var host: LiveHost?
    var isPaused = false
  }

  private let run: RealRun
  private let folder: String
  private var processes: [Process] = []
  private var auditHost: LiveHost?
  private var bootstrap: [Address] = []
  private var origin = Instant.zero

  /// - Parameter folder: the folder below which processes keep their files.
  init(_ run: RealRun, folder: String) {
    self.run = run
    self.folder = folder
  }

  func makeHost(_ name: String, observer: @escaping @Sendable (String, Occurrence) -> Void = { _, _ in }) throws -> LiveHost {
    try LiveHost(name: name, directory: "\(folder)/\(name)", observer: observer)
  }

  /// - Parameter origin: the origin of the scenario's clock.
  func start(_ bootstrap: [Address], origin: Instant) throws {
    self.bootstrap = bootstrap
    self.origin = origin
    processes = try run.clients.map { Process(host: try makeHost($0.name)) }
    for index in processes.indices { begin(index) }
  }

  private func begin(_ index: Int) {
    let client = run.clients[index], bootstrap = bootstrap, origin = origin
    processes[index].host?.start { client.node($0, bootstrap, origin: origin) }
  }

  /// The hosts that can be queried: they run, and are not paused.
  var running: [LiveHost] { processes.compactMap { $0.isPaused ? nil : $0.host } }

  // MARK: Faults

  /// Applies a fault to a process. Throws if the process cannot be started.
  func strike(_ word: String, _ index: Int) throws {
    switch word {
    case "kill": end(index)
    case "restart":
      end(index)
      processes[index].host = try makeHost(run.clients[index].name)
      begin(index)
    case "pause":
      processes[index].isPaused = true
      processes[index].host?.pause()
    case "resume":
      processes[index].isPaused = false
      processes[index].host?.resume()
    // A paused process cannot shut down cleanly.
    case "shutdown": if !processes[index].isPaused { processes[index].host?.shutDown() }
    default: preconditionFailure("clients do not support \(word)")
    }
  }

  /// Ends a process immediately, as if it had been killed.
  private func end(_ index: Int) {
    guard let host = processes[index].host else { return }
    host.kill()
    try? host.waitUntilEnded()
    processes[index] = Process()
    run.clients[index].records.recorder.ended(memberNamed: run.clients[index].name, at: .ofMachine)
  }

  /// The process that owns a partition of a group; if several believe that they own it, the one of the latest generation.
  func owner(of partition: TopicPartition, in group: String) -> Int? {
    var owner: (index: Int, generation: Int32)?
    for (index, client) in run.clients.enumerated() where client.role.group == group && !processes[index].isPaused {
      let generation = try? processes[index].host?.askClient { $0.partitions.contains(partition) ? $0.standing?.generation ?? -1 : nil } ?? nil
      if let generation, generation > owner?.generation ?? .min { owner = (index, generation) }
    }
    return owner?.index
  }

  // MARK: Progress

  /// Whether every client has sent everything it has to, and received the responses.
  func isLoadDone() throws -> Bool { try running.allSatisfy { try $0.askClient { $0.isDone } ?? false } }

  /// Whether every client received everything that it reads, up to these ends.
  func isAtEnd(_ ends: [TopicPartition: Offset]) throws -> Bool {
    try running.allSatisfy { try $0.askClient { $0.isStopped || $0.isAtEnd(ends) } ?? false }
  }

  /// What keeps groups from having one owner for each partition that their members subscribe to, one line each.
  func groupProblems() throws -> [String] {
    try run.groups.compactMap { group in
      var owners: [TopicPartition: Int] = [:], entries: Set<String> = []
      for (index, client) in run.clients.enumerated() where client.role.group == group.id && !processes[index].isPaused {
        let owned = try processes[index].host?.askClient { $0.isStarted && !$0.isStopped ? $0.partitions : nil } ?? nil
        guard let owned else { continue }
        entries.insert(client.role.entry)
        for partition in owned { owners[partition, default: 0] += 1 }
      }
      guard !entries.isEmpty, let partition = group.partitions(whereMembersAreOf: entries).first(where: { owners[$0] != 1 }) else { return nil }
      return "group \(group.id): \(partition) has \(owners[partition] ?? 0) owners"
    }
  }

  func neverSent() throws -> Int? {
    let counts = try running.compactMap { try $0.askClient { $0.neverSent } ?? nil }
    return counts.isEmpty ? nil : counts.reduce(0) { $0 &+ $1 }
  }

  func openProblems() throws -> [String] {
    try running.compactMap { host -> String? in
      guard let state = try host.askClient({ (isDone: $0.isDone, reads: !$0.partitions.isEmpty) }) else { return "\(host.name) ended" }
      if !state.isDone { return "\(host.name) still waits for answers" }
      return state.reads ? "\(host.name) may lag" : nil
    }
  }

  // MARK: The audit

  /// Starts to read everything from the beginning, or everything that is committed. An earlier audit stops reading.
  func startAudit(into records: ClientRecords, reading isolation: IsolationLevel = .readUncommitted) throws {
    auditHost?.kill()
    try? auditHost?.waitUntilEnded()
    let host = try makeHost(isolation == .readCommitted ? "audit-committed" : "audit")
    auditHost = host
    host.start(run.auditor(bootstrap, records, reading: isolation))
  }

  /// Partitions that the audit has not read up to these ends.
  func unread(_ ends: [TopicPartition: Offset]) throws -> Set<TopicPartition> {
    let positions = try auditHost?.ask { node -> [TopicPartition: Offset] in
      guard let application = node as? ConsumeApplication else { return [:] }
      return Dictionary(uniqueKeysWithValues: application.partitions.map { ($0, application.position(of: $0) ?? 0) })
    } ?? nil
    return Set(ends.keys.filter { (positions?[$0] ?? 0) < ends[$0] ?? 0 })
  }

  /// Whether any process has begun a transaction.
  func haveTransactions() throws -> Bool {
    try zip(processes, run.clients).contains { process, client in
      let records = client.records
      guard let host = process.host, !process.isPaused else { return false }
      // Read on the thread that writes it.
      return try host.ask { _ in records.recorder.history.transactionCount > 0 } ?? false
    }
  }

  func isAuditDone(_ ends: [TopicPartition: Offset]) throws -> Bool { try auditHost?.ask { ($0 as? ConsumeApplication)?.isAtEnd(ends) ?? false } == true }

  /// The log start offsets as of the audit's last fetches.
  func logStartOffsets() throws -> [TopicPartition: Offset]? { try auditHost?.ask { ($0 as? ConsumeApplication)?.logStartOffsets } ?? nil }

  // MARK: The end

  /// Ends all processes. Their records are complete then.
  ///
  /// - Parameter patience: how long members may take to leave their groups; with zero, none of them leaves.
  func end(patience: Duration = .zero) {
    let deadline = Instant.ofMachine + patience
    if patience > .zero {
      for host in running { host.shutDown() }
      while Instant.ofMachine < deadline, (try? running.contains { try $0.ask { _ in true } == true }) == true { Thread.sleep(forTimeInterval: 0.01) }
    }
    let hosts = processes.compactMap(\.host) + [auditHost].compactMap { $0 }
    for host in hosts { host.kill() }
    for host in hosts { try? host.waitUntilEnded() }
    processes = []
    auditHost = nil
  }
}

extension ConsumeApplication {
  /// The log start offsets as of the last fetches.
  fileprivate var logStartOffsets: [TopicPartition: Offset] {
    Dictionary(uniqueKeysWithValues: Set(partitions).compactMap { partition in logStartOffset(of: partition).map { (partition, $0) } })
  }
}

extension LiveHost {
  /// Queries the client that lives here; nil if its life is not under way.
  fileprivate func askClient<Answer: Sendable>(_ question: @escaping @Sendable (any ClientApplication) -> Answer) throws -> Answer? {
    try ask { ($0 as? any ClientApplication).map(question) } ?? nil
  }
}

extension ClientApplication {
  /// Whether it received everything that it reads, up to these ends.
  fileprivate func isAtEnd(_ ends: [TopicPartition: Offset]) -> Bool {
    partitions.allSatisfy { (position(of: $0) ?? 0) >= ends[$0] ?? 0 }
  }
}
