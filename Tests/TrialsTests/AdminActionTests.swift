import Results
import Testing
import Workloads

@testable import Trials

/// What an operator asks for while a trial runs, and what the cluster says to it.
@Suite struct AdminActionTests {
  func run(brokers: Int = 3, _ faults: String..., duration: String = "6s") throws -> RunResult {
    let text = """
      name: operator
      about: An operator asks for something.
      cluster: { brokers: \(brokers) }
      topics:
        - { name: t, replicas: [[1, 2, 3]] }
      workload:
        - produce: { topic: t, rate: 20/s, config: { retries: 0 } }
        - consume: { topic: t }
      faults:
      \(faults.map { "  - \($0)" }.joined(separator: "\n"))
      duration: \(duration)
      """
    return Trial(try ScenarioReader.read(text: text, file: "operator.yaml"), options: Trial.Options(seed: 1)).run()
  }

  func told(_ result: RunResult) -> [String] { result.story.filter { $0.weight == .event }.map { "\($0.who) \($0.what)" } }

  @Test(arguments: [
    ("elect-leader: { partition: t-0 }", "operator is refused: preferred election of t-0", "ELECTION_NOT_NEEDED"),
    ("elect-leader: { partition: t-0, unclean: true }", "operator is refused: unclean election of t-0", "ELECTION_NOT_NEEDED"),
    ("delete-records: { partition: t-0, before: 1000000 }", "operator is refused: records of t-0 before 1000000 deleted", "OFFSET_OUT_OF_RANGE"),
    ("reassign: { partition: t-0, cancel: true }", "operator is refused: the reassignment of t-0 taken back", "NO_REASSIGNMENT_IN_PROGRESS"),
  ])
  func `A request that the cluster refuses is not exercised, and is reported in plain words`(action: String, begin: String, end: String) throws {
    let result = try run("{ at: 2s, admin: { \(action) } }")
    #expect(result.exitCode == .notExercised)
    #expect(result.faults.map(\.hit) == [0])
    let lines = told(result).filter { $0.hasPrefix(begin) && $0.contains(end) }
    #expect(lines.count == 1, "\(told(result))")
    #expect(told(result).allSatisfy { !$0.contains("Optional") && !$0.contains("refused(") })
  }

  @Test(arguments: [
    "reassign: { partition: t-0, replicas: [2, 1, 3] }", "alter-config: { topic: t, config: { retention.ms: 1h } }", "create-partitions: { topic: t, total: 2 }",
    "create-topic: { topic: u }",
  ])
  func `A request that the cluster carries out is hit`(action: String) throws {
    let result = try run("{ at: 2s, admin: { \(action) } }")
    #expect(result.exitCode == .asExpected)
    #expect(result.faults.map(\.hit) == [1])
  }

  @Test func `A request whose answers are lost may have been carried out, which is told and counts as hit`() throws {
    let result = try run(
      "{ from: 1s, to: 68s, drop: { api: AlterPartitionReassignments, response: true } }", "{ at: 2s, admin: { reassign: { partition: t-0, replicas: [2, 1, 3] } } }", duration: "70s")
    #expect(result.exitCode == .asExpected)
    #expect(result.faults.last?.hit == 1)
    #expect(told(result).contains { $0.hasPrefix("operator does not know whether it came about: replicas of t-0 to be ") && $0.hasSuffix("no answer in time") }, "\(told(result))")
  }

  @Test func `A reassignment to a dead broker is cancelled, and the partition settles on its old replicas`() throws {
    let result = try run(
      brokers: 4, "{ at: 1s, kill: 4 }", "{ name: move, after: fenced(4) + 1s, admin: { reassign: { partition: t-0, replicas: [4, 2, 3] } } }",
      "{ name: back, after: move + 2s, admin: { reassign: { partition: t-0, cancel: true } } }", "{ after: back + 2s, restart: 4 }", duration: "25s")
    #expect(result.exitCode == .asExpected)
    #expect(result.faults.allSatisfy { $0.hit == 1 }, "\(result.faults)")
    #expect(result.verdicts.first { $0.guarantee == .liveness }?.conclusion == .holds)
  }

  @Test func `A topic may be created again after it was deleted`() throws {
    let scenario = try ScenarioReader.read(
      text: """
        name: anew
        about: Deleted and made again.
        topics: [{ name: t }, { name: u }]
        workload: [{ produce: { topic: u } }]
        faults:
          - { at: 1s, admin: { delete-topic: { topic: t } } }
          - { at: 3s, admin: { create-topic: { topic: t, partitions: 4 } } }
          - { at: 5s, kill: leader(t-3) }
        duration: 10s
        """, file: "anew.yaml")
    #expect((scenario.faults[1].deed as? OperatorDeed)?.request == .createTopic("t", partitions: 4, replicationFactor: 3))
  }
}
