import Primitives
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Trials in which every broker is a controller too.
@Suite struct CombinedTrialTests {
  private func text(brokers: Int = 3, faults: String, expect: String = "holds: all") -> String {
    """
    name: test
    about: Combined nodes.
    cluster: { brokers: \(brokers), controllers: combined, config: { min.insync.replicas: 2 } }
    topics: [{ name: t, replicas: [[1, 2, 3]] }]
    workload:
      - produce: { topic: t, rate: 50/s, config: { acks: all } }
      - consume: { topic: t }
    faults: [\(faults)]
    duration: 20s
    expect: { \(expect) }
    """
  }

  private func run(_ text: String, seed: UInt64 = 1) throws -> RunResult {
    var options = Trial.Options(seed: seed)
    options.invariants = .told
    return Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: options).run()
  }

  @Test(arguments: ["active-controller", "controller-2", "broker-2", "leader(t-0)"])
  func `A fault at one role of a node is a fault at the node`(node: String) throws {
    let result = try run(text(faults: "{ at: 3s, for: 4s, power-loss: \(node) }", expect: "holds: all, seen: [unclean-shutdown]"))
    #expect(result.exitCode == .asExpected, "\(result.failures)")
  }

  @Test func `The node that decides may be shut down, and another one decides`() throws {
    let result = try run(text(faults: "{ at: 3s, for: 5s, shutdown: active-controller }", expect: "holds: all, seen: [controller-election, controller-resignation]"))
    #expect(result.exitCode == .asExpected, "\(result.failures)")
  }

  @Test func `Controllers are named by the numbers of their brokers`() throws {
    let scenario = try ScenarioReader.read(text: text(faults: "{ after: active(controller-3), kill: controller-3 }"), file: "test.yaml")
    #expect(scenario.cluster.isCombined && scenario.cluster.controllers == 3 && scenario.cluster.controllerID(3) == 3)
    #expect(throws: ScenarioError.self) { try ScenarioReader.read(text: text(faults: "{ at: 1s, kill: controller-4 }"), file: "test.yaml") }
    let twice = #expect(throws: ScenarioError.self) { try ScenarioReader.read(text: text(faults: "{ at: 1s, kill: [broker-2, controller-2] }"), file: "test.yaml") }
    #expect(twice?.place.line == 8)
  }

  @Test func `More brokers than a quorum has voters cannot all be controllers`() throws {
    let error = #expect(throws: ScenarioError.self) { try ScenarioReader.read(text: text(brokers: 8, faults: ""), file: "test.yaml") }
    #expect(error?.place == Place(source: "test.yaml", line: 3, column: 37))
    #expect(error?.problem == "cluster.controllers: 8 brokers cannot all be controllers: a quorum has 7 voters at most")
  }
}
