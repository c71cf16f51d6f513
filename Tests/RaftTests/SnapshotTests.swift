import Host
import Log
import Primitives
import Sim
import Testing
import Wire

@testable import Raft

extension QuorumNode {
  static let directory = "__cluster_metadata-0"

  var snapshotFiles: [String] { get throws { try reactor.disk.list(Self.directory).filter { $0.contains(".checkpoint") && !$0.hasPrefix("leader") } } }

  /// Puts a file of any content into the log's directory, as somebody else would.
  func put(_ content: Bytes, as name: String) throws {
    let file = try reactor.disk.open("\(Self.directory)/\(name)", creating: true)
    try reactor.disk.truncate(file, to: 0)
    try reactor.disk.append(content, to: file)
    reactor.disk.close(file)
  }

  func content(of name: String) throws -> Bytes { try #require(try reactor.disk.content(of: "\(Self.directory)/\(name)")) }

  func damage(_ name: String) throws {
    var bytes = Array(try content(of: name).array)
    bytes[bytes.count / 2] ^= 0x10
    try put(Bytes(bytes), as: name)
  }
}

extension Quorum {
  /// Has topics committed one after another, each in a batch of its own.
  func commit(_ names: [String], by leader: NodeIndex) {
    for name in names {
      node(leader).append(name)
      run(20)
    }
  }

  func takeSnapshot(at node: NodeIndex) {
    self.node(node).takeSnapshot()
    run(100)
  }
}

/// Snapshots of a replica by itself: their files, what a life begins with, and what goes with them (KIP-630).
@Suite struct SnapshotTests {
  @Test func `Snapshots are named as Kafka names them`() {
    let id = SnapshotID(endOffset: 232, epoch: 3)
    #expect(id.fileName == "00000000000000000232-0000000003.checkpoint")
    for (name, kind): (String, SnapshotFileName.Kind) in [
      (id.fileName, .whole), ("00000000000000000232-0000000003.checkpoint.deleted", .deleted),
      ("00000000000000000232-0000000003-7.checkpoint.part", .partial(7)),
    ] {
      #expect(SnapshotFileName(name) == SnapshotFileName(id, kind))
      #expect(SnapshotFileName(id, kind).text == name)
    }
    #expect(SnapshotFileName("00000000000000000232-0000000003-2861953408349871234.checkpoint.part")?.id == id)
    for name in [
      "leader-epoch-checkpoint", "232-3.checkpoint", "00000000000000000232-0000000003.checkpoint.damaged-1", "00000000000000000232.checkpoint",
      "99999999999999999999-0000000003.checkpoint", "00000000000000000232-9999999999.checkpoint", "-00000000000000000232-0000000003.checkpoint",
    ] {
      #expect(SnapshotFileName(name) == nil, "\(name)")
    }
  }

  @Test func `A snapshot is a header, records and a footer, and bears its name when it is whole`() throws {
    let quorum = Quorum(voters: 1), heard = Heard(quorum)
    let leader = try #require(quorum.leader())
    quorum.commit(["a", "b"], by: leader)
    let last = try #require(quorum.node(leader).batches.last)
    quorum.takeSnapshot(at: leader)
    let name = "00000000000000000003-0000000001.checkpoint"
    #expect(try quorum.node(leader).snapshotFiles == [name])
    let content = try quorum.node(leader).content(of: name), batches = try RecordBatch.splitting(content)
    #expect(batches.map(\.isControl) == [true, false, true] && batches.map(\.baseOffset) == [0, 1, 3] && batches.allSatisfy { $0.partitionLeaderEpoch == 1 })
    let header = try batches[0].controlRecords()
    #expect(header.map(\.type) == [.snapshotHeader])
    #expect(try SnapshotHeaderRecord(header[0].value, version: 0).lastContainedLogTimestamp == last.timestamp.milliseconds)
    #expect(try batches[2].controlRecords().map(\.type) == [.snapshotFooter])
    #expect(heard.taken == ["3 of epoch 1, \(content.count) bytes"])
    // There is one already.
    quorum.takeSnapshot(at: leader)
    #expect(heard.taken.count == 1)
  }

