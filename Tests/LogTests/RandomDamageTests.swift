import Host
import Log
import Primitives
import Testing
import Wire

/// Random damage to random files of a log.
@Suite struct RandomDamageTests {
  static let seeds: Range<UInt64> = 0..<300

  /// Three segments of four batches, the last of them closed in good order or not.
  private func log(_ random: inout RandomStream) throws -> LogFixture {
    let fixture = try LogFixture {
      $0.segmentBytes = 1000
      $0.indexIntervalBytes = 100
    }
    for index in 0..<12 { try fixture.append("v\(index)", epoch: LeaderEpoch(Int32(index / 5)), size: 160) }
    if random.chance(1, in: 2) { fixture.flush() }
    fixture.log.close()
    return fixture
  }

  /// Returns the name of the file that was damaged.
  private func damage(_ fixture: LogFixture, _ random: inout RandomStream) throws -> String {
    if random.chance(1, in: 4) { return junk(fixture, &random) }
    let name = random.pick(fixture.files)
    let path = fixture.path(name)
    let kind = random.below(6)
    if kind == 0 {
      try fixture.disk.remove(path)
      return name
    }
    fixture.disk.overwrite(path) { content in
      let count = Int64(content.count)
      let at = Int(random.below(count + 1)), end = min(content.count, at + Int(random.below(400)))
      switch kind {
      case 1 where at < content.count: content[at] ^= UInt8(1 << random.below(8))
      case 2: content.removeSubrange(at...)
      case 3: content += (0..<random.below(500)).map { _ in UInt8(random.below(256)) }
      case 4: for index in at..<end { content[index] = 0 }
      default: for index in at..<end { content[index] = UInt8(random.below(256)) }
      }
    }
    return name
  }

  private func junk(_ fixture: LogFixture, _ random: inout RandomStream) -> String {
    let offset = random.pick([0, 1, 3, 4, 6, 8, 11, 12, 13, 5000, Int.max - 1, Int.max])
    let suffix = random.pick([".log", ".log.swap", ".log.cleaned", ".log.deleted", ".index", ".timeindex", ".txnindex", ".snapshot", ".swap"])
    let name = LogFixture.name(offset, suffix)
    guard !fixture.files.contains(name) else { return name + " was there" }
    let copied = fixture.disk.content(fixture.path(LogFixture.name(random.pick([0, 4, 8]), ".log")))
    let isCopy = random.chance(1, in: 3)
    fixture.disk.overwrite(fixture.path(name)) { $0 = isCopy ? copied : (0..<random.below(300)).map { _ in UInt8(random.below(256)) } }
    return name
  }

  private func checkpoint(_ random: inout RandomStream, sound: Offset) -> Offset {
    random.chance(4, in: 5) ? sound : random.pick([Offset(.min), -1, 0, 5, 11, 13, 4000, Offset(.max - 1), Offset(.max)])
  }

  /// What can be read at each offset.
  private func served(_ fixture: LogFixture) -> [String?] {
    (0..<12).map { (offset: Int) -> String? in
      guard let slice = try? fixture.log.read(from: Offset(Int64(offset)), upTo: fixture.log.logEndOffset, maxBytes: 1, minOneBatch: true),
        let batch = try? RecordBatch(slice.records), batch.baseOffset == Offset(Int64(offset)), batch.hasValidChecksum
      else { return nil }
      return try? batch.records().first?.value?.text.map { String($0.prefix { $0 != "." }) }
    }
  }

  @Test(arguments: seeds) func `Nothing in undamaged segments is lost silently, and opening is stable`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "damage")
    let fixture = try log(&random)
    let isClean = random.chance(1, in: 2)
    var hit: Set<String> = []
    for _ in 0...random.below(3) { hit.insert(try damage(fixture, &random)) }
    let recoveryPoint = checkpoint(&random, sound: isClean ? 12 : random.pick([0, 4, 8, 12]))
    let start = checkpoint(&random, sound: 0)
    let highWatermark: Offset? = random.chance(1, in: 3) ? nil : checkpoint(&random, sound: 12)
    try fixture.reopen(isClean: isClean, recoveryPoint: recoveryPoint, logStartOffset: start, highWatermark: highWatermark)

    let before = served(fixture)
    let (low, high) = (fixture.log.logStartOffset, fixture.log.logEndOffset)
    for base in [0, 4, 8] where !hit.contains(LogFixture.name(base, ".log")) {
      for offset in base..<base + 4 where Offset(Int64(offset)) >= start {
        let isSaid = !fixture.host.warnings.isEmpty
        #expect(before[offset] == "v\(offset)" || isSaid, "\(offset) is lost silently: \(hit)")
      }
    }
    fixture.settle()
    fixture.log.close()
    try fixture.reopen(isClean: true, recoveryPoint: high, logStartOffset: low, highWatermark: high)
    #expect(fixture.log.logStartOffset == low && fixture.log.logEndOffset == high, "\(hit)")
    #expect(served(fixture) == before, "\(hit)")
    #expect(try fixture.append("next", epoch: .init(.max)).baseOffset == high)
  }
}
