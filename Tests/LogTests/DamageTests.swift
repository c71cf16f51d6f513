import Host
import Log
import Primitives
import Testing
import Wire

/// What may have happened to files between two lives of a log, and what is left of it then.
///
/// The log has three segments, from 0, 4 and 8, each of four batches of one record, all synced and closed at offset 12.
@Suite struct DamageTests {
  enum End { case clean, unclean }

  struct Damage: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let end: End
    var recoveryPoint: Offset = 12
    var logStartOffset: Offset = 0
    let low: Offset
    let high: Offset
    /// Every offset that a reader gets who goes on from the low one, up to where it gets an error.
    let served: [Int64]
    var failsAt: Failure?
    /// What is told, in a few words of each warning.
    let told: [String]
    /// Files that were set aside.
    var kept: [String] = []
    let apply: @Sendable (LogFixture) throws -> Void
  }

  enum Failure: Equatable {
    /// The log gives an error.
    case corrupt(Int64)
    /// The log serves the batch, and its checksum does not fit.
    case checksum(Int64)
  }

  static func log(_ offset: Int) -> String { LogFixture.name(offset, ".log") }

  /// Where the batch of an offset begins in its segment.
  static func position(of offset: Int, _ fixture: LogFixture) -> Int {
    let content = fixture.disk.content(fixture.path(log(offset / 4 * 4)))
    return (0..<offset % 4).reduce(0) { position, _ in
      position + 12 + content[position + 8..<position + 12].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  static func flip(_ byte: Int, ofBatch offset: Int, by mask: UInt8 = 0x40) -> @Sendable (LogFixture) throws -> Void {
    { fixture in
      let at = position(of: offset, fixture) + byte
      fixture.disk.overwrite(fixture.path(log(offset / 4 * 4))) { $0[at] ^= mask }
    }
  }

  static func change(_ name: String, _ body: @escaping @Sendable (inout [UInt8]) -> Void) -> @Sendable (LogFixture) throws -> Void {
    { fixture in fixture.disk.overwrite(fixture.path(name), body) }
  }

  static func remove(_ name: String) -> @Sendable (LogFixture) throws -> Void { { try $0.disk.remove($0.path(name)) } }

  /// Puts a copy of the segment of an offset under another name.
  static func copy(_ offset: Int, to name: String) -> @Sendable (LogFixture) throws -> Void {
    { fixture in
      let content = fixture.disk.content(fixture.path(log(offset)))
      fixture.disk.overwrite(fixture.path(name)) { $0 = content }
    }
  }

  static func write(_ content: [UInt8], to name: String) -> @Sendable (LogFixture) throws -> Void { change(name) { $0 = content } }

  /// Entries of an offset index: relative offset and position.
  static func indexEntry(_ offset: UInt8, _ position: Int) -> [UInt8] { [0, 0, 0, offset, 0, 0, UInt8(position >> 8), UInt8(position & 255)] }

  static func setAside(_ offsets: Int...) -> [String] { offsets.map { log($0) + ".damaged-1" } }

  static let all = upTo(12)
  static func upTo(_ end: Int64) -> [Int64] { Array(0..<end) }
  static func without(_ gone: ClosedRange<Int64>) -> [Int64] { all.filter { !gone.contains($0) } }
  static let junk = Array("junk".utf8)
  static let farthest = "09223372036854775807.log"

  static let damages = afterCleanEnd + leftToReaders + behindRecoveryPoint + namesAndCheckpoints + indexes

  /// What is missing after a clean end is told; what lies behind it stays.
  static let afterCleanEnd: [Damage] = [
    Damage(testDescription: "nothing", end: .clean, low: 0, high: 12, served: all, told: []) { _ in },
    Damage(
      testDescription: "the active segment is cut in a batch", end: .clean, low: 0, high: 11, served: upTo(11),
      told: ["1 records (offsets 11 to 11,", "although it was closed at 12 in good order: 1 offsets"], kept: setAside(8),
      apply: change(log(8)) { $0.removeLast(7) }),
    Damage(
      testDescription: "the active segment is emptied", end: .clean, low: 0, high: 8, served: upTo(8),
      told: ["ends at byte 0, before offset 8, although its index says that it reached offset 11", "although it was closed at 12 in good order: 4 offsets"],
      apply: change(log(8)) { $0 = [] }),
    Damage(
      testDescription: "an old segment is cut in a batch", end: .clean, low: 0, high: 12, served: without(7...7),
      told: ["1 records (offsets 7 to 7,"], kept: setAside(4), apply: change(log(4)) { $0.removeLast(7) }),
    Damage(
      testDescription: "the first segment is cut in a batch", end: .unclean, low: 0, high: 12, served: without(3...3),
      told: ["1 records (offsets 3 to 3,"], kept: setAside(0), apply: change(log(0)) { $0.removeLast(7) }),
    Damage(
      testDescription: "an old segment is missing", end: .clean, low: 0, high: 12, served: without(4...7),
      told: ["the one that began at offset 4 is missing"], kept: [LogFixture.name(4, ".index.damaged-1")], apply: remove(log(4))),
    Damage(
      testDescription: "the first segment is missing", end: .clean, low: 4, high: 12, served: without(0...3),
      told: ["offsets 0 to 3 are missing: the log began at offset 0 by 00000000000000000000.index and leader-epoch-checkpoint"],
      apply: remove(log(0))),
    Damage(
      testDescription: "an old segment is emptied", end: .clean, low: 0, high: 12, served: without(4...7),
      told: ["it holds nothing, and later ones are there"], apply: change(log(4)) { $0 = [] }),
    Damage(
      testDescription: "the first segment holds no batch any more", end: .clean, low: 4, high: 12, served: without(0...3),
      told: ["no batch can be read there", "it holds nothing, and later ones are there"], kept: setAside(0),
      apply: change(log(0)) { content in content = content.map { _ in 0x5a } }),
  ]

  /// After a clean end, and below the recovery point, checksums are left to readers.
  static let leftToReaders: [Damage] = [
    Damage(
      testDescription: "a record is garbled", end: .clean, low: 0, high: 12, served: upTo(9), failsAt: .checksum(9), told: [],
      apply: flip(100, ofBatch: 9)),
    Damage(
      testDescription: "a record is garbled below the recovery point", end: .unclean, low: 0, high: 12, served: upTo(5),
      failsAt: .checksum(5), told: [], apply: flip(100, ofBatch: 5)),
    Damage(
      testDescription: "the format of the first batch is garbled", end: .clean, low: 0, high: 12, served: [], failsAt: .corrupt(0), told: [],
      apply: flip(16, ofBatch: 0)),
    Damage(
      testDescription: "the format of the last batch is garbled", end: .clean, low: 0, high: 12, served: upTo(11), failsAt: .corrupt(11),
      told: [], apply: flip(16, ofBatch: 11)),
    Damage(
      testDescription: "the size of a batch is garbled", end: .clean, low: 0, high: 12, served: upTo(5), failsAt: .corrupt(5), told: [],
      apply: flip(10, ofBatch: 5)),
    Damage(
      testDescription: "the size of a batch is negative", end: .clean, low: 0, high: 12, served: upTo(5), failsAt: .corrupt(5), told: [],
      apply: flip(8, ofBatch: 5, by: 0x80)),
    Damage(
      testDescription: "the offset of a batch is garbled", end: .clean, low: 0, high: 12, served: upTo(5), failsAt: .corrupt(5), told: [],
      apply: flip(6, ofBatch: 5)),
    Damage(
      testDescription: "the size of the last batch is garbled", end: .clean, low: 0, high: 11, served: upTo(11),
      told: ["1 records (offsets 11 to 11,", "closed at 12"], kept: setAside(8), apply: flip(9, ofBatch: 11)),
  ]

  /// Behind the recovery point nothing stays that follows damage, unless a whole segment was removed.
  static let behindRecoveryPoint: [Damage] = [
    Damage(
      testDescription: "a record is garbled behind the recovery point", end: .unclean, recoveryPoint: 0, low: 0, high: 5, served: upTo(5),
      told: ["3 records (offsets 5 to 7,", "4 records (offsets 8 to 11,"], kept: setAside(4, 8),
      apply: flip(100, ofBatch: 5)),
    Damage(
      testDescription: "a segment was removed behind the recovery point", end: .unclean, recoveryPoint: 0, low: 0, high: 12, served: without(4...7),
      told: ["the one that began at offset 4 is missing"], kept: [LogFixture.name(4, ".index.damaged-1")], apply: remove(log(4))),
    Damage(
      testDescription: "the end of a segment was lost behind the recovery point", end: .unclean, recoveryPoint: 0, low: 0, high: 7, served: upTo(7),
      told: ["before offset 7, although its index says that it reached offset 7", "4 records (offsets 8 to 11,"], kept: setAside(8)
    ) { fixture in
      let end = position(of: 7, fixture)
      fixture.disk.overwrite(fixture.path(log(4))) { $0.removeLast($0.count - end) }
    },
    Damage(
      testDescription: "the first segment is missing behind the recovery point", end: .unclean, recoveryPoint: 0, low: 4, high: 12,
      served: without(0...3), told: ["offsets 0 to 3 are missing: the log began at offset 0 by"], apply: remove(log(0))),
    Damage(
      testDescription: "the first segment is missing with its index", end: .unclean, low: 4, high: 12, served: without(0...3),
      told: ["the log began at offset 0 by leader-epoch-checkpoint, and its first segment is now logs/t-0/00000000000000000004.log"]
    ) { fixture in
      for suffix in [".log", ".index", ".timeindex"] { try remove(LogFixture.name(0, suffix))(fixture) }
    },
    Damage(
      testDescription: "the first segment is being deleted", end: .unclean, low: 4, high: 12, served: without(0...3), told: []
    ) { fixture in
      try fixture.disk.rename(fixture.path(log(0)), to: fixture.path(log(0) + ".deleted"))
    },
    Damage(
      testDescription: "the active segment is emptied behind the recovery point", end: .unclean, recoveryPoint: 8, low: 0, high: 8,
      served: upTo(8), told: ["although its index says that it reached offset 11", "ends at offset 8, although it reached 10 by leader-epoch-checkpoint"],
      apply: change(log(8)) { $0 = [] }),
    Damage(
      testDescription: "the active segment is emptied before the recovery point", end: .unclean, low: 0, high: 8, served: upTo(8),
      told: [
        "although its index says that it reached offset 11",
        "ends at offset 8, although it reached 12 by recovery-point-offset-checkpoint, 10 by leader-epoch-checkpoint",
      ], apply: change(log(8)) { $0 = [] }),
    Damage(
      testDescription: "the offset of a batch is garbled behind the recovery point", end: .unclean, recoveryPoint: 8, low: 0, high: 9,
      served: upTo(9), told: ["3 records (offsets"], kept: setAside(8), apply: flip(6, ofBatch: 9)),
    Damage(
      testDescription: "zeros follow", end: .unclean, low: 0, high: 12, served: all, told: ["there was nothing but zeros"],
      apply: change(log(8)) { $0 += [UInt8](repeating: 0, count: 8192) }),
    Damage(
      testDescription: "garbage follows", end: .unclean, low: 0, high: 12, served: all, told: ["8192 bytes in which no record can be found"],
      kept: setAside(8), apply: change(log(8)) { $0 += [UInt8](repeating: 0xa5, count: 8192) }),
    Damage(
      testDescription: "garbage follows a clean end", end: .clean, low: 0, high: 12, served: all, told: ["8192 bytes in which no record can be found"],
      kept: setAside(8), apply: change(log(8)) { $0 += [UInt8](repeating: 0xa5, count: 8192) }),
  ]

  /// Names and checkpoints are believed as far as records bear them out.
  static let namesAndCheckpoints: [Damage] = [
    Damage(
      testDescription: "a swap file of junk", end: .clean, low: 0, high: 12, served: all, told: ["it is not made of sound batches"],
      kept: [log(0) + ".swap.damaged-1"], apply: write(junk, to: log(0) + ".swap")),
    Damage(
      testDescription: "a swap file that stands for other segments", end: .clean, low: 0, high: 12, served: all,
      told: ["the log is not compacted, and its own segment is there"], kept: [log(0) + ".swap.damaged-1"],
      apply: copy(4, to: log(0) + ".swap")),
    Damage(testDescription: "leftovers of junk", end: .clean, low: 0, high: 12, served: all, told: []) { fixture in
      for name in [log(0) + ".deleted", log(5) + ".cleaned", "x.tmp", LogFixture.name(7, ".index.swap")] { try write(junk, to: name)(fixture) }
    },
    Damage(
      testDescription: "a log start offset beyond the end", end: .clean, logStartOffset: 22, low: 0, high: 12, served: all,
      told: ["the log start offset 22 of the checkpoint is not believed"]) { _ in },
    Damage(
      testDescription: "the largest log start offset", end: .unclean, logStartOffset: Offset(.max), low: 0, high: 12, served: all,
      told: ["of the checkpoint is not believed"]) { _ in },
    Damage(
      testDescription: "a negative log start offset", end: .clean, logStartOffset: Offset(.min), low: 0, high: 12, served: all, told: []) { _ in },
    Damage(
      testDescription: "a recovery point beyond the end", end: .unclean, recoveryPoint: Offset(.max), low: 0, high: 5, served: upTo(5),
      told: ["3 records (offsets 5 to 7,", "4 records (offsets 8 to 11,"], kept: setAside(4, 8),
      apply: flip(100, ofBatch: 5)),
    Damage(
      testDescription: "a negative recovery point", end: .unclean, recoveryPoint: -7, low: 0, high: 12, served: all, told: []) { _ in },
    Damage(
      testDescription: "an empty segment at the largest offset", end: .clean, low: 0, high: 12, served: all, told: ["no log reaches so far"],
      apply: change(farthest) { $0 = [] }),
    Damage(
      testDescription: "an empty segment at the largest offset after an unclean end", end: .unclean, low: 0, high: 12, served: all,
      told: ["no log reaches so far"], apply: change(farthest) { $0 = [] }),
    Damage(
      testDescription: "an empty segment far beyond the end", end: .clean, low: 0, high: 12, served: all,
      told: ["nothing else says that the log reaches offset 5000"], apply: change(log(5000)) { $0 = [] }),
    Damage(
      testDescription: "a segment of junk among others", end: .clean, low: 0, high: 12, served: all,
      told: ["the segment before it holds offsets up to 3"], kept: setAside(2), apply: write(junk, to: log(2))),
    Damage(
      testDescription: "a copy of a segment that overlaps others", end: .clean, low: 0, high: 12, served: all,
      told: ["the segment before it holds offsets up to 3"], kept: setAside(2), apply: copy(4, to: log(2))),
    Damage(
      testDescription: "a segment whose offsets lie before its name", end: .clean, low: 0, high: 12, served: all,
      told: ["4 records (offsets 0 to 3,", "nothing"], kept: setAside(5000), apply: copy(0, to: log(5000))),
  ]

  /// Indexes, snapshots and epochs follow from the records.
  static let indexes: [Damage] = [
    Damage(
      testDescription: "an offset index that leads astray", end: .clean, low: 0, high: 12, served: all, told: [],
      apply: write(indexEntry(1, 37) + indexEntry(2, 74) + indexEntry(3, 111), to: LogFixture.name(4, ".index"))),
    Damage(
      testDescription: "an offset index that leaves records out", end: .clean, low: 0, high: 12, served: all, told: []
    ) { fixture in
      // The entry of offset 5 leads to the batch of offset 6.
      let entries = indexEntry(1, position(of: 6, fixture)) + indexEntry(3, position(of: 7, fixture))
      fixture.disk.overwrite(fixture.path(LogFixture.name(4, ".index"))) { $0 = entries }
    },
    Damage(
      testDescription: "a time index beyond the end", end: .clean, low: 0, high: 12, served: all, told: [],
      apply: change(LogFixture.name(8, ".timeindex")) { $0 = [UInt8](repeating: 0x7f, count: 12) }),
    Damage(
      testDescription: "the largest leader epoch behind the recovery point", end: .unclean, recoveryPoint: 8, low: 0, high: 12, served: all,
      told: [], apply: change("leader-epoch-checkpoint") { $0 = Array("0\n1\n2147483647 0\n".utf8) }),
    Damage(
      testDescription: "snapshots of junk", end: .clean, low: 0, high: 12, served: all, told: [],
      apply: change(LogFixture.name(8, ".snapshot")) { $0 = [UInt8](repeating: 7, count: 200) }),
    Damage(
      testDescription: "the largest leader epoch", end: .clean, low: 0, high: 12, served: all, told: [],
      apply: change("leader-epoch-checkpoint") { $0 = Array("0\n1\n2147483647 0\n".utf8) }),
  ]

  private func damaged(_ damage: Damage) throws -> LogFixture {
    let fixture = try LogFixture {
      $0.segmentBytes = 1000
      $0.indexIntervalBytes = 100
    }
    for index in 0..<12 { try fixture.append("v\(index)", epoch: LeaderEpoch(Int32(index / 5)), size: 160) }
    fixture.flush()
    fixture.log.close()
    try damage.apply(fixture)
    return fixture
  }

  private func open(_ fixture: LogFixture, _ damage: Damage) throws {
    try fixture.reopen(
      isClean: damage.end == .clean, recoveryPoint: damage.recoveryPoint, logStartOffset: damage.logStartOffset)
  }

  private func served(_ fixture: LogFixture) -> (offsets: [Int64], failure: Failure?) {
    let log = fixture.log!
    var offsets: [Int64] = []
    var next = log.logStartOffset
    while next < log.logEndOffset {
      do {
        let slice = try log.read(from: next, upTo: log.logEndOffset, maxBytes: 1, minOneBatch: true)
        guard !slice.isEmpty else { return (offsets, nil) }
        for batch in try RecordBatch.splitting(slice.records) {
          guard batch.hasValidChecksum else { return (offsets, .checksum(next.value)) }
          offsets.append(batch.baseOffset.value)
        }
        next = slice.nextOffset
      } catch {
        return (offsets, .corrupt(next.value))
      }
    }
    return (offsets, nil)
  }

  @Test(arguments: damages) func `Damage costs only what it hit, and is reported`(damage: Damage) throws {
    let fixture = try damaged(damage)
    try open(fixture, damage)
    #expect(fixture.log.logStartOffset == damage.low && fixture.log.logEndOffset == damage.high)
    let told = fixture.host.warnings
    #expect(told.count == damage.told.count, "\(told)")
    for (warning, words) in zip(told, damage.told) { #expect(warning.contains(words), "\(warning)") }
    let (offsets, failure) = served(fixture)
    #expect(offsets == damage.served && failure == damage.failsAt)
    #expect(fixture.files.filter { $0.contains(".damaged-") } == damage.kept)
    #expect(try fixture.append("next", epoch: 9).baseOffset == damage.high)
  }

  @Test(arguments: damages) func `A second opening finds the same`(damage: Damage) throws {
    let fixture = try damaged(damage)
    try open(fixture, damage)
    let first = served(fixture)
    fixture.settle()
    fixture.log.close()
    try fixture.reopen(isClean: true, recoveryPoint: damage.high)
    #expect(fixture.log.logStartOffset == damage.low && fixture.log.logEndOffset == damage.high)
    let second = served(fixture)
    #expect(second.offsets == first.offsets && second.failure == first.failure)
    #expect(fixture.files.filter { $0.contains(".damaged-") } == damage.kept)
  }

  @Test func `The bytes set aside are unchanged`() throws {
    let fixture = try damaged(Self.damages[0])
    let content = fixture.disk.content(fixture.path(Self.log(4)))
    let cut = Self.position(of: 5, fixture)
    try Self.flip(100, ofBatch: 5)(fixture)
    var expected = Array(content[cut...])
    expected[100] ^= 0x40
    try fixture.reopen()
    #expect(fixture.disk.content(fixture.path(Self.log(4) + ".damaged-1")) == expected)
    #expect(fixture.disk.content(fixture.path(Self.log(4))) == Array(content[..<cut]))
  }

  @Test func `A full disk does not prevent the recovery of a log`() throws {
    let fixture = try damaged(Self.damages[0])
    try Self.flip(100, ofBatch: 9)(fixture)
    fixture.disk.failure = { operation, path in operation == "append" && path.contains("damaged") ? .noSpace : nil }
    try fixture.reopen(recoveryPoint: 8)
    #expect(fixture.log.logEndOffset == 9)
    #expect(fixture.host.warnings[0].contains("the disk has no room to keep them"))
  }

  @Test func `A damaged batch causes an error for its readers and is reported once`() throws {
    let fixture = try damaged(Self.damages[0])
    try Self.flip(16, ofBatch: 9)(fixture)
    try fixture.reopen(isClean: true, recoveryPoint: 12)
    for _ in 0..<3 {
      let error = #expect(throws: LogError.self) { try fixture.log.read(from: 9, upTo: 12, maxBytes: 1000, minOneBatch: true) }
      guard case .damaged? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    #expect(fixture.host.warnings.count == 1 && fixture.host.warnings[0].contains("no batch can be read at byte"))
    #expect(fixture.log.failure == nil)
    #expect(try fixture.log.read(from: 10, upTo: 12, maxBytes: 1000, minOneBatch: true).baseOffset == 10)
    #expect(try fixture.append("next", epoch: 9).baseOffset == 12)
    try fixture.log.truncate(to: 10)
    #expect(fixture.log.logEndOffset == 10)
  }

  @Test func `A gap is reported once the topic is known not to be compacted`() throws {
    let disk = TestDisk()
    func life(_ host: TestHost, policy: CleanupPolicy) throws -> LogManager {
      if !LogManager.isFormatted(root: "logs", disk: disk) {
        try LogManager.format(root: "logs", MetaProperties(clusterID: "c", nodeID: 1, directoryID: Uuid(high: 7, low: 9)), reactor: host.reactor)
        host.finishDiskOperations()
      }
      let manager = try LogManager(root: "logs", configuration: LogManagerConfiguration(), reactor: host.reactor)
      try manager.open { _ in
        var configuration = LogConfiguration()
        configuration.cleanupPolicy = policy
        return configuration
      }
      return manager
    }
    let id = Uuid(high: 1, low: 1), host = TestHost(disk)
    let manager = try life(host, policy: .delete)
    let log = try manager.getOrCreate(LogFixture.partition, topicID: id)
    for value in ["a", "b", "c"] {
      var builder = RecordBatchBuilder()
      builder.append(timestamp: .none, key: nil, value: Bytes(value))
      _ = try log.append(asLeader: builder.build(), epoch: 0)
      try log.roll()
    }
    manager.shutdown(brokerEpoch: 1) { _ in }
    host.finishDiskOperations()
    let marker = disk.content("logs/.kafka_cleanshutdown")
    for suffix in [".log", ".index"] { try disk.remove(LogFixture.directory + "/" + LogFixture.name(1, suffix)) }
    for (policy, told) in [(CleanupPolicy.compact, 0), (.delete, 1)] {
      disk.overwrite("logs/.kafka_cleanshutdown") { $0 = marker }
      let next = TestHost(disk)
      _ = try life(next, policy: policy).getOrCreate(LogFixture.partition, topicID: id)
      #expect(next.warnings.filter { $0.contains("offsets 1 to 1 are missing") }.count == told)
      next.finishDiskOperations()
    }
  }
}
