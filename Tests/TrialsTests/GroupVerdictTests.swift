import Primitives
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Whole trials with members of a consumer group.
@Suite struct GroupVerdictTests {
  private static let kill = "[{ at: 12s, kill: \"member(g, 2)\" }, { at: 15s, restart: \"member(g, 2)\" }]"

  private func run(_ group: String, faults: String = "[]", expect: String = "{ holds: all }") throws -> RunResult {
    let text = """
      name: test
      about: Members of a group share six partitions.
      cluster: { config: { min.insync.replicas: 2, offsets.topic.num.partitions: 2 } }
      topics:
        - { name: t, partitions: 6 }
      workload:
        - produce: { topic: t, rate: 30/s, config: { acks: all } }
        - consume: { name: member, group: g, topic: t, members: 3, \(group), config: { auto.offset.reset: earliest, session.timeout.ms: 6s, heartbeat.interval.ms: 2s } }
      faults: \(faults)
      duration: 30s
      expect: \(expect)
      """
    return Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: Trial.Options(seed: 1)).run()
  }

  private func verdict(_ guarantee: Guarantee, in result: RunResult) -> Verdict? { result.verdicts.first { $0.guarantee == guarantee } }

  @Test func `A group that commits what it has processed keeps what its settings promise while members die`() throws {
    let result = try run("commit: sync, process: { per-record: 2ms }", faults: Self.kill)
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    for guarantee in [Guarantee.oneOwner, .allOwned, .committedOffsets, .atLeastOnce, .groupSettles] {
      #expect(verdict(guarantee, in: result)?.conclusion == .holds, "\(guarantee): \(String(describing: verdict(guarantee, in: result)))")
    }
    #expect(verdict(.atMostOnce, in: result) == nil)
    let group = try #require(result.groups?.groups.first)
    #expect(group.group == "g" && group.lives == 4 && group.rebalances > 0 && group.unowned.count == 6)
    #expect(group.worked == result.delivery.acked && group.lag?.final == 0)
    #expect(result.groups.map { $0.coordinationRequests > 0 } == true)
  }

  @Test func `A member that hands records over and commits immediately loses them when it dies`() throws {
    let result = try run(
      "commit: sync, process: { per-record: 200ms, workers: 1 }", faults: Self.kill, expect: "{ violates: at-least-once }")
    #expect(verdict(.atLeastOnce, in: result)?.conclusion == .violated)
    #expect(result.exitCode == .asExpected, "\(result.failures)")
  }

  @Test func `A member that commits before it processes records processes none twice`() throws {
    let result = try run("commit: before, process: { per-record: 5ms }", faults: Self.kill)
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    #expect(verdict(.atMostOnce, in: result)?.conclusion == .holds)
    #expect(verdict(.atLeastOnce, in: result) == nil)
  }

  @Test func `A trial without groups reports nothing about groups`() throws {
    let text = """
      name: test
      about: Nobody is a member of anything.
      topics: [{ name: t }]
      workload:
        - produce: { topic: t, rate: 10/s }
        - consume: { topic: t }
      duration: 2s
      """
    let result = Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: Trial.Options(seed: 1)).run()
    #expect(result.groups == nil && !result.verdicts.contains { Checkers.ofGroups.contains($0.guarantee) })
  }
}
