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

  // MARK: Messages that are held

  private func trials(_ random: String, seeds: ClosedRange<UInt64>) throws -> [RunResult] {
    let text = """
      name: held
      about: Messages of any kind come late.
      cluster: { controllers: 3, config: { min.insync.replicas: 2, broker.session.timeout.ms: 2000, broker.heartbeat.interval.ms: 200 } }
      topics: [{ name: t, replicas: 3 }]
      workload:
        - produce: { topic: t, rate: 20/s }
        - consume: { name: members, group: g, topics: [t], members: 2, protocol: consumer }
      faults:
        - { from: 2s, to: 7s, random: \(random) }
      duration: 8s
      expect: { holds: [durability] }
      """
    let scenario = try ScenarioReader.read(text: text, file: "held.yaml")
    return seeds.map { Trial(scenario, options: Trial.Options(seed: $0)).run() }
  }

  @Test func `Messages of rare kinds are held as often as those of frequent ones, on their way there and back`() throws {
    let told = try trials("{ profile: { hold: 1 }, every: 100ms }", seeds: 1...1).flatMap(\.story).filter { $0.weight == .fault && $0.what.hasPrefix("holds ") }.map(\.what)
    #expect(told.count > 30)
    #expect(Set(told).count > 15, "\(Set(told).sorted())")
    #expect(told.contains { $0.hasSuffix("requests") } && told.contains { $0.hasSuffix("responses") })
    // A broker asks others for records all the time, and registers once.
    #expect(told.contains { $0.hasPrefix("holds BrokerRegistration") } && told.contains { $0.hasPrefix("holds OffsetCommit") }, "\(Set(told).sorted())")
  }

  @Test func `A node dies while a message of it or to it is held, and comes back`() throws {
    // A kill hardly ever comes by itself.
    let story = try trials("{ profile: { hold: 1000, kill: 1 }, every: 200ms, keep: nothing }", seeds: 1...1).flatMap(\.story).map(\.what)
    let death = try #require(story.firstIndex { $0.hasSuffix(" killed") }, "\(story)")
    #expect(story[death...].contains("starts"))
  }

  @Test func `With nodes named, messages of theirs are held, and answers to them`() throws {
    let told = try trials("{ profile: { hold: 1 }, every: 500ms, on: members }", seeds: 1...1).flatMap(\.story).filter { $0.weight == .fault && $0.what.hasPrefix("holds ") }.map(\.what)
    #expect(!told.isEmpty && told.allSatisfy { $0.contains("requests from members-") || $0.contains("responses to members-") }, "\(told)")
  }
}
