import Host
import Primitives
import Results
import Sim
import Testing
import Workloads

@testable import Broker
@testable import Controller
@testable import Log
@testable import Raft
@testable import Replication
@testable import Scenarios
@testable import Trials

/// What nodes make of one metadata log, compared while a trial runs and at its end. Each is broken on purpose by a change of the state that no record makes.
@Suite struct MetadataAgreementTests {
  private func trial(controllers: Int = 3) throws -> Trial {
    let text = """
      name: agreement
      about: Three controllers and three brokers read one log.
      cluster: { controllers: \(controllers), config: { metadata.log.max.snapshot.interval.ms: 2s } }
      topics: [{ name: t, replicas: [[1, 2, 3]] }]
      workload: [{ produce: { topic: t, rate: 20/s } }]
      duration: 12s
      expect: { holds: all }
      """
    var options = Trial.Options(seed: 3)
    options.invariants = .told
    return Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: options)
  }

  private func invariants(of trial: Trial) throws -> Verdict { try #require(trial.run().verdicts.first { $0.guarantee == .invariants }) }

  @Test func `Nodes that read one log have the same metadata, with snapshots and without`() throws {
    #expect(try invariants(of: trial()).conclusion == .holds)
    #expect(try invariants(of: trial(controllers: 1)).conclusion == .holds)
  }

  @Test func `A broker with other metadata at the same offset is told while the trial runs, and for each beginning at its end`() throws {
    let trial = try trial()
    trial.cluster.world.after(.seconds(5)) { [unowned trial] in
      let broker = trial.cluster.world.object(of: trial.cluster.nodes.brokers[1]) as? BrokerNode
      broker?.broker?.metadata.update { image in image.nextProducerID = 77 }
    }
    let cases = try invariants(of: trial).cases
    #expect(cases.count { $0.contains("broker-2") && $0.contains(" made different metadata of the log up to offset ") } == 1, "\(cases)")
    #expect(cases.contains { $0.contains("broker 2: its image at offset ") && $0.contains("is not the one that its log makes") }, "\(cases)")
  }

  @Test func `A leader whose ISR no controller has committed is told`() throws {
    let trial = try trial()
    trial.cluster.world.after(.seconds(5)) { [unowned trial] in
      let cluster = trial.cluster, name = TopicPartition("t", 0)
      guard let leader = cluster.partition(name, at: 1) else { return }
      let committed = leader.inSyncReplicas, epoch = leader.partitionEpoch
      leader.partitionEpoch = 9
      cluster.observer.cluster?.observe(.isrProposed(name, [1]), at: cluster.nodes.brokers[0])
      cluster.observer.cluster?.look(after: cluster.nodes.brokers[0])
      leader.partitionEpoch = epoch
      leader.inSyncReplicas.commit([1, 3])
      cluster.observer.cluster?.observe(.isrProposed(name, [1]), at: cluster.nodes.brokers[0])
      cluster.observer.cluster?.look(after: cluster.nodes.brokers[0])
      leader.inSyncReplicas = committed
    }
    let cases = try invariants(of: trial).cases
    #expect(cases.contains { $0.contains("in partition epoch 9 with the ISR [1, 2, 3], and the controllers have committed epoch 0 and partition epoch 0") }, "\(cases)")
    #expect(cases.contains { $0.contains("in partition epoch 0 with the ISR [1, 3], and the controllers have committed the ISR [1, 2, 3]") }, "\(cases)")
    #expect(cases.contains { $0.contains("with the ISR [1, 3], at most [1, 3], and the controllers have committed the ISR [1, 2, 3]") }, "\(cases)")
  }

  // MARK: The quorum

  private func played() throws -> TrialCluster {
    let trial = try trial()
    #expect(trial.run().verdicts.allSatisfy { $0.caseCount == 0 })
    return trial.cluster
  }

  @Test func `A controller that follows with a log which is no beginning of the leader's is told`() throws {
    let cluster = try played(), world = cluster.world, active = try #require(cluster.nodes.controllers.first { world.controller(at: $0)?.isActive == true })
    func look() -> [String] {
      var check = InvariantCheck()
      MetadataFollowers.check(in: world, cluster.nodes, &check)
      #expect(check.examined == 2)
      return check.broken
    }
    #expect(look().isEmpty)
    let node = try #require(cluster.nodes.controllers.first { $0 != active }), log = try #require(world.controller(at: node)).quorum.log
    let last = try #require(log.epochs.entries.last), start: Offset = log.logEndOffset - 1
    log.epochs.entries.append(.init(epoch: last.epoch.next, startOffset: start))
    let words = look()
    #expect(words.count == 1 && words[0].contains("its metadata log, which ends at \(log.logEndOffset) in epoch \(last.epoch.next), is no beginning of the leader's"), "\(words)")
  }

  @Test(arguments: [false, true]) func `A leader that goes on without a majority of the voters is told, and one that gives up is not`(goesOn: Bool) throws {
    let cluster = try played(), world = cluster.world, active = try #require(cluster.nodes.controllers.first { world.controller(at: $0)?.isActive == true })
    for node in cluster.nodes.controllers where node != active { world.kill(node) }
    var leaders = LeadersWithoutMajority()
    for _ in 0..<40 {
      leaders.look(in: world, cluster.nodes)
      let quorum = try #require(world.controller(at: active)?.quorum)
      // As if the others still asked for something.
      if goesOn, let leading = quorum.leading { for replica in leading.replicas { leading.updateContact(of: replica.key, at: world.now) } }
      world.run(for: .milliseconds(250))
    }
    let words = world.invariants.broken.map(\.words).filter { $0.contains("no more than 1 of 3 voters run") }
    #expect(words.isEmpty == !goesOn, "\(words)")
  }

  // MARK: Elections that nothing has caused

  /// The cases of `active-controller` of a trial in which controller-1, -2 or -3, whichever is active, resigns of its own.
  private func elections(after disturb: @escaping (World, NodeTable) -> Void) throws -> [String] {
    let trial = try trial()
    trial.cluster.world.after(.milliseconds(9_900)) { [unowned trial] in
      disturb(trial.cluster.world, trial.cluster.nodes)
      let controllers = trial.cluster.nodes.controllers.compactMap { trial.cluster.world.object(of: $0) as? ControllerNode }
      guard let active = controllers.first(where: \.isActive), let leading = active.quorum.leading else { return }
      active.quorum.stepDown(leading, .majorityLost)
    }
    return try #require(trial.run().verdicts.first { $0.guarantee == .activeController }).cases
  }

  @Test func `Another controller that is elected without a cause is told`() throws {
    let cases = try elections { _, _ in }
    #expect(cases.count == 1 && cases[0].hasSuffix(", and nothing had happened to any node or link for 8 s"), "\(cases)")
  }

  @Test func `With a cause it is not`() throws {
    let cases = try elections { world, nodes in
      world.apply(.slow(from: [nodes.controllers[0]], to: nodes.brokers, latency: .milliseconds(1), jitterMean: .zero, bandwidth: nil), name: "slow")
    }
    #expect(cases == [])
  }
}
