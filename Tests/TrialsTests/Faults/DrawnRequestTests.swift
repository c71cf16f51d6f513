import Primitives
import Results
import Testing

@testable import Scenarios
@testable import Trials

/// What an operator does by chance.
@Suite struct DrawnRequestTests {
  private func text(_ random: String, duration: String = "12s") -> String {
    """
    name: operator
    about: Chance is the operator.
    cluster: { brokers: 4, config: { min.insync.replicas: 2 } }
    topics:
      - { name: t, partitions: 2, replicas: 3 }
      - { name: c, replicas: [[1, 2, 3]], config: { cleanup.policy: compact } }
    workload:
      - produce: { topic: t, rate: 50/s, config: { acks: all } }
      - produce: { name: keyed, topic: c, rate: 20/s, keys: 5, config: { acks: all } }
      - consume: { topic: t }
    faults:
      - { from: 1s, to: 10s, random: \(random) }
    duration: \(duration)
    expect: { holds: all }
    """
  }

  private func run(_ random: String, seed: UInt64 = 1) throws -> (result: RunResult, asked: [String], written: String) {
    let trial = Trial(try ScenarioReader.read(text: text(random), file: "operator.yaml"), options: Trial.Options(seed: seed))
    let result = trial.run(), words = "the operator asks: "
    let asked = result.story.map(\.what).filter { $0.hasPrefix(words) }.map { String($0.dropFirst(words.count)) }
    return (result, asked, trial.scenarioWithoutChance(for: "written.yaml"))
  }

  private func mistake(_ random: String) -> String {
    do {
      _ = try ScenarioReader.read(text: text(random), file: "operator.yaml")
      return "no mistake"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>) func `An operator by chance breaks no promise, and each request is in the story`(seed: UInt64) throws {
    let (result, asked, _) = try run("{ profile: operator, every: 300ms }", seed: seed)
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    #expect(asked.count == result.faults[0].planned && asked.count > 10)
    #expect(asked.contains { $0.hasPrefix("replicas of ") } && asked.contains { $0.hasPrefix("records of t-") })
  }

  @Test func `A trial that is written without chance asks for the same, and is the same to the last event`() throws {
    let (result, asked, text) = try run("{ profile: { reassign: 3, elect-leader: 2, delete-records: 1, create-partitions: 1, alter-config: 1, kill: 1 }, every: 400ms }", seed: 2)
    let written = try Trial(ScenarioReader.read(text: text, file: "written.yaml"), options: Trial.Options(seed: 2)).run()
    #expect(written.traceHash == result.traceHash, "\(text)")
    #expect(!text.contains("random:") && text.contains("admin:"))
    #expect(written.story.filter { $0.what.hasPrefix("the operator asks: ") }.count == asked.count)
  }

  @Test func `Of a compacted topic no records are deleted by an offset, and keys stay in their partitions`() throws {
    let (_, asked, _) = try run("{ profile: { delete-records: 1, create-partitions: 1 }, every: 200ms }")
    #expect(!asked.isEmpty && !asked.contains { $0.contains("records of c-") || $0.hasPrefix("c to have") }, "\(asked)")
    #expect(asked.contains("t to have 4 partitions") && !asked.contains("t to have 5 partitions"), "\(asked)")
  }

  @Test func `A preferred election is drawn only where another replica leads`() throws {
    let (result, asked, _) = try run("{ profile: { elect-leader: 1 }, every: 300ms }")
    #expect(asked.isEmpty && result.faults[0].planned == 0)
  }

  @Test func `Faults are drawn as if the operator were not there`() throws {
    let alone = try run("{ profile: rough, every: 2s }", seed: 4).result
    let text = text("{ profile: rough, every: 2s }").replacing("\nduration:", with: "\n  - { from: 1s, to: 10s, random: { profile: operator } }\nduration:")
    let both = Trial(try ScenarioReader.read(text: text, file: "both.yaml"), options: Trial.Options(seed: 4)).run()
    func faults(of result: RunResult) -> [String] { result.story.filter { $0.weight == .fault && !$0.what.contains("operator") }.map { "\($0.time) \($0.what)" } }
    #expect(faults(of: both).first == faults(of: alone).first)
  }

  @Test func `Words and keys that make no sense are refused with a remedy`() {
    #expect(mistake("{ profile: operater }").contains("Write calm, rough, harsh, operator, or words with weights"))
    #expect(mistake("{ profile: { reasign: 1 } }").contains("reassign"))
    #expect(mistake("{ profile: operator, keep: nothing }").contains("'keep' is about faults of nodes, and this draws none"))
    #expect(mistake("{ profile: { reassign: 1 }, on: all }").contains("'on' is about faults of nodes, and this draws none"))
    #expect(mistake("{ profile: { hold: 1 }, keep: nothing }").contains("'keep' is about faults of nodes, and this draws none"))
    #expect(mistake("{ profile: { reassign: 1, kill: 1 }, keep: nothing, on: all }") == "no mistake")
  }
}
