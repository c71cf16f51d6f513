import Host
import Log
import Primitives
import Testing
import Wire

/// A disk and the log on it, through several lives.
final class LogFixture {
  static let partition = TopicPartition("t", 0)
  static let directory = "logs/t-0"

  let disk = TestDisk()
  private(set) var host: TestHost
  private(set) var log: PartitionLog!
  var configuration = LogConfiguration()
  let switches: LogSwitches
  /// `producer.id.expiration.ms`.
  var producerIDExpiration = Duration.forever
  var random: RandomStream

  init(seed: UInt64 = 1, switches: LogSwitches = LogSwitches(), _ change: (inout LogConfiguration) -> Void = { _ in }) throws {
    self.switches = switches
    change(&configuration)
    random = RandomStream(seed: seed, purpose: "fixture")
    host = TestHost(disk)
    try disk.makeDirectory("logs")
    host.reactor.whenDone(disk.syncDirectory("")) { _ in }
    settle()
    try reopen(isClean: true)
    settle()
  }

  /// A new life of the node, on the disk as it is.
  func reopen(isClean: Bool = false, recoveryPoint: Offset = 0, logStartOffset: Offset = 0, highWatermark: Offset? = nil) throws {
    let wallClock = host.wallClock
    host = TestHost(disk)
    host.wallClock = wallClock
    log = try PartitionLog(
      directory: Self.directory, partition: Self.partition, topicID: Uuid(high: 1, low: 2), configuration: configuration,
      reactor: host.reactor, cleanShutdown: isClean, recoveryPoint: recoveryPoint, logStartOffset: logStartOffset, highWatermark: highWatermark,
      producerIDExpiration: producerIDExpiration, switches: switches)
  }

  func settle() { host.finishDiskOperations() }

  func kill() { disk.kill(&random) }

  /// Names come and go in the order of their making: where that of a segment is lost, that of its index is too.
  func losePower() {
    disk.losePower(&random)
    let files = files
    for name in files where name.hasSuffix(".index") && !files.contains(name.dropLast(".index".count) + ".log") {
      try? disk.remove(path(name))
    }
  }

  func flush() {
    log.flush { _ in }
    settle()
  }

  /// Appends one batch as a leader.
  @discardableResult
  func append(_ values: String..., epoch: LeaderEpoch = 0, timestamp: Int64? = nil, size: Int = 0) throws -> AppendResult {
    try log.append(asLeader: batch(values, timestamp: timestamp ?? host.wallClock.milliseconds, padding: size), epoch: epoch)
  }

  func batch(
    _ values: [String], timestamp: Int64 = 1_000_000, baseOffset: Offset = 0, epoch: LeaderEpoch = .unknown, padding: Int = 0,
    compression: Compression = .none
  ) -> Bytes {
    var builder = RecordBatchBuilder(compression: compression, baseOffset: baseOffset, leaderEpoch: epoch)
    for value in values {
      let text = value + String(repeating: ".", count: padding)
      builder.append(timestamp: Timestamp(milliseconds: timestamp), key: Bytes("key"), value: Bytes(text))
    }
    return builder.build()
  }

  func producerBatch(
    _ value: String = "v", producer: Int64, epoch: Int16 = 0, sequence: Int32, count: Int = 1, isTransactional: Bool = false
  ) -> Bytes {
    var builder = RecordBatchBuilder(producerID: producer, producerEpoch: epoch, baseSequence: sequence, isTransactional: isTransactional)
    for _ in 0..<count { builder.append(timestamp: host.wallClock, key: Bytes("key"), value: Bytes(value)) }
    return builder.build()
  }

  func marker(_ isCommit: Bool, producer: Int64, epoch: Int16 = 0, coordinatorEpoch: Int32 = 0) -> Bytes {
    RecordBatch.endTransaction(
      EndTransactionMarker(isCommit: isCommit, coordinatorEpoch: coordinatorEpoch), producerID: producer, producerEpoch: epoch,
      timestamp: host.wallClock
    ).bytes
  }

  /// Every record from the log's start on, as `offset:value`.
  func contents() throws -> [String] { try records().map { "\($0.offset):\($0.value?.text ?? "")" } }

  func records(maxBytes: Int = 1 << 20) throws -> [Record] {
    var records: [Record] = []
    var offset = log.logStartOffset
    while offset < log.logEndOffset {
      let slice = try log.read(from: offset, upTo: log.logEndOffset, maxBytes: maxBytes, minOneBatch: true)
      guard !slice.isEmpty else { break }
      for batch in try RecordBatch.splitting(slice.records) {
        try batch.validateChecksum()
        records += try batch.records().filter { $0.offset >= log.logStartOffset }
      }
      offset = slice.nextOffset
    }
    return records
  }

  func path(_ name: String) -> String { "\(Self.directory)/\(name)" }
  static func name(_ offset: Int, _ suffix: String) -> String {
    let digits = String(offset)
    return String(repeating: "0", count: 20 - digits.count) + digits + suffix
  }

  var files: [String] { (try? disk.list(Self.directory)) ?? [] }
}

extension LogFixture {
  /// Three segments of four batches each, all synced.
  static func threeSegments(_ change: (inout LogConfiguration) -> Void = { _ in }) throws -> LogFixture {
    let fixture = try LogFixture {
      $0.segmentBytes = 1000
      $0.indexIntervalBytes = 100
      change(&$0)
    }
    for index in 0..<12 { try fixture.append("v\(index)", epoch: LeaderEpoch(Int32(index / 5)), size: 160) }
    #expect(fixture.log.segmentBaseOffsets == [0, 4, 8])
    fixture.flush()
    return fixture
  }
}

extension LogFixture {
  /// Three segments, from 0, 4 and 8, the last with two records.
  static func ofThreeSegments(_ change: (inout LogConfiguration) -> Void = { _ in }) throws -> LogFixture {
    let fixture = try LogFixture(change)
    for offset in 0..<10 {
      if offset > 0, offset % 4 == 0 { try fixture.log.roll() }
      try fixture.append("v\(offset)", epoch: offset < 5 ? 1 : 2)
    }
    fixture.flush()
    return fixture
  }
}
