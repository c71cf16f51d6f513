import Host
import Primitives
import Testing
import Wire

@testable import Log

/// What the switches of a log bring back, next to what holds without them.
@Suite struct HistoricLogTests {
  private func switches(_ change: (inout LogSwitches) -> Void) -> LogSwitches {
    var switches = LogSwitches()
    change(&switches)
    return switches
  }

  // MARK: Names of segments (KAFKA-3968)

  /// Where the log ends after a power loss, of eight records that were all synced and stand in two segments.
  private func endAfterPowerLoss(seed: UInt64, _ switches: LogSwitches) throws -> Offset {
    let fixture = try LogFixture(seed: seed, switches: switches) { $0.segmentBytes = 1000 }
    // The checkpoint of epochs is written with the first record, and makes all names durable that there are.
    try fixture.append("v0", size: 160)
    fixture.flush()
    for index in 1..<8 { try fixture.append("v\(index)", size: 160) }
    fixture.flush()
    #expect(fixture.log.flushedOffset == 8 && fixture.log.segmentBaseOffsets == [0, 4])
    fixture.losePower()
    try fixture.reopen()
    return fixture.log.logEndOffset
  }

  @Test func `A synced segment survives a power loss, unless its name was not synced`() throws {
    let formerly = switches { $0.syncSegmentNames = false }
    #expect(try (1...20).allSatisfy { try endAfterPowerLoss(seed: $0, LogSwitches()) == 8 })
    let ends = try (1...20).map { try endAfterPowerLoss(seed: $0, formerly) }
    #expect(ends.contains(4) && ends.allSatisfy { $0 >= 4 })
  }

  // MARK: Appends after an error (KAFKA-7866, KAFKA-10778)

  /// A log of one record, in whose index the entry of the next record could not be written.
  private func failedAppend(_ switches: LogSwitches) throws -> LogFixture {
    let fixture = try LogFixture(switches: switches) { $0.indexIntervalBytes = 1 }
    try fixture.append("a")
    fixture.disk.failure = { operation, path in operation == "append" && path.hasSuffix(".index") ? .inputOutput : nil }
    #expect(throws: AppendError.self) { try fixture.append("b") }
    fixture.disk.failure = nil
    return fixture
  }

  @Test func `After an I/O error nothing is appended`() throws {
    let fixture = try failedAppend(LogSwitches())
    #expect(throws: AppendError.self) { try fixture.append("c") }
    #expect(fixture.log.failure?.error == .inputOutput)
  }

  @Test func `Formerly, an append after an I/O error got the offset of the one that failed`() throws {
    let fixture = try failedAppend(switches { $0.fenceAppendsAfterIOError = false })
    #expect(try fixture.append("c").baseOffset == 1 && fixture.log.failure == nil)
    #expect(try fixture.contents() == ["0:a", "1:b", "1:c"])
    fixture.host.advance(.milliseconds(100))
    #expect(fixture.log.failure?.error == .inputOutput, "the directory is taken out of use a moment later")
    #expect(throws: AppendError.self) { try fixture.append("d") }
    try fixture.reopen()
    #expect(try fixture.contents() == ["0:a", "1:b"], "recovery takes the second record with an offset for damage")
  }

  // MARK: Checksums

  @Test(arguments: [true, false]) func `Recovery cuts a batch with a wrong checksum, or believes its header`(checks: Bool) throws {
    let fixture = try LogFixture(switches: switches { $0.recoveryChecksChecksums = checks })
    for value in ["a", "b", "c"] { try fixture.append(value, size: 100) }
    fixture.disk.overwrite(fixture.path(LogFixture.name(0, ".log"))) { $0[$0.count - 20] ^= 1 }
    try fixture.reopen()
    #expect(fixture.log.logEndOffset == (checks ? 2 : 3))
  }

  // MARK: Topic ids (KIP-516)

  @Test func `Without topic ids a directory belongs to whichever topic has its name`() throws {
    let disk = TestDisk(), partition = TopicPartition("t", 0)
    func life(_ switches: LogSwitches) throws -> LogManager {
      let host = TestHost(disk)
      if !LogManager.isFormatted(root: "logs", disk: disk) {
        try LogManager.format(root: "logs", MetaProperties(clusterID: "cluster", nodeID: 1, directoryID: Uuid(high: 7, low: 9)), reactor: host.reactor)
        host.finishDiskOperations()
      }
      var configuration = LogManagerConfiguration()
      configuration.switches = switches
      let manager = try LogManager(root: "logs", configuration: configuration, reactor: host.reactor)
      try manager.open { _ in LogConfiguration() }
      return manager
    }
    var builder = RecordBatchBuilder()
    builder.append(timestamp: .none, key: nil, value: Bytes("old"))
    _ = try life(LogSwitches()).getOrCreate(partition, topicID: Uuid(high: 1, low: 1)).append(asLeader: builder.build(), epoch: 0)

    #expect(throws: LogError.self) { try life(LogSwitches()).getOrCreate(partition, topicID: Uuid(high: 2, low: 2)) }
    let log = try life(switches { $0.checkTopicIDs = false }).getOrCreate(partition, topicID: Uuid(high: 2, low: 2))
    #expect(log.logEndOffset == 1 && log.topicID == Uuid(high: 2, low: 2))
  }
}
