import Host
import Primitives
import Wire

@testable import Log

/// A compacted log that is written key by key, and cleaned when a test says so.
extension LogFixture {
  static func compacted(
    seed: UInt64 = 1, switches: LogSwitches = LogSwitches(), _ change: (inout LogConfiguration) -> Void = { _ in }
  ) throws -> LogFixture {
    try LogFixture(seed: seed, switches: switches) {
      $0.cleanupPolicy = .compact
      change(&$0)
    }
  }

  /// One batch of `key=value`, or `key` for a tombstone.
  @discardableResult
  func write(_ records: String..., compression: Compression = .none) throws -> Offset {
    try log.append(asLeader: keyed(records, compression: compression), epoch: 0).baseOffset
  }

  /// The same of a producer, in a transaction.
  @discardableResult
  func writeInTransaction(_ producer: Int64, sequence: Int32, _ records: String...) throws -> Offset {
    try log.append(asLeader: keyed(records, producer: producer, sequence: sequence, isTransactional: true), epoch: 0).baseOffset
  }

  func end(_ producer: Int64, isCommit: Bool) throws {
    _ = try log.append(asLeader: marker(isCommit, producer: producer), epoch: 0, origin: .coordinator)
  }

  func keyed(
    _ records: [String], producer: Int64 = -1, sequence: Int32 = -1, isTransactional: Bool = false, compression: Compression = .none
  ) -> Bytes {
    var builder = RecordBatchBuilder(
      compression: compression, producerID: producer, producerEpoch: producer < 0 ? -1 : 0, baseSequence: sequence, isTransactional: isTransactional)
    for record in records {
      let parts = record.split(separator: "=", omittingEmptySubsequences: false)
      builder.append(timestamp: host.wallClock, key: Bytes(String(parts[0])), value: parts.count > 1 ? Bytes(String(parts[1])) : nil)
    }
    return builder.build()
  }

  /// Cleans the log once, from a checkpoint on, in as many steps as it takes.
  @discardableResult
  func compact(
    from checkpoint: Offset? = nil, highWatermark: Offset? = nil, map: OffsetMap = CleanerConfiguration().offsetMap, sliceBytes: Int = 1 << 20
  ) -> CleaningPass.Ending? {
    let pass = pass(from: checkpoint, highWatermark: highWatermark, map: map)
    for _ in 0..<100_000 {
      switch pass.step(sliceBytes: sliceBytes) {
      case .working: continue
      case .waiting:
        settle()
        if log.isReplacingSegments { return nil }
      case .ended(let ending): return ending
      }
    }
    return nil
  }

  func pass(from checkpoint: Offset? = nil, highWatermark: Offset? = nil, map: OffsetMap = CleanerConfiguration().offsetMap) -> CleaningPass {
    CleaningPass(cleanable(from: checkpoint, highWatermark: highWatermark), map: map, now: host.wallClock)
  }

  func cleanable(from checkpoint: Offset? = nil, highWatermark: Offset? = nil) -> CleanableLog {
    CleanableLog(log, checkpoint: checkpoint, highWatermark: highWatermark ?? log.logEndOffset, now: host.wallClock)
  }

  /// Every record, as `offset:key=value`, or `offset:key` for a tombstone.
  func keyedContents() throws -> [String] {
    try records().map { record in
      let key = record.key?.text ?? "-"
      return record.value.map { "\(record.offset):\(key)=\($0.text ?? "?")" } ?? "\(record.offset):\(key)"
    }
  }

  /// The last value of each key; a key whose last record is a tombstone has none.
  func latest() throws -> [String: String] {
    var latest: [String: String] = [:]
    for record in try records() { latest[record.key?.text ?? ""] = record.value?.text }
    return latest
  }

  /// The batches of the log, as `first-last(records)`, with an `h` where there is a delete horizon.
  func batches() throws -> [String] {
    var found: [String] = []
    var offset = log.logStartOffset
    while offset < log.logEndOffset {
      let slice = try log.read(from: offset, upTo: log.logEndOffset, maxBytes: 1 << 20, minOneBatch: true)
      guard !slice.isEmpty else { break }
      for batch in try RecordBatch.splitting(slice.records) {
        found.append("\(batch.baseOffset)-\(batch.lastOffset)(\(batch.recordCount))\(batch.deleteHorizon == nil ? "" : "h")")
      }
      offset = slice.nextOffset
    }
    return found
  }
}

extension CleaningPass.Ending {
  var compaction: Occurrence.Compaction? {
    if case .cleaned(let compaction) = self { compaction } else { nil }
  }

  var isInterrupted: Bool {
    if case .interrupted = self { true } else { false }
  }
}
