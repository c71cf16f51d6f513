import Host
import MarkExpectations
import Primitives
import Sim
import Testing
import Transport
import Wire

@testable import Raft

/// How a replica gets a snapshot from the leader whose log no longer begins where its own ends (KIP-630).
@Suite struct SnapshotFetchTests {
  /// A leader whose log begins behind what a replica has that was away: `ahead` is in the snapshot, `behind` in the log behind it.
  private struct Scene {
    let quorum: Quorum
    let leader: NodeIndex
    let away: NodeIndex
    let heard: Heard
    static let ahead = (0..<12).map { "a\($0)" }, behind = ["b0", "b1"]
    var topics: [String] { ["first"] + Scene.ahead + Scene.behind }

    init(voters: Int32 = 1, observers: Int32 = 1, pieceBytes: Int = 300, isVoterAway: Bool = false) throws {
      quorum = Quorum(voters: voters, observers: observers) {
        $0.metadataLog.segmentBytes = 250
        $0.metadataLog.retentionBytes = 1
        $0.fetchSnapshotMaxBytes = pieceBytes
      }
      heard = Heard(quorum)
      let found = try #require(quorum.leader())
      leader = found
      away = isVoterAway ? quorum.voters.first { $0 != found }! : quorum.observers[0]
      quorum.run(1000)
      quorum.commit(["first"], by: leader)
      quorum.world.kill(away)
      for names in [Scene.ahead[..<6], Scene.ahead[6...]] {
        quorum.commit(Array(names), by: leader)
        for node in quorum.voters where quorum.world.isRunning(node) { quorum.takeSnapshot(at: node) }
      }
      quorum.commit(Scene.behind, by: leader)
      quorum.run(61_000)
      #expect(quorum.node(leader).quorum.log.logStartOffset > 2)
    }
  }

  @Test(arguments: [false, true]) func `A replica behind the leader's log gets the snapshot in pieces, and then the log`(isVoterAway: Bool) throws {
    let scene = try Scene(voters: isVoterAway ? 3 : 1, isVoterAway: isVoterAway), quorum = scene.quorum
    #expect(quorum.leaders == [scene.leader])
    let sent = Counter(quorum, scene.leader)
    quorum.world.start(scene.away)
    quorum.run(5000)
    let replica = quorum.node(scene.away), newest = try #require(quorum.node(scene.leader).quorum.snapshots.latest)
    #expect(replica.failure == nil && replica.loaded == [newest] && replica.topics == scene.topics)
    #expect(replica.quorum.log.logStartOffset == newest.endOffset && replica.quorum.logEndOffset == quorum.node(scene.leader).quorum.logEndOffset)
    #expect(replica.quorum.highWatermark == quorum.node(scene.leader).quorum.highWatermark)
    #expect(try replica.snapshotFiles == [newest.fileName])
    #expect(try replica.content(of: newest.fileName) == quorum.node(scene.leader).content(of: newest.fileName))
    let pieces = try (replica.content(of: newest.fileName).count + 299) / 300
    #expect(pieces > 2 && sent.requests(.fetchSnapshot) == pieces)
    quorum.world.restart(scene.away)
    quorum.run(5000)
    #expect(quorum.node(scene.away).topics == scene.topics)
    quorum.commit(["last"], by: scene.leader)
    quorum.run(1000)
    #expect(quorum.node(scene.away).topics == scene.topics + ["last"])
  }

