import Foundation
import Primitives
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Scenarios that leave values to the seed.
@Suite struct DrawnScenarioTests {
  private func text(cluster: String = "{}", topic: String = "{ name: t }", workload: String = "[{ produce: { topic: t, rate: 20/s } }]", more: String = "") -> String {
    """
    name: drawn
    about: Each seed is another scenario.
    cluster: \(cluster)
    topics: [\(topic)]
    workload: \(workload)
    duration: 3s
    expect: { holds: promised }
    \(more)
    """
  }

  private func scenario(_ text: String, overrides: [String] = []) throws -> Scenario { try ScenarioReader.read(text: text, file: "drawn.yaml", overrides: overrides) }

  private func mistakes(_ text: String) throws -> [ScenarioError] {
    try #require(throws: ScenarioError.self) { try scenario(text) }.all
  }

  @Test func `A seed always draws the same, and the seeds together draw everything`() throws {
    let drawn = try scenario(text(topic: "{ name: t, partitions: { draw: [1, 3, 12] } }"))
    #expect(drawn.isDrawn)
    var seen: Set<Int> = []
    for seed in 1...UInt64(40) {
      let one = try drawn.drawn(seed: seed), again = try drawn.drawn(seed: seed)
      #expect(one.topics[0].assignment == again.topics[0].assignment)
      #expect(one.choices == [DrawnChoice(path: "topics[0].partitions", value: String(one.topics[0].partitionCount))])
      seen.insert(one.topics[0].partitionCount)
    }
    #expect(seen == [1, 3, 12])
  }

