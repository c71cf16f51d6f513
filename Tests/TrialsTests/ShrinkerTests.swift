import Primitives
import Results
import Testing

@testable import Scenarios
@testable import Trials

/// Failing trials that are made smaller.
@Suite struct ShrinkerTests {
  /// Runs scenarios within this process.
  private func run(_ texts: [String], _ seeds: [UInt64]) throws -> [[FailureKind]?] {
    try zip(texts, seeds).map { text, seed in Trial(try ScenarioReader.read(text: text, file: "small.yaml"), options: Trial.Options(seed: seed)).run().failureKinds }
  }

  private func failing(_ text: String, seed: UInt64) throws -> (text: String, failing: Shrinker.Failing) {
    let trial = Trial(try ScenarioReader.read(text: text, file: "large.yaml"), options: Trial.Options(seed: seed)), result = trial.run()
    return (trial.scenarioWithoutChance(for: "small.yaml"), try #require(Shrinker.Failing(result)))
  }

  /// acks=1 does not survive the leader, which `lost-write` says; the rest has nothing to do with it.
  private let large = """
    name: large
    about: Much of it does not matter.
    cluster: { brokers: 4, config: { min.insync.replicas: 1, replica.fetch.wait.max.ms: 400 } }
    topics:
      - { name: t, replicas: [[1, 2, 3]] }
      - { name: other, partitions: 3, replicas: 3 }
    workload:
      - produce: { name: quick, topic: t, rate: 30/s, config: { acks: 1, retries: 0 } }
      - produce: { name: other, topic: other, rate: 5/s, config: { acks: all } }
      - consume: { topic: t }
    faults:
      - { at: 1s, pause: 4, for: 1s }
      - { at: 2123ms, slow: { from: 1, to: [2, 3], latency: 300ms }, for: 3s }
      - { at: 2500ms, reset: { from: 4, to: all } }
      - { name: death, at: 3217ms, kill: 1, for: 4s }
      - { at: 6s, isolate: 4, for: 1s }
    duration: 9s
    expect: { holds: [lost-write, durability] }
    """

  @Test func `Everything goes that the failure does not need, and what stays still fails`() throws {
    let (text, failing) = try failing(large, seed: 3)
    #expect(failing.kind.guarantee == "lost-write")
    let shrinker = try Shrinker(text, of: failing, width: 1, isOver: { false }, run: run)
    var steps = 0
    try shrinker.shrink { _ in steps += 1 }
    #expect(steps > 5)
    #expect(shrinker.faultCount <= 2)
    let small = shrinker.document
    #expect(small["topics"]?.elements?.count == 1)
    #expect(small["workload"]?.elements?.allSatisfy { $0["produce"]?["name"]?.scalar != "other" } == true)
    #expect(small["cluster"]?["config"] == nil)
    #expect(small["faults"]?.elements?.contains { $0["after"] != nil } == true)
    let kept = try ScenarioReader.read(text: shrinker.text(otherFailures: 9), file: "kept.yaml")
    #expect(kept.name == "large-seed-3" && kept.about.contains(" s: broker-1 killed") && kept.about.contains(" lost-write is violated: "))
    #expect(Trial(kept, options: Trial.Options(seed: 3)).run().exitCode == .asExpected)
  }

  /// Whether a scenario with instants in the place of times fails with its own seed, and with others.
  @Test(arguments: [(true, true), (true, false), (false, true)])
  func `Times become instants where the trial fails in the same way, and no fewer other seeds do`(ownSeedFails: Bool, otherSeedsFail: Bool) throws {
    let (text, failing) = try failing(large, seed: 3)
    let shrinker = try Shrinker(text, of: failing, width: 1, isOver: { false }) { texts, seeds in
      zip(texts, seeds).map { text, seed in
        // All five faults are needed.
        guard ["pause: 4", "slow:", "reset:", "kill: 1", "isolate: 4"].allSatisfy(text.contains) else { return [] }
        return !text.contains("after:") || (seed == 3 ? ownSeedFails : otherSeedsFail) ? [failing.kind] : []
      }
    }
    try shrinker.shrink { _ in }
    let entries = try #require(shrinker.document["faults"]?.elements)
    #expect(entries.count == 5)
    #expect(entries.contains { $0["after"] != nil } == (ownSeedFails && otherSeedsFail))
  }

  // MARK: Other seeds

  /// Fails with the own seed in any case, and with others where the text has what `isRobust` looks for.
  private func shrunk(_ faults: String, isRobust: @escaping (String) -> Bool) throws -> Value {
    let text = """
      name: small
      about: A trial that fails.
      cluster: { brokers: 3, controllers: 3 }
      topics: [{ name: t, replicas: [[1, 2, 3]] }]
      workload:
        - produce: { topic: t, rate: 50/s, config: { acks: 1, retries: 0 } }
        - consume: { topic: t, group: g, members: 2 }
      faults:
      \(faults)
      duration: 9s
      expect: { holds: [lost-write] }
      """
    let (_, failing) = try failing(large, seed: 3)
    let needed = ["kill:", "rate: 50/s", "members: 2", "for: 4s", "broker-1"]
    let shrinker = try Shrinker(text, of: failing, width: 2, isOver: { false }) { texts, seeds in
      zip(texts, seeds).map { text, seed in
        guard isRobust(text) || needed.allSatisfy(text.contains) else { return [] }
        return seed == 3 || isRobust(text) ? [failing.kind] : []
      }
    }
    try shrinker.shrink { _ in }
    return shrinker.document
  }

  @Test func `Nodes become roles where the trial fails with as many seeds then, and the role is taken that fails with most`() throws {
    let document = try shrunk("  - { at: 2s, for: 4s, kill: broker-1 }") { $0.contains("kill: follower(t-0)") && $0.contains("for: 4s") }
    #expect(document["faults"]?.elements?.first?["kill"]?.scalar == "follower(t-0)")
    // No role fails with the own seed.
    let named = try shrunk("  - { at: 2s, for: 4s, kill: broker-1 }") { _ in false }
    #expect(named["faults"]?.elements?.first?["kill"]?.scalar == "broker-1")
  }

  @Test(arguments: ["for: 8s", "every: 8s", "rate: 200/s"])
  func `Faults last longer or come again, and more records are sent, where more seeds fail then and not for its own sake`(change: String) throws {
    let document = try shrunk("  - { at: 1s, for: 4s, kill: broker-1 }") { $0.contains(change) }
    #expect(document.yaml.contains(change))
    let others = Set(["for: 8s", "every: 8s", "rate: 200/s"]).subtracting([change])
    #expect(!others.contains(where: document.yaml.contains))
  }

  @Test func `It ends when its time is over, with what was seen to fail`() throws {
    let (text, failing) = try failing(large, seed: 3)
    var isOver = false
    let shrinker = try Shrinker(text, of: failing, width: 1, isOver: { isOver }, run: run)
    try shrinker.shrink { _ in isOver = true }
    #expect(shrinker.faultCount > 0 && shrinker.faultCount < 5)
    let kept = try ScenarioReader.read(text: shrinker.text(otherFailures: nil), file: "kept.yaml")
    #expect(Trial(kept, options: Trial.Options(seed: 3)).run().exitCode == .asExpected)
  }

  @Test func `A trial that does not fail is not shrunk`() throws {
    let calm = try ScenarioReader.read(text: large.replacing("expect: { holds: [lost-write, durability] }", with: "expect: { holds: [durability] }"), file: "large.yaml")
    #expect(Shrinker.Failing(Trial(calm, options: Trial.Options(seed: 3)).run()) == nil)
  }

  @Test func `A scenario that fails otherwise is not taken for smaller`() throws {
    let (text, failing) = try failing(large, seed: 3)
    let shrinker = try Shrinker(text, of: failing, width: 2, isOver: { false }) { texts, _ in
      // Everything but the first run fails in another way.
      texts.map { $0.contains("slow:") && $0.contains("brokers: 4") && $0.contains("isolate: 4") && $0.contains("reset:") ? [failing.kind] : [FailureKind(guarantee: "durability", evidence: nil)] }
    }
    try shrinker.shrink { _ in }
    #expect(shrinker.faultCount == 3)
  }

  @Test func `A trial that does not come again as it was written is an error`() throws {
    let (text, failing) = try failing(large, seed: 3)
    let shrinker = try Shrinker(text, of: failing, width: 1, isOver: { false }) { texts, _ in texts.map { _ in [] } }
    #expect(throws: ShrinkError.notRepeated) { try shrinker.shrink { _ in } }
  }

  @Test func `Numbers and names do not make another kind of failure, and other words do`() {
    let one = FailureKind(guarantee: "durability", evidence: "t-0: value 17, acknowledged at offset 4 by broker-2, is on no disk")
    #expect(one == FailureKind(guarantee: "durability", evidence: "t-3: value 9, acknowledged at offset 1204 by broker-1, is on no disk"))
    #expect(one != FailureKind(guarantee: "durability", evidence: "t-0: value 17, acknowledged at offset 4 by broker-2, is on broker-3 and not served"))
    #expect(one != FailureKind(guarantee: "unseen", evidence: "t-0: value 17, acknowledged at offset 4 by broker-2, is on no disk"))
  }
}
