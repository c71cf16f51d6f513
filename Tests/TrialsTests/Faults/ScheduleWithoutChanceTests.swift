import Primitives
import Results
import Testing

@testable import Scenarios
@testable import Trials

/// Trials written as scenarios in which nothing is left to chance.
@Suite struct ScheduleWithoutChanceTests {
  /// Runs a trial, and that which it was written as.
  func pair(_ scenario: Scenario, seed: UInt64) throws -> (trial: RunResult, written: RunResult, text: String) {
    let trial = Trial(scenario, options: Trial.Options(seed: seed))
    let result = trial.run()
    let text = trial.scenarioWithoutChance(for: "written.yaml")
    let written = try Trial(ScenarioReader.read(text: text, file: "written.yaml"), options: Trial.Options(seed: seed))
    return (result, written.run(), text)
  }

  func pair(_ faults: String..., config: String = "{}", duration: String = "20s", seed: UInt64 = 1) throws -> (trial: RunResult, written: RunResult, text: String) {
    let text = """
      name: chance
      about: Chance picks.
      cluster: { config: \(config) }
      topics: [{ name: t, replicas: [[1, 2, 3]] }]
      workload:
        - produce: { topic: t, rate: 20/s, config: { retries: 0 } }
        - consume: { topic: t }
      faults:
      \(faults.map { "  - \($0)" }.joined(separator: "\n"))
      duration: \(duration)
      expect: { holds: [durability] }
      """
    return try pair(ScenarioReader.read(text: text, file: "chance.yaml"), seed: seed)
  }

  @Test(arguments: ["crash", "everything", "partition", "power-loss", "slow-follower"])
  func `Every drawn fault becomes an entry, and the trial is the same to the last event`(name: String) throws {
    let path = TrialTests.root.appendingPathComponent("scenarios/smoke/\(name).yaml").path
    let (trial, written, text) = try pair(ScenarioLibrary.scenario(at: path, overrides: ["duration=9s", "faults[0].to=7s"]), seed: 3)
    #expect(written.traceHash == trial.traceHash, "\(text)")
    #expect(trial.faults.count == 1 && trial.faults[0].planned == written.faults.count, "\(text)")
    #expect(trial.faults[0].hit == trial.faults[0].planned)
    #expect(trial.story.map(\.what) == written.story.map(\.what))
    #expect(!text.contains("random:"))
  }

  @Test func `Brokers stay in their racks, and a client in a rack reads from the replica there`() throws {
    let text = """
      name: racks
      about: A consumer reads nearby.
      cluster: { racks: [a, b, c], config: { replica.selector.class: org.apache.kafka.common.replica.RackAwareReplicaSelector } }
      topics: [{ name: t, replicas: [[1, 2, 3]] }]
      workload:
        - produce: { topic: t, rate: 20/s, config: { retries: 0 } }
        - consume: { name: reader, topic: t, config: { client.rack: c } }
      faults:
        - { from: 5s, to: 8s, hold: { api: Fetch, from: reader, to: 1 } }
      duration: 12s
      expect: { holds: [durability] }
      """
    let (trial, written, again) = try pair(ScenarioReader.read(text: text, file: "racks.yaml"), seed: 1)
    #expect(again.contains("[a, b, c]"), "\(again)")
    #expect(written.traceHash == trial.traceHash, "\(again)")
    #expect(trial.faults.map(\.hit) == [0], "it asks the leader for nothing")
    let elsewhere = try ScenarioReader.read(text: text, file: "racks.yaml", overrides: ["cluster.racks=[a, b, b]"])
    let far = Trial(elsewhere, options: Trial.Options(seed: 1)).run()
    #expect((far.faults.first?.hit ?? 0) > 0, "there is no replica in its rack")
  }

  @Test func `A broker that was picked at random is named, once for each repetition`() throws {
    let (trial, written, text) = try pair(
      "{ from: 2s, to: 15s, every: 3s, times: 3, name: stop, pause: any }", "{ after: stop + 1s, name: again, kill: any }", "{ at: 17s, name: back, restart: all }")
    #expect(written.traceHash == trial.traceHash, "\(text)")
    #expect(written.faults.map(\.name) == ["stop", "stop-2", "stop-3", "again", "back"])
    #expect(!text.contains("any"))
    #expect(text.contains("{ from: 5s, to: 15s, name: stop-2, pause: broker-"))
  }

