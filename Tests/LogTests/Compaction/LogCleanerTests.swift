import Host
import Primitives
import Testing
import Wire

@testable import Log

/// The log cleaner of a broker: what it chooses, when, and what it writes down.
@Suite struct LogCleanerTests {
  static let t0 = TopicPartition("t", 0), t1 = TopicPartition("t", 1)
  let disk = TestDisk()

  private func life(
    _ host: TestHost, cleanup: CleanupPolicy = .compact, _ change: (inout CleanerConfiguration) -> Void = { _ in },
    topic: @escaping (inout LogConfiguration) -> Void = { _ in }
  ) throws -> LogManager {
    if !LogManager.isFormatted(root: "logs", disk: disk) {
      let properties = MetaProperties(clusterID: "cluster", nodeID: 1, directoryID: Uuid(high: 7, low: 9))
      try LogManager.format(root: "logs", properties, reactor: host.reactor)
      host.finishDiskOperations()
    }
    var configuration = LogManagerConfiguration()
    change(&configuration.cleaner)
    let manager = try LogManager(root: "logs", configuration: configuration, reactor: host.reactor)
    manager.highWatermark = { [unowned manager] in manager.log(for: $0)?.logEndOffset }
    try manager.open { _ in
      var configuration = LogConfiguration()
      configuration.cleanupPolicy = cleanup
      topic(&configuration)
      return configuration
    }
    manager.start()
    return manager
  }

  private func write(_ log: PartitionLog, _ key: String, _ count: Int, at timestamp: Timestamp = Timestamp(milliseconds: 1_000_000)) throws {
    for number in 0..<count {
      var builder = RecordBatchBuilder()
      builder.append(timestamp: timestamp, key: Bytes(key), value: Bytes("\(number)"))
      _ = try log.append(asLeader: builder.build(), epoch: 0)
    }
    try log.roll()
  }

  private func compactions(_ host: TestHost) -> [(partition: TopicPartition, to: Offset)] {
    host.occurrences.compactMap { if case .compacted(let partition, let compaction) = $0 { (partition, compaction.to) } else { nil } }
  }

  private var checkpoint: String { String(decoding: disk.content("logs/cleaner-offset-checkpoint"), as: UTF8.self) }

