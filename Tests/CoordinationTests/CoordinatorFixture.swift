import Host
import Primitives
import Wire

@testable import Coordination

/// A host of which time moves when a test says so.
final class CoordinatorHost: NodeHost {
  var now = Instant.zero
  var wallClock: Timestamp { Timestamp(milliseconds: now.nanoseconds / 1_000_000) }
  var random = RandomStream(seed: 1, purpose: "coordinator")
  private(set) var warnings: [String] = []
  private var timers: [(id: UInt64, at: Instant, timer: Timer)] = []
  private var lastTimer: UInt64 = 0
  private(set) lazy var reactor = Reactor(host: self)

  let disk: any Disk = NoDisk()

  func after(_ delay: Duration, _ timer: Timer) -> TimerID {
    lastTimer += 1
    timers.append((lastTimer, now + delay, timer))
    return TimerID(lastTimer)
  }

  func cancel(_ timer: TimerID) { timers.removeAll { $0.id == timer.value } }
  func connect(to address: Address) -> ConnectionID { ConnectionID(0) }
  func send(_ frame: Frame, on connection: ConnectionID) {}
  func close(_ connection: ConnectionID) {}
  func spend(_ cost: Cost) {}
  func report(_ occurrence: Occurrence) {
    if case .warning(let words) = occurrence { warnings.append(words) }
  }
  func exit() {}

  /// One event at the present instant; false where there is none.
  @discardableResult
  func step() -> Bool {
    guard let next = timers.filter({ $0.at <= now }).min(by: { ($0.at, $0.id) < ($1.at, $1.id) }) else { return false }
    timers.removeAll { $0.id == next.id }
    reactor.dispatch(.timer(next.timer))
    return true
  }

  func run(_ duration: Duration = .zero) {
    let end = now + duration
    while let next = timers.filter({ $0.at <= end }).min(by: { ($0.at, $0.id) < ($1.at, $1.id) }) {
      timers.removeAll { $0.id == next.id }
      now = max(now, next.at)
      reactor.dispatch(.timer(next.timer))
    }
    now = end
  }
}

/// A log that keeps its batches, and commits when a test says so.
final class CoordinatorTestLog: CoordinatorLog {
  var batches: [RecordBatch] = []
  /// The leader, as far as the log is concerned; nil where this broker is none.
  var epoch: LeaderEpoch?
  var highWatermark = Offset(0)
  /// What an append is refused with.
  var refusal: ErrorCode?
  /// Whether everything is committed at once, as with one replica.
  var commitsAtOnce = false

  /// Where the log pretends to end.
  var phantomEnd: Offset?

  /// With what records of transactions and markers came.
  private(set) var verifications: [TransactionVerification] = []
  private(set) var transactionVersions: [Int16] = []

  var end: Offset { phantomEnd ?? batches.last?.nextOffset ?? 0 }

  func append(
    _ batch: Bytes, to partition: Int32, in epoch: LeaderEpoch, verification: TransactionVerification, transactionVersion: Int16
  ) throws(Refusal) -> Offset {
    if let refusal { throw Refusal(refusal) }
    guard epoch == self.epoch else { throw Refusal(.notLeaderOrFollower) }
    let stamped: RecordBatch
    do {
      stamped = try RecordBatch(batch).stamped(baseOffset: end, leaderEpoch: epoch)
    } catch {
      throw Refusal(.corruptMessage)
    }
    batches.append(stamped)
    verifications.append(verification)
    transactionVersions.append(transactionVersion)
    if commitsAtOnce { highWatermark = end }
    return end
  }

  func wakeWaiting() {}

  func bounds(of partition: Int32) -> CoordinatorLogBounds? {
    epoch == nil ? nil : CoordinatorLogBounds(start: 0, end: end, highWatermark: highWatermark)
  }

  func read(from offset: Offset, of partition: Int32, maxBytes: Int) throws(Refusal) -> Bytes {
    var found: [Bytes] = []
    var size = 0
    for batch in batches where batch.nextOffset > offset {
      if !found.isEmpty, size + batch.sizeInBytes > maxBytes { break }
      found.append(batch.bytes)
      size += batch.sizeInBytes
    }
    return Bytes(joining: found)
  }
}

/// A number under each name. Names that begin with a dash are held: they are answered when one minute has passed.
struct Numbers: CoordinatorShard {
  typealias Answer = String

  var values: [String: Int] = [:]
  /// Of transactions that have not ended, by producer.
  var pending: [Int64: [String: Int]] = [:]
  var deadline: Instant?
  var answers: [String] = []
  var occurrences: [Occurrence] = []

  static func record(_ name: String, _ value: Int?) -> CoordinatorRecord { CoordinatorRecord(key: Bytes(name), value: value.map { Bytes("\($0)") }) }

  mutating func replay(_ record: CoordinatorRecord, from producerID: Int64) throws(WireError) {
    let name = record.key.text ?? "", value = record.value.flatMap { Int($0.text ?? "") }
    if producerID < 0 { values[name] = value } else { pending[producerID, default: [:]][name] = value }
  }

  mutating func transactionEnded(of producerID: Int64, committed: Bool) {
    guard let ended = pending.removeValue(forKey: producerID), committed else { return }
    values.merge(ended) { $1 }
  }

