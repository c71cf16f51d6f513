import Primitives
import Results
import Testing
import Workloads

@testable import Scenarios
@testable import Trials

/// Whole trials with compacted topics.
@Suite struct CompactionTrialTests {
  private func run(_ policy: String, seed: UInt64 = 1) throws -> RunResult {
    let text = """
      name: test
      cluster: { config: { min.insync.replicas: 2, log.cleaner.backoff.ms: 200 } }
      topics:
        - { name: t, replicas: [[1, 2, 3]], config: { cleanup.policy: \(policy), internal.segment.bytes: 2048, file.delete.delay.ms: 1s } }
      workload:
        - produce: { topic: t, rate: 100/s, keys: 5, config: { acks: all } }
        - consume: { topic: t }
      duration: 6s
      expect: { holds: all }
      """
    return try Trial(try ScenarioReader.read(text: text, file: "test.yaml"), options: Trial.Options(seed: seed)).run()
  }

  private func verdict(_ guarantee: Guarantee, in result: RunResult) -> Verdict? { result.verdicts.first { $0.guarantee == guarantee } }

  @Test func `a compacted topic keeps the last value of each key, and what is gone is deleted`() throws {
    let result = try run("compact")
    #expect(result.exitCode == .asExpected, "\(result.failures)")
    #expect(verdict(.compactionKeepsLatest, in: result)?.conclusion == .holds)
    #expect(verdict(.compactionKeepsLatest, in: result)?.examined == 5)
    #expect(result.sightings.contains { $0.sighting == .compaction && $0.count > 0 })
    #expect(result.delivery.deletedBy.map(\.reason) == ["compaction"] && result.delivery.lost == 0)
    #expect(!result.sightings.contains { $0.sighting == .recordsDeleted })
  }

  @Test func `a topic that is not compacted is not judged on it`() throws {
    let result = try run("delete")
    #expect(result.exitCode == .asExpected)
    #expect(verdict(.compactionKeepsLatest, in: result) == nil)
    #expect(!result.sightings.contains { $0.sighting == .compaction })
  }
}
