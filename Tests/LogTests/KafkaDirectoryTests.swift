import Foundation
import Host
import Log
import Primitives
import Testing
import Wire

/// Directories of partitions as Apache Kafka 4.3.0 left them: after SIGTERM, and a moment earlier after SIGKILL.
///
/// In the fixture each line is a file; what is missing at its end up to its size are the zeros of a preallocated index.
@Suite struct KafkaDirectoryTests {
  struct Expected: CustomTestStringConvertible {
    let partition: TopicPartition
    let low: Offset
    let high: Offset
    let lastStable: Offset
    let uncommitted: [Int64]
    let committed: [Int64]
    /// Where Kafka says that everything was synced, after SIGKILL.
    let recoveryPoint: Offset
    var isCompacted = false
    var testDescription: String { partition.description }
  }

  static let partitions = [
    Expected(
      partition: TopicPartition("compacted", 0), low: 0, high: 603, lastStable: 603, uncommitted: Array(580..<603), committed: Array(580..<603),
      recoveryPoint: 600, isCompacted: true),
    Expected(
      partition: TopicPartition("transactional", 0), low: 0, high: 24, lastStable: 21,
      uncommitted: [0, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 15, 16, 18, 19, 21, 22, 23], committed: [0, 1, 2, 3, 4, 11, 12, 13, 18, 19],
      recoveryPoint: 5),
    Expected(
      partition: TopicPartition("transactional", 1), low: 0, high: 21, lastStable: 18,
      uncommitted: [0, 1, 2, 3, 4, 6, 7, 8, 10, 11, 13, 15, 16, 18, 19, 20], committed: [0, 1, 2, 3, 4, 10, 11, 15, 16], recoveryPoint: 5),
    Expected(
      partition: TopicPartition("rolled", 0), low: 0, high: 12, lastStable: 12, uncommitted: Array(0..<12), committed: Array(0..<12),
      recoveryPoint: 6),
    Expected(
      partition: TopicPartition("deleted-below", 0), low: 12, high: 30, lastStable: 30, uncommitted: Array(12..<30), committed: Array(12..<30),
      recoveryPoint: 12),
  ]

  private struct File: Decodable {
    let end: String
    let partition: String
    let file: String
    let size: Int
    let bytes: String
  }

  private func disk(_ end: String, _ partition: TopicPartition) throws -> TestDisk {
    let url = try #require(Bundle.module.url(forResource: "kafka-4.3.0", withExtension: "jsonl", subdirectory: "Fixtures"))
    let disk = TestDisk()
    try disk.makeDirectory("logs/\(partition)")
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
      let file = try JSONDecoder().decode(File.self, from: Data(line.utf8))
      guard file.end == end, file.partition == partition.description else { continue }
      let bytes = Primitives.Bytes(hexadecimal: file.bytes)
      let content = try #require(bytes).array
      disk.overwrite("logs/\(partition)/\(file.file)") { $0 = content + [UInt8](repeating: 0, count: file.size - content.count) }
    }
    return disk
  }

  private func open(_ disk: TestDisk, _ host: TestHost, _ expected: Expected, isClean: Bool, recoveryPoint: Offset) throws -> PartitionLog {
    // Settings are not known yet when a broker opens its logs: nothing says that the topic is compacted but Kafka's own checkpoint.
    try PartitionLog(
      directory: "logs/\(expected.partition)", partition: expected.partition, topicID: .zero, configuration: LogConfiguration(),
      reactor: host.reactor, cleanShutdown: isClean, recoveryPoint: recoveryPoint, logStartOffset: expected.low, highWatermark: expected.high,
      isCompacted: expected.isCompacted)
  }

  private func offsets(_ log: PartitionLog, below end: Offset, isCommitted: Bool) throws -> [Int64] {
    var offsets: [Int64] = []
    var next = log.logStartOffset
    while next < end {
      let slice = try log.read(from: next, upTo: end, maxBytes: 100, minOneBatch: true)
      guard !slice.isEmpty else { break }
      let aborted = log.abortedTransactions(from: next, to: slice.nextOffset)
      for batch in try RecordBatch.splitting(slice.records) {
        try batch.validateChecksum()
        let isAborted = batch.isTransactional && aborted.contains { abort in
          abort.producerID == batch.producerID && abort.firstOffset <= batch.baseOffset && batch.lastOffset < abort.lastOffset
        }
        guard !batch.isControl, !(isCommitted && isAborted) else { continue }
        offsets += try batch.records().map(\.offset.value).filter { $0 >= log.logStartOffset.value }
      }
      next = slice.nextOffset
    }
    return offsets
  }

  private func check(_ log: PartitionLog, _ expected: Expected) throws {
    #expect(log.logStartOffset == expected.low && log.logEndOffset == expected.high)
    #expect(log.lastStableOffset(highWatermark: expected.high) == expected.lastStable)
    #expect(try offsets(log, below: expected.high, isCommitted: false) == expected.uncommitted)
    #expect(try offsets(log, below: expected.lastStable, isCommitted: true) == expected.committed)
    #expect(log.epochStarts.map(\.epoch) == [0])
  }

  @Test(arguments: partitions) func `A log that Kafka closed is opened as it is`(expected: Expected) throws {
    let host = TestHost(try disk("clean", expected.partition))
    try check(open(host.testDisk, host, expected, isClean: true, recoveryPoint: expected.high), expected)
    #expect(host.warnings.isEmpty && host.notes.isEmpty)
  }

  @Test(arguments: partitions) func `A log of a killed Kafka is recovered to its end`(expected: Expected) throws {
    let host = TestHost(try disk("dirty", expected.partition))
    let log = try open(host.testDisk, host, expected, isClean: false, recoveryPoint: expected.recoveryPoint)
    try check(log, expected)
    #expect(host.warnings.isEmpty && host.recoveries.map(\.bytesCut) == [0])
    host.finishDiskOperations()
    log.close()
    // What was built anew serves the next life as well.
    let next = TestHost(host.testDisk)
    try check(open(next.testDisk, next, expected, isClean: true, recoveryPoint: expected.high), expected)
    #expect(next.warnings.isEmpty)
  }

  /// Without any checkpoint everything is looked at, and nothing says that a log was compacted but its records.
  @Test(arguments: partitions) func `Without checkpoints nothing is lost`(expected: Expected) throws {
    var expected = expected
    expected.isCompacted = false
    let host = TestHost(try disk("dirty", expected.partition))
    try check(open(host.testDisk, host, expected, isClean: false, recoveryPoint: 0), expected)
    #expect(host.warnings.isEmpty)
  }
}
