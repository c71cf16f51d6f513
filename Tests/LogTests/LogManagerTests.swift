import Host
import Primitives
import Testing
import Wire

@testable import Log

@Suite struct LogManagerTests {
  static let t0 = TopicPartition("t", 0), t1 = TopicPartition("t-x", 11)
  let disk = TestDisk()

  private func life(_ host: TestHost) throws -> LogManager {
    if !LogManager.isFormatted(root: "logs", disk: disk) {
      let properties = MetaProperties(clusterID: "cluster", nodeID: 1, directoryID: Uuid(high: 7, low: 9))
      try LogManager.format(root: "logs", properties, reactor: host.reactor)
      host.finishDiskOperations()
    }
    let manager = try LogManager(root: "logs", configuration: LogManagerConfiguration(), reactor: host.reactor)
    try manager.open { _ in LogConfiguration() }
    manager.start()
    return manager
  }

  private func append(_ log: PartitionLog, _ value: String) throws {
    var builder = RecordBatchBuilder()
    builder.append(timestamp: .none, key: nil, value: Bytes(value))
    _ = try log.append(asLeader: builder.build(), epoch: 0)
  }

  private func text(_ name: String) -> String { String(decoding: disk.content("logs/" + name), as: UTF8.self) }

  @Test func `A clean end is recognized by its marker and epoch`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    #expect(manager.previousBrokerEpoch == nil && manager.metaProperties.nodeID == 1)
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    manager.highWatermark = { _ in 1 }
    try append(log, "a")
    var answer: LogError??
    manager.shutdown(brokerEpoch: 42) { answer = $0 }
    host.finishDiskOperations()
    #expect(answer == .some(nil))
    #expect(text(".kafka_cleanshutdown") == #"{"version":0,"brokerEpoch":42}"#)
    #expect(text("recovery-point-offset-checkpoint") == "0\n1\nt 0 1\n")
    #expect(text("replication-offset-checkpoint") == "0\n1\nt 0 1\n")
    #expect(text("t-0/partition.metadata") == "version: 0\ntopic_id: \(Uuid(high: 1, low: 1))")