  @Test func `A large snapshot is written in slices, between which the node does other things`() throws {
    let quorum = Quorum(voters: 1)
    let leader = quorum.node(try #require(quorum.leader()))
    let names = (0..<5_000).map { "topic-\($0)" }
    for name in names { leader.append(name) }
    quorum.run(100)
    leader.takeSnapshot()
    #expect(leader.quorum.isTakingSnapshot)
    leader.append("meanwhile")
    quorum.run(500)
    #expect(!leader.quorum.isTakingSnapshot)
    let content = try leader.content(of: "00000000000000005001-0000000001.checkpoint")
    #expect(try RecordBatch.splitting(content).map(\.recordCount) == [1, 1024, 1024, 1024, 1024, 904, 1])
    quorum.world.restart(quorum.voters[0])
    quorum.run(3000)
    #expect(quorum.node(quorum.voters[0]).loaded.map(\.endOffset) == [5001])
    #expect(quorum.node(quorum.voters[0]).topics == names + ["meanwhile"])
  }

  @Test func `A life begins with the newest snapshot and goes on with the log behind it`() throws {
    let quorum = Quorum(voters: 1, observers: 1), heard = Heard(quorum)
    let leader = try #require(quorum.leader()), observer = quorum.observers[0]
    quorum.run(1000)
    quorum.commit(["a"], by: leader)
    for node in [leader, observer] { quorum.takeSnapshot(at: node) }
    quorum.commit(["b"], by: leader)
    for node in [leader, observer] { quorum.takeSnapshot(at: node) }
    quorum.commit(["c"], by: leader)
    for node in [leader, observer] { quorum.world.restart(node) }
    quorum.run(5000)
    for node in [leader, observer] {
      #expect(quorum.node(node).loaded == [SnapshotID(endOffset: 3, epoch: 1)])
      #expect(quorum.node(node).topics == ["a", "b", "c"])
      #expect(quorum.node(node).batches.first?.baseOffset == 3)
    }
    #expect(heard.loaded == ["3 of epoch 1", "3 of epoch 1"])
    quorum.commit(["d"], by: leader)
    quorum.run(1000)
    for node in [leader, observer] { #expect(quorum.node(node).topics == ["a", "b", "c", "d"]) }
  }

  @Test func `What a crash left of a snapshot is removed, and what is none of ours stays`() throws {
    let quorum = Quorum(voters: 1)
    let index = try #require(quorum.leader())
    quorum.commit(["a"], by: index)
    quorum.takeSnapshot(at: index)
    let node = quorum.node(index)
    for name in ["00000000000000000009-0000000001-3.checkpoint.part", "00000000000000000001-0000000001.checkpoint.deleted", "notes.checkpoint"] {
      try node.put(Bytes("x"), as: name)
    }
    quorum.world.restart(index)
    quorum.run(3000)
    #expect(try quorum.node(index).snapshotFiles == ["00000000000000000002-0000000001.checkpoint", "notes.checkpoint"])
    #expect(quorum.node(index).topics == ["a"])
  }

  /// Each step of writing: the file under its first name, its sync, the name it gets, the sync of the directory.
  @Test(arguments: [UnsyncedPolicy.dropped, .kept, .random])
  func `A power loss at any moment of a snapshot leaves the former metadata or the new one`(policy: UnsyncedPolicy) throws {
    var outcomes: Set<Int> = []
    for step in 0..<60 {
      let quorum = Quorum(voters: 1, seed: UInt64(step + 1))
      let index = try #require(quorum.leader())
      quorum.commit(["a", "b"], by: index)
      quorum.takeSnapshot(at: index)
      quorum.commit(["c", "d"], by: index)
      let begin = quorum.world.now
      quorum.node(index).takeSnapshot()
      quorum.world.run(until: begin + .microseconds(Int64(step) * 40))
      quorum.world.powerLoss(index, unsynced: policy)
      quorum.world.start(index)
      quorum.run(3000)
      let node = quorum.node(index)
      #expect(node.failure == nil)
      #expect(node.topics == ["a", "b", "c", "d"], "step \(step)")
      #expect(try node.snapshotFiles.allSatisfy { $0.hasSuffix(".checkpoint") }, "step \(step)")
      outcomes.insert(try node.snapshotFiles.count)
      // It goes on.
      quorum.commit(["e"], by: index)
      quorum.takeSnapshot(at: index)
      #expect(try node.snapshotFiles.count >= 2)
    }
    #expect(outcomes == [1, 2], "some steps came before it, some behind")
  }

  // MARK: Damage

  @Test func `A damaged snapshot is put aside where an older one and the log hold the same`() throws {
    let quorum = Quorum(voters: 1), heard = Heard(quorum)
    let index = try #require(quorum.leader())
    for name in ["a", "b", "c"] {
      quorum.commit([name], by: index)
      quorum.takeSnapshot(at: index)
    }
    let newest = "00000000000000000004-0000000001.checkpoint", middle = "00000000000000000003-0000000001.checkpoint"
    for name in [newest, middle] { try quorum.node(index).damage(name) }
    quorum.world.restart(index)
    quorum.run(3000)
    let node = quorum.node(index)
    #expect(node.loaded.map(\.endOffset) == [2] && node.topics == ["a", "b", "c"])
    #expect(try node.snapshotFiles == ["00000000000000000002-0000000001.checkpoint", middle + ".damaged-1", newest + ".damaged-1"])
    #expect(heard.warnings.count == 2)
    #expect(heard.warnings.allSatisfy { $0.contains("the snapshot is damaged") && $0.contains("the snapshot up to offset 2 and the log behind it stand in for it") })
    // The first one as well: the log has everything.
    try node.put(.empty, as: "00000000000000000002-0000000001.checkpoint")
    quorum.world.restart(index)
    quorum.run(3000)
    #expect(quorum.node(index).loaded == [] && quorum.node(index).topics == ["a", "b", "c"])
    #expect(heard.warnings.last?.contains("the log from offset 0 on stands in for it") == true)
  }

  @Test func `A damaged snapshot that nothing stands in for is refused with a remedy, and nothing is changed`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    let index = try #require(quorum.leader()), observer = quorum.observers[0]
    quorum.run(1000)
    quorum.commit(["a", "b"], by: index)
    for node in [index, observer] {
      quorum.takeSnapshot(at: node)
      let replica = quorum.node(node), name = "00000000000000000003-0000000001.checkpoint"
      try replica.damage(name)
      // Of the log, the end is gone.
      let path = "\(QuorumNode.directory)/00000000000000000000.log", file = try replica.reactor.disk.open(path, creating: false)
      try replica.reactor.disk.truncate(file, to: 100)
      replica.reactor.disk.close(file)
      let files = try replica.reactor.disk.list(QuorumNode.directory)
      quorum.world.restart(node)
      quorum.run(1000)
      let failure = try #require(quorum.node(node).failure)
      #expect(failure.contains(name) && failure.contains("the snapshot is damaged") && failure.contains("does not hold all of what was in it"))
      #expect(failure.contains(node == index ? "put a copy of another voter's directory" : "move this directory away"))
      #expect(try quorum.node(node).reactor.disk.list(QuorumNode.directory).filter { $0.contains("checkpoint") } == files.filter { $0.contains("checkpoint") })
    }
  }

  @Test(arguments: [0, 1, 61, 80, 200]) func `A snapshot that ends anywhere before its footer is damaged`(size: Int) throws {
    let quorum = Quorum(voters: 1)
    let index = try #require(quorum.leader())
    quorum.commit(["a"], by: index)
    quorum.takeSnapshot(at: index)
    let node = quorum.node(index), id = SnapshotID(endOffset: 2, epoch: 1)
    let whole = try node.content(of: id.fileName)
    #expect(try node.quorum.snapshots.snapshot(id).check() == whole.count)
    try node.put(whole[0..<min(size, whole.count - 1)], as: id.fileName)
    #expect(throws: LogError.self) { try node.quorum.snapshots.snapshot(id).check() }
    try node.put(Bytes(joining: [whole, whole]), as: id.fileName)
    #expect(throws: LogError.self) { try node.quorum.snapshots.snapshot(id).check() }
  }

  @Test func `A full disk takes no snapshot, and the replica goes on`() throws {
    let quorum = Quorum(voters: 1), heard = Heard(quorum)
    let index = try #require(quorum.leader())
    quorum.commit(["a"], by: index)
    let full = quorum.world.apply(DiskFault(.full, files: "*.part"), on: [index], name: "full")
    quorum.takeSnapshot(at: index)
    quorum.world.lift(full)
    #expect(heard.warnings.count == 1 && heard.warnings[0].contains("cannot be written") && quorum.node(index).failure == nil)
    #expect(try quorum.node(index).snapshotFiles == [])
    quorum.commit(["b"], by: index)
    quorum.takeSnapshot(at: index)
    #expect(try quorum.node(index).snapshotFiles == ["00000000000000000003-0000000001.checkpoint"])
  }

  // MARK: Cleaning

  private func withSmallSegments(_ configure: @escaping (inout QuorumConfiguration) -> Void) -> Quorum {
    Quorum(voters: 1) {
      $0.metadataLog.segmentBytes = 250
      configure(&$0)
    }
  }

  @Test func `The log begins where the oldest snapshot ends when log and snapshots are too large`() throws {
    let quorum = withSmallSegments { $0.metadataLog.retentionBytes = 1_500 }
    let index = try #require(quorum.leader())
    for number in 0..<6 {
      quorum.commit(["a\(number)", "b\(number)"], by: index)
      quorum.takeSnapshot(at: index)
    }
    let node = quorum.node(index)
    #expect(node.quorum.snapshots.ids.count == 6 && node.quorum.log.logStartOffset == 0)
    quorum.run(60_000)
    let kept = node.quorum.snapshots.ids
    #expect(kept.count > 1 && kept.count < 6)
    #expect(node.quorum.log.sizeInBytes + node.quorum.snapshots.sizeInBytes <= 1_500)
    #expect(node.quorum.log.logStartOffset == kept[0].endOffset)
    #expect(node.quorum.log.segmentBaseOffsets[0] <= kept[0].endOffset && node.quorum.log.segmentBaseOffsets[1] > kept[0].endOffset)
    // Whoever reads a file may go on for a minute.
    #expect(try node.snapshotFiles.contains { $0.hasSuffix(".deleted") })
    quorum.run(61_000)
    #expect(try node.snapshotFiles == kept.map(\.fileName))
    quorum.world.restart(index)
    quorum.run(3000)
    #expect(quorum.node(index).failure == nil)
    #expect(quorum.node(index).topics == (0..<6).flatMap { ["a\($0)", "b\($0)"] })
  }

  @Test func `Old snapshots go by their age, and never the newest`() throws {
    let quorum = withSmallSegments { $0.metadataLog.retention = .seconds(100) }
    let index = try #require(quorum.leader())
    for number in 0..<3 {
      quorum.commit(["t\(number)"], by: index)
      quorum.takeSnapshot(at: index)
      quorum.run(50_000)
    }
    let node = quorum.node(index)
    #expect(node.quorum.snapshots.ids.map(\.endOffset) == [3, 4])
    quorum.run(500_000)
    #expect(node.quorum.snapshots.ids.map(\.endOffset) == [4] && node.quorum.log.logStartOffset == 4)
  }

  @Test func `Nothing goes while there is one snapshot, or limits are off`() throws {
    for limits in [Int64?.some(1), nil] {
      let quorum = withSmallSegments {
        $0.metadataLog.retentionBytes = limits
        $0.metadataLog.retention = limits == nil ? nil : .seconds(1)
      }
      let index = try #require(quorum.leader())
      quorum.commit(["a"], by: index)
      quorum.takeSnapshot(at: index)
      if limits == nil {
        quorum.commit(["b"], by: index)
        quorum.takeSnapshot(at: index)
      }
      quorum.run(200_000)
      #expect(quorum.node(index).quorum.log.logStartOffset == 0)
      #expect(quorum.node(index).quorum.snapshots.ids.count == (limits == nil ? 2 : 1))
    }
  }

  /// KAFKA-14238: the log's own retention does not know of snapshots, and takes segments that none holds.
  @Test(arguments: [true, false]) func `The log behind the newest snapshot is kept, unless its own retention counts`(isProtected: Bool) throws {
    let quorum = withSmallSegments {
      $0.metadataLog.retention = .seconds(30)
      $0.switches.protectLogBehindSnapshot = isProtected
    }
    let index = try #require(quorum.leader())
    for name in ["a", "b"] {
      quorum.commit([name], by: index)
      quorum.takeSnapshot(at: index)
    }
    quorum.commit((0..<10).map { "t\($0)" }, by: index)
    quorum.run(61_000)
    let node = quorum.node(index), newest = try #require(node.quorum.snapshots.latest)
    #expect((node.quorum.log.logStartOffset <= newest.endOffset) == isProtected)
    var check = InvariantCheck()
    node.quorum.checkInvariants(&check)
    #expect(check.broken.contains { $0.contains("the first snapshot holds what is below") } == !isProtected)
    quorum.world.restart(index)
    quorum.run(3000)
    if isProtected {
      #expect(quorum.node(index).topics.count == 12)
    } else {
      #expect(quorum.node(index).failure?.contains("no snapshot holds what came before") == true)
    }
  }
}

/// What nodes told.
final class Heard {
  private(set) var taken: [String] = [], loaded: [String] = [], warnings: [String] = []

  init(_ quorum: Quorum) {
    quorum.world.onOccurrence = { [unowned self] _, _, occurrence in
      switch occurrence {
      case .metadataSnapshotTaken(let end, let epoch, let bytes): taken.append("\(end) of epoch \(epoch), \(bytes) bytes")
      case .metadataSnapshotLoaded(let end, let epoch): loaded.append("\(end) of epoch \(epoch)")
      case .warning(let text): warnings.append(text)
      default: break
      }
    }
  }
}
