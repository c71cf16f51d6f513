import Host
import Log
import Primitives
import Testing
import Wire

/// Random lives of a log against the simplest model of one: the list of its records.
@Suite struct LogModelTests {
  struct Entry: Equatable {
    var offset: Offset
    var value: String
    var epoch: LeaderEpoch
    /// The first offset of its batch.
    var batch: Offset
  }

  final class Run {
    let fixture: LogFixture
    var random: RandomStream
    var model: [Entry] = []
    var epoch = LeaderEpoch(0)
    var counter = 0
    /// Everything below was synced, by the log's own word.
    var synced = Offset(0)
    /// The recovery point as a checkpoint would hold it.
    var recoveryPoint = Offset(0)

    init(seed: UInt64) throws {
      random = RandomStream(seed: seed, purpose: "model")
      let flushMessages: Int64 = random.chance(1, in: 3) ? 1 + random.below(4) : .max
      fixture = try LogFixture(seed: seed) {
        $0.segmentBytes = 900
        $0.indexIntervalBytes = 150
        $0.flushMessages = flushMessages
      }
    }

    var log: PartitionLog { fixture.log }
    var end: Offset { model.last.map { $0.offset + 1 } ?? 0 }

    func step() throws {
      switch random.below(100) {
      case 0..<50: try append()
      case 50..<58: try truncate()
      case 58..<62: epoch = LeaderEpoch(epoch.value + 1)
      case 62..<72: fixture.host.finishDiskOperation()
      case 72..<78: log.flush { _ in }
      case 78..<84:
        fixture.settle()
      case 84..<90: try readAnywhere()
      case 90..<94: try endCleanly()
      case 94..<97: try kill()
      default: try losePower()
      }
      synced = log.flushedOffset
      recoveryPoint = log.recoveryPoint
      #expect(log.logEndOffset == end)
      #expect(log.flushedOffset <= log.logEndOffset && log.durableEndOffset <= log.logEndOffset)
    }

    func append() throws {
      let count = 1 + Int(random.below(4))
      let values = (0..<count).map { _ in
        counter += 1
        return "v\(counter)" + String(repeating: "-", count: Int(random.below(60)))
      }
      let start = end
      if random.chance(1, in: 2) {
        let result = try log.append(asLeader: fixture.batch(values), epoch: epoch)
        #expect(result.baseOffset == start)
      } else {
        let result = try log.append(asFollower: fixture.batch(values, baseOffset: start, epoch: epoch), leaderEpoch: epoch)
        #expect(result.lastOffset == start + Int64(count - 1))
      }
      for (index, value) in values.enumerated() {
        model.append(Entry(offset: start + Int64(index), value: value, epoch: epoch, batch: start))
      }
    }

    func truncate() throws {
      let target = end - random.below(min(end.value + 1, 12))
      try log.truncate(to: target)
      if let cut = model.first(where: { $0.offset >= target }) { model.removeAll { $0.offset >= cut.batch } }
    }

    func readAnywhere() throws {
      guard end > 0 else { return }
      let from = Offset(random.below(end.value))
      let maxBytes = 1 + Int(random.below(700))
      let slice = try log.read(from: from, upTo: end, maxBytes: maxBytes, minOneBatch: true)
      let batches = try RecordBatch.splitting(slice.records)
      #expect(slice.records.count <= maxBytes || batches.count == 1)
      #expect(batches[0].baseOffset <= from && batches[0].lastOffset >= from)
      try expect(batches, from: batches[0].baseOffset)
    }

    private func expect(_ batches: [RecordBatch], from start: Offset) throws {
      let found = try batches.flatMap { batch in
        try batch.records().map { Entry(offset: $0.offset, value: $0.value?.text ?? "", epoch: batch.partitionLeaderEpoch, batch: batch.baseOffset) }
      }
      let expected = model.filter { $0.offset >= start }.prefix(found.count)
      #expect(found == Array(expected))
    }

    func endCleanly() throws {
      fixture.flush()
      log.close()
      try fixture.reopen(isClean: true)
      try check()
    }

    func kill() throws {
      fixture.kill()
      try fixture.reopen(isClean: false, recoveryPoint: recoveryPoint)
      try check()
    }

    /// What comes back is a prefix of what was there, and holds at least everything that was synced. A truncation that was not synced may be
    /// undone by a power loss, so the model takes over what it finds behind the last synced offset as long as that is whole.
    func losePower() throws {
      let before = model
      let synced = synced
      fixture.losePower()
      try fixture.reopen(isClean: false, recoveryPoint: recoveryPoint)
      let found = try fixture.records()
      #expect(log.logStartOffset == 0)
      #expect(log.logEndOffset >= synced)
      model = try found.map { record in
        try #require(record.offset.value < 1_000_000)
        return Entry(offset: record.offset, value: record.value?.text ?? "", epoch: log.epoch(at: record.offset) ?? .unknown, batch: .unknown)
      }
      let durable = before.filter { $0.offset < synced }
      let isKept = model.prefix(durable.count).map(\.value) == durable.map(\.value)
      #expect(isKept, "synced records are gone or others")
      try takeOverBatches()
      epoch = max(epoch, log.latestEpoch ?? 0)
      try check()
    }

    private func takeOverBatches() throws {
      var batches: [Offset] = []
      var offset = Offset(0)
      while offset < log.logEndOffset {
        let slice = try log.read(from: offset, upTo: log.logEndOffset, maxBytes: 1 << 20, minOneBatch: true)
        try #require(!slice.isEmpty)
        for batch in try RecordBatch.splitting(slice.records) {
          for _ in 0..<batch.recordCount { batches.append(batch.baseOffset) }
        }
        offset = slice.nextOffset
      }
      for index in model.indices { model[index].batch = batches[index] }
    }

    /// The whole log, its epochs and its end are those of the model.
    func check() throws {
      #expect(try fixture.records().map { "\($0.offset) \($0.value?.text ?? "")" } == model.map { "\($0.offset) \($0.value)" })
      var starts: [(LeaderEpoch, Offset)] = []
      for entry in model where entry.epoch != starts.last?.0 { starts.append((entry.epoch, entry.offset)) }
      #expect(log.epochStarts.map { "\($0.epoch)@\($0.startOffset)" } == starts.map { "\($0.0)@\($0.1)" })
    }
  }

  @Test(arguments: 0..<60)
  func `A log agrees with the model through truncations, reads and crashes`(seed: UInt64) throws {
    let run = try Run(seed: seed)
    for _ in 0..<250 {
      try run.step()
    }
    try run.endCleanly()
    #expect(run.log.logEndOffset == run.end)
  }
}
