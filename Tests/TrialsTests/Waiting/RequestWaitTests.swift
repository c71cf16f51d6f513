import Primitives
import Sim
import Testing
import Wire
import Workloads

@testable import Broker
@testable import Controller
@testable import Replication
@testable import Trials

/// What is told of requests that are not answered: at which node they are, and what they wait for there.
@Suite struct RequestWaitTests {
  /// A producer whose last records leave when everything is healed, and who is patient.
  private func trial(controllers: Int = 1, faults: String = "[]") throws -> StuckTrial {
    try StuckTrial(
      cluster: "{ controllers: \(controllers), config: { min.insync.replicas: 1, replica.lag.time.max.ms: 900s } }",
      workload: "[{ produce: { topic: orders, rate: 10/s, config: { acks: all, linger.ms: 1s, request.timeout.ms: 600s, delivery.timeout.ms: 900s } } }]", faults: faults)
  }

  private func orders(_ trial: StuckTrial) -> Partition { trial.world.broker(at: trial.broker(2))!.replicaManager!.partition(named: TopicPartition("orders", 0))! }

  private func holdFetches(_ trial: StuckTrial, times: Int? = nil) -> FaultID {
    trial.world.apply(MessageRule(.hold, .request, apiKey: ApiKey.fetch.rawValue, from: [trial.broker(3)], to: [trial.broker(2)], times: times), name: "held")
  }