    let next = TestHost(disk)
    let again = try life(next)
    #expect(again.previousBrokerEpoch == 42)
    #expect(again.log(for: Self.t0)?.topicID == Uuid(high: 1, low: 1) && again.log(for: Self.t0)?.logEndOffset == 1)
    #expect(again.checkpointedHighWatermark(of: Self.t0) == 1)
    #expect(next.recoveries.isEmpty && !disk.exists("logs/.kafka_cleanshutdown"))
  }

  @Test func `The expiration of producers may change while logs are open`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    #expect(log.producerIDExpiration == .seconds(86_400))
    var configuration = manager.configuration
    configuration.producerIDExpiration = .seconds(60)
    manager.reconfigure(configuration)
    #expect(log.producerIDExpiration == .seconds(60))
    #expect(try manager.getOrCreate(Self.t1, topicID: Uuid(high: 2, low: 2)).producerIDExpiration == .seconds(60))
  }

  @Test func `Without the marker logs are recovered`() throws {
    let host = TestHost(disk)
    try append(life(host).getOrCreate(Self.t1, topicID: Uuid(high: 1, low: 1)), "a")
    let next = TestHost(disk)
    let manager = try life(next)
    #expect(manager.previousBrokerEpoch == nil && next.recoveries.count == 1)
    #expect(manager.log(for: Self.t1)?.logEndOffset == 1)
  }

  @Test func `Checkpoints are written in the background, and damaged ones count as empty`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    manager.highWatermark = { _ in 3 }
    for value in ["a", "b", "c"] { try append(log, value) }
    log.flush { _ in }
    host.finishDiskOperations()
    try log.advanceLogStartOffset(to: 2)
    host.advance(.seconds(31))
    #expect(text("recovery-point-offset-checkpoint") == "0\n1\nt 0 3\n")
    #expect(text("log-start-offset-checkpoint") == "0\n1\nt 0 2\n")

    disk.overwrite("logs/recovery-point-offset-checkpoint") { $0.removeLast(2) }
    let next = TestHost(disk)
    let again = try life(next)
    #expect(again.log(for: Self.t0)?.logStartOffset == 2 && again.log(for: Self.t0)?.logEndOffset == 3)
    #expect(next.notes.contains { $0.contains("recovery-point-offset-checkpoint, line") })
    #expect(again.log(for: Self.t0)?.recoveryPoint == 0)
  }

  @Test func `A topic with the same name but another id gets its own log`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    try append(manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1)), "old")
    try manager.delete(Self.t0, topicID: Uuid(high: 1, low: 1))
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 2, low: 2))
    #expect(log.logEndOffset == 0)
    let names = try disk.list("logs")
    #expect(names.contains { $0.hasPrefix("t-0.") && $0.hasSuffix("-delete") })
    host.finishDiskOperations()
    host.advance(.seconds(61))
    #expect(try disk.list("logs").filter { $0.hasPrefix("t-0") } == ["t-0"])
  }

  @Test func `The log of another topic with the same name is neither opened nor deleted`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    try append(manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1)), "old")
    let error = #expect(throws: LogError.self) { try manager.getOrCreate(Self.t0, topicID: Uuid(high: 2, low: 2)) }
    #expect(error?.description.contains("logs/t-0: it is of topic id") == true)
    try manager.delete(Self.t0, topicID: Uuid(high: 2, low: 2))
    #expect(manager.log(for: Self.t0)?.logEndOffset == 1)
  }

  @Test(arguments: ["", "version: 0\n", "version: 7\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ"])
  func `A log without a topic id belongs to the topic of its name`(content: String) throws {
    let former = TestHost(disk)
    try append(life(former).getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1)), "a")
    disk.overwrite("logs/t-0/partition.metadata") { $0 = Array(content.utf8) }
    let host = TestHost(disk)
    let log = try life(host).getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    #expect(log.logEndOffset == 1 && log.topicID == Uuid(high: 1, low: 1))
    #expect(text("t-0/partition.metadata") == "version: 0\ntopic_id: \(Uuid(high: 1, low: 1))")
    #expect(host.warnings.count == 2 && host.warnings[1].contains("is taken for that of topic id"))
  }

  @Test func `A directory left for deletion is deleted in the next life`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    _ = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    try append(manager.getOrCreate(Self.t1, topicID: Uuid(high: 1, low: 2)), "a")
    try manager.delete(Self.t0, topicID: Uuid(high: 1, low: 1))
    try manager.markStray(Self.t1, because: "nobody knows it")
    #expect(manager.log(for: Self.t0) == nil)
    #expect(host.warnings.count == 1 && host.warnings[0].hasPrefix("t-x-11 is a stray (offsets 0 to 1, 69 bytes): nobody knows it; it is kept as logs/t-x-11."))
    let next = TestHost(disk)
    let again = try life(next)
    #expect(again.allLogs.isEmpty)
    next.advance(.seconds(61))
    let left = try disk.list("logs").filter { $0.hasPrefix("t-") }
    #expect(left.count == 1 && left[0].hasPrefix("t-x-11.") && left[0].hasSuffix("-stray"))
  }

  @Test func `A stray is removed once its topic is known to be deleted`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    for (index, partition) in [Self.t0, Self.t1].enumerated() {
      _ = try manager.getOrCreate(partition, topicID: Uuid(high: 1, low: UInt64(index)))
      try manager.markStray(partition, because: "nobody knows it")
    }
    let next = TestHost(disk)
    let again = try life(next)
    again.deleteStrays { $0 == Uuid(high: 1, low: 0) }
    next.advance(.seconds(61))
    #expect(try disk.list("logs").filter { $0.hasSuffix("-stray") }.map { $0.prefix(6) } == ["t-x-11"])
    #expect(next.notes.contains { $0.hasSuffix("-stray is deleted as its topic was") })
  }

  @Test func `A high watermark above the end is reported after a clean end`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    manager.highWatermark = { _ in 2 }
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    try append(log, "a")
    try append(log, "b")
    manager.shutdown(brokerEpoch: 1) { _ in }
    host.finishDiskOperations()
    disk.overwrite("logs/t-0/" + LogFixture.name(0, ".log")) { $0 = [] }
    let next = TestHost(disk)
    let again = try life(next)
    #expect(again.checkpointedHighWatermark(of: Self.t0) == 0)
    #expect(next.warnings.contains { $0.contains("below its high watermark of the last life, which ended in good order: 2") })
  }

  @Test func `A missing directory is reported after a clean end`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    manager.highWatermark = { _ in 1 }
    for partition in [Self.t0, Self.t1] { try append(manager.getOrCreate(partition, topicID: Uuid(high: 1, low: 1)), "a") }
    manager.shutdown(brokerEpoch: 1) { _ in }
    host.finishDiskOperations()
    try disk.remove("logs/t-0")
    let next = TestHost(disk)
    let again = try life(next)
    #expect(next.warnings.count == 1 && next.warnings[0].hasPrefix("t-0: logs/t-0 is missing, although the last life"))
    again.shutdown(brokerEpoch: 2) { _ in }
    next.finishDiskOperations()
    let third = TestHost(disk)
    _ = try life(third)
    #expect(third.warnings.isEmpty)
  }

  @Test func `A missing directory is reported after an unclean end if it is wanted`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    manager.highWatermark = { _ in 1 }
    for partition in [Self.t0, Self.t1] { try append(manager.getOrCreate(partition, topicID: Uuid(high: 1, low: 1)), "a") }
    manager.checkpointHighWatermarks()
    host.finishDiskOperations()
    for name in ["logs/t-0", "logs/t-x-11"] { try disk.remove(name) }
    let next = TestHost(disk)
    let again = try life(next)
    #expect(next.warnings.isEmpty)
    _ = try again.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    #expect(next.warnings.count == 1 && next.warnings[0].contains("t-0 is missing, although replication-offset-checkpoint names high watermark 1"))
    try again.delete(Self.t0, topicID: Uuid(high: 1, low: 1))
    _ = try again.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 2))
    #expect(next.warnings.count == 1)
  }

  @Test func `Retention runs in the background below the high watermark`() throws {
    let host = TestHost(disk)
    let manager = try life(host)
    let log = try manager.getOrCreate(Self.t0, topicID: Uuid(high: 1, low: 1))
    log.configuration.retention = .seconds(100)
    try append(log, "a")
    try log.roll()
    try append(log, "b")
    host.finishDiskOperations()
    host.advance(.seconds(700))
    #expect(log.logStartOffset == 0)
    manager.highWatermark = { _ in 1 }
    host.advance(.seconds(700))
    #expect(log.logStartOffset == 1)
  }

  @Test func `A directory that was not formatted is refused`() throws {
    let error = #expect(throws: LogError.self) {
      try LogManager(root: "logs", configuration: LogManagerConfiguration(), reactor: TestHost(disk).reactor)
    }
    #expect(error?.description == "logs/meta.properties: there is no such file; format the directory first")
  }

  @Test func `Settings of topics are strict`() throws {
    let table = LogConfiguration.topicTable
    let configuration = try table.configuration(from: [("cleanup.policy", "compact,delete"), ("retention.ms", "-1"), ("compression.type", "zstd")])
    #expect(configuration.cleanupPolicy == [.compact, .delete] && configuration.retention == nil && configuration.compressionType == .zstd)
    #expect(throws: ConfigurationError.unknownName("retention.msec", nearest: "retention.ms")) {
      try table.configuration(from: [("retention.msec", "1")])
    }
    let tooSmall = #expect(throws: ConfigurationError.self) { try table.configuration(from: [("segment.bytes", "1000")]) }
    guard case .invalidValue("segment.bytes", "1000", _)? = tooSmall else {
      Issue.record("\(String(describing: tooSmall))")
      return
    }
    let broker = try LogConfiguration.brokerTable.configuration(from: [("log.retention.ms", "5"), ("log.retention.hours", "1")])
    #expect(broker.retention == .milliseconds(5))
  }
}
