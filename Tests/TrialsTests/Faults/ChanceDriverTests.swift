import Results
import Testing

@testable import Scenarios
@testable import Trials

/// What chance may destroy while a controller does not know how its brokers are.
@Suite struct ChanceDriverTests {
  /// The nodes that chance takes the power from after what was done to brokers and their controller, with any of some seeds.
  private func struck(after faults: [String], keep: String) throws -> Set<String> {
    let text = """
      name: order
      about: Brokers die, and nobody is there to hear of it.
      cluster: { config: { min.insync.replicas: 2 } }
      topics: [{ name: t, replicas: [[1, 2, 3]] }]
      workload: [{ produce: { topic: t, rate: 20/s, config: { retries: 0 } } }]
      faults:
      \(faults.map { "  - \($0)" }.joined(separator: "\n"))
        - { from: 3500ms, to: 4200ms, random: { profile: { power-loss: 1 }, every: 20ms, keep: \(keep) } }
      duration: 6s
      expect: { holds: [durability] }
      """
    let scenario = try ScenarioReader.read(text: text, file: "order.yaml")
    let words = "power lost at "
    return Set(
      (1...5).flatMap { seed in
        Trial(scenario, options: Trial.Options(seed: seed)).run().story.filter { $0.weight == .fault && $0.what.hasPrefix(words) }
          .map { String($0.what.dropFirst(words.count)) }
      })
  }

  /// Brokers 1 and 2 run again, and the controller, that was dead meanwhile, has the whole ISR still when it begins: it will take both out.
  @Test(arguments: ["one-legal-copy", "majority"], ["{ at: 1s, kill: controller-1 }", "{ at: 2100ms, kill: controller-1 }"])
  func `The last replica that did not die keeps its power until others have registered again and are in sync`(keep: String, death: String) throws {
    let restarts = ["{ at: 3s, restart: 1 }", "{ at: 3s, restart: 2 }", "{ at: 4s, restart: controller-1 }"]
    let struck = try struck(after: [death, "{ at: 2s, kill: 1 }", "{ at: 2s, kill: 2 }"] + restarts, keep: keep)
    #expect(!struck.contains("broker-3"))
    #expect(struck.contains("broker-1") || struck.contains("broker-2"))
  }

  @Test(arguments: ["one-legal-copy", "majority"])
  func `A replica loses its power if another one has survived`(keep: String) throws {
    let struck = try struck(
      after: ["{ at: 1s, kill: controller-1 }", "{ at: 2s, kill: 1 }", "{ at: 3s, restart: 1 }", "{ at: 4s, restart: controller-1 }"], keep: keep)
    #expect(struck.contains("broker-3"))
  }
}