  @Test func `A replica without a log begins with the newest snapshot, even where the leader's log is whole`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    let leader = try #require(quorum.leader())
    quorum.world.kill(quorum.observers[0])
    quorum.world.replaceDisk(quorum.observers[0])
    quorum.commit(["a", "b"], by: leader)
    quorum.takeSnapshot(at: leader)
    quorum.commit(["c"], by: leader)
    quorum.world.start(quorum.observers[0])
    quorum.run(3000)
    #expect(quorum.node(quorum.observers[0]).loaded.map(\.endOffset) == [3])
    #expect(quorum.node(quorum.observers[0]).topics == ["a", "b", "c"])
  }

  @Test(arguments: [UnsyncedPolicy.dropped, .kept, .random]) func `A power loss at any moment of the transfer is survived`(policy: UnsyncedPolicy) throws {
    let scene = try Scene(pieceBytes: 150), quorum = scene.quorum
    quorum.world.start(scene.away)
    // Until the first piece is on its way, then a moment later each time.
    #expect(quorum.world.runUntil(quorum.world.now + .seconds(5)) { quorum.replica(scene.away)?.snapshotFetch != nil })
    for step in 0..<50 {
      quorum.world.run(for: .microseconds(Int64(step) * 60))
      quorum.world.powerLoss(scene.away, unsynced: policy)
      quorum.world.start(scene.away)
      #expect(quorum.world.runUntil(quorum.world.now + .seconds(1)) { quorum.world.object(of: scene.away) != nil })
      #expect(quorum.node(scene.away).failure == nil, "step \(step)")
      let files = try quorum.node(scene.away).snapshotFiles
      #expect(files.allSatisfy { $0.hasSuffix(".checkpoint") }, "step \(step): \(files)")
      _ = quorum.world.runUntil(quorum.world.now + .milliseconds(200)) { quorum.replica(scene.away)?.snapshotFetch != nil }
    }
    quorum.run(5000)
    #expect(quorum.node(scene.away).topics == scene.topics)
  }

  @Test func `Another leader begins the transfer anew`() throws {
    let scene = try Scene(voters: 3, pieceBytes: 100, isVoterAway: true), quorum = scene.quorum
    quorum.world.start(scene.away)
    #expect(quorum.world.runUntil(quorum.world.now + .seconds(5)) { (quorum.replica(scene.away)?.snapshotFetch?.writer.sizeInBytes ?? 0) > 300 })
    quorum.world.kill(scene.leader)
    let second = try #require(quorum.leader(otherThan: scene.leader))
    #expect(second != scene.away)
    quorum.run(5000)
    let replica = quorum.node(scene.away)
    #expect(replica.failure == nil && replica.loaded.count == 1 && replica.topics == scene.topics)
    #expect(try replica.snapshotFiles.allSatisfy { !$0.hasSuffix(".part") })
  }

  @Test func `A snapshot that the leader deletes during the transfer gives way to a newer one`() throws {
    let scene = try Scene(pieceBytes: 5), quorum = scene.quorum, leader = quorum.node(scene.leader)
    quorum.world.start(scene.away)
    #expect(quorum.world.runUntil(quorum.world.now + .seconds(5)) { (quorum.replica(scene.away)?.snapshotFetch?.writer.sizeInBytes ?? 0) > 50 })
    leader.takeSnapshot()
    #expect(quorum.world.runUntil(quorum.world.now + .seconds(1)) { leader.quorum.snapshots.ids.count > 1 })
    try leader.quorum.cleanUp()
    #expect(leader.quorum.snapshots.ids.count == 1)
    expectMark(.snapshotDeletedWhileFetched) { quorum.run(5000) }
    #expect(quorum.node(scene.away).loaded == leader.quorum.snapshots.ids)
    #expect(quorum.node(scene.away).topics == scene.topics)
    #expect(try quorum.node(scene.away).snapshotFiles == [#require(leader.quorum.snapshots.latest).fileName])
  }

  @Test func `An observer that loses the network for a moment goes on where it was`() throws {
    let scene = try Scene(pieceBytes: 100), quorum = scene.quorum
    quorum.world.start(scene.away)
    #expect(quorum.world.runUntil(quorum.world.now + .seconds(5)) { (quorum.replica(scene.away)?.snapshotFetch?.writer.sizeInBytes ?? 0) > 300 })
    let fetching = quorum.node(scene.away).quorum.snapshotFetch
    quorum.world.reset(between: [scene.away], and: [scene.leader], name: "reset")
    quorum.run(10)
    #expect(quorum.node(scene.away).quorum.snapshotFetch === fetching && fetching != nil)
    quorum.run(5000)
    #expect(quorum.node(scene.away).topics == scene.topics)
  }

  @Test func `A voter whose disk is slow to store a snapshot does not stand for election meanwhile`() throws {
    let scene = try Scene(voters: 3, isVoterAway: true), quorum = scene.quorum, epoch = quorum.node(scene.leader).quorum.epoch
    quorum.world.start(scene.away)
    let slow = quorum.world.apply(DiskFault(.slow(.seconds(6)), files: "*.part"), on: [scene.away], name: "slow")
    quorum.run(15_000)
    quorum.world.lift(slow)
    #expect(quorum.node(scene.away).loaded.count == 1 && quorum.node(scene.away).topics == scene.topics)
    #expect(quorum.leaders == [scene.leader] && quorum.node(scene.away).quorum.epoch == epoch)
  }

  @Test func `A snapshot that comes damaged is not taken, and nothing gives way to it`() throws {
    let scene = try Scene(), quorum = scene.quorum, leader = quorum.node(scene.leader)
    let newest = try #require(leader.quorum.snapshots.latest)
    try leader.damage(newest.fileName)
    quorum.world.start(scene.away)
    quorum.run(5000)
    let replica = quorum.node(scene.away)
    #expect(replica.failure == nil && replica.loaded == [] && replica.quorum.logEndOffset == 2)
    #expect(scene.heard.warnings.count { $0.contains("sent a snapshot that is none") } == 1)
    // The next one is.
    quorum.commit(["more"], by: scene.leader)
    quorum.takeSnapshot(at: scene.leader)
    quorum.run(2000)
    #expect(replica.topics == scene.topics + ["more"])
  }

  @Test func `Requests for what is not there get Kafka's errors`() throws {
    let scene = try Scene(), quorum = scene.quorum, leader = quorum.node(scene.leader)
    let newest = try #require(leader.quorum.snapshots.latest), size = try leader.content(of: newest.fileName).count
    func answer(_ change: (inout FetchSnapshotRequest) -> Void) -> FetchSnapshotResponse {
      var request = FetchSnapshotRequest()
      (request.clusterId, request.replicaId, request.maxBytes) = ("test", 101, 50)
      var partition = FetchSnapshotRequest.PartitionSnapshot()
      partition.currentLeaderEpoch = leader.quorum.epoch.value
      (partition.snapshotId.endOffset, partition.snapshotId.epoch) = (newest.endOffset.value, newest.epoch.value)
      var topic = FetchSnapshotRequest.TopicSnapshot()
      (topic.name, topic.partitions) = ("__cluster_metadata", [partition])
      request.topics = [topic]
      change(&request)
      return leader.quorum.handleFetchSnapshot(request)
    }
    func error(_ change: (inout FetchSnapshotRequest.PartitionSnapshot) -> Void) -> ErrorCode? {
      answer { change(&$0.topics[0].partitions[0]) }.topics.first?.partitions.first?.errorCode
    }
    #expect(error { $0.position = Int64(size) - 1 } == ErrorCode.none)
    #expect(error { $0.position = Int64(size) } == .positionOutOfRange)
    #expect(error { $0.position = -1 } == .positionOutOfRange && error { $0.position = .max } == .positionOutOfRange)
    #expect(error { $0.snapshotId.endOffset += 1 } == .snapshotNotFound && error { ($0.snapshotId.endOffset, $0.snapshotId.epoch) = (0, 0) } == .snapshotNotFound)
    #expect(error { $0.snapshotId.endOffset = .max } == .snapshotNotFound && error { $0.snapshotId.epoch = -1 } == .snapshotNotFound)
    #expect(error { $0.currentLeaderEpoch -= 1 } == .fencedLeaderEpoch && error { $0.currentLeaderEpoch += 1 } == .unknownLeaderEpoch)
    #expect(error { $0.partition = 1 } == .unknownTopicOrPartition)
    #expect(answer { $0.topics[0].name = "t" }.topics.first?.partitions.first?.errorCode == .unknownTopicOrPartition)
    #expect(answer { $0.clusterId = "another" }.errorCode == .inconsistentClusterId)
    #expect(answer { $0.topics = [] }.errorCode == .invalidRequest)
    let piece = try #require(answer { $0.topics[0].partitions[0].position = 10 }.topics.first?.partitions.first)
    #expect(piece.unalignedRecords == (try leader.content(of: newest.fileName)[10..<60]) && piece.position == 10 && piece.size == Int64(size))
    #expect(answer { $0.maxBytes = -1 }.topics.first?.partitions.first?.unalignedRecords == .empty)
    // Somebody removed it by hand.
    try leader.reactor.disk.remove("\(QuorumNode.directory)/\(newest.fileName)")
    #expect(error { _ in } == .snapshotNotFound)
    #expect(!leader.quorum.snapshots.contains(newest))
  }

  @Test func `A replica that does not lead serves no snapshot`() throws {
    let scene = try Scene(voters: 3, isVoterAway: true), quorum = scene.quorum
    let follower = quorum.node(quorum.voters.first { $0 != scene.leader && $0 != scene.away }!)
    var request = FetchSnapshotRequest()
    var partition = FetchSnapshotRequest.PartitionSnapshot()
    partition.currentLeaderEpoch = follower.quorum.epoch.value
    var topic = FetchSnapshotRequest.TopicSnapshot()
    (topic.name, topic.partitions) = ("__cluster_metadata", [partition])
    request.topics = [topic]
    let answer = follower.quorum.handleFetchSnapshot(request)
    #expect(answer.topics[0].partitions[0].errorCode == .notLeaderOrFollower)
    #expect(answer.topics[0].partitions[0].currentLeader.leaderId == quorum.world.id(of: scene.leader).value)
    #expect(answer.nodeEndpoints.map(\.nodeId) == [quorum.world.id(of: scene.leader).value])
  }

  /// One history, whatever happens, also where replicas begin with snapshots of any node (Kafka's `RaftEventSimulationTest`).
  @Test(arguments: 1...20) func `Faults never make two histories where snapshots are taken all along`(seed: UInt64) throws {
    let quorum = Quorum(voters: 3, observers: 2, seed: seed) {
      $0.metadataLog.segmentBytes = 200
      $0.metadataLog.retentionBytes = 300
      $0.fetchSnapshotMaxBytes = 100
    }
    var random = RandomStream(seed: seed, purpose: "snapshot faults")
    let broken = Broken(quorum)
    let nodes = quorum.voters + quorum.observers
    var appended = 0
    var acknowledged: [String] = []
    for _ in 0..<50 {
      let victim = random.pick(nodes)
      switch random.below(4) {
      case 0:
        quorum.world.powerLoss(victim, unsynced: .random)
        quorum.world.after(random.between(.milliseconds(100), .milliseconds(20_000))) { [world = quorum.world] in
          if !world.isRunning(victim) { world.start(victim) }
        }
      case 1:
        let cut = quorum.world.apply(NetworkFault.isolate([victim]), name: "cut")
        quorum.world.after(random.between(.milliseconds(100), .milliseconds(4000))) { [world = quorum.world] in world.lift(cut) }
      default: break
      }
      for leader in quorum.leaders {
        let name = "t\(appended)"
        appended += 1
        quorum.node(leader).append(name) { if case .success = $0 { acknowledged.append(name) } }
      }
      quorum.run(random.between(.milliseconds(10), .milliseconds(1500)).milliseconds)
      for node in nodes where quorum.world.isRunning(node) && random.chance(1, in: 3) {
        (quorum.world.object(of: node) as? QuorumNode)?.takeSnapshot()
        if random.chance(1, in: 2) { try quorum.replica(node)?.cleanUp() }
      }
    }
    quorum.world.liftAllFaults()
    for node in nodes where !quorum.world.isRunning(node) { quorum.world.start(node) }
    quorum.run(15_000)
    let leader = try #require(quorum.leader())
    quorum.node(leader).append("end")
    quorum.run(3000)
    let history = quorum.node(leader).topics
    #expect(history.last == "end" && acknowledged.count > 5)
    #expect(acknowledged.filter { !history.contains($0) } == [])
    for node in nodes {
      #expect(quorum.node(node).failure == nil)
      #expect(quorum.node(node).topics == history)
    }
    #expect(broken.words == [])
  }
}

/// Looks at the invariants of all replicas with each thing that happens.
private final class Broken {
  private(set) var words: [String] = []

  init(_ quorum: Quorum) {
    quorum.world.onOccurrence = { [unowned self, world = quorum.world, nodes = quorum.voters + quorum.observers] _, _, occurrence in
      switch occurrence {
      case .metadataSnapshotTaken, .metadataSnapshotLoaded, .controllerElected, .truncated, .recordsDeleted: break
      default: return
      }
      world.after(.zero) {
        for node in nodes {
          guard let replica = (world.object(of: node) as? QuorumNode)?.quorum else { continue }
          var check = InvariantCheck()
          replica.checkInvariants(&check)
          self.words += check.broken
        }
      }
    }
  }
}

/// Counts requests as they arrive at a node.
private final class Counter {
  private var counts: [ApiKey: Int] = [:]

  init(_ quorum: Quorum, _ node: NodeIndex) {
    quorum.node(node).onRequest = { [unowned self] in counts[$0, default: 0] += 1 }
  }

  func requests(_ key: ApiKey) -> Int { counts[key, default: 0] }
}
