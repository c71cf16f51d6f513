import Foundation
import Primitives
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Whole trials of controllers whose voters can be changed (KIP-853).
@Suite struct DynamicQuorumTrialTests {
  private func run(_ faults: String, config: String = "{}", seed: UInt64 = 1) throws -> RunResult {
    let text = """
      name: test
      about: Three of four controllers are voters from the beginning.
      cluster: { controllers: 4, voters: [1, 2, 3], features: { kraft.version: 1 }, config: \(config) }
      topics: [{ name: t, replicas: [[1, 2, 3]] }]
      workload:
        - produce: { topic: t, rate: 50/s, config: { acks: all } }
        - consume: { topic: t }
      faults: \(faults)
      duration: 20s
      expect: { holds: all }
      """
    var options = Trial.Options(seed: seed)
    options.invariants = .told
    return Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: options).run()
  }

  /// The voter sets of a controller's log, one after another.
  private func sets(of controller: String, in result: RunResult) -> [String] {
    result.story.filter { $0.who == controller }.compactMap { line in
      for (before, behind) in [("goes by the voters ", " from now on"), ("the voters are ", " for it from now on")] {
        if let start = line.what.range(of: before), let end = line.what.range(of: behind) { return String(line.what[start.upperBound..<end.lowerBound]) }
      }
      return nil
    }
  }

  @Test func `Controllers without voters follow the others through the end of the active one`() throws {
    let result = try run("[{ at: 5s, for: 5s, kill: active-controller }]")
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    #expect(sets(of: "controller-4", in: result).first == "controller-1, controller-2, controller-3")
    #expect(sets(of: "controller-4", in: result).allSatisfy { !$0.contains("controller-4") })
  }

  @Test func `Controllers join by themselves, also one whose disk was replaced`() throws {
    let result = try run("[{ at: 6s, for: 2s, replace-disk: controller-2 }]", config: "{ controller.quorum.auto.join.enable: true }")
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    let sets = ["controller-1", "controller-3"].map { self.sets(of: $0, in: result) }
    for sets in sets {
      #expect(sets.contains("controller-1, controller-2, controller-3, controller-4") && sets.contains("controller-1, controller-3, controller-4"))
      #expect(sets.last == "controller-1, controller-2, controller-3, controller-4")
    }
  }

  @Test func `Nodes that are brokers too are voters of a dynamic quorum, and no voter behind another disk until they join`() throws {
    let text = """
      name: test
      about: Combined nodes whose voters stand in the log.
      cluster: { brokers: 4, controllers: combined, voters: [1, 2, 3], features: { kraft.version: 1 }, config: { controller.quorum.auto.join.enable: true } }
      topics: [{ name: t, replicas: [[1, 2, 4]] }]
      workload:
        - produce: { topic: t, rate: 50/s, config: { acks: all } }
        - consume: { topic: t }
      faults: [{ at: 8s, for: 2s, replace-disk: controller-3 }]
      duration: 20s
      expect: { holds: all, seen: [voter-added, voter-removed] }
      """
    let result = Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: Trial.Options(seed: 1)).run()
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    let story = result.story.map(\.what)
    #expect(story.contains { $0.hasPrefix("committed that the voters are broker-1, broker-2, broker-3, broker-4 (") })
    #expect(story.contains { $0.hasPrefix("committed that the voters are broker-1, broker-2, broker-4 (") })
  }

  @Test func `The same seed makes the same trial`() throws {
    let one = try run("[{ at: 5s, for: 5s, kill: active-controller }]", seed: 7), other = try run("[{ at: 5s, for: 5s, kill: active-controller }]", seed: 7)
    #expect(one.traceHash == other.traceHash)
  }
}
