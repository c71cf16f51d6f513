import Client
import Primitives
import Sim
import Workloads

/// The fourth phase: a consumer reads every partition from beginning to end. If there were transactions, another one reads committed records. It ends
/// when all controllers know what was committed last.
struct Auditing {
  private static let bound = Duration.seconds(120)
  /// How long a read error may persist before the audit gives the partition up.
  private static let errorBound = Duration.seconds(10)
  /// How long controllers may take to hear of what was committed last: a fetch that waits, with room.
  private static let controllerBound = Duration.seconds(3)

  private let cluster: TrialCluster
  private let isAtRest: Bool
  private let partitions: [TopicPartition]

  init(of rested: RestedCluster) {
    let cluster = rested.cluster
    self.cluster = cluster
    isAtRest = rested.problems.isEmpty
    partitions = cluster.scenario.topics.flatMap { cluster.observer.view.cluster.partitions(of: $0.name) }
  }

  /// Reads everything. nil if no broker could be asked, or if there is a livelock.
  func run() -> Audit? {
    defer { awaitControllers() }
    guard var audit = read(as: "audit", .readUncommitted) else { return nil }
    if cluster.recorder.history.transactionCount > 0, let committed = read(as: "audit-committed", .readCommitted) {
      audit.committed = CommittedAudit(by: committed.process, except: committed.unread)
    }
    return audit
  }

  /// The active controller writes on, and the others hear of it a moment later: the trial does not end in between.
  private func awaitControllers() {
    let observer = cluster.observer, runner = cluster.runner
    guard isAtRest, runner.livelock == nil, !observer.haveControllersHeardOfAll(cluster.nodes) else { return }
    runner.run(until: cluster.world.now + Self.controllerBound) { observer.haveControllersHeardOfAll(cluster.nodes) }
  }

  private func read(as name: String, _ isolation: IsolationLevel) -> Audit? {
    let world = cluster.world, runner = cluster.runner
    guard runner.livelock == nil else { return nil }
    let node = startAuditor(name, isolation)
    let ends = partitions.map { ($0, cluster.leader(of: $0)?.highWatermark) }
    let deadline = world.now + Self.bound
    var lastProgress = world.now, lastPositions: [Offset?] = []
    while world.now < deadline, runner.livelock == nil {
      runner.run(until: world.now + .milliseconds(100))
      guard let auditor = world.object(of: node) as? ConsumeApplication else { return nil }
      let positions = partitions.map { auditor.position(of: $0) }
      if positions != lastPositions { (lastProgress, lastPositions) = (world.now, positions) }
      let open = zip(ends, positions).filter { end, position in end.1.map { (position ?? 0) < $0 } ?? true }.map(\.0)
      if open.isEmpty { return audit(by: auditor, []) }
      let isStuck = open.allSatisfy { name, end in end == nil || auditor.error(of: name) != nil }
      if isStuck, world.now - lastProgress > Self.errorBound { return audit(by: auditor, open) }
      if world.now >= deadline { return audit(by: auditor, open) }
    }
    return nil
  }

  private func startAuditor(_ name: String, _ isolation: IsolationLevel) -> NodeIndex {
    var configuration = cluster.scenario.settings.auditConfiguration
    configuration.isolationLevel = isolation
    let partitions = partitions, recorder = cluster.recorder
    let node = cluster.world.addNode(name: name, isClient: true) { [configuration] host in
      ConsumeApplication(host: host, name: name, configuration: configuration, partitions: partitions, pause: .zero, start: .zero, stop: .distantFuture, recorder: recorder)
    }
    cluster.world.start(node)
    return node
  }

  /// - Parameter open: partitions that were not read to their end; the end is nil without a leader.
  private func audit(by auditor: ConsumeApplication, _ open: [(TopicPartition, Offset?)]) -> Audit? {
    let recorder = cluster.recorder, observer = cluster.observer
    var audit = Audit(process: auditor.processNumber, present: recorder.history.values(givenTo: auditor.processNumber))
    for (name, end) in open {
      let reason = auditor.error(of: name).map { "\($0)" }
      let position = auditor.position(of: name)
      let number = recorder.number(of: name, topicID: observer.view.cluster.topicID(of: name))
      audit.unread.insert(number)
      if end == nil { audit.unreadable.insert(number) }
      let words = reason ?? (end == nil ? "it has no leader" : "nothing more came")
      audit.obstacles[name] = words
      observer.tell("audit", "could not read \(name) beyond offset \(position?.description ?? "0")\(end.map { " of \($0)" } ?? ""): \(words)", .finding)
    }
    return audit.unreadable.count == partitions.count && !partitions.isEmpty ? nil : audit
  }
}

/// What the audit found.
struct Audit {
  let process: ProcessNumber
  /// By value: whether the audit received it.
  let present: [Bool]

  /// Whether a value was received, or sent only after the audit: applications of a cluster that does not come to rest go on.
  func hasReceived(_ value: RecordValue) -> Bool { Int(value.number) >= present.count || present[Int(value.number)] }

  /// Partitions without a leader that could be asked.
  fileprivate(set) var unreadable: Set<PartitionNumber> = []
  /// Partitions whose end it did not reach.
  fileprivate(set) var unread: Set<PartitionNumber> = []
  /// The process that read committed records; nil if there were no transactions, or if no broker could be asked.
  fileprivate(set) var committed: CommittedAudit?
  /// Partitions that the audit could not read completely, and why.
  fileprivate(set) var obstacles: [TopicPartition: String] = [:]
}

extension History {
  /// By value, whether a process received it.
  func values(givenTo process: ProcessNumber) -> [Bool] {
    var present = Array(repeating: false, count: valueCount)
    for operation in operations where operation.function == .poll && operation.process == process {
      forEachEntry(of: operation) { if $0.value != .none { present[Int($0.value.number)] = true } }
    }
    return present
  }
}
