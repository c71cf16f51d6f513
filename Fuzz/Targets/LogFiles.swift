import Host
import Log
import Primitives
import Raft
import Sim
import Wire

/// One file on the disk of a broker or a controller: a byte that selects it, one whose lowest bit says whether the last life shut down cleanly, and the
/// content. Each is read by itself, and by a node that finds it among valid files: the log must open or report why not, return the records that were written,
/// and be the same after the next clean shutdown.
@Sendable func fuzzFiles(_ input: Bytes) -> Int {
  guard input.count >= 2 else { return 0 }
  let file = FuzzLog.files[Int(input[0]) % FuzzLog.files.count], content = input[2...]
  if let small = file.small { _ = exerciseSmallFile(content, as: small) }
  if file.name == "quorum-state" {
    _ = exerciseQuorumState(content)
  } else if file.name == FuzzSnapshot.path {
    FuzzSnapshot.open(content)
  } else {
    FuzzLog.open(with: content, in: file, isClean: input[1] & 1 == 0)
  }
  return 1
}

/// A log with segments, indexes, producers, an aborted transaction, epochs and checkpoints, on the disk of a separate node.
enum FuzzLog {
  struct File: Sendable {
    let name: String
    let small: SmallFile?
    /// Whether the file contains the records, or decides which of them count.
    let holdsRecords: Bool

    init(_ name: String, _ small: SmallFile? = nil, holdsRecords: Bool = false) { (self.name, self.small, self.holdsRecords) = (name, small, holdsRecords) }
  }

  /// In the order of the first byte of inputs; `Fuzz/make-corpus` has the same order.
  static let files = [
    File("recovery-point-offset-checkpoint", .offsetCheckpoint), File("replication-offset-checkpoint", .offsetCheckpoint),
    File("log-start-offset-checkpoint", .offsetCheckpoint, holdsRecords: true), File("cleaner-offset-checkpoint", .offsetCheckpoint),
    File("t-0/leader-epoch-checkpoint", .leaderEpochs), File("t-0/00000000000000000000.index"), File("t-0/00000000000000000000.timeindex"),
    File("t-0/00000000000000000000.txnindex"), File("t-0/00000000000000000010.snapshot", .producerSnapshot),
    File("t-0/partition.metadata", .partitionMetadata), File("meta.properties", .metaProperties), File(".kafka_cleanshutdown", .cleanShutdownMarker),
    File("quorum-state"), File("t-0/00000000000000000000.log", holdsRecords: true), File("t-0/00000000000000000010.log", holdsRecords: true),
    File(FuzzSnapshot.path),
  ]

  static let partition = TopicPartition("t", 0)

  private static let sound: [(path: String, content: Bytes)] = {
    let node = DiskNode()
    node.live { reactor in
      let properties = MetaProperties(clusterID: "4L6g3nShT-eMCtK--X86sw", nodeID: 1, directoryID: Uuid(high: 1, low: 2))
      try! LogManager.format(root: "", properties, reactor: reactor)
      let logs = try! opened(reactor)
      try! fill(logs.getOrCreate(partition, topicID: Uuid(high: 7, low: 8)))
      return logs
    }
    var files: [(path: String, content: Bytes)] = []
    node.live { reactor in
      files = DiskChange.files(below: "", on: reactor.disk).map { ($0, try! reactor.disk.content(of: $0)!) }
      return nil
    }
    return files
  }()

  @Sendable static func prepare() { _ = sound }

  private static func opened(_ reactor: Reactor) throws -> LogManager {
    let logs = try LogManager(root: "", configuration: LogManagerConfiguration(), reactor: reactor)
    var configuration = LogConfiguration()
    configuration.indexIntervalBytes = 1
    try logs.open { [configuration] _ in configuration }
    logs.highWatermark = { logs.log(for: $0)?.logEndOffset }
    return logs
  }

  private static let timestamp: Int64 = 1_767_225_600_000
  private static let value = Bytes("value")
  private static let endOffset: Offset = 17

  private static func batch(_ producer: Int64, _ sequence: Int32, isTransactional: Bool = false) -> Bytes {
    var builder = RecordBatchBuilder(producerID: producer, producerEpoch: 0, baseSequence: sequence, isTransactional: isTransactional)
    for number in 0..<2 { builder.append(timestamp: Timestamp(milliseconds: timestamp + Int64(sequence) + Int64(number)), key: Bytes("k"), value: value) }
    return builder.build()
  }

  private static func fill(_ log: PartitionLog) throws {
    log.assignEpochStart(epoch: 0, startOffset: 0)
    for number in 0..<4 { _ = try log.append(asLeader: batch(5, Int32(2 * number)), epoch: 0) }
    log.assignEpochStart(epoch: 1, startOffset: log.logEndOffset)
    _ = try log.append(asLeader: batch(6, 0, isTransactional: true), epoch: 1)
    try log.roll()
    let marker = RecordBatch.endTransaction(
      EndTransactionMarker(isCommit: false, coordinatorEpoch: 0), producerID: 6, producerEpoch: 0, timestamp: Timestamp(milliseconds: timestamp + 9))
    _ = try log.append(asLeader: marker.bytes, epoch: 1, origin: .coordinator)
    for number in 4..<7 { _ = try log.append(asLeader: batch(5, Int32(2 * number)), epoch: 1) }
    try log.advanceLogStartOffset(to: 1)
  }

