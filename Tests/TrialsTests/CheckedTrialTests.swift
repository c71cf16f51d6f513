import Host
import Log
import Primitives
import Results
import Sim
import Testing
import Workloads

@testable import Replication
@testable import Scenarios
@testable import Trials

/// What looks at the state of nodes come to in a trial.
@Suite struct CheckedTrialTests {
  private func trial(_ checks: InvariantChecks, expect: String = "{ holds: all }") throws -> Trial {
    let text = """
      name: invariants
      about: Three replicas, a producer and a consumer.
      topics: [{ name: t, replicas: [[1, 2, 3]] }]
      workload:
        - produce: { topic: t, rate: 20/s }
        - consume: { topic: t }
      duration: 10s
      expect: \(expect)
      """
    var options = Trial.Options(seed: 3)
    options.invariants = checks
    return Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: options)
  }

  private func verdict(in result: RunResult) -> Verdict? { result.verdicts.first { $0.guarantee == .invariants } }

  /// Takes the log of a follower away, which is in the ISR.
  private func damage(_ trial: Trial) {
    trial.cluster.world.after(.seconds(7)) { [unowned trial] in
      let cluster = trial.cluster
      try? cluster.partition(TopicPartition("t", 0), at: 2)?.log?.truncate(to: 0)
      // Before the next fetch brings records again.
      cluster.observer.cluster?.look(after: cluster.nodes.brokers[1])
      cluster.world.checkInvariants()
    }
  }

  @Test func `A trial in which nothing is broken has the same result with and without checks`() throws {
    let off = try trial(.off).run(), silent = try trial(.silent).run()
    #expect(silent.json.text == off.json.text)
    #expect(verdict(in: silent) == nil)
  }

  @Test func `Requested checks give a verdict, and the same trial`() throws {
    let off = try trial(.off).run(), told = try trial(.told).run()
    #expect(told.traceHash == off.traceHash)
    #expect(verdict(in: told)?.conclusion == .holds)
    #expect(verdict(in: told)?.examined ?? 0 > 1_000)
    #expect(told.exitCode == .asExpected)
    #expect(told.replay == off.replay)
  }

  @Test(arguments: ["{ holds: all }", "{ holds: [one-leader-per-epoch] }", "{ violates: [durability] }"])
  func `A broken invariant is a finding whatever the scenario expects, with a verdict, lines of the story, and a command that repeats it`(expect: String) throws {
    let trial = try trial(.silent, expect: expect)
    damage(trial)
    let result = trial.run()
    let found = try #require(verdict(in: result))
    #expect(found.conclusion == .violated)
    #expect(found.cases.contains { $0.contains("broker 2 may be in the ISR") && $0.contains("and its log ends at 0, below the high watermark") })
    #expect(found.cases.contains { $0.contains("t-0 at broker 2: the high watermark") })
    #expect(result.exitCode == .notAsExpected)
    #expect(result.failures.contains { $0.guarantee == "invariants" && $0.replay.hasSuffix(" --check") })
    #expect(result.story.contains { $0.what.hasPrefix("broken invariant: ") && $0.weight == .finding })
  }

  @Test func `Whatever happens to a replica, its partition's leader is checked`() throws {
    let trial = try trial(.silent)
    trial.cluster.world.after(.seconds(7)) { [unowned trial] in
      let cluster = trial.cluster, name = TopicPartition("t", 0)
      guard let leader = cluster.partition(name, at: 1) else { return }
      leader.leaderID = 2
      cluster.observer.cluster?.look(after: cluster.nodes.brokers[1])
      leader.leaderID = 3
      cluster.observer.cluster?.observe(.isrProposed(name, [1]), at: cluster.nodes.brokers[0])
      cluster.observer.cluster?.look(after: cluster.nodes.brokers[1])
      leader.leaderID = 1
    }
    let found = try #require(verdict(in: trial.run()))
    #expect(found.cases.count == 1 && found.cases[0].contains("t-0 at broker 1: it leads, and takes broker 3 for the leader"), "\(found.cases)")
  }

  @Test func `A scenario with a historic rule is not checked`() throws {
    let path = TrialTests.root.appendingPathComponent("scenarios/hazards/kip-101-truncation-loss.yaml").path
    var options = Trial.Options(seed: 7)
    options.invariants = .told
    let result = Trial(try ScenarioLibrary.scenario(at: path), options: options).run()
    #expect(verdict(in: result) == nil)
    #expect(result.exitCode == .asExpected)
    let modern = Trial(try ScenarioLibrary.scenario(at: path, variant: "modern"), options: options).run()
    #expect(verdict(in: modern)?.conclusion == .holds)
  }

  @Test func `A scenario with nothing but a repair of Kafka 4.3 is checked`() throws {
    let path = TrialTests.root.appendingPathComponent("scenarios/smoke/calm.yaml").path
    var options = Trial.Options(seed: 7)
    options.invariants = .told
    let scenario = try ScenarioLibrary.scenario(at: path, overrides: ["cluster.switches={ client.laterBatchTellsWritten: true, client.renumberStored: false, client.keepUncertainSequences: true, producerState.keepUnreplicated: true, sessionRepeatsAfterDivergence: true, restartsInsideBatch: true, protectFencedBrokers: true }"])
    #expect(verdict(in: Trial(scenario, options: options).run())?.conclusion == .holds)
  }

  @Test func `A trial of which only what nodes show together is checked has the same result, and finds a follower that lacks what is committed`() throws {
    #expect(try trial(.amongNodes).run().json.text == trial(.off).run().json.text)
    let trial = try trial(.amongNodes)
    trial.cluster.world.after(.seconds(7)) { [unowned trial] in
      // Each event with news of the partition is followed by a look.
      for broker in [2, 3] as [NodeID] { try? trial.cluster.partition(TopicPartition("t", 0), at: broker)?.log?.truncate(to: 0) }
    }
    let found = try #require(verdict(in: trial.run()))
    #expect(found.cases.contains { $0.contains("may be in the ISR") && $0.contains("and its log ends at 0, below the high watermark") }, "\(found.cases)")
  }

  @Test func `At the end of a trial the replicas of a partition are compared`() throws {
    let trial = try trial(.amongNodes)
    #expect(verdict(in: trial.run()) == nil)
    ReplicasAtRest(trial.cluster).check()
    #expect(trial.cluster.world.invariants.examined > 0 && trial.cluster.world.invariants.broken.isEmpty)
    let name = TopicPartition("t", 0)
    try trial.cluster.partition(name, at: 1)?.log?.advanceLogStartOffset(to: 5)
    try trial.cluster.partition(name, at: 3)?.log?.truncate(to: 3)
    ReplicasAtRest(trial.cluster).check()
    let broken = trial.cluster.world.invariants.broken.map(\.words)
    #expect(broken.contains { $0.contains("broker 2 is in the ISR of broker 1, and its log starts at 0, before the leader's log start offset 5") }, "\(broken)")
    #expect(broken.contains { $0.contains("broker 3 is in the ISR of broker 1, and its log ends at 3, below the leader's high watermark") }, "\(broken)")
  }

  @Test func `In a sweep one trial in twenty is always checked as a whole, and the others among nodes or as the build does`() {
    #expect(InvariantChecks.inSweep(seed: 40, isAsked: false, draws: false) == .silent)
    #expect(InvariantChecks.inSweep(seed: 41, isAsked: false, draws: false) == InvariantChecks.usual)
    #expect(InvariantChecks.inSweep(seed: 41, isAsked: false, draws: true) == (InvariantChecks.usual == .silent ? .silent : .amongNodes))
    #expect(InvariantChecks.inSweep(seed: 41, isAsked: true, draws: true) == .told)
  }
}
