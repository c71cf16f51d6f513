import Host
import Primitives
import Testing
import Wire

@testable import Log

/// Random logs against a dictionary.
@Suite struct CompactionModelTests {
  @Test(arguments: 1...16 as ClosedRange<UInt64>) func `Whatever is written and cleaned, each key has its last value`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "compaction")
    let fixture = try LogFixture.compacted(seed: seed) {
      $0.segmentBytes = 400
      $0.indexIntervalBytes = 100
      $0.deleteRetention = .milliseconds(50)
    }
    var model: [String: String] = [:]
    var checkpoint: Offset?
    var written: [Int64: String] = [:]
    for number in 0..<200 {
      var records: [String] = []
      for _ in 0...random.below(3) {
        let key = "k\(random.below(9))"
        let record = random.chance(1, in: 5) ? key : "\(key)=\(number)"
        model[key] = record.contains("=") ? String(number) : nil
        written[fixture.log.logEndOffset.value + Int64(records.count)] = record
        records.append(record)
      }
      let codec: Compression = random.chance(1, in: 4) ? .lz4 : .none
      _ = try fixture.log.append(asLeader: fixture.keyed(records, compression: codec), epoch: 0)
      fixture.host.wallClock = fixture.host.wallClock + .milliseconds(random.below(10))
      if random.chance(1, in: 12) { checkpoint = try compact(fixture, from: checkpoint, &random) }
      if random.chance(1, in: 40) {
        fixture.flush()
        fixture.log.close()
        try fixture.reopen(isClean: random.chance(1, in: 2), recoveryPoint: fixture.log.logEndOffset)
      }
      try check(fixture, model, written)
    }
    _ = try compact(fixture, from: nil, &random)
    try check(fixture, model, written)
  }

  private func compact(_ fixture: LogFixture, from checkpoint: Offset?, _ random: inout RandomStream) throws -> Offset? {
    let map = OffsetMap(memory: 24 * (4 + random.below(9)), loadFactor: 1)
    guard fixture.cleanable(from: checkpoint).cleanableBytes > 0 else { return checkpoint }
    let ending = fixture.compact(from: checkpoint, map: map, sliceBytes: Int(random.below(500)))
    let compaction = try #require(ending?.compaction)
    #expect(compaction.recordsAfter <= compaction.recordsBefore)
    return compaction.to
  }

  private func check(_ fixture: LogFixture, _ model: [String: String], _ written: [Int64: String]) throws {
    var latest: [String: String] = [:]
    var last = Offset(-1)
    for record in try fixture.records() {
      #expect(record.offset > last)
      last = record.offset
      let key = record.key?.text ?? ""
      let value = record.value?.text
      #expect(written[record.offset.value] == value.map { "\(key)=\($0)" } ?? key)
      latest[key] = value
    }
    #expect(latest == model)
    var check = InvariantCheck()
    fixture.log.checkInvariants(&check)
    #expect(check.broken == [])
  }
}
