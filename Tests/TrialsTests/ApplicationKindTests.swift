import Primitives
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

@Suite struct ApplicationKindTests {
  private func scenario(_ entries: String...) throws -> Scenario {
    let text = """
      name: example
      about: An example.
      topics: [{ name: t, partitions: 3 }]
      workload:
      \(entries.map { "  - \($0)" }.joined(separator: "\n"))
      duration: 20s
      """
    return try ScenarioReader.read(text: text, file: "example.yaml")
  }

  @Test func `The error for an entry of no kind, or of two, lists all kinds`() {
    for entry in ["{}", "{ produce: { topic: t }, consume: { topic: t } }"] {
      let error = #expect(throws: ScenarioError.self) { try scenario(entry) }
      #expect(error?.problem == "workload[0]: expected one kind of client")
      #expect(error?.remedy == "Write produce: { ... } or consume: { ... } or transform: { ... } or transact: { ... }.")
    }
  }

  @Test func `Each group divides the partitions among its own clients, and a client that only sends gets none`() throws {
    let scenario = try scenario("produce: { topic: t, clients: 2 }", "consume: { topic: t, clients: 2, groups: 2 }")
    let processes = scenario.clientProcesses(within: scenario.duration, seed: 1)
    #expect(processes[0].map(\.name) == ["produce-1", "produce-2"])
    #expect(processes[0].map(\.partitions) == [[], []])
    #expect(processes[1].map { $0.partitions.map(\.partition) } == [[0, 2], [1], [0, 2], [1]])
  }

  @Test func `Entries with the same consumer group are one group, which reads everything once`() throws {
    let scenario = try scenario("produce: { topic: t }", "consume: { topic: t, group: g, members: 2 }", "consume: { topic: t, group: h }", "consume: { topic: t, group: g, from: 5s }")
    #expect(scenario.firstGroups == [0, 0, 1, 0])
    #expect(scenario.groupCount == 2)
  }

  @Test func `Another load is divided among the clients that generate records, in their proportion`() throws {
    let scenario = try scenario("produce: { topic: t, rate: 100/s }", "consume: { topic: t }", "produce: { topic: t, rate: 300/s }").offering(800)
    #expect(scenario.workload.map(\.application.sendPlan?.load) == [.constant(.perSecond(200)), nil, .constant(.perSecond(600))])
  }

  @Test func `Only the paths of files that an entry names are changed`() throws {
    let texts = ["{ topic: t, value: { content: { file: a.txt } } }", "{ topic: t, value: 1KiB }"]
    let changed = try texts.map { text in
      var entry = try Value.parse(text, source: "example.yaml")
      ProduceEntry.changePaths(in: &entry) { $0.scalar == "a.txt" ? .word("/b.txt") : nil }
      return entry
    }
    #expect(changed[0]["value"]?["content"]?["file"]?.scalar == "/b.txt")
    #expect(changed[0]["topic"]?.scalar == "t")
    #expect(try changed[1] == Value.parse(texts[1], source: "example.yaml"))
  }

  @Test func `The clients' timeouts and pauses extend the bound on waiting`() throws {
    let usual = try scenario("produce: { topic: t }").availabilityBound
    #expect(try scenario("produce: { topic: t }", "consume: { topic: t, poll: 3s }").availabilityBound == usual + .seconds(3))
    #expect(try scenario("produce: { topic: t, config: { retry.backoff.max.ms: 3000 } }").availabilityBound == usual + .seconds(2))
  }
}