  /// What is told of the producer.
  private func producer(_ told: [String]) throws -> String { try #require(told.first { $0.hasPrefix("produce still waits for answers: produce waits since 6.") }, "\(told)") }

  @Test func `A produce that waits in the purgatory is followed to the ISR member whose fetches are held`() throws {
    let trial = try trial()
    trial.at(StuckTrial.healed) { _ = holdFetches($0) }
    let told = try producer(trial.liveness())
    #expect(
      told.ends(
        in: #" s for broker-2 to answer Produce"#,
        #"it waits in the purgatory of broker-2 for the high watermark of orders-0, which is \d+, to reach \d+, until 60\d\.\d s at the latest"#,
        #"broker 3 waits for offset \d+ of broker 2, whose log ends at \d+"#,
        #"Fetch requests from broker-3 to broker-2 do not arrive \(held since 6\.0 s\)"#), "\(told)")
  }

  @Test func `A single fetch that is held is found where it is`() throws {
    let trial = try trial()
    trial.at(StuckTrial.healed) { _ = holdFetches($0, times: 1) }
    var told: String?
    trial.at(.seconds(9)) { told = $0.chain.client($0.client("produce")) }
    _ = trial.run()
    #expect(try #require(told).ends(in: #"broker-3 waits since 6\.\d s for broker-2 to answer Fetch"#, #"it does not arrive \(held since 6\.0 s\)"#), "\(told ?? "")")
  }

  @Test func `A produce whose timer is lost is told to wait for good`() throws {
    let trial = try trial()
    trial.at(StuckTrial.healed) { _ = holdFetches($0) }
    trial.at(.seconds(9)) { $0.world.broker(at: $0.broker(2))?.replicaManager?.produceDeadlines.entries.removeAll() }
    let told = try producer(trial.liveness())
    #expect(told.contains(#/to reach \d+, and no timer ends that: broker 3 waits for offset /#), "\(told)")
  }

  @Test func `A produce that nobody wakes is told to have what it waits for`() throws {
    let trial = try trial()
    var fault: FaultID?
    var lost = ProduceWatches()
    trial.at(StuckTrial.healed) { fault = holdFetches($0) }
    trial.at(.seconds(9)) { trial in
      swap(&lost, &orders(trial).produceWatches)
      trial.world.lift(fault!)
    }
    trial.at(.seconds(12)) { swap(&lost, &orders($0).produceWatches) }
    let told = try producer(trial.liveness())
    #expect(told.ends(in: #"for the high watermark of orders-0, which is (\d+), to reach \1, until 60\d\.\d s at the latest"#, #"nothing wakes it"#), "\(told)")
  }

  @Test(arguments: [
    ("hold", "request", "it does not arrive (held since 6.0 s)"), ("hold", "response", "the answer does not arrive (held since 6.0 s)"),
    ("drop", "request", "broker-2 has it not, and no answer is under way: Produce requests from produce to broker-2 do not arrive (dropped since 6.0 s)"),
  ])
  func `A request is found on its way, and so is its answer`(action: String, kind: String, words: String) throws {
    let trial = try trial()
    trial.at(StuckTrial.healed) { trial in
      trial.world.apply(MessageRule(action == "hold" ? .hold : .drop, kind == "request" ? .request : .response, apiKey: ApiKey.produce.rawValue), name: "rule")
    }
    let told = try producer(trial.liveness())
    #expect(told.hasSuffix(" for broker-2 to answer Produce: \(words)"), "\(told)")
  }

  @Test func `A forwarded request is followed to the controllers that have no majority`() throws {
    // Broker 3 needs the controllers to come back.
    let trial = try trial(controllers: 3, faults: "[{ at: 1s, kill: 3 }]")
    trial.at(StuckTrial.healed) { trial in
      let active = trial.nodes.controllers.first { trial.world.controller(at: $0)?.isActive == true }!
      let others = trial.nodes.controllers.filter { $0 != active }
      trial.world.apply(.isolate([active]), name: "alone")
      trial.world.apply(.partition([[others[0]], [others[1]]]), name: "apart")
    }
    trial.at(.seconds(280)) { $0.cluster.operatorApplication?.carryOut(.createTopic("late", partitions: 1, replicationFactor: 1), onDone: {}) }
    let told = trial.liveness()
    let operators = try #require(told.last { $0.hasPrefix("the operator has no answer to: ") }, "\(told)")
    #expect(operators.contains(#/: operator waits since 280\.\d s for broker-\d to answer CreateTopics: /#), "\(operators)")
    #expect(operators.contains(": it waits for the controller to answer CreateTopics: no controller is active: "), "\(operators)")
    #expect(operators.contains(" cannot reach each other (isolated since 6.0 s)") && operators.contains(" cannot reach each other (partitioned since 6.0 s)"), "\(operators)")
  }

  @Test func `A fetch waits in the purgatory, and is told what ends that`() throws {
    let trial = try StuckTrial(
      workload: "[{ produce: { topic: orders, rate: 10/s } }, { consume: { topic: orders, config: { fetch.max.wait.ms: 20s, fetch.min.bytes: 1000000 } } }]")
    var told: [String] = []
    trial.at(.seconds(3)) { trial in
      told.append(trial.chain.client(trial.client("consume")) ?? "")
      trial.world.broker(at: trial.broker(2))?.replicaManager?.fetchDeadlines.entries.removeAll()
      told.append(trial.chain.client(trial.client("consume")) ?? "")
    }
    _ = trial.run()
    let waits = #"^consume waits since \d\.\d s for broker-2 to answer Fetch"#
    #expect(told.first?.ends(in: waits, #"it waits for records in the purgatory of broker-2, until 2\d\.\d s at the latest"#) == true, "\(told)")
    #expect(told.last?.ends(in: waits, "it waits for records in the purgatory of broker-2, and no timer ends that") == true, "\(told)")
  }

  @Test func `A fetch that nobody wakes is told to have records to read, also in the evidence of availability`() throws {
    let trial = try StuckTrial(
      cluster: """
        { racks: [a, b, c], config: { replica.selector.class: org.apache.kafka.common.replica.RackAwareReplicaSelector },
          switches: { wakeConsumersOfFollowers: false } }
        """,
      workload: "[{ produce: { topic: orders, rate: 1/s, config: { acks: all } } }, { consume: { topic: orders, config: { client.rack: c, fetch.max.wait.ms: 20s } } }]",
      expect: "{ availability: 2s, holds: [durability] }")
    let told = try #require(trial.run()[.availability]?.first)
    #expect(
      told.ends(
        in: #"; the bound is 2\.00 s"#, #"consume waits since \d\.\d s for broker-3 to answer Fetch"#,
        #"it waits for records in the purgatory of broker-3, until 2\d\.\d s at the latest"#, #"orders-0 has some at offset \d+, and nothing wakes it"#), "\(told)")
  }

  @Test func `A cluster at rest has no chain`() throws {
    let trial = try StuckTrial(
      cluster: "{ controllers: 3, config: { group.initial.rebalance.delay.ms: 0, offsets.topic.num.partitions: 1, transaction.state.log.num.partitions: 1 } }",
      workload: """
        [{ produce: { topic: orders, rate: 10/s, to: 3s } }, { consume: { group: g, topic: orders, members: 2, commit: sync } },
          { transact: { name: app, topic: orders, transactional-id: x, per-transaction: 2, rate: 10/s, to: 3s } }]
        """)
    var told: [String?] = []
    trial.at(.milliseconds(5_900)) { trial in
      let chain = trial.chain, leader = orders(trial)
      told = [
        chain.client(trial.client("produce")), chain.client(trial.client("app")), chain.client(trial.cluster.operatorNode), chain.group("g"), chain.transaction("x"),
        chain.isr(of: leader), chain.highWatermark(of: leader), chain.leader(of: leader.topicPartition), chain.withoutActiveController, chain.broker(trial.broker(1)),
      ]
    }
    #expect(trial.run() == [:])
    #expect(told.count == 10 && told.allSatisfy { $0 == nil }, "\(told)")
  }
}