  @Test func `Messages held by several repetitions are released by all their names`() throws {
    let (trial, written, text) = try pair(
      "{ at: 1s, every: 2s, times: 2, name: held, hold: { api: Fetch, from: any } }", "{ at: 9s, release: held }", config: "{ broker.session.timeout.ms: 30s }")
    #expect(written.traceHash == trial.traceHash, "\(text)")
    #expect(text.contains("release: [held, held-2]"), "\(text)")
  }

  @Test func `A fault whose place in the list has changed keeps its random stream`() throws {
    let (trial, written, text) = try pair(
      "{ from: 1s, to: 8s, random: { profile: { reset: 1 }, every: 1s } }", "{ at: 9s, disk: rot, node: any, files: \"*/t-0/*.log\", bits: 5 }",
      "{ at: 9s, name: rot-2, disk: rot, node: 2, files: \"*/t-0/*.log\", bits: 5 }", "{ at: 10s, name: restart-1, restart: all }")
    #expect(written.traceHash == trial.traceHash, "\(text)")
    #expect(text.contains("key: 1 disk") && text.contains("key: 2 rot-2"), "\(text)")
  }

  @Test func `Messages that were held are named, and a hold that no message came to is left out`() throws {
    let (trial, written, text) = try pair("{ from: 1s, to: 12s, random: { profile: { hold: 5, kill: 1, pause: 1 }, every: 400ms, keep: nothing } }", seed: 2)
    #expect(written.traceHash == trial.traceHash, "\(text)")
    #expect(text.contains("hold: { api: ") && text.contains("kill: "), "\(text)")
    #expect(written.faults.allSatisfy { $0.hit > 0 }, "\(written.faults.filter { $0.hit == 0 }.map(\.name))")
    #expect(written.faults.count <= trial.faults.map(\.planned).reduce(0, +))
  }

  @Test func `Drawn faults have names that no other entry has`() throws {
    let (trial, written, text) = try pair(
      "{ from: 1s, to: 8s, random: { profile: { reset: 1 }, every: 2s } }", "{ from: 1s, to: 8s, random: { profile: { reset: 1 }, every: 2s } }",
      "{ at: 2s, name: random-1, clock: { fault: jump, node: 1, by: 1s } }")
    #expect(written.traceHash == trial.traceHash, "\(text)")
    #expect(Set(written.faults.map(\.name)).count == written.faults.count)
    #expect(trial.faults.map(\.planned).reduce(0, +) == written.faults.count)
  }

  @Test func `A trial without random choices is written as it is`() throws {
    let (trial, written, text) = try pair("{ at: 5s, kill: leader(t-0) }", "{ after: election(t-0) + 1s, restart: all }")
    #expect(written.traceHash == trial.traceHash)
    #expect(text.contains("  - { at: 5s, kill: leader(t-0) }\n  - { after: election(t-0) + 1s, restart: all }\n"), "\(text)")
  }

  @Test func `Paths keep their meaning, wherever the scenario is written`() throws {
    var document = try Value.parse("cluster: { machine: ./slow.yaml }\nworkload: [{ produce: { value: { content: { file: lines.txt } } } }]", source: "here/a.yaml")
    document.keepPaths(of: "here/a.yaml", in: "here/b.yaml")
    #expect(document["cluster"]?["machine"]?.scalar == "./slow.yaml")
    document.keepPaths(of: "here/a.yaml", in: "there/b.yaml")
    #expect(document["cluster"]?["machine"]?.scalar?.hasSuffix("/here/./slow.yaml") == true)
    #expect(document["workload"]?.elements?[0]["produce"]?["value"]?["content"]?["file"]?.scalar?.hasSuffix("/here/lines.txt") == true)
    var shipped = try Value.parse("cluster: { machine: kafka-4.3-jvm-2core }", source: "here/a.yaml")
    shipped.keepPaths(of: "here/a.yaml", in: "there/b.yaml")
    #expect(shipped["cluster"]?["machine"]?.scalar == "kafka-4.3-jvm-2core")
  }
}
