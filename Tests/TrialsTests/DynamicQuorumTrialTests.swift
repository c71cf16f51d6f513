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

  @Test func `The same seed makes the same trial`() throws {
    let one = try run("[{ at: 5s, for: 5s, kill: active-controller }]", seed: 7), other = try run("[{ at: 5s, for: 5s, kill: active-controller }]", seed: 7)
    #expect(one.traceHash == other.traceHash)
  }
}
