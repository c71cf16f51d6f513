import Primitives
import Sim
import Testing
import Wire
import Workloads

@testable import Broker
@testable import Coordination
@testable import Trials

/// What is told of groups that do not come to rest: which members their coordinators wait for, or why nobody coordinates them.
@Suite struct GroupWaitTests {
  private func trial(protocol name: String = "classic", brokers: String = "", faults: String = "[]") throws -> StuckTrial {
    let config = name == "classic" ? "session.timeout.ms: 900s, heartbeat.interval.ms: 1s" : "group.protocol: consumer"
    return try StuckTrial(
      cluster: """
        { config: { min.insync.replicas: 1, offsets.topic.num.partitions: 1, group.initial.rebalance.delay.ms: 0, group.max.session.timeout.ms: 1800s,
          group.consumer.heartbeat.interval.ms: 1s, group.consumer.session.timeout.ms: 3s, broker.session.timeout.ms: 3s,
          broker.heartbeat.interval.ms: 500ms\(brokers) } }
        """,
      topics: "[{ name: t, partitions: 4 }]",
      workload: """
        [{ produce: { topic: t, rate: 10/s, to: 3s } },
          { consume: { group: g, topic: t, members: 2, commit: sync, config: { max.poll.interval.ms: 900s, \(config) } } }]
        """, faults: faults)
  }

  private func coordinator(_ trial: StuckTrial) -> NodeIndex { trial.nodes.broker(trial.cluster.observer.view.cluster.coordinator(ofGroup: "g"))! }

  private func ofGroup(_ told: [String]?) throws -> String { try #require(told?.first { $0.hasPrefix("group g") }, "\(told ?? [])") }

  @Test func `A group that waits for a member to join is followed to its client, which is paused`() throws {
    let trial = try trial()
    trial.at(StuckTrial.healed) { trial in
      trial.world.pause(trial.client("consume", 2))
      trial.world.restart(trial.client("consume", 1))
    }
    let violated = trial.run()
    for guarantee in [Guarantee.liveness, .groupSettles] {
      let told = try ofGroup(violated[guarantee])
      #expect(told.ends(in: #"its coordinator, broker-\d, waits for .*consume-2 \(member .*\) to join, until 90\d\.\d s at the latest"#, #"consume-2 is paused"#), "\(told)")
    }
  }

  @Test func `A group that waits for a partition is followed to the answer that its owner does not get`() throws {
    // The first member has everything when the second comes back, and does not hear that it is to give up a half.
    let trial = try trial(protocol: "consumer", faults: "[{ at: 1s, kill: \"member(g, 2)\" }]")
    trial.at(StuckTrial.healed) { trial in
      trial.world.apply(MessageRule(.hold, .response, apiKey: ApiKey.consumerGroupHeartbeat.rawValue, to: [trial.client("consume", 1)]), name: "held")
    }
    var early: String?
    trial.at(.seconds(8)) { early = $0.chain.group("g") }
    let waits = #"consume-1 waits since \d+\.\d s for broker-\d to answer ConsumerGroupHeartbeat"#, held = #"the answer does not arrive \(held since 6\.0 s\)"#
    let late = try ofGroup(trial.liveness())
    #expect(try #require(early).ends(in: #"^consume-1 \(member .*\) has not given up t-\d, t-\d, until 90\d\.\d s at the latest"#, waits, held), "\(early ?? "")")
    // Its session has ended by then; it has not heard that either.
    #expect(late.ends(in: #"^group g: t-\d has 2 owners"#, waits, held), "\(late)")
  }

  @Test func `A coordinator that never loads is named with the partition that it is at`() throws {
    let trial = try trial()
    trial.at(StuckTrial.healed) { trial in
      trial.world.broker(at: coordinator(trial))?.broker?.groups.runtime.partition(0)?.state = .loading
    }
    let told = try ofGroup(trial.liveness())
    #expect(told.ends(in: #"broker-\d loads __consumer_offsets-0 since \d\.\d s, and is at offset \d+ of \d+"#), "\(told)")
  }

  @Test func `A coordinator whose partition has no leader is followed to the broker that is fenced`() throws {
    let trial = try trial(brokers: ", offsets.topic.replication.factor: 1")
    trial.at(StuckTrial.healed) { trial in
      trial.world.apply(.cut(from: [coordinator(trial)], to: trial.nodes.controllers), name: "unheard")
      trial.world.restart(trial.client("consume", 1))
    }
    let told = try ofGroup(trial.liveness())
    #expect(
      told.ends(
        in: "its coordinator's partition __consumer_offsets-0 has no leader that knows it", #"broker \d, the only eligible replica, is fenced"#,
        #"its heartbeats are not answered since \d\.\d s"#, #"nothing from broker-\d reaches controller-1 \(cut since 6\.0 s\)"#), "\(told)")
  }

  @Test func `A coordinator whose decisions are not committed is followed to the ISR member that lacks them`() throws {
    let trial = try trial(protocol: "consumer", brokers: ", replica.lag.time.max.ms: 900s")
    trial.at(StuckTrial.healed) { trial in
      let coordinator = coordinator(trial), follower = trial.nodes.brokers.first { $0 != coordinator }!
      trial.world.apply(.cut(from: [follower], to: [coordinator]), name: "cut")
      trial.world.restart(trial.client("consume", 1))
      trial.world.kill(trial.client("consume", 2))
    }
    let told = try ofGroup(trial.liveness())
    #expect(
      told.ends(
        in: #"what broker-\d has written to __consumer_offsets-0 up to offset \d+ is committed up to \d+"#,
        #"broker \d waits for offset \d+ of broker \d, whose log ends at \d+"#, #"nothing from broker-\d reaches broker-\d \(cut since 6\.0 s\)"#), "\(told)")
  }
}