  static func open(with content: Bytes, in file: File, isClean: Bool) {
    let node = DiskNode()
    var left: LogFacts?
    let isEndGood = node.live { reactor in
      for (path, whole) in sound where path != file.name && (isClean || path != ".kafka_cleanshutdown") { reactor.disk.put(whole, at: path) }
      reactor.disk.put(content, at: file.name)
      guard let logs = try? opened(reactor), let log = logs.log(for: partition) else { return nil }
      if explainsInputs { print("\(file.name), \(isClean ? "clean" : "killed"): \(LogFacts(log))") }
      if !file.holdsRecords { requireRecords(of: log) }
      use(log)
      return logs
    } atEnd: { logs in
      left = logs.log(for: partition).map { LogFacts($0) }
    }
    guard isEndGood, let left else { return }
    node.live { reactor in
      guard let log = try? opened(reactor).log(for: partition) else { finding("a log that ended in good order does not open: \(left)") }
      if LogFacts(log) != left { finding("a log that ended in good order as \(left) begins as \(LogFacts(log))") }
      return nil
    }
  }

  /// The records must be there, whatever was wrong in other files.
  private static func requireRecords(of log: PartitionLog) {
    guard log.logStartOffset <= 1, log.logEndOffset == endOffset else { finding("the log reaches from \(log.logStartOffset) to \(log.logEndOffset)") }
    var offset = log.logStartOffset
    do {
      while offset < log.logEndOffset {
        let slice = try log.read(from: offset, upTo: log.logEndOffset, maxBytes: 1 << 20, minOneBatch: true)
        for batch in try RecordBatch.splitting(slice.records) where !batch.isControl {
          for record in try batch.records() where record.value != value { finding("another record at offset \(record.offset)") }
        }
        if slice.isEmpty { finding("nothing is read at offset \(offset)") }
        offset = slice.nextOffset
      }
    } catch {
      finding("offset \(offset) cannot be read: \(error)")
    }
  }

  private static func use(_ log: PartitionLog) {
    for time in [-1, timestamp + 3, Int64.max] { _ = try? log.offset(forTimestamp: Timestamp(milliseconds: time)) }
    _ = try? log.offsetOfMaxTimestamp()
    for epoch in [0, 1, LeaderEpoch(.max)] { _ = log.endOffset(of: epoch) }
    for offset in [log.logStartOffset, 5, 11, log.logEndOffset, Offset(.max)] {
      _ = try? log.read(from: offset, upTo: log.logEndOffset, maxBytes: 200, minOneBatch: true)
      _ = log.batchOnDisk(at: offset)
    }
    _ = log.lastStableOffset(highWatermark: log.logEndOffset)
    let epoch = log.latestEpoch ?? 0
    log.assignEpochStart(epoch: epoch, startOffset: log.logEndOffset)
    for sequence in [14, 0] { _ = try? log.append(asLeader: batch(5, Int32(sequence)), epoch: epoch) }
    _ = try? log.append(asLeader: batch(6, 2, isTransactional: true), epoch: epoch)
    _ = try? log.enforceRetention(highWatermark: log.logEndOffset)
  }
}

/// The parts of a log that must survive a clean shutdown.
private struct LogFacts: Equatable {
  var topicID: Uuid
  var start, end: Offset
  var epochs: [String]
  var producers: [ActiveProducer]
  var aborted: [AbortedTransaction]

  init(_ log: PartitionLog) {
    topicID = log.topicID
    (start, end) = (log.logStartOffset, log.logEndOffset)
    epochs = log.epochStarts.map { "\($0.epoch) from \($0.startOffset)" }
    producers = log.activeProducers.sorted { $0.producerID < $1.producerID }
    aborted = log.abortedTransactions(from: start, to: end)
  }
}

/// A disk and lives of a node that uses it.
final class DiskNode {
  private final class Lives { var begin: (Reactor) -> Void = { _ in } }

  private final class Life: Node {
    private let reactor: Reactor
    private let lives: Lives

    init(_ host: any NodeHost, _ lives: Lives) { (reactor, self.lives) = (Reactor(host: host), lives) }

    deinit { reactor.end() }

    func start() { lives.begin(reactor) }
    func handle(_ event: Event) { reactor.dispatch(event) }
    func shutdown() { reactor.host.exit() }
  }

  private let world: World
  private let node: NodeIndex
  private let lives = Lives()

  init() {
    var options = WorldOptions()
    options.machine = .ideal
    world = World(seed: 1, options: options)
    node = world.addNode(name: "broker-1") { [lives] in Life($0, lives) }
  }

  /// Uses logs that a life opened for a while, and shuts down cleanly. Returns whether that succeeded.
  @discardableResult
  func live(_ begin: @escaping (Reactor) -> LogManager?, atEnd: @escaping (LogManager) -> Void = { _ in }) -> Bool {
    var isEndGood = false
    lives.begin = { reactor in
      guard let logs = begin(reactor) else { return }
      reactor.after(.seconds(1)) {
        atEnd(logs)
        logs.shutdown(brokerEpoch: 3) { isEndGood = $0 == nil }
      }
    }
    world.start(node)
    world.run(for: .seconds(3))
    if world.isRunning(node) { world.kill(node) }
    return isEndGood
  }
}
