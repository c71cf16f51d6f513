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
@testable import Transport
@testable import Trials

/// What is looked at of nodes in a trial whose nodes are not asked after each event. Each is broken on purpose by a change of the state that nothing in the trial makes.
@Suite struct NodeInvariantTests {
  private static let partition = TopicPartition("t", 0)

  private func trial(_ checks: InvariantChecks = .amongNodes, controllers: Int = 1, workload: String = "[{ produce: { topic: t, rate: 20/s } }]", _ more: String = "") throws -> Trial {
    let text = """
      name: invariants
      about: Three replicas and a producer.
      cluster: { controllers: \(controllers), config: { broker.session.timeout.ms: 2000, broker.heartbeat.interval.ms: 200 } }
      topics: [{ name: t, replicas: [[1, 2, 3]] }]
      workload: \(workload)
      \(more)
      duration: 15s
      expect: { holds: all }
      """
    var options = Trial.Options(seed: 3)
    options.invariants = checks
    return Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: options)
  }

  private func cases(of trial: Trial) -> [String] { trial.run().verdicts.first { $0.guarantee == .invariants }?.cases ?? [] }

  @Test func `A node is asked from time to time, although not after each event`() throws {
    let trial = try trial(), world = trial.cluster.world
    world.after(.seconds(7)) { [unowned trial] in trial.cluster.partition(Self.partition, at: 1)?.leaderID = 3 }
    world.after(.seconds(9)) { [unowned trial] in trial.cluster.partition(Self.partition, at: 1)?.leaderID = 1 }
    let cases = cases(of: trial)
    #expect(cases.first?.contains("t-0 at broker 1: it leads, and takes broker 3 for the leader") == true, "\(cases)")
  }

  // MARK: Logs

  @Test func `A log that is truncated is read at once`() throws {
    for isBroken in [false, true] {
      let trial = try trial()
      trial.cluster.world.after(.seconds(7)) { [unowned trial] in
        guard let log = trial.cluster.partition(Self.partition, at: 2)?.log else { return }
        try? log.truncate(to: log.logEndOffset - 1)
        if isBroken { _ = log.epochs.assign(7, startOffset: log.logEndOffset) }
      }
      let cases = cases(of: trial)
      #expect(cases.contains { $0.contains("it was truncated and ends at") && $0.contains("and still knows that epoch 7 begins at") } == isBroken, "\(cases)")
    }
  }

  @Test func `At the end each log is read`() throws {
    #expect(try cases(of: trial()) == [])
    let trial = try trial()
    trial.cluster.world.after(.seconds(14)) { [unowned trial] in trial.cluster.partition(Self.partition, at: 3)?.log?.epochs.entries = [.init(epoch: 0, startOffset: 3)] }
    let cases = cases(of: trial)
    #expect(cases.contains { $0.contains("broker-3: ") && $0.contains("the batch at offset 0 is of epoch 0, and the log takes it for one of no epoch") }, "\(cases)")
  }

  @Test func `A follower that has more than its leader, or does not learn what is committed, is told at the end`() throws {
    let trial = try trial()
    _ = trial.run()
    trial.cluster.world.run(for: .seconds(5))
    ReplicasAtRest(trial.cluster).check()
    #expect(trial.cluster.world.invariants.broken.isEmpty)
    trial.cluster.partition(Self.partition, at: 2)?.log?.logEndOffset = 1_000
    trial.cluster.partition(Self.partition, at: 3)?.highWatermark = 1
    ReplicasAtRest(trial.cluster).check()
    let broken = trial.cluster.world.invariants.broken.map(\.words)
    #expect(broken.contains { $0.contains("broker 2 is in the ISR of broker 1, and its log ends at 1000, behind the end of the leader's") }, "\(broken)")
    #expect(broken.contains { $0.contains("broker 3 is in the ISR of broker 1, whose high watermark has been") && $0.hasSuffix("and its own is 1") }, "\(broken)")
  }

  // MARK: Acknowledgements

  @Test func `Records that are acknowledged before they are committed, or by too few, are told`() throws {
    let cluster = try trial().cluster, invariants = try #require(cluster.observer.cluster), node = cluster.nodes.brokers[0]
    let records = AcknowledgedRecords(partition: Self.partition, topicID: Uuid(high: 1, low: 2), broker: 1, baseOffset: 4, tokens: [1, 2], acks: -1)
    let commit = DurabilityContract.Commit(epoch: 0, copies: [1, 2], minimumCopies: 2), few = DurabilityContract.Commit(epoch: 0, copies: [1], minimumCopies: 2)
    invariants.check(records, at: node, commit, highWatermark: 6)
    invariants.check(records, at: node, nil, highWatermark: 9)
    #expect(cluster.world.invariants.broken.isEmpty)
    invariants.check(records, at: node, commit, highWatermark: 5)
    invariants.check(records, at: node, few, highWatermark: 6)
    #expect(
      cluster.world.invariants.broken.map(\.words) == [
        "t-0: broker 1 acknowledged the records from offset 4 on, 2 of them, and its high watermark came to 5",
        "t-0: broker 1 acknowledged the records from offset 4 on, with the ISR [1], and 2 have to be in sync",
      ])
  }

  // MARK: Power losses, majorities

  @Test func `A log that lost what it had synced is told, and one that lost more or another disk is not`() {
    var logs = SyncedLogs()
    func recovered(to end: Offset, isReplaced: Bool = false) -> String? {
      logs.recordPowerLoss(of: NodeIndex(1), [(Self.partition, 8), (TopicPartition("u", 0), 3)])
      if isReplaced { logs.forget(NodeIndex(1)) }
      return logs.check(recovered: Self.partition, at: NodeIndex(1), logEndOffset: end)
    }
    #expect(recovered(to: 8) == nil)
    #expect(recovered(to: 7) == "t-0: the log was synced up to offset 8, and ends at 7 after a power loss")
    #expect(recovered(to: 0, isReplaced: true) == nil)
    #expect(logs.check(recovered: Self.partition, at: NodeIndex(2), logEndOffset: 0) == nil)
  }

  @Test func `Metadata that counts as committed and that a majority lacks is told`() throws {
    let trial = try trial(controllers: 3), cluster = trial.cluster
    _ = trial.run()
    #expect(cluster.world.invariants.broken.isEmpty)
    let node = try #require(cluster.nodes.controllers.first { cluster.world.controller(at: $0)?.isActive == true })
    let end = try #require(cluster.world.controller(at: node)).metadataLogEndOffset
    cluster.observer.cluster?.check(Occurrence.MetadataCommit(baseOffset: end, lastOffset: end + 5, epoch: 1, checksum: 7), by: node)
    let broken = cluster.world.invariants.broken.map(\.words)
    #expect(broken.count == 1 && broken[0].contains("counts offset \(end + 5) of the metadata log as committed"), "\(broken)")
  }

  // MARK: Votes

  private func vote(for candidate: NodeID, in epoch: LeaderEpoch, end: Offset = 0) -> Occurrence.MetadataVote {
    Occurrence.MetadataVote(candidate: candidate, epoch: epoch, lastEpoch: 1, logEndOffset: end)
  }

  @Test func `A controller that votes twice in an epoch is told, and one that votes again for the same or in another epoch is not`() throws {
    let cluster = try trial(controllers: 3).cluster, nodes = cluster.nodes.controllers
    let first = cluster.world.id(of: nodes[0]), second = cluster.world.id(of: nodes[1])
    let invariants = try #require(cluster.observer.cluster)
    for (candidate, epoch, voter) in [(first, 4, 2), (first, 4, 2), (second, 5, 2), (second, 4, 1)] as [(NodeID, LeaderEpoch, Int)] {
      invariants.check(vote(for: candidate, in: epoch), by: nodes[voter])
    }
    #expect(cluster.world.invariants.broken.isEmpty)
    invariants.check(vote(for: second, in: 4), by: nodes[2])
    #expect(cluster.world.invariants.broken.map(\.words) == ["controller-3 votes for node \(second) in epoch 4 of the metadata log, and has voted for node \(first)"])
    invariants.observe(.diskReplaced, at: nodes[1])
    invariants.check(vote(for: first, in: 4), by: nodes[1])
    #expect(cluster.world.invariants.broken.count == 1, "a new disk knows of no vote")
  }

  @Test func `A vote for a log that is behind the voter's is told`() throws {
    let trial = try trial(controllers: 3), cluster = trial.cluster
    _ = trial.run()
    let node = try #require(cluster.nodes.controllers.first { cluster.world.controller(at: $0)?.isActive == true })
    let controller = try #require(cluster.world.controller(at: node)), voter = try #require(cluster.nodes.controllers.first { $0 != node })
    let id = cluster.world.id(of: node), epoch = controller.quorumEpoch, end = controller.metadataLogEndOffset
    let invariants = try #require(cluster.observer.cluster)
    invariants.check(Occurrence.MetadataVote(candidate: id, epoch: epoch, lastEpoch: controller.lastMetadataEpoch, logEndOffset: end), by: voter)
    #expect(cluster.world.invariants.broken.isEmpty)
    invariants.check(Occurrence.MetadataVote(candidate: id, epoch: epoch, lastEpoch: controller.lastMetadataEpoch, logEndOffset: end + 1), by: voter)
    #expect(cluster.world.invariants.broken.count == 1 && cluster.world.invariants.broken[0].words.contains("whose log ends at \(end) in epoch"))
  }

  // MARK: Requests

  @Test func `A request that nobody answers is told at the end`() throws {
    let trial = try trial()
    _ = trial.run()
    let cluster = trial.cluster, invariants = try #require(cluster.observer.cluster)
    invariants.lookAtRest()
    #expect(cluster.world.invariants.broken.isEmpty)
    let server = try #require(cluster.world.broker(at: cluster.nodes.brokers[0])?.broker?.server)
    let channel = try #require(server.channels.all.first { !$0.isBusy && $0.request != nil })
    channel.isBusy = true
    channel.request?.frame = Frame(Bytes([UInt8](repeating: 0, count: 1_000)))
    invariants.lookAtRest()
    #expect(cluster.world.invariants.broken.isEmpty, "it has only come")
    cluster.world.run(for: .seconds(7))
    invariants.lookAtRest()
    #expect(cluster.world.invariants.broken.contains { $0.words.contains("has no answer for 7") }, "\(cluster.world.invariants.broken)")
  }

  @Test func `A request that waits for a node which its broker has asked is not told`() throws {
    let trial = try trial(workload: "[{ transact: { name: app, topic: t, transactional-id: x, commit-every: 500ms, rate: 10/s } }]"), cluster = trial.cluster
    var open: [String] = [], broken: [String] = ["nobody has looked"]
    cluster.world.after(.seconds(7)) { [unowned world = cluster.world] in
      world.apply(MessageRule(.hold, .request, apiKey: ApiKey.addPartitionsToTxn.rawValue), name: "held")
    }
    cluster.world.after(.milliseconds(14_900)) { [unowned trial] in
      let cluster = trial.cluster
      open = cluster.nodes.brokers.flatMap { cluster.world.broker(at: $0)?.openRequests ?? [] }.map { $0.apiKey.name }
      cluster.observer.cluster?.lookAtRest()
      broken = cluster.world.invariants.broken.map(\.words)
    }
    _ = trial.run()
    #expect(open.contains("Produce") && broken == [], "\(open)")
  }

  // MARK: Sessions

  @Test func `A broker that ended and is not fenced in time is told, and one that is fenced is not`() throws {
    for isForgotten in [false, true] {
      let trial = try trial(), world = trial.cluster.world, broker = trial.cluster.nodes.brokers[2]
      world.after(.seconds(4)) { [unowned world] in world.kill(broker) }
      for tenth in 40..<140 where isForgotten {
        world.after(.milliseconds(Int64(tenth) * 100)) { [unowned trial] in
          guard let controller = trial.cluster.world.controller(at: trial.cluster.nodes.controllers[0]), let epoch = controller.image.broker(3)?.epoch else { return }
          controller.state?.sessions.touch(3, epoch: epoch, isFenced: false, isHeartbeat: true, metadataOffset: 0, at: trial.cluster.world.now)
        }
      }
      let cases = cases(of: trial)
      #expect(cases.contains { $0.contains("broker-3 ended") && $0.contains("has not fenced it") } == isForgotten, "\(cases)")
    }
  }
}
