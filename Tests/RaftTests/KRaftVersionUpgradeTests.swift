import Host
import Log
import Primitives
import Sim
import Testing
import Wire

@testable import Raft

/// A static quorum that becomes a dynamic one while it runs (KIP-853).
@Suite struct KRaftVersionUpgradeTests {
  /// Three voters of the configuration and an observer.
  private func quorum(brokers: Int32 = 0, configure: @escaping (inout QuorumConfiguration) -> Void = { _ in }) -> DynamicQuorum {
    DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3], kraftVersion: 0, brokers: brokers, configure: configure)
  }

  /// The records of the quorum in a replica's log, in their order.
  private func records(at id: Int32, _ quorum: DynamicQuorum) throws -> [QuorumRecord] {
    let log = quorum.replica(id).log
    let slice = try log.read(from: log.logStartOffset, upTo: log.logEndOffset, maxBytes: 1 << 20, minOneBatch: true)
    return try RecordBatch.splitting(slice.records).flatMap { try $0.quorumRecords().map(\.record) }
  }

  @Test func `Voters tell each leader their directories, and with that they go into the log`() throws {
    let quorum = quorum(brokers: 1)
    let leader = try quorum.leader(), others = (1...3).map { Int32($0) }.filter { $0 != leader }
    #expect(quorum.replica(leader).objectionToUpgrade == "not all of the voters support it, as far as the leader has heard: \(others[0]), \(others[1])")
    quorum.run(4000)
    #expect(quorum.replica(leader).objectionToUpgrade == nil)
    #expect(quorum.replica(others[0]).objectionToUpgrade == "this controller does not lead the metadata log")
    let early = quorum.add(4, at: leader)
    #expect(early.error == .unsupportedVersion)
    quorum.node(leader).append("before")
    quorum.replica(leader).upgradeKRaftVersion()
    // In force at once, and once.
    #expect(quorum.replica(leader).kraftVersion == 1)
    quorum.replica(leader).upgradeKRaftVersion()
    quorum.node(leader).append("behind")
    quorum.run(1000)
    let voters = VoterSet((1...3).map { Voter(id: NodeID($0), address: DynamicQuorum.address(of: $0), directory: quorum.directories[NodeID($0)]) })
    for id: Int32 in 1...4 {
      #expect(quorum.replica(id).kraftVersion == 1 && quorum.replica(id).voters == voters)
      #expect(quorum.replica(id).isVoter == (id <= 3))
      #expect(try records(at: id, quorum) == [.kraftVersion(1), .voters(voters)])
      #expect(quorum.node(id).topics == ["before", "behind"])
    }
    let answer = quorum.add(4, at: leader)
    quorum.run(1000)
    #expect(answer.error == ErrorCode.none)
    let removal = quorum.remove(leader, at: leader)
    quorum.run(1500)
    #expect(removal.error == ErrorCode.none)
    let next = try quorum.leader(otherThan: leader)
    quorum.run(3000)
    #expect(quorum.voters(at: next) == (others + [4]).map { NodeID($0) })
    #expect(quorum.quorum.node(quorum.quorum.observers[0]).quorum.voters == quorum.replica(next).voters)
    #expect(quorum.broken == [])
  }

  @Test func `A voter that does not support it, or has not been heard, stands against it`() throws {
    let quorum = quorum()
    let leader = try quorum.leader(), others = (1...3).map { Int32($0) }.filter { $0 != leader }
    let cut = quorum.quorum.world.apply(NetworkFault.isolate([quorum.index(others[1])]), name: "cut")
    quorum.run(4000)
    #expect(quorum.replica(leader).objectionToUpgrade == "not all of the voters support it, as far as the leader has heard: \(others[1])")
    quorum.replica(leader).upgradeKRaftVersion()
    #expect(quorum.replica(leader).kraftVersion == 0 && quorum.replica(leader).history.versions.isEmpty)
    func update(_ id: Int32, _ versions: ClosedRange<Int16>) -> ErrorCode {
      var request = UpdateRaftVoterRequest()
      request.currentLeaderEpoch = quorum.replica(leader).epoch.value
      (request.voterId, request.voterDirectoryId) = (id, quorum.directories[NodeID(id)])
      request.listeners = [.init(name: "CONTROLLER", DynamicQuorum.address(of: id))]
      (request.kRaftVersionFeature.minSupportedVersion, request.kRaftVersionFeature.maxSupportedVersion) = (versions.lowerBound, versions.upperBound)
      return quorum.replica(leader).handleUpdateVoter(request).errorCode
    }
    #expect(update(4, 0...1) == .voterNotFound)
    #expect(update(others[1], 1...1) == .invalidRequest, "it does not support the level that is in force")
    #expect(update(others[1], 0...0) == ErrorCode.none)
    #expect(quorum.replica(leader).objectionToUpgrade == "not all of the voters support it, as far as the leader has heard: \(others[1])")
    quorum.quorum.world.lift(cut)
    #expect(update(others[1], 0...1) == ErrorCode.none)
    #expect(quorum.replica(leader).objectionToUpgrade == nil)
    // The last that a voter says counts, also of another directory.
    quorum.directories.ids[NodeID(others[1])] = Uuid(high: 2, low: 99)
    #expect(update(others[1], 0...1) == ErrorCode.none)
    #expect(quorum.replica(leader).leading?.describedVoters?.voter(NodeID(others[1]))?.directory == Uuid(high: 2, low: 99))
  }

  @Test func `A leader without a directory of its own cannot upgrade`() throws {
    let quorum = DynamicQuorum(controllers: 1, firstVoters: [1], kraftVersion: 0) { $0.directoryID = .zero }
    _ = try quorum.leader()
    #expect(quorum.replica(1).objectionToUpgrade == "the directories of voters are not known: 1")
  }

  @Test func `Voters of a quorum that is static for good tell nobody anything`() throws {
    let quorum = Quorum(voters: 3)
    var asked: [ApiKey] = []
    let leader = try #require(quorum.leader())
    for index in quorum.voters { quorum.node(index).onRequest = { asked.append($0) } }
    quorum.run(6000)
    #expect(!asked.contains(.updateRaftVoter) && asked.contains(.fetch))
    #expect(quorum.replica(leader)?.objectionToUpgrade == "the voters of this quorum are static")
  }

  @Test func `An upgrade that is not committed goes with its leader, and the next one has to be told anew`() throws {
    let quorum = quorum(brokers: 1), broker = quorum.quorum.observers[0]
    let leader = try quorum.leader(), others = (1...4).filter { $0 != leader }.map { quorum.index(Int32($0)) }
    quorum.run(4000)
    // A broker is given what is not committed from the upgrade on.
    let cut = quorum.quorum.world.apply(NetworkFault.partition([[quorum.index(leader), broker], others]), name: "cut")
    quorum.replica(leader).upgradeKRaftVersion()
    quorum.run(500)
    #expect(quorum.replica(leader).kraftVersion == 1 && quorum.quorum.node(broker).quorum.kraftVersion == 1)
    let next = try quorum.leader(otherThan: leader)
    #expect(quorum.replica(next).kraftVersion == 0 && quorum.replica(next).objectionToUpgrade?.hasPrefix("not all of the voters") == true)
    quorum.quorum.world.lift(cut)
    quorum.run(6000)
    for id: Int32 in 1...4 { #expect(quorum.replica(id).kraftVersion == 0) }
    #expect(quorum.quorum.node(broker).quorum.kraftVersion == 0 && quorum.quorum.node(broker).failure == nil)
    #expect(quorum.replica(leader).isVoter && quorum.replica(next).objectionToUpgrade == nil)
    quorum.replica(next).upgradeKRaftVersion()
    quorum.run(1000)
    for id: Int32 in 1...4 { #expect(quorum.replica(id).kraftVersion == 1) }
    #expect(quorum.quorum.node(broker).quorum.kraftVersion == 1)
    #expect(quorum.broken == [])
  }

  @Test func `An upgrade that reached another voter is committed by the next leader`() throws {
    let quorum = quorum()
    let leader = try quorum.leader(), world = quorum.quorum.world
    quorum.run(4000)
    quorum.replica(leader).upgradeKRaftVersion()
    func isOnDisk(_ id: Int32) -> Bool { quorum.replica(id).voterSetOffset.map { $0 < quorum.replica(id).durableEndOffset } == true }
    #expect(world.runUntil(world.now + .seconds(1)) { (1...3).allSatisfy(isOnDisk) })
    #expect((1...3).contains { quorum.replica($0).highWatermark <= quorum.replica($0).voterSetOffset! })
    world.powerLoss(quorum.quorum.voters, unsynced: .dropped)
    for index in quorum.quorum.voters where index != quorum.index(leader) { world.start(index) }
    let next = try quorum.leader(otherThan: leader)
    quorum.run(3000)
    #expect(quorum.replica(next).kraftVersion == 1 && quorum.replica(next).highWatermark > quorum.replica(next).voterSetOffset!)
    world.start(quorum.index(leader))
    quorum.run(5000)
    #expect(quorum.replica(leader).isVoter && quorum.replica(leader).leader?.id == NodeID(next))
    let answer = quorum.add(4, at: next)
    quorum.run(1000)
    #expect(answer.error == ErrorCode.none)
    #expect(quorum.broken == [])
  }

  @Test func `A snapshot holds the upgrade, and who begins with one has it`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3], kraftVersion: 0, starts: false) {
      $0.metadataLog.retentionBytes = 0
      $0.metadataLog.segmentBytes = 200
    }
    for id: Int32 in 1...3 { quorum.quorum.world.start(quorum.index(id)) }
    let leader = try quorum.leader()
    quorum.run(4000)
    quorum.quorum.commit(["a"], by: quorum.index(leader))
    quorum.quorum.takeSnapshot(at: quorum.index(leader))
    let snapshots = quorum.replica(leader).snapshots
    #expect(try snapshots.snapshot(#require(snapshots.latest)).quorumRecords() == [])
    quorum.replica(leader).upgradeKRaftVersion()
    quorum.run(500)
    for round in 0..<2 {
      quorum.quorum.commit((0..<5).map { "t\(round)-\($0)" }, by: quorum.index(leader))
      quorum.quorum.takeSnapshot(at: quorum.index(leader))
    }
    #expect(try snapshots.snapshot(#require(snapshots.latest)).quorumRecords() == [.kraftVersion(1), .voters(quorum.replica(leader).voters)])
    quorum.run(61_000)
    #expect(quorum.replica(leader).log.logStartOffset > 4)
    quorum.quorum.world.start(quorum.index(4))
    quorum.run(3000)
    #expect(quorum.node(4).loaded.count == 1 && quorum.replica(4).kraftVersion == 1 && quorum.voters(at: 4) == [1, 2, 3])
    // A life of a voter of the configuration goes by the voters of the log.
    quorum.quorum.world.restart(quorum.index(leader))
    quorum.run(6000)
    #expect(quorum.replica(leader).kraftVersion == 1 && quorum.replica(leader).isVoter)
    #expect(quorum.broken == [])
  }

  @Test func `A voter whose disk was replaced is one before the upgrade, and none behind it`() throws {
    let quorum = quorum()
    let leader = try quorum.leader(), other: Int32 = leader == 1 ? 2 : 1
    quorum.run(4000)
    func replaceDisk(_ low: UInt64) {
      quorum.directories.ids[NodeID(other)] = Uuid(high: 2, low: low)
      quorum.quorum.world.replaceDisk(quorum.index(other))
      quorum.quorum.world.start(quorum.index(other))
      quorum.run(6000)
    }
    replaceDisk(1)
    #expect(quorum.replica(other).isVoter && quorum.replica(leader).leading?.describedVoters?.voter(NodeID(other))?.directory == Uuid(high: 2, low: 1))
    quorum.replica(leader).upgradeKRaftVersion()
    quorum.run(1000)
    #expect(quorum.replica(other).isVoter && quorum.replica(leader).voters.voter(NodeID(other))?.directory == Uuid(high: 2, low: 1))
    replaceDisk(2)
    #expect(!quorum.replica(other).isVoter)
  }
}