  mutating func loaded(at time: CoordinatorTime) { deadline = time.now + .seconds(60) }

  mutating func unloaded() { answers.append("unloaded") }

  var earliestDeadline: Instant { deadline ?? .distantFuture }

  mutating func nextTimedDecision(at time: CoordinatorTime) -> CoordinatorDecision<Numbers, Void>? {
    guard let deadline, deadline <= time.now else { return nil }
    self.deadline = nil
    return CoordinatorDecision([Self.record("minute", 1)], ())
  }

  mutating func takeAnswers() -> [String] {
    defer { answers = [] }
    return answers
  }

  mutating func takeOccurrences() -> [Occurrence] {
    defer { occurrences = [] }
    return occurrences
  }

  var recordedState: [String] {
    let open = pending.flatMap { producer, values in values.map { "\($0.key) \($0.value) of \(producer)" } }
    return (values.map { "\($0.key) \($0.value)" } + open).sorted()
  }

  func checkInvariants(_ check: inout InvariantCheck, _ name: String) {}

  func decide(_ name: String, _ value: Int) -> CoordinatorDecision<Numbers, Int> {
    CoordinatorDecision([Self.record(name, value)], values[name] ?? 0)
  }
}

/// The runtime over one partition.
final class CoordinatorFixture {
  let host = CoordinatorHost()
  let log = CoordinatorTestLog()
  var answers: [String] = []
  /// What comes of an answer.
  var onAnswer: (String) -> Void = { _ in }
  private(set) var runtime: CoordinatorRuntime<Numbers>!

  init(loadBytes: Int = 1 << 20, markerApplication: Duration? = nil, awaitsCommit: Bool = true, forgetsFormerLeadership: Bool = true) {
    runtime = CoordinatorRuntime(
      reactor: host.reactor,
      configuration: CoordinatorConfiguration(
        loadBytes: loadBytes, markerApplication: markerApplication, awaitsCommit: awaitsCommit, forgetsFormerLeadership: forgetsFormerLeadership),
      log: log, makeShard: { _ in Numbers() },
      answer: { [unowned self] in
        answers.append($0)
        onAnswer($0)
      })
  }

  func lead(in epoch: LeaderEpoch) {
    log.epoch = epoch
    runtime.becameLeader(of: 0, in: epoch)
  }

  func stepDown(from epoch: LeaderEpoch) {
    log.epoch = nil
    runtime.steppedDown(from: 0, in: epoch)
  }

  func commit(upTo offset: Offset) {
    log.highWatermark = offset
    runtime.highWatermarkMoved(of: 0, to: offset)
    host.run()
  }

  /// Writes a number; what is answered stands in the box: the former number, or an error.
  func write(_ name: String, _ value: Int) -> Box {
    let box = Box()
    runtime.write(to: 0) { shard, _ in shard.decide(name, value) } answer: { box.answers.append($0) }
    return box
  }

  /// Writes a number in a producer's transaction.
  func write(_ name: String, _ value: Int, of producer: TransactionalProducer) -> Box {
    let box = Box()
    runtime.write(to: 0) { shard, _ in
      CoordinatorDecision([Numbers.record(name, value)], shard.values[name] ?? 0, producer: producer)
    } answer: { box.answers.append($0) }
    return box
  }

  /// Ends a producer's transaction; what is answered stands in the box.
  func end(_ producerID: Int64, commits: Bool, transactionVersion: Int16 = 0) -> Ended {
    let ended = Ended()
    let marker = TransactionMarker(
      producerID: producerID, producerEpoch: 1, isCommit: commits, coordinatorEpoch: 4, transactionVersion: transactionVersion)
    runtime.endTransaction(in: 0, marker: marker) { ended.answers.append($0) }
    return ended
  }

  final class Ended {
    var answers: [ErrorCode] = []
  }

  var committed: [String] { runtime.partition(0)?.committed.recordedState ?? [] }

  final class Box {
    var answers: [Result<Int, Refusal>] = []
  }
}

/// A coordinator has no disk.
private final class NoDisk: Disk {
  func open(_ path: String, creating: Bool) throws(DiskError) -> FileID { throw .notFound }
  func close(_ file: FileID) {}
  func size(of file: FileID) -> Int { 0 }
  func append(_ bytes: Bytes, to file: FileID) throws(DiskError) { throw .invalid }
  func read(_ file: FileID, at position: Int, count: Int) throws(DiskError) -> Bytes { throw .invalid }
  func truncate(_ file: FileID, to size: Int) throws(DiskError) { throw .invalid }
  func sync(_ file: FileID) -> DiskOperation { DiskOperation(0) }
  func syncDirectory(_ path: String) -> DiskOperation { DiskOperation(0) }
  func replace(_ path: String, with content: Bytes) -> DiskOperation { DiskOperation(0) }
  func rename(_ path: String, to newPath: String) throws(DiskError) { throw .invalid }
  func remove(_ path: String) throws(DiskError) { throw .invalid }
  func makeDirectory(_ path: String) throws(DiskError) { throw .invalid }
  func list(_ path: String) throws(DiskError) -> [String] { [] }
  func exists(_ path: String) -> Bool { false }
  func modified(_ path: String) -> Timestamp? { nil }
}