  @Test func `A choice that is taken away leaves the others as they were`() throws {
    let both = try scenario(text(cluster: "{ brokers: { draw: [3, 4, 5] } }", topic: "{ name: t, partitions: { draw: [1, 2, 3, 4, 5, 6, 7, 8, 9] } }"))
    let one = try scenario(text(topic: "{ name: t, partitions: { draw: [1, 2, 3, 4, 5, 6, 7, 8, 9] } }"))
    for seed in 1...UInt64(20) { #expect(try both.drawn(seed: seed).topics[0].partitionCount == one.drawn(seed: seed).topics[0].partitionCount) }
  }

  @Test func `What is absent is not there`() throws {
    let drawn = try scenario(
      text(
        topic: "{ name: t, partitions: { draw: [absent, 5] } }",
        workload: "[{ produce: { topic: t, rate: 20/s } }, { draw: [absent, { consume: { topic: t } }] }, { draw: [absent, { consume: { name: late, topic: t, from: 1s } }] }]"))
    var counts: Set<Int> = [], partitions: Set<Int> = []
    for seed in 1...UInt64(40) {
      let one = try drawn.drawn(seed: seed)
      counts.insert(one.workload.count)
      partitions.insert(one.topics[0].partitionCount)
    }
    #expect(counts == [1, 2, 3])
    #expect(partitions == [1, 5])
  }

  @Test func `Values that must fit each other are drawn together, and may hold choices of their own`() throws {
    let sets = """
      draw:
        size:
          - { cluster.brokers: 1, topics.0.replicas: 1 }
          - { cluster.brokers: 5, topics.0.replicas: { draw: [3, 5] } }
          - absent
      """
    let drawn = try scenario(text(topic: "{ name: t, replicas: 3 }", more: sets))
    var sizes: Set<[Int]> = []
    for seed in 1...UInt64(60) {
      let one = try drawn.drawn(seed: seed)
      guard case .automatic(_, let replicas) = one.topics[0].assignment else { continue }
      sizes.insert([one.cluster.brokers, replicas])
    }
    #expect(sizes == [[1, 1], [5, 3], [5, 5], [3, 3]])
  }

  @Test func `An override takes the place of a choice`() throws {
    let fixed = try scenario(text(topic: "{ name: t, partitions: { draw: [1, 3] } }"), overrides: ["topics[0].partitions=2"])
    #expect(!fixed.isDrawn)
    #expect(fixed.topics[0].partitionCount == 2 && fixed.choices.isEmpty)
  }

  @Test func `Mistakes in how choices are written have their places and remedies`() throws {
    #expect(try mistakes(text(topic: "{ name: t, partitions: { draw: [] } }"))[0].problem == "topics[0].partitions.draw: there is nothing to draw from")
    #expect(try mistakes(text(topic: "{ name: t, partitions: { draw: 3 } }"))[0].problem == "topics[0].partitions.draw: expected a list to draw from, found '3'")
    #expect(try mistakes(text(more: "draw: [1]"))[0].problem == "draw: expected sets of changes by name, found a list")
    #expect(try mistakes(text(more: "draw: { size: [3, 4] }"))[0].problem == "draw.size: expected paths and values, found '3'")
    #expect(try mistakes(text(topic: "{ name: t, partitions: { draw: [\((0...1_000).map { _ in "1" }.joined(separator: ","))] } }"))[0].problem.contains("are too many"))
  }

  @Test func `Every value is checked, also one within another, and values that do not fit each other are found`() throws {
    let wrong = try mistakes(text(topic: "{ name: t, partitions: { draw: [1, many, { draw: [2, -1] }] } }"))
    #expect(wrong.count == 2)
    #expect(wrong[0].problem.hasPrefix("topics[0].partitions, value 2 of 3: topics[0].partitions"))
    #expect(wrong.allSatisfy { $0.place.line == 4 })
    let apart = try mistakes(text(cluster: "{ brokers: { draw: [3, 1] } }", topic: "{ name: t, replicas: { draw: [1, 3] } }"))
    #expect(apart.contains { $0.problem.contains("as seed") })
  }

  @Test func `A trial says what was drawn, stores it, and is written down as it was drawn`() throws {
    let drawn = try scenario(text(topic: "{ name: t, partitions: { draw: [1, 3, 12] }, replicas: 3 }")).drawn(seed: 5)
    let trial = Trial(drawn, options: Trial.Options(seed: 5)), result = trial.run()
    #expect(result.choices == drawn.choices && result.choices.count == 1)
    #expect(result.exitCode == .asExpected)
    let written = try ScenarioReader.read(text: trial.scenarioWithoutChance(for: "written.yaml"), file: "written.yaml")
    #expect(!written.isDrawn)
    #expect(Trial(written, options: Trial.Options(seed: 5)).run().traceHash == result.traceHash)
    let stored = try JSONDecoder().decode(RunResult.self, from: Data(result.json.text.utf8))
    #expect(stored.choices == result.choices)
  }

  @Test func `Settings that promise nothing are not held to it, and what they promise is`() throws {
    func promised(_ config: String) throws -> Set<Guarantee> {
      let scenario = try self.scenario(text(workload: "[{ produce: { topic: t, config: \(config) } }]"))
      return Set(Guarantee.allCases.filter { scenario.isPromised($0, after: []) })
    }
    #expect(try promised("{ acks: all }").isSuperset(of: [.durability, .duplicate, .reorder]))
    #expect(try promised("{ acks: all }").isDisjoint(with: [.lostWrite, .unseen]))
    #expect(try promised("{ acks: all, enable.idempotence: false }").isDisjoint(with: [.duplicate, .reorder]))
    #expect(try promised("{ acks: all, enable.idempotence: false, max.in.flight.requests.per.connection: 1 }").contains(.reorder))
    #expect(try promised("{ acks: 1 }").isDisjoint(with: [.inconsistentOffsets, .nonmonotonicSend]) && promised("{ acks: 1 }").contains(.durability))
    let scenario = try self.scenario(text())
    #expect(!scenario.isPromised(.inconsistentOffsets, after: [.uncleanElection]) && scenario.isPromised(.replicaDivergence, after: [.uncleanElection]))
  }

  @Test(arguments: [
    (Sighting.lastReplicaLost, [Guarantee.durability, .replicaDivergence, .highWatermarkRegression, .inconsistentOffsets]), (.transactionsForgotten, [.liveness]),
    (.batchOvertook, [.availability, .duplicate, .reorder, .nonmonotonicSend]), (.duplicateForgotten, [.duplicate]),
    (.epochStartCompacted, [.replicaDivergence, .inconsistentOffsets, .highWatermarkRegression]),
  ])
  func `What Kafka takes back by itself is not promised after it was seen, and everything else is`(sighting: Sighting, lost: [Guarantee]) throws {
    let scenario = try self.scenario(text())
    func promised(_ sightings: Set<Sighting>) -> Set<Guarantee> { Set(Guarantee.allCases.filter { scenario.isPromised($0, after: sightings) }) }
    #expect(promised([]).isSuperset(of: lost) && promised([sighting]).isDisjoint(with: lost))
    #expect(promised([sighting]).contains(.invariants))
    if sighting != .lastReplicaLost { #expect(promised([]).subtracting(lost) == promised([sighting])) }
  }

  /// The failure of KIP-101 loses what acks=all acknowledged, and the harmless neighbour what acks=1 did.
  @Test(arguments: [("hazards/kip-101-truncation-loss", ExitCode.notAsExpected), ("hazards/acks-1-leader-crash", .asExpected)])
  func `A loss that was promised not to happen is found, and one that was permitted is not`(file: String, exitCode: ExitCode) throws {
    let path = TrialTests.root.appendingPathComponent("scenarios/\(file).yaml").path
    let scenario = try ScenarioLibrary.scenario(at: path, overrides: ["expect={ holds: promised }"])
    #expect(Trial(scenario, options: Trial.Options(seed: 7)).run().exitCode == exitCode)
  }
}
