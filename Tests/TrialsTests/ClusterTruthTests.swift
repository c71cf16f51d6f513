import Host
import Primitives
import Results
import Testing
import Wire
import Workloads

@testable import Broker
@testable import Controller
@testable import Groups
@testable import Log
@testable import Replication
@testable import Scenarios
@testable import Sim
@testable import Trials

/// What a node takes for true of another one, of its disk or of time, against what is true. Each check sees a state that was made wrong on purpose, and its harmless neighbour.
@Suite struct ClusterTruthTests {
  private static let partition = TopicPartition("t", 0)

  private func trial(config: String = "", duration: String = "5s") throws -> Trial {
    let text = """
      name: truth
      about: Three replicas and a producer.
      cluster: { config: { broker.heartbeat.interval.ms: 200\(config) } }
      topics: [{ name: t, replicas: [[1, 2, 3]], config: { internal.segment.bytes: 4096 } }]
      workload: [{ produce: { topic: t, rate: 40/s } }]
      duration: \(duration)
      expect: { holds: all }
      """
    var options = Trial.Options(seed: 3)
    options.invariants = .amongNodes
    return Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: options)
  }

  /// A trial that is over, with nothing wrong.
  private func played(config: String = "") throws -> TrialCluster {
    let trial = try trial(config: config)
    #expect(trial.run().verdicts.allSatisfy { $0.caseCount == 0 })
    return trial.cluster
  }

  private func broken(_ look: (inout InvariantCheck) -> Void) -> [String] {
    var check = InvariantCheck()
    look(&check)
    #expect(check.examined > 0)
    return check.broken
  }

  // MARK: Replicas

  private func followers(in cluster: TrialCluster) throws -> [String] {
    let leader = try #require(cluster.partition(Self.partition, at: 1))
    return broken { check in
      FollowersOfLeader.check(leader, &check) { id in
        guard let node = cluster.nodes.broker(id), let broker = cluster.world.broker(at: node), let replica = cluster.world.replica(of: Self.partition, at: node) else { return nil }
        return (broker, replica)
      }
    }
  }

  @Test func `A leader that counts more for a follower than it has is told`() throws {
    let cluster = try played(), leader = try #require(cluster.partition(Self.partition, at: 1)), end = leader.logEndOffset
    #expect(try followers(in: cluster).isEmpty)
    let follower = try #require(leader.follower(2)), epoch = try #require(follower.brokerEpoch)
    follower.fetched(from: end + 1, logStartOffset: 0, at: cluster.world.now, leaderEndOffset: end, brokerEpoch: epoch)
    #expect(try followers(in: cluster) == ["t-0: its leader, broker 1, counts everything below \(end + 1) for broker 2, whose log ends at \(end)"])
    follower.fetched(from: end + 1, logStartOffset: 0, at: cluster.world.now, leaderEndOffset: end, brokerEpoch: BrokerEpoch(epoch.value - 1))
    #expect(try followers(in: cluster).isEmpty, "an earlier life may have had more")
  }

  @Test func `A follower whose log is no part of its leader's is told`() throws {
    let cluster = try played(), log = try #require(cluster.partition(Self.partition, at: 2)?.log), epoch = try #require(log.latestEpoch)
    let start: Offset = log.logEndOffset - 1
    log.epochs.entries = [.init(epoch: epoch, startOffset: 0), .init(epoch: epoch.next, startOffset: start)]
    let words = try followers(in: cluster)
    #expect(words.count == 1 && words[0].contains("ends at \(log.logEndOffset) in epoch \(epoch.next), which ends nowhere in its leader's"), "\(words)")
  }

  @Test func `A leader that asks for a member which lacks what was committed is told`() throws {
    let leader = try #require(try played().partition(Self.partition, at: 1)), end = leader.logEndOffset
    leader.inSyncReplicas = InSyncReplicas(committed: [1, 2])
    leader.inSyncReplicas.propose(.expansion(adding: 3), number: 1)
    #expect(broken { FollowersOfLeader.check(newcomersOf: leader, &$0) }.isEmpty)
    leader.leaderEpochStartOffset = end + 1
    let words = broken { FollowersOfLeader.check(newcomersOf: leader, &$0) }
    #expect(words.count == 1 && words[0].contains("broker 1 asks for broker 3 in the ISR, whose log ends at \(end)"), "\(words)")
  }

  @Test(arguments: [false, true]) func `A leader that keeps a broker which ended and lacks records in its ISR is told`(isKept: Bool) throws {
    let trial = try trial(config: ", broker.session.timeout.ms: 60000, replica.lag.time.max.ms: 500", duration: "10s"), cluster = trial.cluster
    cluster.world.after(.seconds(6)) { [unowned world = cluster.world, broker = cluster.nodes.brokers[2]] in world.kill(broker) }
    for tenth in 60..<100 where isKept {
      cluster.world.after(.milliseconds(Int64(tenth) * 100)) { [unowned trial] in
        // As if it fetched all but the last record, again and again.
        guard let leader = trial.cluster.partition(Self.partition, at: 1), let follower = leader.follower(3), let epoch = follower.brokerEpoch else { return }
        let offset: Offset = leader.logEndOffset - 1
        follower.fetched(from: offset, logStartOffset: 0, at: trial.cluster.world.now, leaderEndOffset: offset, brokerEpoch: epoch)
      }
    }
    let cases = trial.run().verdicts.first { $0.guarantee == .invariants }?.cases ?? []
    #expect(cases.contains { $0.contains("t-0: broker 3 has ended and lacks records for") && $0.contains("does not ask for an ISR without it") } == isKept, "\(cases)")
  }

  @Test func `A reassignment that ends before what it adds is in sync is told`() {
    var reassignments = Reassignments()
    func look(_ isr: [NodeID], epoch: PartitionEpoch, adding: [NodeID] = [], replicas: [NodeID] = [1, 2, 4]) -> [String] {
      var check = InvariantCheck()
      reassignments.look(at: PartitionRegistration(replicas: replicas, isr: isr, addingReplicas: adding, leader: 1, partitionEpoch: epoch), Self.partition, &check)
      return check.broken
    }
    #expect(look([1, 2], epoch: 3, adding: [4], replicas: [1, 2, 3, 4]).isEmpty)
    #expect(look([1, 2, 4], epoch: 4).isEmpty)
    #expect(look([1, 2], epoch: 5, adding: [4], replicas: [1, 2, 3, 4]).isEmpty && look([1, 2], epoch: 6, replicas: [1, 2, 3]).isEmpty, "it was called off")
    #expect(look([1, 2], epoch: 7, adding: [4], replicas: [1, 2, 3, 4]).isEmpty && look([1, 2], epoch: 9).isEmpty, "it may have been in sync in between")
    #expect(look([1, 2], epoch: 10, adding: [4], replicas: [1, 2, 3, 4]).isEmpty)
    #expect(look([1, 2], epoch: 11) == ["t-0: its reassignment to [1, 2, 4] is over, which added [4], and [1, 2] are in sync"])
  }

  // MARK: Disks

  @Test func `A log that takes for synced what is not on the platter is told`() throws {
    let cluster = try played(), node = cluster.nodes.brokers[1], replica = try #require(cluster.partition(Self.partition, at: 2)), log = try #require(replica.log)
    func look() -> [String] { broken { SyncedLogs.check(syncOf: replica, at: node, in: cluster.world, &$0) } }
    #expect(log.flushedOffset > 0 && log.flushedOffset < log.logEndOffset)
    #expect(look().isEmpty)
    log.flushing.flushedOffset = log.logEndOffset
    let words = look()
    #expect(words.count == 1 && words[0].contains("t-0: broker-2 takes for synced everything below \(log.logEndOffset), which needs"), "\(words)")
  }

  @Test func `What is committed without a sync is told where each record has to be synced`() throws {
    let cluster = try played(), leader = try #require(cluster.partition(Self.partition, at: 1))
    func look() -> [String] {
      var check = InvariantCheck()
      SyncedLogs.check(commitsOf: leader, in: cluster.world, &check) { id in
        guard let node = cluster.nodes.broker(id), let broker = cluster.world.broker(at: node), let replica = cluster.world.replica(of: Self.partition, at: node) else { return nil }
        return (node, broker, replica)
      }
      return check.broken
    }
    #expect(look().isEmpty)
    leader.log?.configuration.flushMessages = 1
    let words = look()
    #expect(words.count == 1 && words[0].contains("t-0: broker-1 has in sync with others everything below \(leader.highWatermark)"), "\(words)")
  }

  @Test func `A vote that is not on the voter's platter is told`() throws {
    let cluster = try played(), controller = cluster.nodes.controllers[0], id = cluster.world.id(of: controller)
    let invariants = try #require(cluster.observer.cluster), epoch = try #require(cluster.world.controller(at: controller)).quorumEpoch
    func vote(in epoch: LeaderEpoch) -> Occurrence.MetadataVote { Occurrence.MetadataVote(candidate: id, epoch: epoch, lastEpoch: 0, logEndOffset: 0) }
    invariants.check(vote(in: epoch), by: controller)
    #expect(cluster.world.invariants.broken.isEmpty)
    invariants.check(vote(in: epoch.next), by: controller)
    let words = cluster.world.invariants.broken.map(\.words)
    #expect(words.count == 1 && words[0].contains("votes for node \(id) in epoch \(epoch.next), and on its platter stands epoch \(epoch) with a vote for node \(id)"), "\(words)")
  }

  @Test func `What a killed broker had not synced is lost with the power, also if it has not opened its logs since`() throws {
    let cluster = try played(), node = cluster.nodes.brokers[1], world = cluster.world, contract = cluster.observer.contract
    let replica = try #require(cluster.partition(Self.partition, at: 2)), end = replica.logEndOffset, synced = try #require(replica.log).flushedOffset
    let number = cluster.recorder.number(of: Self.partition, topicID: replica.id.topic)
    let ledger = LossLedger(of: cluster)
    for _ in 1...2 {
      ledger.recordKill(of: node)
      world.kill(node)
      world.start(node)
      world.run(for: .milliseconds(1))
      #expect(cluster.replicas(of: node)?.isEmpty == true)
    }
    ledger.recordDestruction(at: node, isDiskLost: false)
    #expect(synced < end && contract.isDestroyed(number, at: 2, before: end) && !contract.isDestroyed(number, at: 2, before: synced))
  }

  @Test func `A broker that crashed and takes its logs for cleanly closed is told`() throws {
    let cluster = try played(), node = cluster.nodes.brokers[1], world = cluster.world
    world.shutdown(node)
    world.run(for: .seconds(10))
    world.start(node)
    world.run(for: .seconds(10))
    let broker = try #require(world.broker(at: node)), image = try #require(broker.metadataImage)
    #expect(broker.hasFoundCleanShutdown)
    func look(_ incidents: [Incident]) -> [String] {
      var brokers = BrokersInMetadata(), check = InvariantCheck()
      brokers.observe(.started, at: node)
      brokers.recordReplica(at: node)
      for incident in incidents { brokers.observe(incident, at: node) }
      brokers.check(registrationOf: 2, broker, at: node, in: image, &check)
      return check.broken
    }
    #expect(look([.shutdownAsked, .exited, .started]).isEmpty)
    #expect(look([.lostPower, .diskReplaced, .started]).isEmpty)
    #expect(look([.killed, .started]) == ["broker 2 ended without a shutdown, and takes its logs for cleanly closed"])
  }

  // MARK: What is deleted

  @Test func `A log that deletes more than its rules allow is told`() throws {
    let cluster = try played(), replica = try #require(cluster.partition(Self.partition, at: 1)), log = try #require(replica.log), size = Int64(log.sizeInBytes)
    let now = Timestamp(milliseconds: 1_000_000)
    func look(_ rule: Occurrence.DeletionRule, up to: Offset, age: Int64 = 5_000, start: Offset? = nil) -> [String] {
      let segments = [Occurrence.DeletedSegment(baseOffset: 0, endOffset: to, newestTimestamp: Timestamp(milliseconds: now.milliseconds - age))]
      return broken { DeletionsByRule.check(rule, segments, start: (from: 0, to: start ?? to), in: replica, at: now, &$0) }
    }
    log.configuration.retention = .milliseconds(4_999)
    log.configuration.retentionBytes = size
    #expect(look(.retentionTime, up: 20).isEmpty && look(.retentionSize, up: 20).isEmpty && look(.belowLogStart, up: 20).isEmpty)
    #expect(look(.retentionTime, up: 20, age: 4_999)[0].contains("of which one has a record that is 4999ms old, and retention.ms is 4999ms"))
    #expect(look(.retentionTime, up: replica.highWatermark + 1)[0].hasSuffix("and the high watermark is \(replica.highWatermark)"))
    #expect(look(.retentionTime, up: 20, start: 21) == ["t-0: segments [0] up to 20 were deleted by retention.ms, and the log starts at 21"])
    #expect(look(.belowLogStart, up: 20, start: 19).count == 1)
    log.configuration.retentionBytes = size + 1
    #expect(look(.retentionSize, up: 20) == ["t-0: segments [0] up to 20 were deleted by retention.bytes, which left \(size) bytes, and retention.bytes is \(size + 1)"])
  }

  // MARK: What takes too long

  @Test func `A transaction that its coordinator leaves open after its time is told`() {
    var transactions = OverdueTransactions()
    func look(at seconds: Int64, epoch: LeaderEpoch = 1) -> [String] {
      var check = InvariantCheck()
      let open = OverdueTransactions.Open(transactionalID: "x", producerID: 5, producerEpoch: 2, coordinator: 1, epoch: epoch)
      transactions.look(at: [open], interval: .seconds(3), now: .zero + .seconds(seconds), &check)
      return check.broken
    }
    #expect(look(at: 1).isEmpty && look(at: 5).isEmpty)
    #expect(look(at: 6, epoch: 2).isEmpty && look(at: 9, epoch: 2).isEmpty, "another coordinator looks for itself")
    #expect(look(at: 11, epoch: 2) == ["transactional id x: the transaction of producer 5, epoch 2, is open 5s after its time, and its coordinator, broker 1, looks every 3s"])
  }

  @Test func `A member that a coordinator keeps after its session is told, unless the group is moving`() throws {
    let cluster = try played(), node = cluster.nodes.brokers[0], world = cluster.world
    func look(for seconds: Int64, isStable: Bool = true, epochs: [LeaderEpoch] = [1]) -> [String] {
      var members = SilentMembers(), check = InvariantCheck()
      members.recordRunning("m", at: world.now)
      for epoch in epochs {
        for _ in 0..<seconds {
          let group = GroupSnapshot(state: "Stable", isStable: isStable, epoch: 4, memberIDs: ["m", "n"], sessionTimeout: .seconds(3))
          members.look(at: StableGroup("g", group, at: node, epoch, in: world), now: world.now, &check)
          world.run(for: .seconds(1))
        }
      }
      return check.broken
    }
    #expect(look(for: 6).isEmpty && look(for: 9, isStable: false).isEmpty && look(for: 5, epochs: [1, 2]).isEmpty)
    #expect(look(for: 7) == ["group g: m does not run for 6s, its session lasts 3s, and its coordinator, broker-1, has it as a member"])
  }

  @Test func `A partition without an owner in a group that is stable is told, unless a member is away or the group begins anew`() throws {
    let cluster = try played(), node = cluster.nodes.brokers[0], world = cluster.world
    func look(for seconds: Int64, running: [String] = ["m"], generations: [Int32] = [4]) -> [String] {
      var orphans = OrphanedPartitions(), check = InvariantCheck()
      for generation in generations {
        for _ in 0..<seconds {
          let group = GroupSnapshot(state: "Stable", isStable: true, epoch: generation, memberIDs: ["m"], sessionTimeout: .seconds(3))
          orphans.look(at: StableGroup("g", group, at: node, 1, in: world), running: running, without: [Self.partition], now: world.now, &check)
          world.run(for: .seconds(1))
        }
      }
      return check.broken
    }
    #expect(look(for: 7).isEmpty && look(for: 9, running: ["n"]).isEmpty && look(for: 6, generations: [4, 5]).isEmpty)
    #expect(look(for: 8) == ["group g: t-0 has no owner for 7s, its 1 members run, and for broker-1 it is stable"])
  }

  // MARK: Producers

  @Test func `A batch of a producer's former epoch is told, and a marker of a former coordinator`() throws {
    func words(_ batches: RecordBatch...) -> [String] {
      var producers = ProducerEpochs()
      return broken { check in for batch in batches { producers.look(at: batch, in: Self.partition, TopicIDPartition(.zero, 0), &check) } }
    }
    func batch(_ epoch: Int16, at offset: Offset, leader: LeaderEpoch = 1, coordinator: Int32? = nil) throws -> RecordBatch {
      var builder = RecordBatchBuilder(
        baseOffset: offset, leaderEpoch: leader, producerID: 7, producerEpoch: epoch, baseSequence: coordinator == nil ? 0 : -1, isTransactional: true, isControl: coordinator != nil)
      // What ENDTXN's schema writes: the version, and the epoch of the coordinator.
      let marker = coordinator.map { EndTransactionMarker(isCommit: true, coordinatorEpoch: $0).record.value }
      builder.append(timestamp: Timestamp(milliseconds: 0), key: marker.map { _ in Bytes([0, 0, 0, 1]) }, value: marker ?? Bytes("v"))
      return try RecordBatch.splitting(builder.build())[0]
    }
    #expect(try words(batch(3, at: 0), batch(3, at: 1, coordinator: 5), batch(4, at: 2), batch(4, at: 3, coordinator: 6)).isEmpty)
    #expect(try words(batch(4, at: 5), batch(3, at: 3, leader: 2)).isEmpty, "what stood there before was never committed")
    #expect(try words(batch(4, at: 0), batch(3, at: 1)) == ["t-0: producer 7 has a batch of epoch 3 at offset 1, behind one of epoch 4"])
    #expect(
      try words(batch(3, at: 1, coordinator: 5), batch(4, at: 2, coordinator: 4))
        == ["t-0: the marker of producer 7 at offset 2 is of coordinator epoch 4, behind one of epoch 5"])
  }
}