  @Test func `A dirty log is cleaned after the backoff, and the result is recorded`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    try write(log, "a", 5)
    host.advance(.milliseconds(14_999))
    #expect(compactions(host).isEmpty && checkpoint == "")
    host.advance(.milliseconds(2))
    #expect(compactions(host).map(\.to) == [5])
    #expect(checkpoint == "0\n1\nt 0 5\n")
    #expect(log.segmentBaseOffsets == [0, 5])
    // A life that ends without a word knows that the log was compacted, whatever its topic's settings say.
    let next = TestHost(disk)
    let again = try life(next, cleanup: .delete)
    #expect(again.log(for: Self.t0)?.logEndOffset == 5 && next.warnings.isEmpty)
  }

  @Test func `The dirtiest log comes first, and one log per thread is cleaned at a time`() throws {
    for threads: Int32 in [1, 2] {
      let host = TestHost(TestDisk())
      let disk = host.testDisk
      try LogManager.format(root: "logs", MetaProperties(clusterID: "c", nodeID: 1, directoryID: Uuid(high: 7, low: 9)), reactor: host.reactor)
      host.finishDiskOperations()
      var configuration = LogManagerConfiguration()
      configuration.cleaner.threads = threads
      // A slice is a batch.
      configuration.cleaner.ioBufferSize = 1
      let manager = try LogManager(root: "logs", configuration: configuration, reactor: host.reactor)
      manager.highWatermark = { [unowned manager] in manager.log(for: $0)?.logEndOffset }
      try manager.open { _ in
        var configuration = LogConfiguration()
        configuration.cleanupPolicy = .compact
        return configuration
      }
      manager.start()
      let first = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
      let second = try manager.getOrCreate(Self.t1, topicID: Uuid(high: 1, low: 1))
      try write(first, "a", 3)
      host.advance(.seconds(16))
      // Three batches of a log of 103 are dirty in one, and all of the other.
      try write(first, "a", 3)
      try write(second, "a", 100)
      host.advance(.seconds(16))
      let order = compactions(host).map(\.partition)
      #expect(order == (threads == 1 ? [Self.t0, Self.t1, Self.t0] : [Self.t0, Self.t0, Self.t1]), "\(threads) threads")
      #expect(disk.exists("logs/cleaner-offset-checkpoint"))
    }
  }

  @Test func `Reads and writes stay within the throttle`() throws {
    let host = TestHost(disk)
    let manager = try life(host) {
      $0.maxBytesPerSecond = 100
      $0.ioBufferSize = 1
    }
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    try write(log, "a", 10)
    let size = log.sizeInBytes
    host.advance(.seconds(15) + .milliseconds(Int64(size) * 10))
    #expect(compactions(host).isEmpty, "half of it is read")
    host.advance(.milliseconds(Int64(size) * 20))
    #expect(compactions(host).count == 1)
  }

  @Test(arguments: ["", "0\n1\nt 0 1000000\n", "0\n2\nt 0 3\n", "nonsense", "0\n1\nt 0 -4\n"])
  func `With a damaged checkpoint or one from the future, everything counts as dirty`(content: String) throws {
    let first = TestHost(disk)
    let former = try life(first)
    try write(former.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1)), "a", 5)
    first.advance(.seconds(1))
    disk.overwrite("logs/cleaner-offset-checkpoint") { $0 = Array(content.utf8) }
    let host = TestHost(disk)
    let manager = try life(host)
    host.advance(.seconds(16))
    #expect(compactions(host).map(\.to) == [5])
    #expect(manager.log(for: Self.t0)?.segmentBaseOffsets == [0, 5] && checkpoint == "0\n1\nt 0 5\n")
  }

  @Test func `Truncated and rewritten offsets are dirty again`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    try write(log, "a", 5)
    try write(log, "b", 5)
    host.advance(.seconds(16))
    #expect(checkpoint == "0\n1\nt 0 10\n")
    try log.truncate(to: 9)
    host.finishDiskOperations()
    #expect(checkpoint == "0\n1\nt 0 0\n")
    try write(log, "c", 5)
    host.advance(.seconds(16))
    #expect(compactions(host).map(\.to) == [10, 14])
  }

  @Test func `A deleted partition is forgotten, even while it is being cleaned`() throws {
    for waits in [1, 15_000, 15_020, 15_100] as [Int64] {
      let tests = LogCleanerTests()
      let host = TestHost(tests.disk)
      let manager = try tests.life(host) { $0.maxBytesPerSecond = 10_000 }
      let id = Uuid(high: 1, low: 1)
      try write(manager.getOrCreate(Self.t0, topicID: id), "a", 20)
      try write(manager.getOrCreate(Self.t1, topicID: id), "a", 5)
      host.advance(.milliseconds(waits))
      try manager.delete(Self.t0, topicID: id)
      host.advance(.seconds(40))
      #expect(compactions(host).last?.partition == Self.t1, "after \(waits) ms")
      #expect(host.warnings.isEmpty)
      #expect(manager.log(for: Self.t1)?.segmentBaseOffsets == [0, 5])
    }
  }

  @Test func `A damaged log is not cleaned, and is reported once`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    try write(log, "a", 5)
    disk.overwrite("logs/t-0/00000000000000000000.log") { $0[$0.count - 2] ^= 1 }
    host.advance(.seconds(100))
    #expect(compactions(host).isEmpty)
    #expect(host.warnings.count { $0.contains("is not compacted any more") } == 1)
    #expect(log.failure == nil)
  }

  @Test func `In a log that is compacted and deleted, the cleaner also deletes`() throws {
    let host = TestHost(disk)
    let manager = try life(host, cleanup: [.compact, .delete], topic: {
      $0.retention = .seconds(60)
      $0.minCleanableDirtyRatio = 1
    })
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    try write(log, "a", 5)
    try write(log, "b", 5, at: Timestamp(milliseconds: 1_100_000))
    host.advance(.seconds(76))
    #expect(log.logStartOffset == 5 && log.segmentBaseOffsets == [5, 10])
  }

  @Test func `Without a cleaner nothing in a compacted log is removed`() throws {
    let host = TestHost(disk)
    let manager = try life(host, cleanup: [.compact, .delete], { $0.isEnabled = false }, topic: { $0.retention = .seconds(60) })
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    try write(log, "a", 5)
    host.advance(.seconds(1000))
    #expect(log.logStartOffset == 0 && compactions(host).isEmpty)
  }

  @Test func `Nothing runs if no topic is compacted`() throws {
    let host = TestHost(disk)
    let manager = try life(host, cleanup: .delete)
    try write(manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1)), "a", 5)
    host.advance(.seconds(100))
    #expect(compactions(host).isEmpty && !disk.exists("logs/cleaner-offset-checkpoint"))
  }

  @Test func `A topic that becomes compacted while the broker runs is cleaned, even if none was before`() throws {
    let host = TestHost(disk)
    let manager = try life(host, cleanup: .delete)
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    try write(log, "a", 5)
    host.advance(.seconds(100))
    log.configuration.cleanupPolicy = .compact
    host.advance(.seconds(16))
    #expect(compactions(host).map(\.to) == [5])
  }

  @Test func `A topic that is no longer compacted is dropped immediately, and later cleaned again from the start`() throws {
    let host = TestHost(disk)
    let manager = try life(host) {
      $0.maxBytesPerSecond = 100
      $0.ioBufferSize = 1
    }
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    try write(log, "a", 5)
    host.advance(.seconds(16))
    #expect(manager.cleaner.workers.map { $0.log === log } == [true])
    log.configuration.cleanupPolicy = .delete
    #expect(manager.cleaner.workers.allSatisfy { $0.log == nil && $0.pass == nil })
    log.configuration.cleanupPolicy = [.compact, .delete]
    host.advance(.seconds(40))
    #expect(compactions(host).map(\.to) == [5] && log.segmentBaseOffsets == [0, 5])
  }

  @Test func `Settings have Kafka's names, defaults and bounds`() throws {
    let table = LogManagerConfiguration.table
    for (name, value) in [
      ("log.cleaner.enable", "true"), ("log.cleaner.backoff.ms", "15000"), ("log.cleaner.dedupe.buffer.size", "134217728"),
      ("log.cleaner.io.buffer.load.factor", "0.9"), ("log.cleaner.io.buffer.size", "524288"),
      ("log.cleaner.io.max.bytes.per.second", "1.7976931348623157E308"), ("log.cleaner.threads", "1"),
    ] {
      #expect(table.defaultValue(of: name) == value)
      #expect(try table.configuration(from: [(name, value)]).cleaner == CleanerConfiguration())
    }
    #expect(CleanerConfiguration().objection == nil)
    var none = CleanerConfiguration()
    none.threads = 0
    #expect(none.objection != nil)
    var many = CleanerConfiguration()
    many.threads = 200
    #expect(many.objection != nil, "128 MiB are too little for 200")
    many.threads = 3
    #expect(many.objection(toReplacing: CleanerConfiguration()) != nil, "no more than twice as many")
    many.threads = 2
    #expect(many.objection(toReplacing: CleanerConfiguration()) == nil)
  }
}
