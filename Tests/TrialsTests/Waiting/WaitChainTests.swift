import Primitives
import Results
import Sim
import Testing
import Workloads

@testable import Controller
@testable import Replication
@testable import Scenarios
@testable import Trials

/// What the verdict on liveness says of a cluster that does not come to rest: who waits for whom, down to what does not come.
@Suite struct WaitChainTests {
  private func trial(controllers: Int = 3, faults: String = "[]", replicas: String = "[[2, 1, 3]]") throws -> StuckTrial {
    try StuckTrial(
      cluster: "{ controllers: \(controllers), config: { min.insync.replicas: 1, broker.session.timeout.ms: 3s, broker.heartbeat.interval.ms: 500ms } }",
      topics: "[{ name: orders, replicas: \(replicas) }]",
      workload: "[{ produce: { topic: orders, rate: 10/s, to: 3s, config: { acks: all, delivery.timeout.ms: 3s, request.timeout.ms: 1s } } }]", faults: faults)
  }

  /// What is told of a trial in which something happens when everything was healed, and a broker that was killed, and is fenced, has not come back yet.
  private func liveness(_ trial: StuckTrial, _ disturb: @escaping (World, NodeTable) -> Void) -> [String] {
    trial.at(StuckTrial.healed) { disturb($0.world, $0.cluster.nodes) }
    return trial.liveness()
  }

  @Test func `A partition without a leader is followed to the controllers that cannot reach each other`() throws {
    let stuck = try liveness(trial(faults: "[{ at: 1s, kill: [1, 3] }]", replicas: "[[2]]")) { world, nodes in
      let active = nodes.controllers.first { (world.object(of: $0) as? ControllerNode)?.isActive == true }!
      let others = nodes.controllers.filter { $0 != active }
      // Nobody hears broker 2: it is fenced. Then the active controller ends for good, and the others cannot elect one.
      world.apply(.cut(from: [nodes.brokers[1]], to: nodes.controllers), name: "unheard")
      world.after(.seconds(6)) { [unowned world] in
        world.apply(.isolate([active]), name: "alone")
        world.apply(.partition([[others[0]], [others[1]]]), name: "apart")
      }
    }
    let told = try #require(stuck.first { $0.hasPrefix("orders-0 has no leader") }, "\(stuck)")
    #expect(told.hasPrefix("orders-0 has no leader that knows it: broker 2, the only eligible replica, is fenced: its heartbeats are not answered since "), "\(told)")
    #expect(told.contains(": no controller is active: "), "\(told)")
    #expect(told.contains(" cannot reach each other (partitioned since ") && told.contains(" cannot reach each other (isolated since "), "\(told)")
  }

  @Test func `A replica that is not in the ISR is followed to the link to its leader`() throws {
    let stuck = try liveness(trial(controllers: 1, faults: "[{ at: 1s, kill: 3 }]")) { world, nodes in
      world.apply(.cut(from: [nodes.brokers[2]], to: [nodes.brokers[1]]), name: "cut")
    }
    let told = try #require(stuck.first { $0.hasPrefix("the ISR of orders-0 is [2, 1], not all of [2, 1, 3]: broker 3 waits for offset ") }, "\(stuck)")
    #expect(told.ends(in: #"of broker 2, whose log ends at \d+"#, #"nothing from broker-3 reaches broker-2 \(cut since 6\.0 s\)"#), "\(told)")
  }

  @Test func `A follower that could not take what it was given is told to have given up`() throws {
    let path = TrialTests.root.appendingPathComponent("scenarios/hazards/log-start-inside-batch.yaml").path
    let result = Trial(try ScenarioLibrary.scenario(at: path), options: Trial.Options(seed: 1)).run()
    let told = result.verdicts.first { $0.guarantee == .liveness }?.cases ?? []
    #expect(told.contains { $0.hasSuffix("broker-1 could not take what it was given, and asks for nothing more in leader epoch 1") }, "\(told)")
  }

  @Test func `A broker that is fenced is followed to the messages that do not arrive`() throws {
    let stuck = try liveness(trial(faults: "[{ at: 1s, kill: 3 }]")) { world, nodes in
      world.apply(MessageRule(.hold, .request, apiKey: 63, from: [nodes.brokers[2]]), name: "held")
    }
    let told = try #require(stuck.first { $0.hasPrefix("broker-3 is fenced") }, "\(stuck)")
    #expect(told.contains("its heartbeats are not answered: ") && told.contains("BrokerHeartbeat requests from broker-3 to controller-"), "\(told)")
    #expect(told.contains(" do not arrive (held since "), "\(told)")
  }

  @Test func `A change of the voters that is not committed is followed to those who lack it`() throws {
    let trial = try StuckTrial(
      cluster: "{ controllers: 4, voters: [1, 2, 3], features: { kraft.version: 1 } }", workload: "[{ produce: { topic: orders, rate: 10/s, to: 3s } }]")
    func active(_ trial: StuckTrial) -> NodeIndex { trial.nodes.controllers.first { trial.world.controller(at: $0)?.isActive == true }! }
    trial.at(.milliseconds(4_500)) { trial in
      let active = active(trial), others = trial.nodes.controllers[..<3].filter { $0 != active }
      trial.world.apply(MessageRule(.hold, .request, apiKey: 1, from: others, to: [active]), name: "held")
      trial.cluster.operatorApplication?.carryOut(.addVoter(4, at: nil), onDone: {})
    }
    var told: [String?] = []
    trial.at(.milliseconds(5_200)) { trial in
      let active = active(trial), voters = trial.world.controller(at: active)?.voters.map(\.id) ?? []
      told = [voters.count == 4 ? "pending" : nil, trial.chain.commitOfVoters(voters, by: active)]
    }
    _ = trial.run()
    #expect(told.first == "pending", "\(told)")
    let words = try #require(told.last ?? nil)
    let lacks = #"the metadata log of controller-\d ends at \d+ of \d+"#, held = #"Fetch requests from controller-\d to controller-\d do not arrive \(held since 4\.5 s\)"#
    #expect(words.ends(in: "^" + lacks, held + ", " + lacks, held), "\(words)")
    #expect(!words.contains("controller-4"), "\(words)")
  }

  @Test func `A reassignment that is not complete is followed to the replica that does not have the records`() throws {
    let faults = "[{ at: 5500ms, kill: 3 }, { at: 5700ms, admin: { reassign: { partition: orders-0, replicas: [2, 3] } } }]"
    let stuck = try liveness(trial(controllers: 1, faults: faults, replicas: "[[2, 1]]")) { world, nodes in
      world.apply(.cut(from: [nodes.brokers[2]], to: [nodes.brokers[1]]), name: "cut")
    }
    let told = try #require(stuck.first { $0.hasPrefix("the reassignment of orders-0 to [2, 3] is not complete: ") }, "\(stuck)")
    #expect(told.ends(in: #"broker 3 waits for offset 0 of broker 2, whose log ends at \d+"#, #"nothing from broker-3 reaches broker-2 \(cut since 6\.0 s\)"#), "\(told)")
  }
}
