import Primitives
import Testing

@testable import Scenarios
@testable import Trials

/// What a schedule asks for that cannot be done on real nodes is refused before anything runs.
@Suite struct RealScheduleTests {
  static func scenario(_ faults: String) throws -> Scenario {
    try ScenarioLibrary.scenario(
      text: """
        name: real
        about: Faults.
        topics: [{ name: t, replicas: 3 }]
        workload:
          - produce: { topic: t, rate: 10/s }
          - consume: { topic: t, group: g, members: 2 }
        faults: [\(faults)]
        duration: 20s
        """, file: "real.yaml")
  }

  static let table = "kill: k {host}\nrestart: r {host}\npause: p {host}\nisolate: i {host} {others}"

  static func problems(_ faults: String, _ hands: RealHands) -> [String] {
    do {
      _ = try RealSchedule(scenario(faults), hands)
      return []
    } catch let error as ScenarioError {
      return error.all.map(\.problem)
    } catch {
      return ["\(error)"]
    }
  }

  static func commands(_ text: String = table) throws -> RealHands { .commands(try CommandTable(text: text, file: "deeds.yaml")) }

  @Test(arguments: [
    ("{ at: 1s, shutdown: 1 }", "has no command for 'shutdown'"), ("{ at: 1s, power-loss: [1, 2] }", "has no command for 'power-loss'"),
    ("{ from: 1s, to: 2s, pause: 1 }", "has no command for 'resume'"), ("{ from: 1s, to: 2s, isolate: 1 }", "has no command for the way back from isolate"),
    ("{ at: 1s, heal: all }", "has no command for 'heal'"), ("{ at: 1s, hold: { api: Fetch } }", "'hold' needs the simulation"),
    ("{ at: 1s, disk: slow, node: 1 }", "has no command for 'disk'"), ("{ at: 1s, isolate: consume }", "cannot be done to client processes"),
    ("{ at: 1s, partition: [[1], [\"member(g, 1)\"]] }", "has no command for 'partition'"), ("{ after: \"leading(t-0, 1)\", kill: 1 }", "only a broker knows when leading(t-0, 1) comes"),
    ("{ after: rebalance(g), kill: 1 }", "only a broker knows when rebalance(g) comes"), ("{ from: 1s, to: 9s, random: { profile: { kill: 1, slow: 1 } } }", "has no command for 'slow'"),
    ("{ from: 1s, to: 9s, random: { profile: { pause: 1 } } }", "has no command for 'resume'"),
    ("{ from: 1s, to: 9s, random: { profile: { reassign: 1 } } }", "random draws 'reassign', and what it is about is known in the simulation alone"),
    ("{ after: snapshot(2), kill: 1 }", "only a broker knows when snapshot(2) comes"),
    ("{ from: 1s, to: 9s, random: { profile: { kill: 1, isolate: 1 }, on: [consume] } }", "'isolate' cannot be done to client processes"),
  ])
  func `A word without a command is refused by name`(faults: String, problem: String) throws {
    let problems = Self.problems(faults, try Self.commands())
    #expect(problems.contains { $0.contains(problem) }, "\(problems)")
  }

  @Test(arguments: [
    "{ at: 1s, kill: leader(t-0) }", "{ from: 1s, to: 2s, kill: 1 }", "{ at: 1s, isolate: 1 }", "{ after: acked(5), kill: 1 }", "{ after: \"committed(g, t-0, 5)\", pause: 1 }",
    "{ after: election(t-0) + 1s, restart: 1 }", "{ after: \"isr(t-0, [1])\", restart: 2 }", "{ after: \"joined(g, 2)\", kill: coordinator(group g) }", "{ at: 1s, pause: \"owner(g, t-0)\" }",
    "{ from: 1s, to: 2s, pause: consume }", "{ at: 1s, admin: { elect-leader: { partition: t-0 } } }", "{ from: 1s, to: 9s, random: { profile: { kill: 2 } } }",
    "{ from: 1s, to: 9s, random: { profile: { kill: 2, pause: 1, shutdown: 1 }, on: [consume] } }",
  ])
  func `Words with a command, and those that the run can carry out itself, are accepted`(faults: String) throws { #expect(Self.problems(faults, try Self.commands()) == []) }

  @Test func `The run's own brokers can be killed and stopped, and nothing else`() {
    #expect(Self.problems("{ from: 1s, to: 2s, pause: 1 }, { at: 3s, kill: controller }, { at: 4s, shutdown: any }, { at: 5s, restart: all }", .ownProcesses) == [])
    #expect(Self.problems("{ at: 1s, isolate: 1 }", .ownProcesses) == ["'isolate' cannot be done to brokers of this machine's own"])
    #expect(Self.problems("{ from: 1s, to: 9s, random: { profile: rough } }", .ownProcesses).count == 3)
  }

  @Test func `Without commands, faults on brokers are left out, and those on clients are carried out`() throws {
    let schedule = try RealSchedule(Self.scenario("{ at: 1s, kill: 1 }, { at: 1s, isolate: 2 }, { at: 2s, kill: consume }, { from: 3s, to: 9s, random: { profile: { kill: 1 }, on: [member(g)] } }"), .clientsAlone)
    #expect(schedule.plans.map(schedule.leavesOut) == [true, true, false, false])
  }

  @Test func `Benchmarks have no faults`() { #expect(Self.problems("{ at: 1s, kill: 1 }", .none) == ["faults need the simulation"]) }

  @Test func `A broker that the cluster does not have is refused`() throws {
    let schedule = try RealSchedule(Self.scenario("{ at: 1s, kill: 3 }"), try Self.commands())
    #expect(throws: Never.self) { try schedule.check(brokerCount: 3) }
    #expect(throws: ScenarioError.self) { try schedule.check(brokerCount: 2) }
  }

  // MARK: Topics

  @Test func `Topics have at most as many replicas as there are brokers, at the positions that the scenario counts`() throws {
    let scenario = try ScenarioLibrary.scenario(
      text: """
        name: real
        about: Topics.
        topics: [{ name: t, replicas: [[3, 1], [2, 3]] }, { name: u, partitions: 4, replicas: 3 }]
        workload: [{ produce: { topic: t } }]
        duration: 1s
        """, file: "real.yaml")
    let run = try RealRun(scenario, seed: 1, target: .bootstrap([]))
    let (topics, notes) = try run.topics(on: [0, 5, 7])
    #expect(topics[0].assignments == [[7, 0], [5, 7]])
    #expect(topics[1].replicationFactor == 3)
    #expect(notes == [])
    let fewer = try run.topics(on: [4])
    #expect(fewer.topics[0].assignments == [[4], [4]])
    #expect(fewer.topics[1].replicationFactor == 1)
    #expect(fewer.notes.count == 2)
  }

  @Test func `A topic that producers could not write to is refused`() throws {
    let scenario = try ScenarioLibrary.scenario(
      text: """
        name: real
        about: Topics.
        topics: [{ name: t, replicas: 3, config: { min.insync.replicas: 2 } }]
        workload: [{ produce: { topic: t } }]
        duration: 1s
        """, file: "real.yaml")
    let run = try RealRun(scenario, seed: 1, target: .bootstrap([]))
    #expect(throws: ScenarioError.self) { try run.topics(on: [1]) }
    #expect(throws: Never.self) { try run.topics(on: [1, 2]) }
  }
}
